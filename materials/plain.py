"""Plain cloth: one colour, with all that real plain clothes show and that is no pattern.

Heathered yarn, washed denim, quilting, seams, a placket with buttons, a hem and a small chest print.
"""

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from materials import palette
from materials.nodes import (
    Graph,
    Inputs,
    Value,
    absolute,
    below,
    floor,
    fract,
    length,
    maximum,
    noise,
    random,
    rotate,
    smoothstep,
    vector,
)
from materials.parameters import Color
from materials.surface import Cloth, Surface
from materials.view import View

MAX_HEATHER_CONTRAST = 0.15
"""The two yarns of heathered cloth differ by at most this much (delta E OK)."""
MAX_LOGO_SHARE = 0.25
"""A chest print is at most this share of the garment's width."""


class Params(Settings):
    """One colour of cloth and its making."""

    color: Color = Field("#8a8f96", description="colour of the cloth")
    yarn: Color = Field("#a9adb2", description="colour of the second yarn of heathered cloth")
    heather: float = Field(0, ge=0, le=1, description="share of the second yarn: 0 = none, 1 = marl")
    heather_cm: float = Field(0.3, ge=0.15, le=1.2, description="thickness of its specks")
    heather_stretch: float = Field(4, ge=1, le=12, description="length of its specks over their thickness")
    wash: float = Field(0, ge=0, le=1, description="stone wash of denim: upright streaks and worn areas")
    quilt_cm: float = Field(6, ge=3, le=14, description="distance of the quilting seams")
    quilt_angle_deg: float = Field(0, ge=0, le=50, description="0 = level channels, 45 = diamonds")
    quilt: float = Field(0, ge=0, le=1, description="depth of quilting; 0 = none")
    placket: float = Field(0, ge=0, le=1, description="a front edge in the middle, darker by up to 40 %")
    buttons: float = Field(0, ge=0, le=1, description="1 = buttons along the middle, 9 cm apart")
    seam: float = Field(0, ge=0, le=1, description="a level seam and a pocket outline, darker by up to 40 %")
    seam_height: float = Field(0.8, ge=0.2, le=0.95, description="height of the seam, share of the garment")
    hem: float = Field(0, ge=-1, le=1, description="hem of another shade, up to 30 % darker or lighter")
    hem_cm: float = Field(4, ge=1, le=8, description="height of the hem")
    logo: float = Field(0, ge=0, le=1, description="opacity of a small print on the front")
    logo_color: Color = Field("#f4f4f4", description="colour of the print")
    logo_x: float = Field(0.6, ge=0.3, le=0.7, description="its place, share of the width")
    logo_y: float = Field(0.7, ge=0.4, le=0.8, description="its place, share of the height")
    logo_cm: float = Field(6, ge=1.5, le=16, description="its width")
    logo_round: float = Field(0, ge=0, le=1, description="0 = lines of lettering, 1 = a badge")
    seed: float = Field(0, ge=0, le=100, description="moves the randomness about")


def sample(rng: np.random.Generator, view: View) -> Params:
    """Draw plain cloth; every `view` shows it."""
    color = palette.from_family(rng, "denim") if (denim := rng.random() < 0.08) else palette.color(rng)
    heathered = rng.random() < 0.28
    quilted = rng.random() < 0.07
    buttoned = rng.random() < 0.2
    logo = rng.random() < 0.16
    return Params(
        color=color,
        yarn=palette.near(rng, color, MAX_HEATHER_CONTRAST),
        heather=rng.uniform(0.3, 1) if heathered else 0.0,
        heather_cm=rng.uniform(0.15, 0.7),
        heather_stretch=rng.uniform(1, 8),
        wash=rng.uniform(0.3, 1) if denim or rng.random() < 0.1 else 0.0,
        quilt_cm=rng.uniform(4, 12),
        quilt_angle_deg=0.0 if rng.random() < 0.5 else rng.uniform(35, 50),
        quilt=rng.uniform(0.3, 1) if quilted else 0.0,
        placket=rng.uniform(0.2, 1) if buttoned else 0.0,
        buttons=float(buttoned and rng.random() < 0.7),
        seam=rng.uniform(0.2, 1) if rng.random() < 0.3 else 0.0,
        seam_height=rng.uniform(0.2, 0.95),
        hem=rng.uniform(-1, 1) if rng.random() < 0.3 else 0.0,
        hem_cm=rng.uniform(1.5, 7),
        logo=rng.uniform(0.6, 1) if logo else 0.0,
        logo_color=palette.color(rng),
        logo_x=0.5 if rng.random() < 0.5 else rng.uniform(0.35, 0.65),
        logo_y=rng.uniform(0.5, 0.78),
        logo_cm=float(np.clip(rng.uniform(0.06, MAX_LOGO_SHARE) * view.width_cm, 1.5, 16)),
        logo_round=float(rng.random() < 0.4),
        seed=rng.uniform(0, 100),
    )


