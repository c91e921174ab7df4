"""Openwork, which shows a second colour through its holes (lace, crochet, net), and sequins."""

from collections.abc import Sequence

import numpy as np

from materials.others.canvas import centred, fraction, grid, hexagons, paint, reduced, scales, whole
from materials.tiles import rgb

NET = 26
"""Meshes of the net along a tile of lace."""


def lace(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw doilies with scalloped rims on a fine net, in the gaps between them small stars."""
    x, y = grid(side)
    _, _, inside = hexagons(NET * x, NET * y)
    thread = inside < 0.28
    u, v = 2 * x, 2 * y
    du, dv = centred(u - 0.5), centred(v - 0.5 + 0.5 * (whole(u) % 2))
    radius, angle = np.hypot(du, dv), np.arctan2(dv, du)
    lobes = int(rng.choice([8, 10, 12, 16]))
    scallop = np.abs(np.cos(0.5 * lobes * angle)) ** 0.6
    rim = rng.uniform(0.36, 0.4) + 0.08 * scallop
    share = radius / rim
    solid = (share < 1) & (share > rng.uniform(0.74, 0.8))
    solid |= (share < rng.uniform(0.5, 0.62)) & (share > 0.3) & (scallop > rng.uniform(0.65, 0.85))
    solid |= share < rng.uniform(0.18, 0.26)
    hole = (share > 0.84) & (share < 0.94) & (scallop > 0.9)
    gap_x, gap_y = np.abs(centred(u)), np.abs(centred(2 * v - 0.5)) / 2
    star = np.minimum(gap_x + 3 * gap_y, 3 * gap_x + gap_y) < 0.3
    cloth = np.where(share < 1, (solid | (thread & (share > 0.62))) & ~hole, thread | star)
    return paint(np.where(cloth, 0, 1), colors)


def crochet(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw rows of open shells with spokes."""
    x, y = grid(side)
    columns = int(rng.choice([2, 3]))
    _, _, dx, dy = scales(columns * x, columns * y)
    radius, angle = np.hypot(dx, dy), np.arctan2(dx, -dy)
    spokes = fraction(angle / np.pi * int(rng.integers(5, 8)) + 0.25) < 0.45
    rim = rng.uniform(0.38, 0.42)
    cloth = (radius > rim) | (radius < 0.12) | (spokes & (radius < rim - 0.06))
    return paint(np.where(cloth, 0, 1), colors)


def net(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw threads knotted around large holes, scale by scale."""
    x, y = grid(side)
    _, _, dx, dy = scales(3 * x, 2 * y)
    return paint(np.where(np.hypot(dx, dy) > rng.uniform(0.36, 0.42), 0, 1), colors)


def sequins(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw overlapping discs of the ground's dye, each turned a little otherwise to the light; some flash."""
    x, y = grid(side)
    columns = int(rng.choice([4, 5]))
    column, row, dx, dy = scales(columns * x, columns * y)
    tilt, lean, chance = rng.random((3, columns, 2 * columns)).astype(np.float32)
    gloss = 0.08 + 0.55 * chance**5
    facets = np.stack([tilt - 0.5, lean - 0.5, gloss], -1)[column % columns, row % (2 * columns)]
    across, down = facets[..., 0], facets[..., 1]
    edge = dx**2 + dy**2 > 0.18
    light = (0.92 + 0.4 * across + 1.2 * across * dx + (down - 0.7) * dy) * (1 - 0.4 * edge)
    flash = 255 * facets[..., 2] * (1 - edge) * np.clip(0.7 - dy + across * dx, 0, 1)
    samples = np.array(rgb(colors[0]), np.float32) * light[..., None] + flash[..., None]
    return reduced(np.clip(samples, 0, 255).astype(np.uint8))
