"""Light that the lamps of a scene do not know of: a window far to a side, the shadow of the photographer."""

import numpy as np

from sdg.scene.canvas import Canvas, Field


def uneven(on: Canvas, falloff: float, shadow: float) -> Field:
    """Return the brightness, about 1 in the middle, by the random numbers of `on`.

    `falloff`, 0..1, is by how many e-folds a far side is darker than the middle, `shadow` the depth 0..1 of
    the photographer's shadow, which comes in from below. Walls are brighter toward the ceiling.
    """
    angle = on.rng.normal(np.pi / 2, 0.7) if on.upright else on.rng.uniform(0, 2 * np.pi)
    middle, half = (on.low + on.high) / 2, np.float32(on.size.max() / 2)
    x, y = (on.x - np.float32(middle[0])) / half, (on.y - np.float32(middle[1])) / half
    toward = np.float32(np.cos(angle)) * x + np.float32(np.sin(angle)) * y
    light = np.exp(np.float32(falloff) * (toward - 0.25 * (x**2 + y**2)))
    return light * (1 - shadow * _person(on)) if shadow else light


def _person(on: Canvas) -> Field:
    """Return 1 in the shadow of a head, shoulders and arms that hold a phone."""
    size = on.rng.uniform(1.0, 2.0)
    turn = np.linspace(0, np.pi, 12)
    head = np.column_stack([0.1 * np.cos(turn), 0.12 + 0.13 * np.sin(turn)])
    left = [(-0.07, 0.08), (-0.24, 0.02), (-0.3, -0.2), (-0.3, -3)]
    body = [*left, *((-x, y) for x, y in reversed(left))]
    reach = on.low[1] + on.rng.uniform(0.0, 0.3) * on.size[1]
    x = on.low[0] + on.rng.uniform(0.15, 0.85) * on.size[0]
    outline = np.concatenate([head, body]) * size + (x, reach)
    return on.mask(outline, on.rng.uniform(0.06, 0.25))
