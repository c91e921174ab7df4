"""Round dots: pin dots of shirts, small ones far apart in shades of the ground, polka dots up to coins."""

from typing import NamedTuple

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from materials import palette
from materials.color import Color
from materials.nodes import Graph, Inputs, below, floor, fract, length, maximum, random, rotate, vector
from materials.surface import Cloth, Surface
from materials.view import View

MIN_PIXELS = 4.4
"""Dots are at least this many pixels of the final image apart ..."""
MIN_DOT_PIXELS = 1.9
"""... and at least this wide."""
MIN_DENSE_PIXELS, MAX_FINE_RADIUS = 9.0, 0.24
"""Dots less than this many pixels apart have at most this radius, in periods: between larger ones, the ground
looks like a mesh or like checks. ..."""
MAX_HEXAGONAL_RADIUS = 0.31
"""... In a hexagonal lattice none is larger than this: the ground looks like a honeycomb."""
MIN_LOOSE_PIXELS, MAX_LOOSE_RADIUS, MAX_MIXED_RADIUS = 14.0, 0.18, 0.26
"""Dots off their lattice, or of two colours, are at least this many pixels apart, or they look like speckles;
they have at most these radii, in periods: larger ones look like pebbles, and a mosaic."""
MIN_UPRIGHT_PIXELS, MAX_UPRIGHT_RADIUS = 14.0, 0.2
"""Dots in upright columns are at least this far apart and at most this large, or they look like checks."""
MIN_REPEATS = 4.5
"""At least this many dots fit across the garment."""
MIN_CONTRAST, MIN_SIGNAL = 0.09, 0.36
"""Dots differ from the ground by this much (delta E OK), small ones by `palette.needed_contrast` of this
signal, ..."""
DARK_PART = 1.35
"""... on dark cloth (`palette.MIN_SHADED`) by this many times as much, for its sheen hides them, ..."""
LIGHTNESS_PART = 0.8
"""... and this part of it is a difference in lightness (OKLCH), which survives small scales."""
TONAL_BEYOND = 0.08
"""Tone on tone exceeds these limits by at most about this much."""
CLASSIC_SHARE = 0.5
"""This share of the others has white dots on dark cloth, or dark dots on light cloth."""
CLASSIC = {True: ("white", "cream"), False: ("black", "charcoal", "navy")}
"""Whether the cloth is dark -> colours of the dots, of `palette.FAMILIES`."""
ROWS = {
    "quincunx": (0.0, 1.0, 45.0),
    "hexagonal": (0.5, 0.866, 0.0),
    "staggered": (0.5, 1.0, 0.0),
    "upright": (0.0, 1.0, 0.0),
}
"""Lattice -> shift of each next row, distance of the rows, both in periods; turn in degrees."""
ROW_SHARES = (0.5, 0.25, 0.13, 0.12)
LOOSE_SHARE = 0.25
"""This share of dots that may leave their lattice does."""
MAX_TURN = 20.0
"""A lattice is turned by at most this many degrees, so that no other has upright columns."""


class Kind(NamedTuple):
    """A family of dots."""

    weight: float
    """How often clothes show it, by eye from photos of wardrobes."""
    pixels: tuple[float, float]
    """Distance of neighbours in pixels of the final image, where the garment's size allows."""
    radius: tuple[float, float]
    """Radius of a dot in periods."""
    tonal: float
    """How often the dots are a shade of the ground."""
    raised: float
    """How often they stand out of the cloth, as tufts of dobby and plumetis do, in a shade of it."""
    fancy: float
    """How often there are two colours; as often, two sizes."""


KINDS = {
    "pin": Kind(0.36, (MIN_PIXELS, 9), (0.18, MAX_FINE_RADIUS), 0.4, 0.03, 0),
    "sparse": Kind(0.34, (9, 26), (0.075, 0.15), 0.65, 0.25, 0.1),
    "polka": Kind(0.3, (8, float("inf")), (0.16, 0.38), 0.3, 0.04, 0.25),
}


class Params(Settings):
    """Dots in two sizes and colours on a ground."""

    ground: Color = Field("#17181c", description="colour between the dots")
    color_1: Color = Field("#f4f2ee", description="colour of the dots")
    color_2: Color = Field("#f4f2ee", description="colour of the second kind of dots")
    period_cm: float = Field(3, ge=0.8, le=24, description="distance of neighbours in a row")
    row_spacing: float = Field(1, ge=0.85, le=1, description="distance of the rows in periods")
    stagger: float = Field(0.5, ge=0, le=0.5, description="shift of each next row in periods")
    angle_deg: float = Field(0, ge=-90, le=90, description="turn of the lattice")
    radius: float = Field(0.25, ge=0.05, le=0.4, description="radius of a dot in periods")
    jitter: float = Field(0, ge=0, le=0.5, description="random shift of each dot in periods")
    second_share: float = Field(0, ge=0, le=0.5, description="share of dots of the second kind")
    second_scale: float = Field(0.7, ge=0.6, le=1, description="their size, relative to the first")
    irregularity: float = Field(0, ge=0, le=0.3, description="random change of size, share of the radius")
    softness_cm: float = Field(0.05, ge=0.02, le=0.3, description="blur of the edges")
    relief: float = Field(0, ge=0, le=1, description="height of a dot, share of its radius; 0 = printed")
    seed: float = Field(0, ge=0, le=100, description="moves the randomness about")


