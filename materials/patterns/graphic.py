"""A placement print: lettering, an emblem, a figure or a picture on the front of an otherwise plain garment.

`materials.motifs` draws what is printed; the cloth is that of `plain`, now and then with fine stripes or
sleeves of another colour. A small logo is a trim, which every class has (`trims.MAX_PRINT_SHARE`).
"""

from typing import Literal

import numpy as np
from pydantic import Field

from materials import palette
from materials.color import Color
from materials.motifs import motif
from materials.nodes import Graph, Inputs, absolute, below, fract, picture, rotate, vector
from materials.patterns import plain
from materials.surface import Cloth, Surface
from materials.view import View

TILE = "Motif"
"""Name of the image node."""
MIN_SHARE = 0.33
"""A print is at least this wide, share of the garment's narrower side (`View.side_cm`), ..."""
MIN_AREA = 0.05
"""... and its box covers at least this share of that side's square."""
MAX_SHARE = 0.8
"""A print is at most this wide, share of that side."""
MAX_HEIGHT = 0.66
"""A print is at most this high, share of the garment's height."""
MIN_PIXELS = 16.0
"""A print is at least this many pixels of the final image wide."""
MIN_REPEATS = 1.05
"""The garment's mean extent is at least this many times the print's width."""
MIN_CONTRAST = 0.3
"""The first ink differs from the cloth by at least this much (delta E OK), ..."""
MIN_SECOND = 0.15
"""... each other ink by this much."""
MAX_STRIPE_CONTRAST = 0.2
"""Stripes under a print differ from the cloth by at most this much (delta E OK)."""
MIN_STRIPED_SHARE = 0.45
"""A print on stripes is at least this wide."""
TEXELS = 2.0
"""Pixels of the motif's image per pixel of the final image, side by side."""
PROPORTIONS = {
    "slogan": (28, 0.16, 1.25),
    "college": (12, 0.4, 0.9),
    "jersey": (5, 0.7, 1.2),
    "brand": (13, 0.18, 0.9),
    "emblem": (9, 0.85, 1.2),
    "figure": (16, 0.8, 1.3),
    "scene": (5, 0.7, 1.2),
    "photo": (9, 0.8, 1.4),
    "geometric": (3, 0.6, 1.2),
}
"""Family -> (how often it is drawn, least and greatest height over width); shares estimated from photos."""


class Params(plain.Params):
    """A motif in up to four inks, and the cloth under it; places are shares of the garment's box."""

    family: Literal[
        "slogan", "college", "jersey", "brand", "emblem", "figure", "scene", "photo", "geometric"
    ] = Field("emblem", description="what is printed")
    ink_1: Color = Field("#f4f4f2", description="colour of the first ink")
    ink_2: Color = Field("#c03028", description="colour of the second ink")
    ink_3: Color = Field("#e8b93c", description="colour of the third ink")
    ink_4: Color = Field("#2a5a8a", description="colour of the fourth ink")
    inks: float = Field(2, ge=1, le=4, description="number of inks, whole")
    caption: float = Field(0, ge=0, le=1, description="1 = a picture has a line of lettering")
    wear: float = Field(0, ge=0, le=1, description="ink that is rubbed off; 1 = a quarter")
    opacity: float = Field(1, ge=0.8, le=1, description="opacity of the ink")
    width: float = Field(0.4, ge=0.1, le=0.8, description="width of the print, share of the garment's")
    aspect: float = Field(1, ge=0.05, le=1.5, description="height of the print over its width")
    x: float = Field(0.5, ge=0.3, le=0.7, description="its middle across")
    y: float = Field(0.6, ge=0.2, le=0.85, description="its middle from the bottom up")
    angle_deg: float = Field(0, ge=-25, le=25, description="turn of the print, counter-clockwise")
    pixels: float = Field(240, ge=24, le=320, description="pixels across the image of the print, whole")
    motif_seed: float = Field(0, ge=0, le=100, description="which motif of the family")
    second: Color = Field("#6a6f76", description="colour of stripes and sleeves, if there are any")
    stripes: float = Field(0, ge=0, le=1, description="1 = fine stripes under the print")
    stripe_cm: float = Field(3, ge=1, le=12, description="period of these stripes")
    body: float = Field(1, ge=0.5, le=1, description="sleeves of the second colour beyond this share of the width")


