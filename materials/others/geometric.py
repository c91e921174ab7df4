"""Bold geometric repeats: argyle, houndstooth, mosaics, keys, trellises, fans and op art."""

from collections.abc import Sequence

import numpy as np

from materials.others import canvas
from materials.others.canvas import centred, chart, grid, paint, scales, whole


def argyle(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw diamonds in two dyes, and thin crossed lines of a third colour over them."""
    x, y = grid(side)
    a, b = 3 * x + 2 * y, 3 * x - 2 * y
    i, j = whole(a), whole(b)
    diamond = (i + j) % 2 == 0
    row = ((i - j) // 2) % 2
    dyes = np.where(diamond, np.where(row == 0, 1, int(rng.integers(1, 3))), 0)
    line = np.minimum(np.abs(centred(a - 0.5)), np.abs(centred(b - 0.5))) < 0.05
    return paint(np.where(line, np.where(diamond, 0, 3), dyes), colors)


def houndstooth(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw large broken checks: a 2/2 twill of four dark and four light threads."""
    x, y = grid(side)
    u, v = 16 * x, 16 * y * rng.choice([-1, 1])
    warp = (u + v) % 4 < 2
    return paint(np.where(warp, u % 8 < 4, v % 8 < 4) * 1, colors)


def hexagons(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw hexagons of several dyes with a border, or with a smaller one inside each."""
    x, y = grid(side)
    column, row, inside = canvas.hexagons(4 * x, 4 * y)
    ringed = rng.random() < 0.6
    dye = rng.integers(1, int(rng.integers(2, 6)) if ringed else 5, (4, 4))[column % 4, row % 4]
    dyes = np.where(inside < rng.uniform(0.1, 0.16), 0, dye)
    if ringed:
        dyes = np.where((inside > 0.42) & (inside < 0.66), 0, dyes)
    return paint(dyes, colors)


def triangles(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw a mosaic of triangles: squares cut along one diagonal or both, with or without seams."""
    x, y = grid(side)
    count = 3
    u, v = count * x, count * y
    i, j = whole(u) % count, whole(v) % count
    a, b = centred(u - 0.5) + centred(v - 0.5), centred(u - 0.5) - centred(v - 0.5)
    if rng.random() < 0.5:
        part, cut = (a > 0) * 2 + (b > 0), np.minimum(np.abs(a), np.abs(b))
        table = np.stack([rng.permutation(5)[:4] for _ in range(count**2)])
    else:
        flip = rng.integers(0, 2, (count, count)).astype(bool)[i, j]
        cut = np.abs(np.where(flip, a, b))
        part = np.where(flip, a > 0, b > 0) * 1
        table = np.stack([rng.permutation([0, int(rng.integers(1, 5))]) for _ in range(count**2)])
    dyes = table[i * count + j, part]
    if rng.random() < 0.35:
        edge = np.minimum(0.5 - np.abs(centred(u - 0.5)), 0.5 - np.abs(centred(v - 0.5)))
        dyes = np.where(np.minimum(cut, edge) < 0.04, 0, dyes)
    return paint(dyes, colors)


KEY = ("111110", "100010", "101010", "101110", "100000", "111111")
"""One unit of a meander; its lowest row joins it to the next."""


def greek_key(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw rows of meanders, every other row half a unit aside or mirrored."""
    unit = np.tile([[int(cell) for cell in row] for row in KEY], 3)
    second = int(rng.integers(1, 3))
    gap = np.zeros((1, 18), int)
    other = np.roll(unit[:, ::-1] if rng.random() < 0.5 else unit, 3, 1)
    return paint(chart(np.concatenate([unit, gap, second * other, gap]), side), colors)


def ogee(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw a trellis of waved lines that nearly meet, with a small rhombus in each eye."""
    x, y = grid(side)
    u, v = 4 * x, 2 * y
    wave = rng.uniform(0.36, 0.42) * np.cos(2 * np.pi * v)
    left, right = 2 * np.abs(centred((u - wave) / 2)), 2 * np.abs(centred((u + wave - 1) / 2))
    line = np.minimum(left, right) < rng.uniform(0.1, 0.16)
    near = np.abs(centred(u / 2 - 0.75)) + np.abs(centred(v))
    far = np.abs(centred(u / 2 - 0.25)) + np.abs(centred(v - 0.5))
    heart = np.minimum(near, far) < rng.uniform(0.12, 0.2)
    return paint(np.where(line, 1, heart * int(rng.integers(1, 3))), colors)


def fans(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw overlapping fans of arcs, as on Japanese waves and in art deco."""
    x, y = grid(side)
    column, row, dx, dy = scales(3 * x, 2 * y)
    arc = whole(np.hypot(dx, 0.5 - dy) * 2 * int(rng.integers(2, 4)) + 0.5) % 2 == 1
    rim = dx**2 + dy**2 > 0.19
    dye = rng.integers(1, int(rng.integers(2, 4)), (3, 4))[column % 3, row % 4]
    return paint(np.where(rim, 0, arc * dye), colors)


def op_art(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw nested diamonds, every other field in negative."""
    x, y = grid(side)
    u, v = 2 * x, 2 * y
    du, dv = np.abs(centred(u - 0.5)), np.abs(centred(v - 0.5))
    ring = whole((du + dv) * 2 * int(rng.integers(3, 5)))
    return paint((ring + whole(u) + whole(v)) % 2, colors)


def rings(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw large overlapping targets of many colours, as in prints of the sixties."""
    x, y = grid(side)
    dyes = 4 * (whole(6 * (x + y)) % 2)
    for _ in range(8):
        at_x, at_y = rng.random(2)
        away = np.hypot(centred(x - at_x), centred(y - at_y))
        order = rng.permutation(5)
        count = int(rng.integers(3, 6))
        ring = whole(away / rng.uniform(0.045, 0.07))
        on = ring < count
        dyes[on] = order[ring[on]]
    return paint(dyes, colors)
