"""Bands of charted motifs in knitted cells (fair isle, nordic), stepped diamonds (aztec), and ikat."""

from collections.abc import Sequence

import numpy as np

from materials.others.canvas import chart, grid, paint, triangle, whole

STITCHES, STEPS = 36, 24
"""Cells across a tile of knit, and of a kilim; the periods of their motifs divide it."""
STITCH = 0.6
"""Depth of the V of a knitted cell."""

Motif = np.ndarray
"""bool (rows, period): one repeat of a band."""

HEART = ("110110", "111110", "111110", "011100", "001000")
TREE = ("000010000", "000111000", "001111100", "000111000", "001111100", "011111110", "000010000")
ANCHOR = ("001000", "010100", "001000", "101010", "011100")


def fair_isle(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw bands of unlike motifs, each of a dye on the ground or the reverse."""
    tall = [rose(5), flake(5), diamonds(5, 12), crosses(5)]
    medium = [diamonds(3, 9), figure(HEART), figure(TREE), zigzag(12, 2), zigzag(6, 1), figure(ANCHOR)]
    small = [teeth(6), teeth(4), exes(), seeds()]
    order = [_pick(rng, motifs) for motifs in (tall, small, medium, tall, medium)]
    rows = []
    last = 0
    for motif in order:
        dye = int(rng.choice([k for k in range(1, 5) if k != last]))
        last = dye
        reverse = len(motif) > 8 and rng.random() < 0.3
        band = np.where(_spread(motif, rng), 0 if reverse else dye, dye if reverse else 0)
        if reverse:
            band = np.pad(band, ((1, 1), (0, 0)), constant_values=dye)
        rows += [band, np.zeros((1, STITCHES), int)]
    return paint(chart(np.concatenate(rows), side, STITCH), colors)


def nordic(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw large stars between borders, and another band beside single stitches, in one or two dyes."""
    star = _pick(rng, [rose(5), flake(5), rose(8)])
    medium = [diamonds(3, 9), figure(TREE), crosses(5), zigzag(12, 2), diamonds(5, 12)]
    border, dye, second = _pick(rng, [teeth(4), teeth(6), exes(), zigzag(6, 1)]), 1, int(rng.integers(1, 3))
    empty = np.zeros((1, STITCHES), int)
    lice = np.where(_spread(seeds(), rng), second, 0)
    parts = [empty, _spread(border, rng) * second, empty, _spread(star, rng) * dye, empty]
    parts += [_spread(border[::-1], rng) * second, empty]
    parts += [lice, empty, _spread(_pick(rng, medium), rng) * dye, empty, np.roll(lice, 2, 1), empty]
    return paint(chart(np.concatenate(parts), side, STITCH), colors)


def aztec(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw bands of nested stepped diamonds, triangles and zigzags."""
    bands = []
    for height in rng.permutation([11, 5, 9, 5]):
        period = int(rng.choice([8, 12] if height > 5 else [4, 6, 8]))
        j = np.abs(np.arange(height) - height // 2)[:, None]
        i = np.abs((np.arange(STEPS) + period // 2) % period - period // 2)[None, :]
        steep = max(1, round(height / period))
        kind = rng.choice(["diamond", "triangle", "zigzag", "key"], p=[0.5, 0.22, 0.24, 0.04])
        if kind == "triangle":
            j = np.arange(height)[:, None] // 2
        level = (i + j * steep) // int(rng.integers(2, 4) if height > 5 else 2)
        if kind == "zigzag":
            level = (i + np.arange(height)[:, None]) // 2
        if kind == "key":
            level = np.maximum(i, j) // 2
        order = rng.permutation(np.arange(1, 5))
        inks = np.stack([np.zeros(4, int), order], 1).ravel() if rng.random() < 0.7 else np.append(0, order)
        band = inks[np.minimum(level, 9) % len(inks)]
        line = np.full((1, STEPS), rng.integers(1, 5))
        bands += [band, line] if rng.random() < 0.6 else [band, 0 * line]
    return paint(chart(np.concatenate(bands), side), colors)


def ikat(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw nested diamonds or ogees, feathered: each thread of the warp has slipped a little."""
    x, y = grid(side)
    threads = 96
    slip = 0.012 * rng.normal(size=threads) + 0.014 * np.sin(2 * np.pi * np.arange(threads) / 3.0)
    moved = y + slip[whole(x * threads) % threads].astype(np.float32)
    across, up = int(rng.choice([2, 3])), int(rng.choice([1, 2]))
    a, b = 1 - triangle(x * across), 1 - triangle(moved * up)
    reach = a + b if rng.random() < 0.6 else a + 0.5 - 0.5 * np.cos(np.pi * b)
    rings = int(rng.integers(4, 7))
    dyes = rng.permutation(4) + 1
    inks = np.array([0, dyes[0], 0, dyes[1], 0, dyes[2], 0, dyes[3]])
    if rng.random() < 0.5:
        inks[2::4] = dyes[3]
    return paint(inks[np.minimum(whole(reach * 0.5 * rings), 7)], colors)


def rose(h: int) -> Motif:
    """Return the eight-petalled star of Selbu."""
    most, least = _octant(h)
    return _framed((least >= 1) & (most > least) & (most <= least + h // 2 + 1))


def flake(h: int) -> Motif:
    """Return a snowflake."""
    most, least = _octant(h)
    axis = least == 0
    diagonal = (most == least) & (most < h)
    return _framed(axis | diagonal | ((most + least == h + 1) & (least <= 2)))


def crosses(h: int) -> Motif:
    """Return a cross with a hole in a diamond outline."""
    most, least = _octant(h)
    return _framed((most + least == h) | ((most <= 2) & (most > 0)))


def diamonds(h: int, period: int) -> Motif:
    """Return diamonds with a hole."""
    i, j = np.abs(np.arange(period) - period // 2), np.abs(np.arange(2 * h + 1) - h)[:, None]
    return (i + j <= h) & (i + j != h // 2)


def zigzag(period: int, width: int) -> Motif:
    """Return a zigzag line."""
    up = np.abs(np.arange(period) - period // 2)
    rows = np.arange(period // 2 + width)[:, None]
    return (rows >= up) & (rows < up + width)


def teeth(period: int) -> Motif:
    """Return a row of triangles."""
    return np.abs(np.arange(period) - period // 2) <= np.arange(period // 2)[:, None]


def exes() -> Motif:
    """Return a row of small crosses."""
    return figure(("1010", "0100", "1010"))


def seeds() -> Motif:
    """Return a row of single stitches."""
    return figure(("1000",))


def figure(rows: Sequence[str]) -> Motif:
    """Return a motif written as ones and zeros."""
    return np.array([[cell == "1" for cell in row] for row in rows])


def _octant(h: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the larger and the smaller distance from the centre, (2h + 1, 2h + 1) each."""
    away = np.abs(np.arange(-h, h + 1))
    return np.maximum(away[:, None], away), np.minimum(away[:, None], away)


def _framed(star: np.ndarray) -> Motif:
    """Return a star with a gap to the next one."""
    return np.pad(star, ((0, 0), (0, 1)))


def _spread(motif: Motif, rng: np.random.Generator) -> np.ndarray:
    """Return a motif repeated over the columns of a tile, shifted."""
    repeated = np.tile(motif, STITCHES // motif.shape[1])
    return np.roll(repeated, int(rng.integers(STITCHES)), 1)


def _pick(rng: np.random.Generator, motifs: Sequence[Motif]) -> Motif:
    return motifs[int(rng.integers(len(motifs)))]