def build(graph: Graph, p: Inputs, cloth: Cloth) -> Surface:
    """Draw the yarn, the wash, the quilting, the seams and the print."""
    speck = noise(
        vector(cloth.uv.x / p.heather_stretch, cloth.uv.y) / p.heather_cm,
        detail=1,
        roughness=0.7,
        seed=p.seed,
    )
    color = p.color.mix(p.yarn, smoothstep(0.62, 0.4, speck) * p.heather)
    worn = noise(vector(cloth.uv.x / 2.5, cloth.uv.y / 16.0), detail=3, roughness=0.55, seed=p.seed + 5.0)
    color = color.mix(color * 0.75 + 0.12, smoothstep(0.3, 0.9, worn) * p.wash)

    seam_distance, puff = quilting(p, cloth)
    shade = 1.0 - p.quilt * 0.3 * below(0.5, seam_distance, 1.0)

    across = (cloth.place.x - 0.5) * cloth.extent.x
    up = cloth.place.y * cloth.extent.y
    front = cloth.place.z > 0.5
    shade = shade * (1.0 - p.placket * 0.4 * line(across, 1.5, 0.5) * front)
    shade = shade * (1.0 - p.seam * 0.4 * seams(p, across, up, cloth, front))
    shade = shade * (1.0 + p.hem * 0.3 * (up < p.hem_cm))

    button = length(vector(across, (fract(up / 9.0) - 0.5) * 9.0))
    shade = shade.mix(0.45, p.buttons * below(0.6, button, 0.2) * front)
    color = (color * shade).mix(p.logo_color, p.logo * front * emblem(p, cloth))
    return Surface(color, puff * p.quilt * p.quilt_cm * 0.12)


def quilting(p: Inputs, cloth: Cloth) -> tuple[Value, Value]:
    """Return the distance to the nearest quilting seam in cm, and the height of the padding between, 0..1."""
    rising = rotate(cloth.uv, p.quilt_angle_deg).y / p.quilt_cm
    falling = rotate(cloth.uv, -p.quilt_angle_deg).y / p.quilt_cm
    nearest = 0.5 - maximum(absolute(fract(rising) - 0.5), absolute(fract(falling) - 0.5))
    return nearest * p.quilt_cm, 1.0 - (1.0 - nearest * 2.0) ** 3.0


def seams(p: Inputs, across: Value, up: Value, cloth: Cloth, front: Value) -> Value:
    """Draw a level seam, and the outline of a 10 x 11 cm pocket beside the middle of the front."""
    level = line(up - p.seam_height * cloth.extent.y, 0.0, 0.4)
    x, y = absolute(across - 8.0) - 5.0, absolute(up - 0.68 * cloth.extent.y) - 5.5
    pocket = line(maximum(x, y), 0.0, 0.4) * front
    return maximum(level, pocket)


def line(distance: Value, at: float, width: float) -> Value:
    """Draw a line `width` cm wide where `distance` is `at`."""
    return below(width, absolute(distance - at), 0.3)


def emblem(p: Inputs, cloth: Cloth) -> Value:
    """Draw two lines of lettering or a round badge around the print's place."""
    x = (cloth.place.x - p.logo_x) * cloth.extent.x / p.logo_cm
    y = (cloth.place.y - p.logo_y) * cloth.extent.y / p.logo_cm
    letter = random(floor(vector(x * 14.0, y * 24.0)), p.seed).x > 0.4
    rows = below(0.25, absolute(fract(y * 4.0 + 0.5) - 0.5), 0.05)
    inside = (absolute(x) < 0.5) * (absolute(y) < 0.24)
    badge = below(0.4, length(vector(x, y)), 0.05)
    cut = below(0.3, length(vector(x, y)), 0.05) * letter
    return (letter * rows * inside).mix(badge * (1.0 - cut * 0.7), p.logo_round)
