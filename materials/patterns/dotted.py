"""Polka dots: pin dots to coins; filled, rings or tiny motifs; on even or jittered lattices."""

from typing import Literal

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from materials import palette
from materials.color import Color
from materials.nodes import (
    Graph,
    Inputs,
    absolute,
    below,
    floor,
    fract,
    length,
    maximum,
    minimum,
    random,
    rotate,
    vector,
)
from materials.surface import Cloth, Surface
from materials.view import View

MIN_PIXELS = 3.8
"""Dots are at least this many pixels of the final image apart ..."""
MIN_DOT_PIXELS = 1.5
"""... and at least this wide; a ring at least three times as wide."""
MAX_MOTIF_PIXELS = 16.0
"""Motifs that are not round are at most this many pixels apart: large ones are shapes, not dots."""
MIN_DENSE_PIXELS, MAX_FINE_RADIUS = 9.0, 0.27
"""Dots less than this many pixels apart have at most this radius, in periods: between larger ones, the ground
looks like a mesh or like checks."""
MAX_MIXED_RADIUS = 0.3
"""Dots of two colours have at most this radius, in periods: larger ones look like a mosaic."""
MIN_REPEATS = 4.5
"""At least this many dots fit across the garment."""
MIN_CONTRAST = 0.11
"""Dots differ from the ground by this much (delta E OK), small ones by `palette.needed_contrast`, ..."""
LIGHTNESS_PART = 0.8
"""... and this part of it is a difference in lightness (OKLCH), which survives small scales."""
TONAL_SHARE = 0.45
"""This share of draws is tone on tone, hardly above these limits."""
PIN_SHARE = 0.45
"""This share of draws has dots that are small for their distance."""
ROWS = {"square": (0.0, 1.0), "staggered": (0.5, 1.0), "hexagonal": (0.5, 0.866)}
"""Lattice -> (shift of each next row, distance of the rows), in periods."""


class Params(Settings):
    """Dots in two sizes and colours on a ground."""

    ground: Color = Field("#17181c", description="colour between the dots")
    color_1: Color = Field("#f4f2ee", description="colour of the dots")
    color_2: Color = Field("#f4f2ee", description="colour of the second kind of dots")
    period_cm: float = Field(3, ge=0.8, le=24, description="distance of neighbours in a row")
    row_spacing: float = Field(1, ge=0.85, le=1, description="distance of the rows in periods")
    stagger: float = Field(0.5, ge=0, le=0.5, description="shift of each next row in periods")
    angle_deg: float = Field(0, ge=-45, le=45, description="turn of the lattice")
    radius: float = Field(0.25, ge=0.05, le=0.4, description="radius of a dot in periods")
    shape: Literal["round", "square", "triangle", "diamond", "cross"] = Field(
        "round", description="outline of a dot"
    )
    hole: float = Field(0, ge=0, le=0.7, description="radius of the hole in radii; 0 = filled dots")
    jitter: float = Field(0, ge=0, le=0.5, description="random shift of each dot in periods")
    second_share: float = Field(0, ge=0, le=0.5, description="share of dots of the second kind")
    second_scale: float = Field(0.7, ge=0.6, le=1, description="their size, relative to the first")
    irregularity: float = Field(0, ge=0, le=0.3, description="random change of size, share of the radius")
    softness_cm: float = Field(0.05, ge=0.02, le=0.3, description="blur of the edges")
    seed: float = Field(0, ge=0, le=100, description="moves the randomness about")


