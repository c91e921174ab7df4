"""What is green on a floral tile: leaves, stems, sprigs, fans and fronds of palms."""

from collections.abc import Sequence

import numpy as np

from materials.color import Rgb
from materials.tiles import LEAF, Brush, Points, scatter, tint

STEM, VEIN = 0.009, 0.005
"""Widths of lines in tiles."""
FRONDS = 20
"""Places for the leaves of a thicket."""
HALF = LEAF[: len(LEAF) // 2]
"""The side of a leaf that lies in the shade."""
BLADE = LEAF.real + 0.4j * LEAF.imag
"""A narrow leaf, of a palm's."""


def leaf_blade(brush: Brush, at: complex, angle: float, length: float, green: Rgb) -> None:
    """Draw a pointed leaf with a midrib and one darker half."""
    along = length * np.exp(1j * angle)
    brush.shape(at + along * LEAF, green)
    if not brush.outline:
        brush.shape(at + along * HALF, tint(green, 0.85))
    brush.line(at + along * np.array([0.0, 0.9]), tint(green, 0.7), VEIN)


def sprig(
    brush: Brush,
    rng: np.random.Generator,
    at: complex,
    length: float,
    green: Rgb,
    turn: float | None = None,
    step: int = 2,
) -> Points:
    """Draw a bent stem with leaves on both sides; return its points, 14 from foot to tip.

    It grows toward the angle `turn`, or anywhere, and has two leaves at every `step`-th point.
    """
    bend = rng.normal(0, 2.0 if turn is None else 0.7)
    turn = rng.uniform(0, 2 * np.pi) if turn is None else turn
    heading = turn + bend * np.linspace(0, 1, 14)
    stem = at + length * np.cumsum(np.exp(1j * heading)) / len(heading)
    brush.line(stem, tint(green, 0.8), STEM)
    for k in range(3, 14, step):
        for side in (-0.8, 0.8):
            leaf_blade(brush, stem[k], heading[k] + side, length * 0.32, green)
    return stem


def palm(brush: Brush, at: complex, angle: float, length: float, green: Rgb) -> None:
    """Draw a fan of leaves."""
    for spread in np.linspace(-1.0, 1.0, 7):
        leaf_blade(
            brush, at, angle + spread, length * (1.1 - 0.25 * abs(spread)), tint(green, 1 - 0.2 * abs(spread))
        )


def thicket(brush: Brush, rng: np.random.Generator, radius: float, colors: Sequence[Rgb]) -> None:
    """Draw leaves of one to three kinds, one over the other: fronds, fans, branches."""
    kinds = rng.permutation(3)[: rng.integers(1, 4)]
    for at in scatter(rng, FRONDS, 2 * radius):
        color, angle = colors[int(rng.integers(len(colors)))], rng.uniform(0, 2 * np.pi)
        length = radius * rng.uniform(2.8, 4)
        match kinds[int(rng.integers(len(kinds)))]:
            case 0:
                frond(brush, rng, at, angle, length, color)
            case 1:
                fan(brush, at, angle, 0.6 * length, color)
            case _:
                sprig(brush, rng, at, length, color)


def fan(brush: Brush, at: complex, angle: float, length: float, green: Rgb) -> None:
    """Draw a fan palm's leaf: narrow leaflets from one point."""
    for spread in np.linspace(-1.6, 1.6, 11):
        brush.shape(at + length * (1 - 0.15 * abs(spread)) * np.exp(1j * (angle + spread)) * BLADE, green)


def frond(
    brush: Brush, rng: np.random.Generator, at: complex, angle: float, length: float, green: Rgb
) -> None:
    """Draw a feathered palm leaf: a bent rib with narrow leaflets on both sides, shorter toward the tip."""
    steps = 13
    heading = angle + rng.normal(0, 0.9) * np.linspace(0, 1, steps)
    rib = at + length * np.cumsum(np.exp(1j * heading)) / steps
    for k in range(1, steps):
        leaflet = length * 0.42 * np.sin(np.pi * (0.15 + 0.8 * k / steps))
        for side in (-0.75, 0.75):
            brush.shape(rib[k] + leaflet * np.exp(1j * (heading[k] + side)) * BLADE, green)
    brush.line(rib, tint(green, 0.75), STEM)
