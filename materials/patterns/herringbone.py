"""Herringbone and chevron: columns of slanted lines that lean left and right in turn, broken or joined."""

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from materials import palette
from materials.color import Color
from materials.nodes import Graph, Inputs, floor, fract, random, rotate, vector
from materials.patterns.striped import band
from materials.surface import Cloth, Surface
from materials.view import View

MIN_LINE_PIXELS = 4.2
"""A slanted line and its gap, measured across, span at least this many pixels of the final image."""
MIN_COLUMN_PIXELS = 7.0
"""A column is at least this many pixels wide ..."""
MIN_RISE = 1.0
"""... and its lines climb by at least this many line periods, or the zigzag looks like stripes."""
MIN_REPEATS = 5.0
"""At least this many columns fit on the garment, ..."""
USUAL_REPEATS = 6.5
"""... and this many if the image resolves them: half an open jacket with one or two looks striped aslant."""
MIN_CONTRAST = 0.3
"""The two yarns differ by at least this much (delta E OK) ..."""
MIN_LIGHTNESS = 0.24
"""... and in lightness by this much (OKLCH)."""


class Params(Settings):
    """A zigzag of lines on a ground."""

    ground: Color = Field("#d8d2c6", description="colour of the warp, between the lines")
    color_1: Color = Field("#3a3a3e", description="colour of the weft, the lines")
    color_2: Color = Field("#6a4a3a", description="colour of some lines (multi-tone)")
    second_share: float = Field(0, ge=0, le=0.5, description="share of lines in the second colour")
    color_3: Color = Field("#8a3030", description="colour of some other lines")
    third_share: float = Field(0, ge=0, le=0.4, description="share of lines in the third colour")
    column_cm: float = Field(4, ge=0.8, le=18, description="width of a column")
    line_cm: float = Field(2, ge=0.5, le=16, description="vertical distance of the lines")
    slope: float = Field(1, ge=0.5, le=1.8, description="climb of the lines per width: 1 = 45 degrees")
    line_width: float = Field(0.5, ge=0.35, le=0.65, description="share of a line in its period")
    broken: float = Field(
        0.5, ge=0, le=0.5, description="shift between columns: 0 = chevron, 0.5 = herringbone"
    )
    angle_deg: float = Field(0, ge=-90, le=90, description="turn of the columns: 0 = upright")
    softness: float = Field(0.05, ge=0.02, le=0.3, description="blur of the edges, share of the line period")
    seed: float = Field(0, ge=0, le=100, description="moves the randomness about")


def sample(rng: np.random.Generator, view: View) -> Params:
    """Draw a zigzag that `view` resolves.

    Raises click.ClickException if no column width is visible.
    """
    slope = rng.uniform(0.75, 1.6)
    across = np.cos(np.arctan(slope))
    line_low = MIN_LINE_PIXELS * view.cm_per_pixel / across
    low, high = view.period_cm("herringbone", 0.8, 18, MIN_COLUMN_PIXELS, MIN_REPEATS)
    low = min(max(low, MIN_RISE * line_low / slope), high)
    high = max(low, min(high, view.extent_cm / USUAL_REPEATS))
    column = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    line_high = max(line_low, min(column * slope / MIN_RISE, 16.0))
    line = rng.uniform(line_low, max(line_low, 0.8 * line_high))
    ground, color = palette.pair(rng, MIN_CONTRAST, MIN_LIGHTNESS)
    multi = rng.random() < 0.45
    return Params(
        ground=ground,
        color_1=color,
        color_2=palette.another(rng, [ground], MIN_CONTRAST, 0.15) if multi else color,
        second_share=rng.uniform(0.2, 0.5) if multi else 0.0,
        color_3=palette.another(rng, [ground], MIN_CONTRAST, 0.15) if multi else color,
        third_share=rng.uniform(0.15, 0.4) if multi and rng.random() < 0.6 else 0.0,
        column_cm=column,
        line_cm=float(np.clip(line, 0.5, 16)),
        slope=slope,
        line_width=rng.uniform(0.42, 0.58),
        broken=0.5 if rng.random() < 0.55 else 0.0,
        angle_deg=float(np.clip(rng.normal(90 if rng.random() < 0.15 else 0, 1.5), -90, 90)),
        softness=rng.uniform(0.03, 0.2),
        seed=rng.uniform(0, 100),
    )


def build(graph: Graph, p: Inputs, cloth: Cloth) -> Surface:
    """Draw lines that climb in even columns and fall in odd ones."""
    q = rotate(cloth.uv, -p.angle_deg)
    column = floor(q.x / p.column_cm)
    odd = fract(column * 0.5) * 2.0
    x = fract(q.x / p.column_cm)
    climb = x.mix(1.0 - x, odd) * p.column_cm * p.slope
    line = (q.y - climb) / p.line_cm + odd * p.broken
    thread = band(fract(line), 0.0, p.line_width, p.softness)
    chance = random(vector(floor(line), 0.0), p.seed)
    yarn = p.color_1.mix(p.color_2, p.second_share > chance.x).mix(p.color_3, p.third_share > chance.y)
    return Surface(p.ground.mix(yarn, thread), 0.0)
