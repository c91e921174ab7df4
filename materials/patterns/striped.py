"""Stripes: pinstripe to rugby, one to three bands a repeat, any direction, all over or on the body."""

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from materials import palette
from materials.color import Color
from materials.nodes import (
    Graph,
    Inputs,
    Operand,
    Value,
    absolute,
    below,
    fract,
    noise,
    rotate,
    smoothstep,
    vector,
)
from materials.surface import Cloth, Surface
from materials.view import View

MIN_PIXELS = 3.7
"""A repeat spans at least this many pixels of the final image, ..."""
MIN_SLANTED_PIXELS = 6.0
"""... slanted ones this many, because steps of pixels make finer ones look like a weave, ..."""
MIN_BAND_PIXELS = 1.5
"""... and each band, and the ground between bands, at least this many."""
MIN_REPEATS = 4.5
"""At least this many repeats fit on the garment."""
MIN_NARROW_REPEATS = 8.0
"""Narrow single bands repeat at least this often."""
MIN_CONTRAST = 0.13
"""Bands differ from the ground by this much (delta E OK), thin ones by `palette.needed_contrast`, ..."""
LIGHTNESS_PART = 0.8
"""... and this part of it is a difference in lightness (OKLCH), more than ribs and creases shade."""
TONAL_SHARE = 0.4
"""This share of draws is tone on tone, hardly above these limits."""
MIN_COVERED = 0.5
"""Stripes cover at least this share of the garment's height ..."""
MIN_BODY = 0.6
"""... and of its width."""
MAX_SLUB, MIN_SLUB_CONTRAST = 0.4, 0.25
"""Uneven yarn takes at most this share of a band's contrast, which is at least this much (delta E OK)."""


class Params(Settings):
    """Bands of up to three colours on a ground; positions are shares of the period."""

    ground: Color = Field("#f2f0ea", description="colour between the bands")
    color_1: Color = Field("#1f2a4d", description="colour of the first band")
    color_2: Color = Field("#1f2a4d", description="colour of the second band")
    color_3: Color = Field("#1f2a4d", description="colour of the third band")
    period_cm: float = Field(3, ge=0.8, le=24, description="length of one repeat")
    angle_deg: float = Field(0, ge=-90, le=90, description="0 = horizontal stripes, 90 = vertical")
    width_1: float = Field(0.5, ge=0.05, le=0.8, description="width of the first band")
    start_2: float = Field(0.5, ge=0, le=1, description="where the second band begins")
    width_2: float = Field(0, ge=0, le=0.5, description="width of the second band; 0 = none")
    start_3: float = Field(0.5, ge=0, le=1, description="where the third band begins")
    width_3: float = Field(0, ge=0, le=0.5, description="width of the third band; 0 = none")
    softness: float = Field(0.02, ge=0.01, le=0.25, description="blur of the edges, share of the period")
    phase: float = Field(0, ge=0, le=1, description="shift, share of the period")
    from_height: float = Field(
        0, ge=0, le=0.5, description="no stripes below this share of the height (Breton)"
    )
    to_height: float = Field(
        1, ge=0.5, le=1, description="no stripes above this share of the height (Breton)"
    )
    body: float = Field(1, ge=0.6, le=1, description="no stripes beyond this share of the width (sleeves)")
    slub: float = Field(0, ge=0, le=0.4, description="uneven yarn of the bands, share of their contrast")
    seed: float = Field(0, ge=0, le=100, description="moves the uneven yarn about")