def sample(rng: np.random.Generator, view: View) -> Params:
    """Draw dots that `view` resolves.

    Raises click.ClickException if no period is visible.
    """
    low, high = view.period_cm("dotted", 0.8, 24, MIN_PIXELS, MIN_REPEATS)
    period = float(low * (high / low) ** rng.beta(1, 2))
    stagger, spacing = ROWS[str(rng.choice(list(ROWS), p=[0.3, 0.35, 0.35]))]
    thinnest = MIN_DOT_PIXELS * view.cm_per_pixel / 2 / period
    share = rng.uniform(0.06, 0.14) if rng.random() < PIN_SHARE else 0.14 + 0.24 * rng.beta(1, 1.4)
    radius = float(np.clip(share, thinnest, 0.4))
    motif = rng.random() < 0.2 and period < MAX_MOTIF_PIXELS * view.cm_per_pixel
    shape = str(rng.choice(["square", "triangle", "diamond", "cross"])) if motif else "round"
    radius = min(max(radius, 1.4 * thinnest), 0.26) if motif else radius
    if period < MIN_DENSE_PIXELS * view.cm_per_pixel:
        radius = min(radius, MAX_FINE_RADIUS)
    ring = shape == "round" and rng.random() < 0.15 and radius > 3 * thinnest
    if shape == "square":
        stagger, spacing = ROWS["staggered"]  # in upright columns, squares look like checks
    two_colors = not motif and rng.random() < 0.4  # mixed squares look like digital camouflage
    radius = min(radius, MAX_MIXED_RADIUS) if two_colors else radius
    two_kinds = rng.random() < 0.3 and radius > 1.5 * thinnest
    jittered = not motif and rng.random() < 0.3  # off their lattice, motifs look like blossoms
    contrast = palette.needed_contrast(2 * radius * period / view.cm_per_pixel, MIN_CONTRAST)
    lightness = LIGHTNESS_PART * contrast
    ground, color = palette.pair(rng, contrast, lightness, TONAL_SHARE)
    second = palette.another(rng, [ground], contrast, lightness) if two_colors else color
    return Params(
        ground=ground,
        color_1=color,
        color_2=second,
        period_cm=period,
        row_spacing=spacing,
        stagger=stagger,
        angle_deg=rng.uniform(-45, 45) if rng.random() < 0.25 else rng.normal(0, 1),
        radius=radius,
        shape=shape,  # type: ignore[arg-type]
        hole=rng.uniform(0.4, 0.65) if ring else 0.0,
        jitter=rng.uniform(0.3, 1) * min(max(spacing - 2.2 * radius, 0), 0.5) if jittered else 0.0,
        second_share=rng.uniform(0.2, 0.5) if two_kinds else 0.0,
        second_scale=rng.uniform(0.65, 1),
        irregularity=rng.beta(1, 3) * 0.3,
        softness_cm=float(np.clip(rng.uniform(0.02, 0.3) * radius * period, 0.02, 0.3)),
        seed=rng.uniform(0, 100),
    )


def build(graph: Graph, p: Inputs, cloth: Cloth) -> Surface:
    """Draw one dot into each cell of the lattice."""
    q = rotate(cloth.uv, p.angle_deg) / p.period_cm
    row = q.y / p.row_spacing
    q = vector(q.x + floor(row) * p.stagger, row)
    chance = random(floor(q), p.seed)
    centre = vector(chance.x - 0.5, (chance.y - 0.5)) * p.jitter
    from_centre = (fract(q) - 0.5 - centre) * vector(1.0, p.row_spacing)
    x, y = absolute(from_centre.x), from_centre.y
    distance = p.shape.select(
        length(vector(x, y)),
        maximum(x, absolute(y)) * 1.13,
        maximum(x * 0.87 + y * 0.5, -y) * 1.4,
        (x + absolute(y)) * 0.8,
        maximum(x, absolute(y)) * 0.9 + minimum(x, absolute(y)) * 1.8,
    )
    second = p.second_share > chance.z
    radius = (
        p.radius * (1.0 - p.irregularity * fract(chance.z * 7.0)) * (1.0 - second * (1.0 - p.second_scale))
    )
    softness = p.softness_cm / p.period_cm
    dot = below(radius, distance, softness)
    hole = below(radius * p.hole, distance, softness) * (p.hole > 0.0)
    return Surface(p.ground.mix(p.color_1.mix(p.color_2, second), dot * (1.0 - hole)), 0.0)
