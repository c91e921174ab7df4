"""Tie-dye: spirals, bull's-eyes and crumpled clouds of dye over a whole garment."""

from collections.abc import Sequence

import numpy as np

from materials.others.fields import clouds, grid, layers, ramp


def draw(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw a whole garment, dyed in one of three ways; uint8 (side, side, 3)."""
    way = (spiral, rings, crumple)[rng.choice(3, p=[0.35, 0.2, 0.45])]
    return way(rng, colors, side)


def spiral(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw arms of several colours that wind out of a centre."""
    radius, angle = _around(rng, side)
    wind = rng.choice([-1, 1]) * rng.uniform(4, 8)
    arms = int(rng.integers(1, 3))
    path = arms * angle / (2 * np.pi) + wind * radius**0.7 / 2
    path = path + 0.07 * clouds(rng, side, 6, 0.5)
    streaks = 0.25 * np.sin(2 * np.pi * (7 * angle / (2 * np.pi) * arms + 0.4 * clouds(rng, side, 9)))
    return _wheel(rng, colors, path, streaks)


def rings(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw ragged rings around a centre, pleated by the thread."""
    radius, angle = _around(rng, side)
    pleats = int(rng.integers(14, 26))
    ragged = 0.012 * np.sin(pleats * angle + 2 * clouds(rng, side, 3)) + 0.012 * clouds(rng, side, 8, 0.6)
    path = (radius + ragged) * rng.uniform(3, 5)
    return _wheel(rng, colors, path, 0.15 * clouds(rng, side, 12, 0.6))


def crumple(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw the veins and clouds of cloth that was dyed in a heap, in one dye or two."""
    cycles = rng.uniform(5, 8)
    dyes = []
    for color in colors[1 : int(rng.integers(2, 4))]:
        folds = np.abs(clouds(rng, side, cycles, 0.6))
        stain = clouds(rng, side, cycles * 0.75, 0.15)
        dyes.append((color, ramp(-1.0, 1.6, stain + 0.9 - 1.1 * folds)))
        dyes.append(
            (
                color,
                0.9 * ramp(0.22, 0.02, np.abs(clouds(rng, side, cycles * 1.2, 0.5))) * ramp(-0.6, 0.6, stain),
            )
        )
    return layers(colors[0], dyes)


def _around(rng: np.random.Generator, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return distance and angle of each pixel from a random centre."""
    x, y = grid(side)
    x, y = x - rng.uniform(0.35, 0.65), y - rng.uniform(0.3, 0.6)
    return np.hypot(x, y) + 1e-3, np.arctan2(y, x)


def _wheel(
    rng: np.random.Generator, colors: Sequence[str], path: np.ndarray, streaks: np.ndarray
) -> np.ndarray:
    """Lay the colours one after the other along `path` (turns), soft at the edges and streaked."""
    used = list(colors[: int(rng.integers(3, 6))])
    t = (path % 1) * len(used)
    dyes = []
    for k, color in enumerate(used[1:], 1):
        apart = np.abs((t - k - 0.5 + len(used) / 2) % len(used) - len(used) / 2)
        dyes.append((color, 1 - ramp(0.25, 0.75, apart + streaks)))
    return layers(used[0], dyes)
