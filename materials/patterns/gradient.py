"""Fades across the whole garment: linear or radial, two or three colours, soft or dip-dyed."""

from typing import Literal

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from materials import palette
from materials.color import Color
from materials.nodes import Graph, Inputs, absolute, cos, length, maximum, noise, sin, smoothstep, vector
from materials.surface import Cloth, Surface
from materials.view import View

MIN_CONTRAST = 0.42
"""The two ends differ by at least this much (delta E OK) ..."""
MIN_LIGHTNESS = 0.4
"""... and in lightness by this much (OKLCH), more than light and shade do on plain cloth."""
MIN_MIDDLE_CONTRAST = 0.25
"""A third colour in the middle differs from both ends by at least this much, or it would shorten the fade."""
MIDDLE = {"radial": (0.36, 0.45), "sideways": (0.46, 0.54), "up": (0.42, 0.58)}
"""Where a fade is half way, so that both its ends lie on the garment's body, not on a sleeve or a hood."""
RADIANS = 0.017453292519943295


class Params(Settings):
    """A ramp over the garment's own bounding box."""

    color_1: Color = Field("#f2f0ea", description="colour where the fade begins: top, left or centre")
    color_2: Color = Field("#2a4a7f", description="colour where it ends")
    color_middle: Color = Field("#8090b0", description="colour half way, in a fade of three")
    three: float = Field(0, ge=0, le=1, description="1 = the fade passes through the middle colour")
    shape: Literal["linear", "radial"] = Field("linear", description="direction of the fade")
    angle_deg: float = Field(
        180, ge=-180, le=180, description="where a linear fade goes: 0 up, 90 right, 180 down"
    )
    centre_x: float = Field(0.5, ge=0.3, le=0.7, description="centre of a radial fade, share of the width")
    centre_y: float = Field(0.5, ge=0.3, le=0.7, description="centre of a radial fade, share of the height")
    middle: float = Field(0.5, ge=0.3, le=0.65, description="where the fade is half way, share of its path")
    width: float = Field(
        0.9, ge=0.1, le=1, description="length of the fade, share of its path; small = dip-dye"
    )
    wobble: float = Field(0, ge=0, le=1, description="uneven dye, at most +-6 % of the path")
    seed: float = Field(0, ge=0, le=100, description="moves the randomness about")


def sample(rng: np.random.Generator, view: View) -> Params:
    """Draw a fade; it spans the garment, so any `view` resolves it."""
    top, bottom = palette.pair(rng, MIN_CONTRAST, MIN_LIGHTNESS)
    three = rng.random() < 0.3
    direction = rng.choice([180, 0, 90, -90, 1000], p=[0.42, 0.22, 0.09, 0.09, 0.18])
    angle = rng.uniform(-180, 180) if direction == 1000 else direction + rng.normal(0, 4)
    shape: Literal["linear", "radial"] = "radial" if rng.random() < 0.08 else "linear"
    sideways = shape == "linear" and abs(np.sin(np.radians(angle))) > 0.5
    dip = not sideways and shape == "linear" and rng.random() < 0.3
    return Params(
        color_1=top,
        color_2=bottom,
        color_middle=palette.another(rng, [top, bottom], MIN_MIDDLE_CONTRAST)
        if three
        else palette.blend(top, bottom),
        three=float(three),
        shape=shape,
        angle_deg=(angle + 180) % 360 - 180,
        centre_x=rng.uniform(0.42, 0.58),
        centre_y=rng.uniform(0.4, 0.6),
        middle=rng.uniform(*MIDDLE["radial" if shape == "radial" else "sideways" if sideways else "up"]),
        width=rng.uniform(0.2, 0.45) if dip else rng.uniform(*((0.35, 0.55) if sideways else (0.5, 0.85))),
        wobble=rng.beta(1, 2),
        seed=rng.uniform(0, 100),
    )


def build(graph: Graph, p: Inputs, cloth: Cloth) -> Surface:
    """Draw the ramp."""
    across, up = cloth.place.x - 0.5, cloth.place.y - 0.5
    s, c = sin(p.angle_deg * RADIANS), cos(p.angle_deg * RADIANS)
    linear = (across * s + up * c) / maximum(absolute(s), absolute(c)) + 0.5
    from_centre = vector(cloth.place.x - p.centre_x, cloth.place.y - p.centre_y)
    radial = length(from_centre) * 1.4
    path = p.shape.select(linear, radial)
    path = path + (noise(cloth.uv / 9.0, detail=1, seed=p.seed) - 0.5) * p.wobble * 0.24
    half = p.width * 0.5
    t = smoothstep(p.middle - half, p.middle + half, path)
    two = p.color_1.mix(p.color_2, t)
    three = p.color_1.mix(p.color_middle, t * 2.0).mix(p.color_2, t * 2.0 - 1.0)
    return Surface(two.mix(three, p.three), 0.0)
