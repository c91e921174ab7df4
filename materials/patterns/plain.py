"""Plain cloth: one colour, with all that real plain cloth shows and that is no pattern.

Heathered yarn, ribs and cables, corduroy, washed and faded denim, fleece, quilting with gathered seams.
Seams, buttons and prints are trims, which every class has (`materials.trims`).
"""

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from materials import palette
from materials.color import Color
from materials.nodes import (
    Graph,
    Inputs,
    Value,
    absolute,
    below,
    fract,
    length,
    maximum,
    noise,
    rotate,
    sin,
    smoothstep,
    vector,
)
from materials.surface import Cloth, Surface
from materials.view import View

TAU = 6.283185307179586
MAX_HEATHER_CONTRAST = 0.12
"""The two yarns of heathered cloth differ by at most this much (delta E OK), ..."""
MAX_STREAK_CONTRAST, LONG_SPECKS = 0.08, 3.0
"""... and by at most this much where specks are this many times longer than thick: on slanted panels, strong
streaks look like herringbone."""
MAX_TWEED_CONTRAST, MAX_TWEED_PIXELS, MAX_TWEED_STRETCH = 0.24, 1.3, 2.0
"""The yarns of tweed and marl differ by up to the first number; its specks are at most so many pixels of the
final image thick, as larger ones would be a print, and at most so many times as long."""
MIN_SPECK_CM, MAX_SPECK_CM = 0.15, 1.2
MAX_RIB_SHADE = 0.22
"""The groove between two ribs is at most this much darker: less than the faintest stripes differ by."""
MAX_CABLE = 0.4
"""Cables are at most this deep: they are wide apart, and deeper ones look like wavy stripes."""
MAX_PILE_SHADE = 0.22
"""The hollows of fleece are at most this much darker, and without any order."""
MAX_SEAM_SHADE = 0.6
"""A quilting seam and its gathers are at most this much darker, times the depth of the quilting, ..."""
MAX_LEVEL_QUILT = 0.3
"""... which is at most this in level channels, as deeper ones look like stripes."""
MAX_DIAMOND_QUILT = 0.65
"""In diamonds it is at most this: stronger ones look like checks cut on the bias."""
MAX_WORN_CONTRAST = 0.12
"""Worn areas differ from the cloth by at most this much (delta E OK): more looks like a gradient."""
MAX_WASH = 0.7
"""A stone wash is at most this strong: stronger streaks look like stripes."""
MIN_RIB_PIXELS = 2.5
"""Ribs are at least this many pixels of the final image apart, because unresolved ones would alias."""


class Params(Settings):
    """One colour of cloth and its making."""

    color: Color = Field("#8a8f96", description="colour of the cloth")
    yarn: Color = Field("#a9adb2", description="colour of the second yarn of heathered cloth")
    heather: float = Field(0, ge=0, le=1, description="share of the second yarn: 0 = none, 1 = marl")
    heather_cm: float = Field(0.3, ge=MIN_SPECK_CM, le=MAX_SPECK_CM, description="thickness of its specks")
    heather_stretch: float = Field(4, ge=1, le=12, description="length of its specks over their thickness")
    worn: Color = Field("#a0a5ac", description="colour of worn areas")
    wash: float = Field(0, ge=0, le=1, description="stone wash of denim: upright streaks and worn areas")
    fade: float = Field(0, ge=0, le=1, description="paler in the middle of both sides, like worn thighs")
    rib: float = Field(0, ge=0, le=1, description="depth of ribs, wales or cables; 0 = none")
    rib_cm: float = Field(1, ge=0.4, le=6, description="distance of the ribs")
    rib_groove: float = Field(0.4, ge=0.15, le=0.8, description="width of the groove, share of the distance")
    rib_twist: float = Field(0, ge=0, le=0.35, description="sway of cables, share of the distance; 0 = ribs")
    rib_angle_deg: float = Field(90, ge=0, le=90, description="direction: 90 = upright")
    quilt_cm: float = Field(6, ge=3, le=14, description="distance of the quilting seams")
    quilt_angle_deg: float = Field(0, ge=0, le=50, description="0 = level channels, 45 = diamonds")
    quilt: float = Field(0, ge=0, le=1, description="depth of quilting; 0 = none")
    pucker: float = Field(0, ge=0, le=1, description="gathers of the cloth along quilting seams")
    pile: float = Field(0, ge=0, le=1, description="depth of fleece, terry or fur; 0 = none")
    pile_cm: float = Field(1, ge=0.4, le=3, description="size of its curls")
    seed: float = Field(0, ge=0, le=100, description="moves the randomness about")


