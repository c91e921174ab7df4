"""Patches: squares or rhombi of different small prints; fields of stripes that run in all directions."""

from collections.abc import Sequence

import numpy as np

from materials.others.canvas import Field, centred, fraction, grid, paint, whole

PATCHES = 3
"""Patches along the side of a tile."""
FIELDS = 12
"""Fields of stripes on a tile."""


def patchwork(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw patches of unlike dyes and prints, set off as bricks are: a grid would look like a check."""
    x, y = grid(side)
    u, v = PATCHES * x, PATCHES * y
    if rng.random() < 0.4:
        u, v = u + v, u - v
    i = whole(u) + 0 * whole(v)
    v = v + (rng.permutation(PATCHES).astype(np.float32) / PATCHES)[i % PATCHES]
    j = whole(v)
    cell = (i % PATCHES) * PATCHES + j % PATCHES
    kind, dye = _unlike(rng, len(PRINTS)), _unlike(rng, 5)
    ink = np.where(dye == 0, rng.integers(1, 5, PATCHES**2), 0)
    drawn = np.zeros(cell.shape, bool)
    repeats = int(rng.integers(3, 5))
    for index in np.unique(kind):
        chosen = kind[cell] == index
        drawn |= chosen & PRINTS[index](repeats * u, repeats * v)
    drawn_map = np.where(drawn, ink[cell], dye[cell])
    if rng.random() < 0.5:
        seam = np.minimum(np.abs(centred(u)), np.abs(centred(v))) < 0.025
        drawn_map = np.where(seam, 0, drawn_map)
    return paint(drawn_map, colors)


def striped_patches(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw fields with bold stripes in four directions, around random places on the torus."""
    x, y = grid(side)
    warped = y + 0.03 * np.sin(2 * np.pi * x)
    nearest = np.full((y.size, x.size), np.inf, np.float32)
    field = np.zeros(nearest.shape, np.int32)
    for index, (at_x, at_y) in enumerate(_apart(rng, FIELDS)):
        distance = np.abs(centred(x - at_x)) + np.abs(centred(warped - at_y))
        closer = distance < nearest
        nearest[closer], field[closer] = distance[closer], index
    count = int(rng.integers(8, 12))
    turn = rng.permutation(np.arange(FIELDS) % 4)
    directions = np.stack([np.broadcast_to(a, nearest.shape) for a in (x, y, x + y, x - y)])
    along = np.take_along_axis(directions, turn[field][None], 0)[0] * count
    stripe = fraction(along) < rng.uniform(0.4, 0.6)
    ink = rng.integers(1, 1 + rng.integers(1, 4), FIELDS)
    return paint(np.where(stripe, ink[field], 0), colors)


def dots(u: Field, v: Field) -> Field:
    """Dots on a square lattice."""
    return centred(u) ** 2 + centred(v) ** 2 < 0.08


def triangles(u: Field, v: Field) -> Field:
    """Small triangles."""
    return fraction(u) < fraction(v)


def slants(u: Field, v: Field) -> Field:
    """Diagonal stripes."""
    return fraction(u + v) < 0.4


def crosses(u: Field, v: Field) -> Field:
    """Small crosses."""
    du, dv = np.abs(centred(u)), np.abs(centred(v))
    return (np.minimum(du, dv) < 0.12) & (np.maximum(du, dv) < 0.36)


def blossoms(u: Field, v: Field) -> Field:
    """Small flowers."""
    du, dv = centred(u), centred(v)
    return du**2 + dv**2 < (0.3 + 0.13 * np.cos(5 * np.arctan2(dv, du))) ** 2


def plain(u: Field, v: Field) -> Field:
    """No print."""
    return (u + v) < -1e9


PRINTS = (dots, triangles, slants, crosses, blossoms, plain)
"""None has bars along the patches, which would make a tartan of them."""


def _unlike(rng: np.random.Generator, values: int) -> np.ndarray:
    """Return a value below `values` per patch; its four neighbours on the torus differ."""
    square = np.full((PATCHES, PATCHES), -1)
    for i, j in np.ndindex(square.shape):
        near = {square[(i + a) % PATCHES, (j + b) % PATCHES] for a, b in ((0, 1), (1, 0), (0, -1), (-1, 0))}
        square[i, j] = rng.choice([value for value in range(values) if value not in near])
    return square.ravel()


def _apart(rng: np.random.Generator, count: int) -> np.ndarray:
    """Return `count` places on the torus (count, 2), each the farthest of some random ones."""
    places = [rng.random(2)]
    while len(places) < count:
        tried = rng.random((12, 2))
        gaps = np.abs(centred(tried[:, None] - np.array(places))).sum(-1).min(1)
        places.append(tried[gaps.argmax()])
    return np.array(places)
