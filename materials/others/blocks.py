"""Colour blocks: a garment cut from pieces of two to four colours with sharp borders between them.

Level blocks are at most three, of unlike colours, or they would be stripes. What is not of the commonest
colour covers at least `MIN_SHARE` of the box: clothes with a contrasting collar, hem or cuffs are plain.
"""

from collections.abc import Callable, Sequence

import numpy as np

from materials.others.canvas import Field, grid, paint

PIPING_SHARE = 0.3
"""This share of garments has a thin line along the borders."""
PIPING = 0.012
"""Its width in shares of the garment."""
MIN_SHARE = 0.15
"""No colour covers more of the garment's box than all but this."""


def color_blocks(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw the garment's whole box."""
    x, down = grid(side)
    layout = tuple(LAYOUTS)[rng.choice(len(WEIGHTS), p=WEIGHTS / WEIGHTS.sum())]
    blocks = np.broadcast_to(layout(rng, x - 0.5, 1 - down), (down.size, x.size))
    if rng.random() < PIPING_SHARE:
        width = round(PIPING * x.size)
        border = np.zeros(blocks.shape, bool)
        border[width:] |= blocks[width:] != blocks[:-width]
        border[:, width:] |= blocks[:, width:] != blocks[:, :-width]
        blocks = np.where(border, 4, blocks)
    return paint(blocks, colors)


def yoke(rng: np.random.Generator, x: Field, y: Field) -> Field:
    """Shoulders of another colour, the edge level, pointed or hollow; maybe a hem."""
    pointed = rng.random() < 0.5
    edge = rng.uniform(0.48, 0.66)
    if not pointed:
        return (y + 0 * x > edge) * 1
    slope = rng.choice([-1, 1]) * rng.uniform(0.35, 0.8)
    hem = (y < rng.uniform(0.12, 0.24)) & (rng.random() < 0.4)
    return (y > edge + slope * (np.abs(x) - 0.2)) * 1 + hem * 2


def levels(rng: np.random.Generator, x: Field, y: Field) -> Field:
    """Three level blocks, the middle one as high as the others or lower."""
    top, height = rng.uniform(0.62, 0.72), rng.uniform(0.16, 0.34)
    return (y + 0 * x < top) * 1 + (y + 0 * x < top - height) * 1


def sides(rng: np.random.Generator, x: Field, y: Field) -> Field:
    """Panels along both sides below the arms, hollow or straight; sleeves of either colour."""
    waist = rng.uniform(0.13, 0.2) - rng.uniform(0, 0.05) * np.cos(2 * np.pi * (y - 0.45))
    outer = 0.5 if rng.random() < 0.5 else rng.uniform(0.3, 0.36)
    below = rng.uniform(0.68, 0.8)
    return ((np.abs(x) > waist) & (np.abs(x) < outer) & (y < below)) * 1


def hooded(rng: np.random.Generator, x: Field, y: Field) -> Field:
    """Hood or shoulders and the sleeves' outsides of another colour, maybe a third below the waist."""
    edge = rng.uniform(0.66, 0.78)
    arms = np.abs(x) > rng.uniform(0.3, 0.36)
    hem = (y < rng.uniform(0.2, 0.4)) & (rng.random() < 0.5)
    return np.where((y > edge) | arms, 1, 2 * hem)


def halves(rng: np.random.Generator, x: Field, y: Field) -> Field:
    """Left and right, or above and below."""
    if rng.random() < 0.5:
        return (x + 0 * y > 0) * 1
    return (y + 0 * x > rng.uniform(0.35, 0.6)) * 1


def quarters(rng: np.random.Generator, x: Field, y: Field) -> Field:
    """Four fields around a point; the two of the ground touch only there."""
    right, above = x > 0, y > rng.uniform(0.42, 0.62)
    return (right & above) * 1 + (~right & ~above) * int(rng.integers(1, 3))


def diagonal(rng: np.random.Generator, x: Field, y: Field) -> Field:
    """One or two straight cuts aslant."""
    slope = rng.choice([-1, 1]) * rng.uniform(0.5, 1.3)
    at = y - 0.5 - slope * x
    first = rng.uniform(-0.1, 0.3)
    return (at > first) * 1 + (at < first - rng.uniform(0.35, 0.5)) * 2


def fan(rng: np.random.Generator, x: Field, y: Field) -> Field:
    """Cuts that meet in a point: a wedge from one side, and what lies above or below it."""
    x = x * rng.choice([-1, 1])
    at, rise = rng.uniform(0.35, 0.6), rng.uniform(0.3, 0.7)
    above, below = y > at + rise * (x + 0.5), y < at - rise * rng.uniform(0.2, 1) * (x + 0.5)
    return above * 1 + below * 2


def chevron(rng: np.random.Generator, x: Field, y: Field) -> Field:
    """A broad V across the chest, and one more block below it."""
    at = y - rng.choice([-1, 1]) * rng.uniform(0.5, 1.0) * np.abs(x)
    top = rng.uniform(0.45, 0.6)
    return (at > top) * 1 + (at < top - rng.uniform(0.22, 0.32)) * int(rng.integers(1, 3))


def sleeves(rng: np.random.Generator, x: Field, y: Field) -> Field:
    """Sleeves of another colour, cut as raglan; sometimes a hem too."""
    away = np.abs(x)
    raglan = rng.uniform(0.06, 0.1) + rng.uniform(0.45, 0.8) * (1 - y)
    side = away > np.minimum(raglan, rng.uniform(0.22, 0.28))
    hem = (y < rng.uniform(0.15, 0.35)) & ~side if rng.random() < 0.3 else False
    return side * 1 + hem * 2


def mosaic(rng: np.random.Generator, x: Field, y: Field) -> Field:
    """Large unlike rectangles, as in a print after Mondrian, every other one of the ground."""
    left, low, high = rng.uniform(-0.15, 0.15), rng.uniform(0.25, 0.4), rng.uniform(0.55, 0.75)
    upper, lower = (y > high) & (x < left), (y < low) & (x > left + rng.uniform(-0.1, 0.1))
    middle = (y > low) & (y < high) & (x > left)
    return upper * 1 + lower * 2 + middle * 3


LAYOUTS: dict[Callable[[np.random.Generator, Field, Field], Field], float] = {
    yoke: 3,
    levels: 1.5,
    sides: 1.5,
    hooded: 1.5,
    halves: 1.5,
    quarters: 0.8,
    diagonal: 1.5,
    fan: 1,
    chevron: 1.2,
    sleeves: 2.5,
    mosaic: 1,
}
"""Layout -> how often it is drawn; x is -0.5..0.5 across the garment, y 0..1 up."""
WEIGHTS = np.array(list(LAYOUTS.values()))
