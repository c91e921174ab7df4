"""What is none of the other patterns: many kinds of prints and cloth (`materials.others`), each a picture."""

from collections.abc import Sequence
from typing import Annotated, Literal

import click
import numpy as np
from PIL import Image
from pydantic import Field

from assets.common.rng import rng_for
from assets.common.settings import Settings
from materials import palette
from materials.color import Color
from materials.inputs import FILE, File
from materials.nodes import Graph, Inputs, image, rotate
from materials.others.kinds import KINDS
from materials.surface import Cloth, Surface
from materials.view import View

TILE = "Tile"
"""Name of the image node."""
SIDE = 384
"""Side in pixels at which a picture is drawn, ..."""
TEXELS = 1.6
"""... to be reduced to at least so many per pixel of the final image: more would only alias."""
LOW_CM, HIGH_CM = 3.0, 140.0
"""Range of the period."""
MIN_CONTRAST = 0.25
"""Each dye differs from the ground by at least this much (delta E OK), ..."""
MIN_LIGHTNESS = 0.15
"""... the first one also in lightness (OKLCH), ..."""
MIN_STEP = 0.15
"""... and dyes differ from each other by this much."""
FAINT_CONTRAST, FAINT_LIGHTNESS = 0.16, 0.14
"""In a faint print all four dyes are one shade of the ground, which differs at least so much, ..."""
FAINT_ROOM = 1.5
"""... and a tile spans this many times more pixels than others of its kind, so that its shapes stay whole.

Stains on a whole garment have no edge, and differ by this many times more instead."""
MAX_EARTHY = 1
"""At most so many of the five colours are a uniform's (`palette.is_earthy`), and one at least is festive,
but in faint prints."""


class Params(Settings):
    """One kind, its five colours and how large it lies on the cloth; the seed draws the picture."""

    kind: Annotated[Literal[tuple(KINDS)], FILE] = Field(  # type: ignore[valid-type]
        "icons", description="what the picture shows: a key of materials.others.kinds.KINDS"
    )
    ground: Annotated[Color, FILE] = Field("#f4efe6", description="colour of the cloth")
    color_1: Annotated[Color, FILE] = Field("#1f3a5f", description="first dye")
    color_2: Annotated[Color, FILE] = Field("#c4506a", description="second dye")
    color_3: Annotated[Color, FILE] = Field("#4f7d3a", description="third dye")
    color_4: Annotated[Color, FILE] = Field("#d99a2b", description="fourth dye")
    without: File = Field("", description="kinds that were not to be drawn, joined by commas")
    seed: Annotated[float, FILE] = Field(0, ge=0, le=100, description="draws another picture of the kind")
    reduced: Annotated[float, FILE] = Field(
        1, ge=1, le=6, description=f"the picture, drawn {SIDE} pixels wide, is reduced so many times, whole"
    )
    placed: float = Field(
        0, ge=0, le=1, description="1 = the picture fills the garment's bounding box once; 0 = it is a tile"
    )
    period_cm: float = Field(30, ge=LOW_CM, le=HIGH_CM, description="side of a tile")
    angle_deg: float = Field(0, ge=-180, le=180, description="turn of the tiles")


