"""Patterned bedspreads and rugs: a pattern in the picture is not always one on the cloth.

Drawn alike for every class: a print under the garment says nothing about its label.
"""

from collections.abc import Callable

import numpy as np

from materials import palette, tiles
from materials.color import linear
from materials.florals.tile import LAYOUTS, draw_tile
from sdg.scene.canvas import Field, hashed, step


def printed(rng: np.random.Generator, along: Field, across: Field, period_m: float) -> Field:
    """Return 0..1, the share of the second colour, at the points (along, across) in metres."""
    draw = PRINTS[int(rng.integers(len(PRINTS)))]
    return np.clip(draw(rng, along / period_m, across / period_m), 0, 1)


def flowered(
    rng: np.random.Generator,
    along: Field,
    across: Field,
    tile_m: float,
    pitch_m: float,
    ground: str,
    strength: float,
) -> np.ndarray:
    """Return linear RGB (3, pixels, pixels) float32 of a bedspread with the very flowers of floral cloth.

    `tile_m` is the side of a tile, `pitch_m` the distance of the points: finer flowers blur.
    `strength`, 0..1, is how far they differ from the ground. A classifier
    that reads flowers anywhere in the picture would be wrong about the garment on them.
    """
    side = int(np.clip(tile_m / pitch_m, 8, tiles.SIZE))
    petals = [palette.color(rng) for _ in range(3)]
    leaves = [
        palette.oklch(rng.uniform(0.3, 0.7), rng.uniform(0.02, 0.12), rng.uniform(90, 170)) for _ in range(2)
    ]
    tile = draw_tile(
        seed=float(rng.integers(1000)),
        layout=str(rng.choice(list(LAYOUTS))),
        ground=ground,
        petal_1=petals[0],
        petal_2=petals[1],
        petal_3=petals[2],
        centre=palette.color(rng),
        leaf=leaves[0],
        leaf_2=leaves[1],
        petals=int(rng.integers(4, 9)),
        bloom=rng.uniform(0.6, 1.2),
        small=rng.uniform(0, 0.8),
        density=rng.uniform(0.5, 1),
        outline=bool(rng.random() < 0.2),
        wash=rng.uniform(0, 1) if rng.random() < 0.3 else 0.0,
        tropical=bool(rng.random() < 0.2),
        side=side,
    )
    column, row = (np.floor(p / tile_m * side).astype(np.int32) % side for p in (along, across))
    shown = linear(ground) * (1 - strength) + linear(tile / 255) * strength
    return np.moveaxis(shown.astype(np.float32)[row, column], -1, 0)


def stripes(rng: np.random.Generator, u: Field, v: Field) -> Field:
    widths = rng.uniform(0.1, 0.6, 3)
    return np.max([_band(v * k, width) for k, width in zip((1, 2, 3), widths, strict=True)], axis=0)


def checks(rng: np.random.Generator, u: Field, v: Field) -> Field:
    width = rng.uniform(0.2, 0.5)
    return 0.5 * _band(u, width) + 0.5 * _band(v, width)


def dots(rng: np.random.Generator, u: Field, v: Field) -> Field:
    u = u + 0.5 * (np.floor(v) % 2)
    return _edge(rng.uniform(0.15, 0.35) - np.hypot(_cell(u), _cell(v)))


def blossoms(rng: np.random.Generator, u: Field, v: Field) -> Field:
    """A flower of a few petals in every cell, moved and turned by a number of its own."""
    cell = np.floor(u) * 57 + np.floor(v)
    x, y = (_cell(p) + 0.3 * (hashed(cell * k) - 0.5) for p, k in ((u, 3.0), (v, 7.0)))
    angle, radius = np.arctan2(y, x) + 6.3 * hashed(cell), np.hypot(x, y)
    petals = rng.integers(4, 8)
    bloom = _edge(0.3 * (0.75 + 0.25 * np.cos(petals * angle)) - radius)
    return bloom * (0.6 + 0.4 * _edge(radius - 0.08))


def medallions(rng: np.random.Generator, u: Field, v: Field) -> Field:
    """Rings and rays around the middle of each cell, as on woven rugs."""
    x, y = _cell(u), _cell(v)
    rays = np.cos(rng.integers(2, 7) * 2 * np.arctan2(y, x))
    rings = np.sin(2 * np.pi * rng.uniform(1.5, 3.5) * (np.abs(x) + np.abs(y) + 0.12 * rays))
    return _edge(0.15 * rings)


def patches(rng: np.random.Generator, u: Field, v: Field) -> Field:
    """Irregular spots: animal prints, abstract covers."""
    field = sum(
        np.sin(2 * np.pi * (k * (np.cos(a) * u + np.sin(a) * v) + rng.random()))
        for a in rng.uniform(0, np.pi, 3)
        for k in rng.uniform(0.6, 1.9, 2)
    )
    return _edge(0.15 * (field - rng.uniform(0.2, 1.4)))


PRINTS: tuple[Callable[[np.random.Generator, Field, Field], Field], ...] = (
    stripes,
    checks,
    dots,
    blossoms,
    medallions,
    patches,
)


def _cell(p: Field) -> Field:
    """Return the position -0.5..0.5 within the cell."""
    return p - np.floor(p) - 0.5


def _band(p: Field, width: float) -> Field:
    return _edge(width / 2 - np.abs(_cell(p)))


def _edge(distance: Field) -> Field:
    return step(distance, 0.04)