def sample(rng: np.random.Generator, view: View) -> Params:
    """Draw dots that `view` resolves.

    Raises click.ClickException if no period is visible.
    """
    low, high = view.period_cm("dotted", 0.8, 24, MIN_PIXELS, MIN_REPEATS)
    kind = KINDS[str(rng.choice(list(KINDS), p=[kind.weight for kind in KINDS.values()]))]
    low, high = np.clip(np.multiply(kind.pixels, view.cm_per_pixel), low, high)
    period = float(low * (high / low) ** rng.beta(1, 1.6))
    pixels = period / view.cm_per_pixel
    lattice = str(rng.choice(list(ROWS), p=ROW_SHARES))
    thinnest = MIN_DOT_PIXELS / 2 / pixels
    radius = max(rng.uniform(*kind.radius), thinnest)
    if pixels < MIN_DENSE_PIXELS:
        radius = min(radius, MAX_FINE_RADIUS)
    if lattice == "hexagonal":
        radius = min(radius, MAX_HEXAGONAL_RADIUS)
    if lattice == "upright" and (pixels < MIN_UPRIGHT_PIXELS or radius > MAX_UPRIGHT_RADIUS):
        lattice = "quincunx"
    stagger, spacing, turn = ROWS[lattice]
    raised, tonal, two_colors, two_sizes, loose = rng.random(5) < (
        kind.raised,
        kind.tonal,
        kind.fancy,
        kind.fancy,
        LOOSE_SHARE,
    )
    two_colors = two_colors and not raised and pixels >= MIN_LOOSE_PIXELS
    radius = min(radius, MAX_MIXED_RADIUS) if two_colors else radius
    two_sizes = two_sizes and radius > 1.5 * thinnest
    loose = loose and pixels >= MIN_LOOSE_PIXELS and radius <= MAX_LOOSE_RADIUS
    ground, color, second = _colors(rng, 2 * radius * pixels, raised or tonal, two_colors)
    return Params(
        ground=ground,
        color_1=color,
        color_2=second,
        period_cm=period,
        row_spacing=spacing,
        stagger=stagger,
        angle_deg=turn + (rng.uniform(-MAX_TURN, MAX_TURN) if rng.random() < 0.15 else rng.normal(0, 1.5)),
        radius=radius,
        jitter=rng.uniform(0.3, 1) * min(max(spacing - 2.2 * radius, 0), 0.5) if loose else 0.0,
        second_share=rng.uniform(0.2, 0.5) if two_colors or two_sizes else 0.0,
        second_scale=rng.uniform(0.65, 1) if two_sizes else 1.0,
        irregularity=rng.beta(1, 3) * 0.3,
        softness_cm=float(np.clip(rng.uniform(0.02, 0.3) * radius * period, 0.02, 0.3)),
        relief=rng.uniform(0.3, 1) if raised else 0.0,
        seed=rng.uniform(0, 100),
    )


def _colors(rng: np.random.Generator, pixels: float, tonal: bool, two_colors: bool) -> tuple[str, str, str]:
    """Draw the colours of the ground and of both kinds of dots, visible where they are `pixels` wide."""
    ground = palette.color(rng)
    contrast = needed_contrast(ground, pixels)
    least = (contrast, LIGHTNESS_PART * contrast)
    color = palette.tone(rng, ground, *least, TONAL_BEYOND) if tonal else None
    if color is None:
        dark = palette.to_oklch(ground)[0] < 0.55
        names = CLASSIC[dark] if rng.random() < CLASSIC_SHARE else palette.FAMILIES
        families = {name: palette.FAMILIES[name] for name in names}
        color = palette.another(rng, [ground], *least, families)
    return ground, color, palette.another(rng, [ground], *least) if two_colors else color


def needed_contrast(ground: str, pixels: float) -> float:
    """Return the contrast (delta E OK) that keeps dots `pixels` wide visible on a ground."""
    contrast = palette.needed_contrast(pixels, MIN_CONTRAST, MIN_SIGNAL)
    return contrast * (DARK_PART if palette.to_oklch(ground)[0] < palette.MIN_SHADED else 1)


def build(graph: Graph, p: Inputs, cloth: Cloth) -> Surface:
    """Draw one dot into each cell of the lattice."""
    q = rotate(cloth.uv, p.angle_deg) / p.period_cm
    row = q.y / p.row_spacing
    q = vector(q.x + floor(row) * p.stagger, row)
    chance = random(floor(q), p.seed)
    centre = vector(chance.x - 0.5, (chance.y - 0.5)) * p.jitter
    distance = length((fract(q) - 0.5 - centre) * vector(1.0, p.row_spacing))
    second = p.second_share > chance.z
    radius = (
        p.radius * (1.0 - p.irregularity * fract(chance.z * 7.0)) * (1.0 - second * (1.0 - p.second_scale))
    )
    dot = below(radius, distance, p.softness_cm / p.period_cm)
    dome = maximum(1.0 - distance / radius, 0.0) * radius * p.relief * p.period_cm
    return Surface(p.ground.mix(p.color_1.mix(p.color_2, second), dot), dome)
