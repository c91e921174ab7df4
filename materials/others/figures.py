"""Figures of the emoji font all over the cloth: birds, cars, fruit, stars; few or many, large or small."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageChops
from scipy import ndimage
from scipy.spatial import ConvexHull

from materials import palette
from materials.color import Rgb, rgb
from materials.motifs import art
from materials.motifs.fonts import figure_mask
from materials.others.fields import clouds, layers, ramp
from materials.tiles import shifted_rows

THEMES = (
    "🐦🕊🦆🦢🦩🦜🦉🐧🐓", "🐟🐠🦈🐬🐳🐙🦀🐢⛵⚓🚢", "🐘🦒🦏🐪🐆🐅🐊🦍", "🐎🐂🐄🐖🐑🐓🚜", "🐕🐩🐈🐇🦴🐟",
    "🦌🐿🦔🦇🐌🍄🦉🌲", "🐝🦋🐌🐢🐛🦎", "🦕🦖🐊🐢🦎", "🦄👑💎🐉🌈⭐", "🚗🚕🚙🚌🚓🏎🚜", "🚲🛵🏍🚂✈🚁🚀",
    "🍎🍐🍋🍌🍉🍇🍓🍒🍑🍍🥑", "🥕🌽🌶🍄🍔🌭🍟🍕", "🍦🍩🍰🧁🍒", "☕🍷🍸🍹🍺", "⚽🏓🛹🏄🎿🎾🏆🏂",
    "🎸🎷🎺🎻🥁🎤",
    "👑💎👓🕶👟👠🎩👜☂👗💋", "🌴🏝⛵🍹🕶🏄🦩🍍",
    "☃🎿🎁🧦🧤🌲⛄", "💀👻👽🎃🦇🦴",
    "🌵🐪🦎⛺⛰", "⭐🌙⚡☁🚀👽", "🔑💡🎈🎁⏰📷☎✏☂",
)  # fmt: skip
"""Figures that prints show together; none with rays or petals, which would be a flower from afar."""
SHAPES = "⭐🌙⚡♥👑⚓🦋☂"
"""Plain shapes that prints repeat, large and small."""
SHORE = "🌴🏝🌊🏄🦩⛵"
"""What shirts from the beach show, ..."""
INK = "#111216"
"""... nearly in this colour."""
MAX_COMPACT = 0.8
"""What fills more than this of its convex hull looks like a dot, a triangle or a square where it is small."""
RIM = 31
"""So many pixels wide is what `fonts.FIGURE_HEIGHT` gives to twice the line around a figure."""
MIN_STAMP = 0.5
"""Figures whose lines leave less than this of them are solid."""
LONG_SIDE = 128
"""Masks are kept at this many pixels along their longer side."""


class Drawn(NamedTuple):
    """A figure as masks (L) of one size."""

    body: Image.Image
    """Its silhouette."""
    lines: Image.Image
    """Its lines, those around it too; none if they leave little of it."""
    stamp: Image.Image
    """Its silhouette without the lines inside."""


@cache
def drawn(figure: str) -> Drawn:
    """Return a figure whose longer side has `LONG_SIDE` pixels."""
    lines = figure_mask(figure, 500)
    body = art.filled(lines)
    inside = Image.fromarray(ndimage.grey_erosion(np.pad(np.asarray(body), RIM), RIM)[RIM:-RIM, RIM:-RIM])
    stamp = ImageChops.subtract(body, ImageChops.multiply(lines, inside))
    if np.asarray(stamp).sum() < MIN_STAMP * np.asarray(body).sum():
        stamp, lines = body, Image.new("L", body.size)
    scale = LONG_SIDE / max(body.size)
    size = max(round(body.width * scale), 1), max(round(body.height * scale), 1)
    return Drawn(*(mask.resize(size, Image.Resampling.BOX) for mask in (body, lines, stamp)))


@cache
def is_compact(figure: str) -> bool:
    """Say whether a figure's silhouette is a mere shape, as a dot, a triangle or a diamond."""
    body = np.asarray(drawn(figure).body) > 127
    return bool(body.sum() > MAX_COMPACT * ConvexHull(np.argwhere(body)).volume)


