"""Openwork, which shows a second colour through its holes (lace, net), and sequins."""

from collections.abc import Sequence

import numpy as np

from materials import palette
from materials.color import rgb
from materials.others.canvas import centred, fraction, grid, paint, reduced, scales, whole
from materials.others.woven import crosses, diamonds, flake, rose

FILET = 24
"""Meshes along a tile of lace."""
BORDER = 0.3
"""Share of its height that the scallops take."""


def lace(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw filet lace: stars or diamonds of filled meshes in an open net, and rows of scallops between."""
    x, y = (fraction(at) for at in grid(side))
    motif = (rose(5), flake(5), crosses(5), diamonds(5, 12))[int(rng.integers(4))]
    rows = np.pad(np.tile(motif, FILET // motif.shape[1]), ((2, 2), (0, 0)))
    rows[[0, -1]] = True
    i = np.minimum(whole(FILET * x), FILET - 1)
    v = y / (1 - BORDER) * len(rows)
    j = np.minimum(whole(v), len(rows) - 1)
    net = np.minimum(fraction(FILET * x), fraction(v)) < 0.24
    count = int(rng.choice([4, 6]))
    across, down = 2 * centred(count * x), (y - 1 + BORDER) / BORDER
    reach = np.hypot(across, down)
    spokes = fraction(np.arctan2(across, down) / np.pi * int(rng.choice([6, 8, 10])) + 0.25) < 0.4
    scallop = (np.abs(reach - 0.86) < 0.12) | (spokes & (reach < 0.7)) | (reach < 0.25)
    cloth = np.where(y < 1 - BORDER, rows[j, i] | net, scallop)
    return paint(~cloth, colors)


def net(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw threads knotted around large holes, scale by scale."""
    x, y = grid(side)
    _, _, dx, dy = scales(3 * x, 2 * y)
    return paint(np.where(np.hypot(dx, dy) > rng.uniform(0.36, 0.42), 0, 1), colors)


def sequins(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw overlapping discs of the most colourful dye, each with its own tilt to the light; some flash."""
    x, y = grid(side)
    columns = int(rng.choice([5, 6]))
    column, row, dx, dy = scales(columns * x, columns * y)
    tilt, lean, chance = rng.random((3, columns, 2 * columns)).astype(np.float32)
    dye = max(colors, key=lambda color: palette.to_oklch(color)[1])
    gloss = 0.08 + 0.7 * chance**4
    facets = np.stack([tilt - 0.5, lean - 0.5, gloss], -1)[column % columns, row % (2 * columns)]
    across, down = facets[..., 0], facets[..., 1]
    edge = dx**2 + dy**2 > 0.18
    light = (0.92 + 0.4 * across + 1.2 * across * dx + (down - 0.7) * dy) * (1 - 0.4 * edge)
    flash = 255 * facets[..., 2] * (1 - edge) * np.clip(0.7 - dy + across * dx, 0, 1)
    samples = np.array(rgb(dye), np.float32) * light[..., None] + flash[..., None]
    return reduced(np.clip(samples, 0, 255).astype(np.uint8))