def sample(rng: np.random.Generator, view: View) -> Params:
    """Draw plain cloth; every `view` shows it."""
    making = str(
        rng.choice(
            ["smooth", "heather", "tweed", "denim", "rib", "cable", "corduroy", "quilt", "fleece"],
            p=[0.37, 0.14, 0.09, 0.13, 0.08, 0.04, 0.02, 0.08, 0.05],
        )
    )
    denim = making == "denim" or rng.random() < 0.05
    color = (
        palette.from_family(rng, palette.FAMILIES["denim"])
        if making == "denim" and rng.random() < 0.6
        else palette.color(rng)
    )
    finest, widest = {"corduroy": (0.4, 0.9), "cable": (3.0, 6.0)}.get(making, (0.5, 1.6))
    finest = max(finest, MIN_RIB_PIXELS * view.cm_per_pixel)
    ribbed = making in ("rib", "cable", "corduroy")
    level = making == "rib" and rng.random() < 0.15
    channels = rng.random() < 0.5
    tweed = making == "tweed"
    stretch = rng.uniform(1, MAX_TWEED_STRETCH if tweed else 8)
    speck = rng.uniform(0.5, MAX_TWEED_PIXELS) * view.cm_per_pixel if tweed else rng.uniform(0.15, 0.7)
    most = MAX_STREAK_CONTRAST if stretch > LONG_SPECKS else MAX_HEATHER_CONTRAST
    return Params(
        color=color,
        yarn=palette.near(rng, color, MAX_TWEED_CONTRAST if tweed else most),
        heather=rng.uniform(0.3, 1)
        if not denim and (tweed or making == "heather" or rng.random() < 0.1)
        else 0.0,
        heather_cm=float(np.clip(speck, MIN_SPECK_CM, MAX_SPECK_CM)),
        heather_stretch=stretch,
        wash=rng.uniform(0.3, MAX_WASH) if denim else 0.0,
        fade=rng.beta(1.2, 1.2) if denim and rng.random() < 0.7 else 0.0,
        rib=rng.uniform(0.3, MAX_CABLE if making == "cable" else 0.6 if level else 1) if ribbed else 0.0,
        rib_cm=float(np.clip(rng.uniform(finest, max(finest, widest)), 0.4, 6)),
        rib_groove=rng.uniform(0.2, 0.7),
        rib_twist=rng.uniform(0.1, 0.35) if making == "cable" else 0.0,
        rib_angle_deg=0.0 if level else 90.0,
        quilt_cm=rng.uniform(4, 12),
        quilt_angle_deg=0.0 if channels else rng.uniform(35, 50),
        quilt=rng.uniform(0.2, MAX_LEVEL_QUILT if channels else MAX_DIAMOND_QUILT)
        if making == "quilt"
        else 0.0,
        pucker=rng.beta(1.5, 1),
        pile=rng.uniform(0.3, 1) if making == "fleece" else 0.0,
        pile_cm=rng.uniform(0.5, 2.5),
        seed=rng.uniform(0, 100),
        worn=_worn(rng, color),
    )


def _worn(rng: np.random.Generator, color: str) -> str:
    """Draw a paler shade of a colour."""
    lightness, chroma, hue = palette.to_oklch(color)
    paler = lightness + rng.uniform(0.4, 0.9) * MAX_WORN_CONTRAST
    return palette.oklch(min(paler, 0.98), chroma * rng.uniform(0.8, 1), hue)


def build(graph: Graph, p: Inputs, cloth: Cloth) -> Surface:
    """Draw the yarn, the wash, the ribs and the quilting."""
    speck = noise(
        vector(cloth.uv.x / p.heather_stretch, cloth.uv.y) / p.heather_cm,
        detail=1,
        roughness=0.7,
        seed=p.seed,
    )
    color = p.color.mix(p.yarn, smoothstep(0.62, 0.4, speck) * p.heather)
    worn = noise(vector(cloth.uv.x / 2.5, cloth.uv.y / 16.0), detail=3, roughness=0.55, seed=p.seed + 5.0)
    thigh = length(vector((absolute(cloth.place.x - 0.5) - 0.24) / 0.2, (cloth.place.y - 0.62) / 0.34))
    pale = maximum(smoothstep(0.3, 0.9, worn) * p.wash, smoothstep(1.0, 0.1, thigh) * p.fade)
    color = color.mix(p.worn, pale)

    groove = grooves(p, cloth)
    seam_distance, puff = quilting(p, cloth)
    gather = noise(vector(cloth.uv.x / 1.6, cloth.uv.y / 5.0), detail=1, seed=p.seed + 9.0)
    gathered = (1.0 - puff) * p.pucker * smoothstep(0.4, 0.65, gather)
    seam = (below(0.5, seam_distance, 1.0) * 0.4 + (1.0 - puff) + gathered) * (MAX_SEAM_SHADE / 2.4)
    curl = noise(cloth.uv / p.pile_cm, detail=2, roughness=0.6, seed=p.seed + 13.0)
    hollow = smoothstep(0.65, 0.35, curl)
    shade = (1.0 - p.rib * MAX_RIB_SHADE * groove) * (1.0 - p.quilt * seam)
    shade = shade * (1.0 - p.pile * MAX_PILE_SHADE * hollow)
    return Surface(color * shade, puff * p.quilt * p.quilt_cm * 0.12 - groove * p.rib * p.rib_cm * 0.08)


def grooves(p: Inputs, cloth: Cloth) -> Value:
    """1 at the bottom of the groove between two ribs, 0 on a rib; cables sway in turns to left and right."""
    q = rotate(cloth.uv, 90.0 - p.rib_angle_deg) / p.rib_cm
    sway = sin(q.y * (TAU / 3.0)) * p.rib_twist
    return smoothstep(1.0 - p.rib_groove, 1.0, absolute(fract(q.x + sway) * 2.0 - 1.0))


def quilting(p: Inputs, cloth: Cloth) -> tuple[Value, Value]:
    """Return the distance to the nearest quilting seam in cm, and the height of the padding between, 0..1."""
    rising = rotate(cloth.uv, p.quilt_angle_deg).y / p.quilt_cm
    falling = rotate(cloth.uv, -p.quilt_angle_deg).y / p.quilt_cm
    nearest = 0.5 - maximum(absolute(fract(rising) - 0.5), absolute(fract(falling) - 0.5))
    return nearest * p.quilt_cm, 1.0 - (1.0 - nearest * 2.0) ** 3.0