def sample(rng: np.random.Generator, view: View) -> Params:
    """Draw stripes that `view` resolves.

    Raises click.ClickException if no period is visible.
    """
    low, high = view.period_cm("striped", 0.8, 24, MIN_PIXELS, MIN_REPEATS)
    period = float(low * (high / low) ** rng.beta(1, 1.6))
    bands = int(rng.choice([1, 2, 3], p=[0.58, 0.22, 0.2]))
    if period < 3 * MIN_PIXELS * view.cm_per_pixel:
        bands = 1  # several bands need pixels
    angle = _angle(rng)
    if abs(angle) > 5 and abs(angle) < 85:
        period = min(max(period, MIN_SLANTED_PIXELS * view.cm_per_pixel), high)
    thinnest = MIN_BAND_PIXELS * view.cm_per_pixel / period
    second_drawn = rng.random() >= 0.4
    if bands == 1:
        narrow = rng.random() < 0.45 and period < view.extent_cm / MIN_NARROW_REPEATS
        width = rng.uniform(0.08, 0.3) if narrow else rng.uniform(0.35, 0.65)
        shares = (min(max(width, thinnest), 1 - thinnest), 0.5, 0.0, 0.5, 0.0)
    elif bands == 2:
        width, gap, width_2 = rng.dirichlet([5, 3, 3, 4])[:3] * (1 - 4 * thinnest) + thinnest
        shares = (width, width + gap, width_2, 0.5, 0.0)
    else:
        width, gap, width_2, gap_2, width_3 = (
            rng.dirichlet([4, 2, 3, 2, 3, 4])[:5] * (1 - 6 * thinnest) + thinnest
        )
        shares = (width, width + gap, width_2, width + gap + width_2 + gap_2, width_3)
    first = min(shares[0], 1 - sum(shares[::2]))
    contrast = palette.needed_contrast(first * period / view.cm_per_pixel, MIN_CONTRAST)
    ground, color = palette.pair(rng, contrast, LIGHTNESS_PART * contrast, TONAL_SHARE)
    second = palette.another(rng, [ground], 0.15) if second_drawn else color
    uneven = (
        contrast == MIN_CONTRAST
        and palette.contrast(ground, color) >= MIN_SLUB_CONTRAST
        and rng.random() < 0.3
    )
    third = color if rng.random() < 0.3 else palette.another(rng, [ground], 0.15)
    return Params(
        ground=ground,
        color_1=color,
        color_2=second,
        color_3=third,
        period_cm=period,
        angle_deg=angle,
        **dict(
            zip(
                ("width_1", "start_2", "width_2", "start_3", "width_3"),
                np.clip(shares, 0, (0.8, 1, 0.5, 1, 0.5)),
                strict=True,
            )
        ),
        softness=float(np.clip(min(rng.uniform(0.01, 0.08), shares[0] / 2), 0.01, 0.25)),
        phase=rng.uniform(0, 1),
        **(_breton(rng) if abs(angle) < 5 and rng.random() < 0.2 else {}),
        body=rng.uniform(MIN_BODY, 0.9) if rng.random() < 0.12 else 1.0,
        slub=rng.uniform(0.1, MAX_SLUB) if uneven else 0.0,
        seed=rng.uniform(0, 100),
    )


def build(graph: Graph, p: Inputs, cloth: Cloth) -> Surface:
    """Draw the bands over the ground, the first on top."""
    q = rotate(cloth.uv, -p.angle_deg)
    t = fract(q.y / p.period_cm + p.phase)
    color = p.ground.mix(p.color_3, band(t, p.start_3, p.width_3, p.softness))
    color = color.mix(p.color_2, band(t, p.start_2, p.width_2, p.softness))
    color = color.mix(p.color_1, band(t, 0.0, p.width_1, p.softness))
    inside = smoothstep(p.from_height - 0.005, p.from_height + 0.005, cloth.place.y)
    inside = inside * smoothstep(p.to_height + 0.005, p.to_height - 0.005, cloth.place.y)
    inside = inside * below(p.body * 0.5, absolute(cloth.place.x - 0.5), 0.01)
    yarn = smoothstep(0.35, 0.65, noise(vector(q.x * 0.4, q.y * 2.0), detail=1, seed=p.seed))
    return Surface(p.ground.mix(color, inside * (1.0 - p.slub * yarn)), 0.0)


def band(t: Value, start: Operand, width: Value, softness: Value) -> Value:
    """1 where `t`, a position on a circle of length 1, lies within start .. start + width."""
    centre_distance = absolute(fract(t - start - width * 0.5 + 0.5) - 0.5)
    return below(width * 0.5, centre_distance, softness) * (width > 0.0)


def _angle(rng: np.random.Generator) -> float:
    kind = rng.choice(["horizontal", "vertical", "diagonal"], p=[0.62, 0.26, 0.12])
    if kind == "diagonal":
        return float(rng.choice([-1, 1]) * rng.uniform(25, 65))
    return float(np.clip(rng.normal(90 if kind == "vertical" else 0, 1), -90, 90))


def _breton(rng: np.random.Generator) -> dict[str, float]:
    low = rng.uniform(0, 1 - MIN_COVERED)
    return {"from_height": low, "to_height": rng.uniform(low + MIN_COVERED, 1.0)}