def tossed(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Toss up to six figures of a theme close together, half of them not compact; uint8 (side, side, 3)."""
    odd, compact = _theme(rng)
    count = int(rng.integers(1, min(len(odd), 3) + 1))
    return _strew(rng, colors, side, [*odd[:count], *compact[:count]], 3, rng.uniform(0.75, 1.0))


def sparse(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Toss one to three small figures, none of them compact, with much cloth between; (side, side, 3)."""
    chosen = _theme(rng)[0][: int(rng.integers(1, 4))]
    return _strew(rng, colors, side, chosen, 4, rng.uniform(0.5, 0.68))


def one_figure(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Repeat a single figure, not compact, in one dye or several; (side, side, 3)."""
    return _strew(rng, colors, side, _theme(rng)[0][:1], 3, rng.uniform(0.72, 0.95))


def shapes(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Repeat stars, hearts, moons ... of unlike sizes, solid or in outline; (side, side, 3)."""
    return _strew(rng, colors, side, [str(rng.choice(list(SHAPES)))], 3, rng.uniform(0.9, 1.1), 0.7)


def shore(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Print palms, islands, waves, surfers in a dark ink over patches of two colours; (side, side, 3)."""
    dark, *_, pale, palest = sorted(colors, key=lambda color: palette.to_oklch(color)[0])
    patches = [(pale, ramp(-0.03, 0.03, clouds(rng, side, 1.6)))]
    under = Image.fromarray(layers(palest, patches))
    ink = palette.blend(dark, INK, 0.7)
    chosen = [*rng.permutation(list(SHORE))[:3]]
    return _strew(rng, [palest, ink], side, chosen, 3, 1.0, under=under)


def _theme(rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """Return the figures of a theme in random order: those that are not compact, and those that are."""
    theme = rng.permutation(list(rng.choice(THEMES)))
    return [f for f in theme if not is_compact(f)], [f for f in theme if is_compact(f)]


def _strew(
    rng: np.random.Generator,
    colors: Sequence[str],
    side: int,
    figures: Sequence[str],
    rows: int,
    filled: float,
    smallest: float = 0.85,
    under: Image.Image | None = None,
) -> np.ndarray:
    """Put figures on `rows` x `rows` places of a torus, each next row shifted; return uint8 (side, side, 3).

    A figure's longer side is `filled` times the distance of places, down to `smallest` times that.
    """
    ground = rgb(colors[0])
    picture = under or Image.new("RGB", (side, side), ground)
    dyes = [rgb(color) for color in colors[1 : int(rng.integers(2, 6))]]
    spread = 15 if under else rng.choice([15, 90, 180])
    one_ink = under or colors[1] == colors[2]
    solid = 1.0 if one_ink else 0.85 if rows > 3 else 0.45  # lines inside small figures are only noise
    style = str(rng.choice(["solid", "stamp", "cartoon"], p=[solid, 0.6 * (1 - solid), 0.4 * (1 - solid)]))
    if (style == "solid" and not under and any(map(is_compact, figures))) or (
        style == "cartoon" and len(dyes) == 1
    ):
        style = "stamp"
    room = max(1 - filled, 0.08) * rng.choice([0.1, 0.5, 0.8]) * 0.5
    for pick, at in shifted_rows(rng, rows, room / rows):
        long = side / rows * filled * rng.uniform(smallest, 1)
        figure = drawn(str(figures[pick % len(figures)]))
        dye, second = dyes[pick % len(dyes)], dyes[(pick + 1) % len(dyes)]
        inks = {
            "solid": [(figure.body, dye)],
            "stamp": [(figure.stamp, dye)],
            "cartoon": [(figure.body, dye), (figure.lines, second)],
        }[style]
        angle, mirrored = rng.uniform(-spread, spread), rng.random() < 0.5
        for mask, color in inks:
            _paste(picture, _turned(mask, long / LONG_SIDE, angle, mirrored), at * side, color)
    return np.asarray(picture)


def _turned(mask: Image.Image, scale: float, angle: float, mirrored: bool) -> Image.Image:
    """Return a mask turned by `angle` degrees and scaled."""
    mask = mask.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirrored else mask
    mask = mask.rotate(angle, Image.Resampling.BILINEAR, expand=True)
    size = max(round(mask.width * scale), 1), max(round(mask.height * scale), 1)
    return mask.resize(size, Image.Resampling.BOX)


def _paste(picture: Image.Image, mask: Image.Image, at: complex, color: Rgb) -> None:
    """Colour a mask around `at` (pixels), and what crosses an edge on the other side too."""
    side = picture.width
    left, top = round(at.real - mask.width / 2) % side, round(at.imag - mask.height / 2) % side
    for x in (left, left - side):
        for y in (top, top - side):
            picture.paste(color, (x, y), mask)
