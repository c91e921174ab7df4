"""Fades from the top of the garment to its hem: ombre, dipped hems and tops, in two or three colours."""

from typing import NamedTuple

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from materials import palette
from materials.color import Color
from materials.nodes import Graph, Inputs, cos, noise, sin, smoothstep
from materials.surface import Cloth, Surface
from materials.view import View

MIN_CONTRAST = 0.4
"""The two ends differ by at least this much (delta E OK) ..."""
MIN_TINT, MIN_SHADE = 0.11, 0.55
"""... and in tint (distance in the plane of a and b of OKLab) or in lightness by this much: light, shade and
wear turn a cloth paler or darker, by less."""
MIN_MIDDLE_CONTRAST = 0.25
"""A third colour in the middle differs from both ends by at least this much, or it would shorten the fade."""
MAX_LEAN, MAX_SHADED_LEAN = 30.0, 10.0
"""A fade leans by at most this many degrees, one of a single tint by the second: one that goes sideways looks
like a lamp beside the garment."""
RADIANS = 0.017453292519943295


class Kind(NamedTuple):
    """A family of fades; heights and lengths are shares of the cloth that the image shows."""

    weight: float
    """How often clothes show it."""
    middle: tuple[float, float]
    """How high it is half way."""
    width: tuple[float, float]
    """How long it is; both its ends lie on the cloth."""
    three: float
    """How often it passes through a third colour."""


KINDS = {
    "ombre": Kind(0.6, (0.42, 0.58), (0.45, 0.75), 0.3),
    "dipped hem": Kind(0.28, (0.3, 0.45), (0.2, 0.4), 0.1),
    "dipped top": Kind(0.12, (0.55, 0.68), (0.2, 0.4), 0.1),
}


class Params(Settings):
    """A ramp over the height of the garment's bounding box."""

    color_1: Color = Field("#f2f0ea", description="colour of the top")
    color_2: Color = Field("#2a4a7f", description="colour of the hem")
    color_middle: Color = Field("#8090b0", description="colour half way, in a fade of three")
    three: float = Field(0, ge=0, le=1, description="1 = the fade passes through the middle colour")
    lean_deg: float = Field(0, ge=-45, le=45, description="turn of the fade; 0 = straight down")
    middle: float = Field(0.5, ge=0.2, le=0.8, description="where it is half way, share of the height")
    width: float = Field(0.6, ge=0.1, le=1, description="length, share of the height; small = dip-dye")
    wobble: float = Field(0, ge=0, le=1, description="uneven dye, at most +-6 % of the height")
    seed: float = Field(0, ge=0, le=100, description="moves the randomness about")


def sample(rng: np.random.Generator, view: View) -> Params:
    """Draw a fade over the cloth that `view` shows."""
    kind = KINDS[str(rng.choice(list(KINDS), p=[kind.weight for kind in KINDS.values()]))]
    top, hem = _ends(rng)
    three = rng.random() < kind.three
    bottom, shown = view.shown_y[0], max(view.cloth_top - view.shown_y[0], 0.2)
    lean = np.clip(rng.normal(0, 3), -MAX_SHADED_LEAN, MAX_SHADED_LEAN)
    if tint(top, hem) >= MIN_TINT and rng.random() < 0.2:
        lean = rng.uniform(-MAX_LEAN, MAX_LEAN)
    return Params(
        color_1=top,
        color_2=hem,
        color_middle=palette.another(rng, [top, hem], MIN_MIDDLE_CONTRAST)
        if three
        else palette.blend(top, hem),
        three=float(three),
        lean_deg=float(lean),
        middle=float(np.clip(bottom + rng.uniform(*kind.middle) * shown, 0.2, 0.8)),
        width=max(rng.uniform(*kind.width) * shown, 0.1),
        wobble=rng.beta(1, 2),
        seed=rng.uniform(0, 100),
    )


def is_dyed(a: str, b: str) -> bool:
    """Say whether two colours differ by more than light, shade and wear can make of one."""
    shaded, tinted = palette.lightness_contrast(a, b) >= MIN_SHADE, tint(a, b) >= MIN_TINT
    return palette.contrast(a, b) >= MIN_CONTRAST and (shaded or tinted)


def tint(a: str, b: str) -> float:
    """Return the distance of two colours in the plane of a and b of OKLab: contrast but for lightness."""
    return float(max(palette.contrast(a, b) ** 2 - palette.lightness_contrast(a, b) ** 2, 0) ** 0.5)


def _ends(rng: np.random.Generator) -> tuple[str, str]:
    for _ in range(palette.TRIES):
        ends = palette.pair(rng, MIN_CONTRAST, tonal=0.4)
        if is_dyed(*ends):
            return ends if rng.random() < 0.5 else ends[::-1]
    raise palette.no_colors("the ends of a fade", MIN_CONTRAST)


def build(graph: Graph, p: Inputs, cloth: Cloth) -> Surface:
    """Draw the ramp."""
    lean = p.lean_deg * RADIANS
    across, up = cloth.place.x - 0.5, cloth.place.y - p.middle
    path = across * sin(lean) - up * cos(lean)
    path = path + (noise(cloth.uv / 9.0, detail=1, seed=p.seed) - 0.5) * p.wobble * 0.24
    t = smoothstep(p.width * -0.5, p.width * 0.5, path)
    two = p.color_1.mix(p.color_2, t)
    three = p.color_1.mix(p.color_middle, t * 2.0).mix(p.color_2, t * 2.0 - 1.0)
    return Surface(two.mix(three, p.three), 0.0)
