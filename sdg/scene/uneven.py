"""Light that the lamps of a scene do not know of: that of a window far to a side of the backdrop."""

import numpy as np

from sdg.scene.canvas import Canvas, Field


def uneven(on: Canvas, falloff: float) -> Field:
    """Return the brightness, about 1 in the middle, by the random numbers of `on`.

    `falloff`, 0..1, is by how many e-folds a far side is darker than the middle. Walls are brighter toward
    the ceiling.
    """
    angle = on.rng.normal(np.pi / 2, 0.7) if on.upright else on.rng.uniform(0, 2 * np.pi)
    middle, half = (on.low + on.high) / 2, np.float32(on.size.max() / 2)
    x, y = (on.x - np.float32(middle[0])) / half, (on.y - np.float32(middle[1])) / half
    toward = np.float32(np.cos(angle)) * x + np.float32(np.sin(angle)) * y
    return np.exp(np.float32(falloff) * (toward - 0.25 * (x**2 + y**2)))