def sample(rng: np.random.Generator, view: View) -> Params:
    """Draw a print that dominates the garment in `view`, and the cloth under it.

    Raises click.ClickException if it would be too small to be seen.
    """
    low, high = view.period_cm(
        "graphic", MIN_SHARE * view.side_cm, MAX_SHARE * view.side_cm, MIN_PIXELS, MIN_REPEATS
    )
    cloth = plain.sample(rng, view)
    names = list(PROPORTIONS)
    weights = np.array([PROPORTIONS[name][0] for name in names], float)
    family = names[int(rng.choice(len(names), p=weights / weights.sum()))]
    _, flattest, tallest = PROPORTIONS[family]
    caption = family in motif.PICTURES and rng.random() < 0.5
    aspect = rng.uniform(flattest, tallest) + (0.15 if caption else 0)
    large = family in motif.PICTURES and rng.random() < 0.2
    share = rng.uniform(0.55, MAX_SHARE) if large else MIN_SHARE + 0.25 * rng.beta(1.3, 1.6)
    backing = str(rng.choice(["plain", "stripes", "sleeves"], p=[0.9, 0.04, 0.06]))
    if backing == "stripes":
        share = max(share, MIN_STRIPED_SHARE)
    width = float(np.clip(max(share, (MIN_AREA / aspect) ** 0.5) * view.side_cm, low, high))
    aspect = max(min(aspect, MAX_HEIGHT * view.height_cm / width), MIN_AREA * (view.side_cm / width) ** 2)

    second = (
        palette.near(rng, cloth.color, MAX_STRIPE_CONTRAST)
        if backing == "stripes"
        else palette.another(rng, [cloth.color], 0.2)
    )
    inks = _inks(rng, [cloth.color] if backing != "stripes" else [cloth.color, second])
    half = aspect * width / view.height_cm / 2
    shoulder = rng.uniform(0.16, 0.28) * view.side_cm / view.height_cm
    y = 1 - shoulder - half
    if view.height_cm > 1.5 * view.width_cm and rng.random() < 0.35:
        y = rng.uniform(0.1 + half, 0.9 - half)
    return Params(
        **cloth.model_dump(),
        family=family,  # type: ignore[arg-type]
        **dict(zip(("ink_1", "ink_2", "ink_3", "ink_4"), inks, strict=True)),
        inks=float(rng.choice([1, 2, 3, 4], p=_ink_counts(family))),
        caption=float(caption),
        wear=rng.uniform(0.2, 1) if rng.random() < 0.25 else 0.0,
        opacity=rng.uniform(0.85, 1),
        width=float(np.clip(width / view.width_cm, 0.1, 0.8)),
        aspect=float(np.clip(aspect, 0.05, 1.5)),
        x=float(np.clip(0.5 + (rng.uniform(-0.12, 0.12) if rng.random() < 0.1 else rng.normal(0, 0.01)), 0.3, 0.7)),
        y=float(np.clip(max(y, half + 0.06), 0.2, 0.85)),
        angle_deg=rng.uniform(-20, 20) if rng.random() < 0.06 else float(np.clip(rng.normal(0, 1), -4, 4)),
        pixels=float(np.clip(round(TEXELS * width / view.cm_per_pixel), 24, 320)),
        motif_seed=rng.uniform(0, 100),
        second=second,
        stripes=float(backing == "stripes"),
        stripe_cm=float(np.clip(rng.uniform(1.2, 4), 3 * view.cm_per_pixel, 12)),
        body=rng.uniform(0.55, 0.7) if backing == "sleeves" else 1.0,
    )


def build(graph: Graph, p: Inputs, cloth: Cloth) -> Surface:
    """Lay the motif on plain cloth, undistorted in the plane of the camera, on the front only."""
    surface = plain.build(graph, p, cloth)
    line = below(0.25, absolute(fract(cloth.uv.y / p.stripe_cm) - 0.5), 0.05)
    sleeve = absolute(cloth.place.x - 0.5) > p.body * 0.5
    color = surface.color.mix(p.second, line * p.stripes).mix(p.second, sleeve)
    across = (cloth.place.x - p.x) * cloth.extent.x
    up = (cloth.place.y - p.y) * cloth.extent.y
    at = rotate(vector(across, up), -p.angle_deg) / (p.width * cloth.extent.x)
    ink, alpha = picture(TILE, vector(at.x + 0.5, at.y / p.aspect + 0.5))
    return Surface(color.mix(ink, alpha * p.opacity * (cloth.place.z > 0.5)), surface.height)


def draw_image(params: Params) -> np.ndarray:
    """Return the motif for the node `TILE` as uint8 (H, W, 4) sRGB with straight alpha."""
    colors = (params.ink_1, params.ink_2, params.ink_3, params.ink_4)
    return motif.draw(
        params.family,
        params.motif_seed,
        [rgb(color) for color in colors[: round(params.inks)]],
        params.aspect,
        params.caption > 0.5,
        params.wear,
        round(params.pixels),
    )


def rgb(color: str) -> tuple[int, int, int]:
    """Return the channels 0..255 of `#rrggbb`."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _inks(rng: np.random.Generator, grounds: list[str]) -> tuple[str, ...]:
    """Draw four inks; the first is white or black on most clothes."""
    plainest = [palette.from_family(rng, palette.FAMILIES[name]) for name in ("white", "black")]
    usable = [c for c in plainest if all(palette.contrast(c, g) >= MIN_CONTRAST for g in grounds)]
    if usable and rng.random() < 0.62:
        first = usable[int(rng.integers(len(usable)))]
    else:
        first = palette.another(rng, grounds, MIN_CONTRAST)
    return (first, *(_second(rng, grounds) for _ in range(3)))


def _second(rng: np.random.Generator, grounds: list[str]) -> str:
    """Draw a further ink: most are bright."""
    for _ in range(palette.TRIES):
        drawn = (
            palette.from_family(rng, palette.FAMILIES["bright"]) if rng.random() < 0.5 else palette.color(rng)
        )
        if all(palette.contrast(drawn, ground) >= MIN_SECOND for ground in grounds):
            return drawn
    raise palette.no_colors("an ink that differs from the cloth", MIN_SECOND)


def _ink_counts(family: str) -> list[float]:
    """Return how often a family is printed in 1, 2, 3 and 4 inks."""
    if family in ("figure", "scene", "geometric"):
        return [0.2, 0.2, 0.3, 0.3]
    if family == "photo":
        return [0.45, 0.15, 0.2, 0.2]
    return [0.55, 0.27, 0.12, 0.06]