def sample(rng: np.random.Generator, view: View, without: Sequence[str] = ()) -> Params:
    """Draw a kind that `view` resolves, but none of `without`.

    Raises click.ClickException if `without` leaves none, or if none is visible.
    """
    kinds = {name: kind for name, kind in KINDS.items() if name not in without}
    if not kinds:
        raise click.ClickException("materials.other.without: leaves no kind to draw; remove some from it")
    ranges = {
        name: view.visible_cm(LOW_CM, HIGH_CM, kind.period_pixels, kind.repeats)
        for name, kind in kinds.items()
    }
    seen = {name: kinds[name] for name, (low, high) in ranges.items() if low <= high}
    if not seen:
        least = min(kinds.values(), key=lambda kind: kind.period_pixels * kind.repeats)
        view.period_cm("other", LOW_CM, HIGH_CM, least.period_pixels, least.repeats)
    shares = np.array([kind.share for kind in seen.values()])
    name = list(seen)[rng.choice(len(seen), p=shares / shares.sum())]
    kind = seen[name]
    low, high = ranges[name]
    faint = rng.random() < kind.faint and (kind.placed or low * FAINT_ROOM <= high)
    if faint and not kind.placed:
        low *= FAINT_ROOM
    high = max(low, min(high, kind.usual_cm))
    period = float(low * (high / low) ** rng.beta(1, 1.3))
    spanned = (view.extent_cm if kind.placed else period) / view.cm_per_pixel
    turned = rng.random() < 0.12
    ground, *dyes = _faint(rng, FAINT_ROOM if kind.placed else 1.0) if faint else _colors(rng, kind.festive)
    return Params(
        kind=name,
        ground=ground,
        color_1=dyes[0],
        color_2=dyes[1],
        color_3=dyes[2],
        color_4=dyes[3],
        without=",".join(without),
        seed=rng.uniform(0, 100),
        reduced=float(np.clip(SIDE // (TEXELS * spanned), 1, 6)),
        placed=float(kind.placed),
        period_cm=period,
        angle_deg=rng.uniform(-180, 180) if turned else rng.normal(0, 3),
    )


def _colors(rng: np.random.Generator, festive: bool) -> list[str]:
    """Draw a ground and four dyes; what has the colours of uniforms could be taken for camouflage.

    At least one colour, or all of them, is `festive`.

    Raises click.ClickException if no such colours are found.
    """
    for _ in range(palette.TRIES):
        colors = list(palette.pair(rng, MIN_CONTRAST, MIN_LIGHTNESS))
        if not _allowed(colors, festive):
            continue
        while len(colors) < 5:
            drawn = palette.color(rng)
            steps = [palette.contrast(drawn, color) for color in colors]
            if steps[0] >= MIN_CONTRAST and min(steps) >= MIN_STEP and _allowed([*colors, drawn], festive):
                colors.append(drawn)
        if any(map(palette.is_festive, colors)):
            return colors
    raise palette.no_colors("five colours that differ", MIN_CONTRAST)


def _faint(rng: np.random.Generator, more: float) -> list[str]:
    """Draw a ground and, four times, one shade of it, `more` times as far off as it must be.

    Raises click.ClickException if no such colours are found.
    """
    for _ in range(palette.TRIES):
        ground = palette.color(rng)
        dye = palette.tone(rng, ground, more * FAINT_CONTRAST, more * FAINT_LIGHTNESS)
        if dye and _allowed([ground, dye], festive=False):
            return [ground, *[dye] * 4]
    raise palette.no_colors("a colour and a shade of it that differ", FAINT_CONTRAST)


def _allowed(colors: list[str], festive: bool) -> bool:
    if festive:
        return all(map(palette.is_festive, colors))
    return sum(map(palette.is_earthy, colors)) <= MAX_EARTHY


def build(graph: Graph, p: Inputs, cloth: Cloth) -> Surface:
    """Show the picture: as turned tiles, or over the garment's bounding box, in front and behind."""
    tiled = rotate(cloth.uv, p.angle_deg) / p.period_cm
    return Surface(image(TILE, tiled.mix(cloth.place, p.placed)), 0.0)


def draw_image(params: Params) -> np.ndarray:
    """Return the image for the node `TILE` as uint8 (side, side, 3) sRGB."""
    colors = (params.ground, params.color_1, params.color_2, params.color_3, params.color_4)
    rng = rng_for("other", params.kind, f"{params.seed:.4f}")
    drawn = KINDS[params.kind].draw(rng, colors, SIDE)
    return np.asarray(Image.fromarray(drawn).reduce(round(params.reduced)))
