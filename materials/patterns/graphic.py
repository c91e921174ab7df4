"""A placement print: lettering, an emblem, a figure or a picture on the front of an otherwise plain garment.

`materials.motifs` draws what is printed; the cloth is that of `plain`, now and then with fine stripes or
sleeves of another colour. A small logo is a trim, which every class has (`trims.MAX_PRINT_SHARE`).
"""

from typing import Literal

import numpy as np
from pydantic import Field

from materials import palette
from materials.color import Color, rgb
from materials.motifs import motif
from materials.nodes import Graph, Inputs, absolute, below, fract, picture, rotate, vector
from materials.patterns import plain
from materials.surface import Cloth, Surface
from materials.view import View

TILE = "Motif"
"""Name of the image node."""
MIN_SHARE = 0.4
"""A print is at least this wide, share of the garment's body (`View.body_cm`), ..."""
MIN_AREA = 0.08
"""... and its box covers at least this share of the square on that."""
MAX_SHARE = 0.95
"""A print is at most this wide, share of the body."""
MAX_FLAT_SHARE = 0.6
"""A print of few large flat areas (`FLAT`) is at most this wide, share of the body: a larger one looks like
colour blocks."""
FLAT = ("scene", "geometric")
MAX_HEIGHT = 0.66
"""A print is at most this high, share of the garment's height below its opening (`View.opening_cm`)."""
MAX_RELIEF = 0.3
RELIEF = (
    "quilt",
    "padding",
    "pucker",
    "tiers",
    "crinkle",
    "pile",
    "heather",
    "legs",
    "rib",
    "rope",
    "eyelet",
)
"""These of the cloth under a print are at most that strong: stronger ones hide it."""
MIN_PIXELS = 16.0
"""A print is at least this many pixels of the final image wide."""
MIN_REPEATS = 1.05
"""The garment's mean extent is at least this many times the print's width."""
MIN_CONTRAST = 0.22
"""The first ink differs from the cloth by at least this much (delta E OK), ..."""
MIN_SECOND = 0.15
"""... each other ink by this much."""
TONAL_SHARE = 0.15
"""This share of prints is in shades of the cloth, hardly above these limits: dark on black, or faded."""
MAX_STRIPE_CONTRAST = 0.15
"""Stripes under a print differ from the cloth by at most this much (delta E OK), ..."""
DARK, LIGHT = 0.38, 0.78
"""... which is darker or lighter than this (OKLCH), so that white or black stands out from both."""
MIN_STRIPED_SHARE = 0.55
"""A print on stripes is at least this wide."""
MIN_VISIBLE = 0.15
"""At least this share of a print's box differs from the cloth by `MIN_SECOND`."""
TEXELS = 1.5
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
    width: float = Field(0.4, ge=0.1, le=0.95, description="width of the print, share of the garment's")
    aspect: float = Field(1, ge=0.05, le=1.6, description="height of the print over its width")
    x: float = Field(0.5, ge=0.25, le=0.75, description="its middle across")
    y: float = Field(0.6, ge=0.2, le=0.85, description="its middle from the bottom up")
    angle_deg: float = Field(0, ge=-25, le=25, description="turn of the print, counter-clockwise")
    pixels: float = Field(240, ge=24, le=320, description="pixels across the image of the print, whole")
    motif_seed: float = Field(0, ge=0, le=100, description="which motif of the family")
    second: Color = Field("#6a6f76", description="colour of stripes and sleeves, if there are any")
    stripes: float = Field(0, ge=0, le=1, description="1 = fine stripes under the print")
    stripe_cm: float = Field(3, ge=1, le=12, description="period of these stripes")
    body: float = Field(
        1, ge=0.5, le=1, description="sleeves of the second colour beyond this share of the width"
    )


def sample(rng: np.random.Generator, view: View) -> Params:
    """Draw a print that dominates the garment in `view`, and the cloth under it.

    Raises click.ClickException if it would be too small to be seen.
    """
    cloth = plain.sample(rng, view)
    depths = {name: min(getattr(cloth, name), MAX_RELIEF) for name in RELIEF}
    cloth = cloth.model_copy(update=depths)
    weights = np.array([often for often, _, _ in PROPORTIONS.values()], float)
    family = tuple(PROPORTIONS)[int(rng.choice(len(weights), p=weights / weights.sum()))]
    caption = family in motif.PICTURES and rng.random() < 0.55
    backing = str(rng.choice(["plain", "stripes", "sleeves"], p=[0.87, 0.07, 0.06]))
    if backing == "stripes" and DARK <= palette.to_oklch(cloth.color)[0] <= LIGHT:
        backing = "plain"
    width, aspect = _box(rng, view, family, caption, backing == "stripes")
    x, y = _place(rng, view, aspect * width / view.whole_height_cm)
    second = (
        palette.near(rng, cloth.color, MAX_STRIPE_CONTRAST)
        if backing == "stripes"
        else palette.another(rng, [cloth.color], 0.2)
    )
    inks = _inks(rng, [cloth.color, second] if backing == "stripes" else [cloth.color])
    return Params(
        **cloth.model_dump(),
        family=family,  # type: ignore[arg-type]
        ink_1=inks[0],
        ink_2=inks[1],
        ink_3=inks[2],
        ink_4=inks[3],
        inks=float(rng.choice([1, 2, 3, 4], p=_ink_counts(family))),
        caption=float(caption),
        wear=rng.uniform(0.2, 0.7 if family == "photo" else 1) if rng.random() < 0.25 else 0.0,
        opacity=rng.uniform(0.85, 1),
        width=float(np.clip(width / view.whole_width_cm, 0.1, 0.95)),
        aspect=float(np.clip(aspect, 0.05, 1.6)),
        x=x,
        y=y,
        angle_deg=rng.uniform(-20, 20) if rng.random() < 0.06 else float(np.clip(rng.normal(0, 1), -4, 4)),
        pixels=float(np.clip(round(TEXELS * width / view.cm_per_pixel), 24, 320)),
        motif_seed=rng.uniform(0, 100),
        second=second,
        stripes=float(backing == "stripes"),
        stripe_cm=float(np.clip(rng.uniform(1.2, 4), min(3 * view.cm_per_pixel, 12), 12)),
        body=rng.uniform(0.6, 0.7) if backing == "sleeves" else 1.0,
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
    return Surface(color.mix(ink, alpha * p.opacity * cloth.front), surface.height)


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


def _box(
    rng: np.random.Generator, view: View, family: str, caption: bool, striped: bool
) -> tuple[float, float]:
    """Draw a print's width in cm and its height over its width; pictures may fill the whole front."""
    low, high = view.period_cm(
        "graphic", MIN_SHARE * view.body_cm, MAX_SHARE * view.body_cm, MIN_PIXELS, MIN_REPEATS
    )
    _, flattest, tallest = PROPORTIONS[family]
    aspect = rng.uniform(flattest, tallest) + (0.15 if caption else 0)
    large = family in motif.PICTURES and family not in FLAT and rng.random() < 0.2
    usual = 0.2 if view.whole_height_cm > 1.5 * view.whole_width_cm else 0.3
    share = rng.uniform(0.65, MAX_SHARE) if large else MIN_SHARE + usual * rng.beta(1.3, 1.4)
    share = max(share, MIN_STRIPED_SHARE if striped else 0, (MIN_AREA / aspect) ** 0.5)
    share = min(share, MAX_FLAT_SHARE) if family in FLAT else share
    width = float(np.clip(share * view.body_cm, low, high))
    cloth_cm = (view.cloth_top - view.shown_y[0]) * view.whole_height_cm
    aspect = min(aspect, MAX_HEIGHT * max(cloth_cm, 0) / width)
    return width, max(aspect, MIN_AREA * (view.body_cm / width) ** 2)


def _place(rng: np.random.Generator, view: View, height: float) -> tuple[float, float]:
    """Draw the middle of a print that is `height` high, in shares of the garment's box.

    Most lie a hand below the shoulders, and below the neck and the hood; on legs and on long dresses some
    lie on one side.
    """
    x = 0.5 + (rng.uniform(-0.12, 0.12) if rng.random() < 0.1 else rng.normal(0, 0.01))
    long = view.whole_height_cm > 1.5 * view.whole_width_cm
    low, top = view.shown_y[0], view.cloth_top
    y = 1 - (rng.uniform(0.27, 0.4) + 0.06 * long) * view.body_cm / view.whole_height_cm - height / 2
    narrow = view.whole_height_cm > 1.9 * view.whole_width_cm
    if view.legs or (narrow and rng.random() < 0.7):
        x, y = 0.5 + rng.choice([-1, 1]) * rng.uniform(0.2, 0.23), rng.uniform(0.35, 0.7)
    elif not narrow and rng.random() < 0.25:
        y = rng.uniform(0.48, 0.6)
    y = min(max(y, low + height / 2 + 0.08), top - rng.uniform(0, 0.06) - height / 2)
    return float(np.clip(x, 0.25, 0.75)), float(np.clip(max(y, low + height / 2), 0.2, 0.85))


def _inks(rng: np.random.Generator, grounds: list[str]) -> tuple[str, ...]:
    """Draw four inks; the first is white or black on most clothes, on some all are shades of the cloth."""
    if rng.random() < TONAL_SHARE:
        drawn = [palette.tone(rng, grounds[0], least, least) for least in (MIN_CONTRAST, *[MIN_SECOND] * 3)]
        shades = tuple(shade for shade in drawn if shade)
        if len(shades) == len(drawn) and palette.contrast(shades[0], grounds[-1]) >= MIN_CONTRAST:
            return shades
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
    if family == "figure":
        return [0.2, 0.2, 0.3, 0.3]
    if family in ("scene", "geometric"):
        return [0.0, 0.3, 0.4, 0.3]
    if family == "photo":
        return [0.45, 0.15, 0.2, 0.2]
    return [0.55, 0.27, 0.12, 0.06]
