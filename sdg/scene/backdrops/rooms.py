"""Rooms behind the garment: out of focus, or in the mirror of a wardrobe."""

import numpy as np

from sdg.scene.backdrops import colors
from sdg.scene.backdrops.kinds import Coat, between, kind
from sdg.scene.canvas import Canvas, enlarged, solid, step


@kind({"hung": 2, "worn": 8}, colors.wall_colors, between(0.2, 0.6), things=False)
def clutter(on: Canvas) -> Coat:
    """Furniture out of focus."""
    return Coat(np.ones_like(on.x), color=_furnished(on, on.rng.uniform(0.01, 0.06)))


@kind({"worn": 12}, colors.wall_colors, between(0.2, 0.6), things=False)
def mirror(on: Canvas) -> Coat:
    """The room that a mirror shows, and the frame of the mirror on a wall."""
    color = _furnished(on, on.rng.uniform(0.004, 0.02))
    frame, wall = on.rng.uniform(0.008, 0.05), colors.wall_colors(on.rng)[0]
    left, right = on.rng.uniform(0.0, 0.16, 2) * on.size[0] * on.rng.integers(0, 2, 2)
    top = on.rng.uniform(0.0, 0.08) * on.size[1] * on.rng.integers(0, 2)
    inside = np.minimum(on.x - on.low[0] - left, on.high[0] - on.x - right)
    inside = np.minimum(inside, on.high[1] - on.y - top)
    pitch = float(on.pitch.mean())
    for mask, paint in (
        (step(frame - inside, pitch), colors.thing(on.rng)),
        (step(-inside, pitch), wall),
    ):
        if left + right + top:
            color = color + (solid(paint) - color) * mask
    edge = np.exp(-(((inside - frame) / 0.006) ** 2))
    return Coat(1 - 0.25 * edge * (left + right + top > 0), color=color)


def _furnished(on: Canvas, blur: float) -> np.ndarray:
    """Return linear RGB (3, pixels, pixels) of a wall, a floor, a window or door, and furniture."""
    pixels, on = len(on.x), on.coarse(2)
    color = np.broadcast_to(solid(on.ground), (3, *on.x.shape))
    (x0, y0), (x1, y1) = on.low, on.high
    floor = y0 + on.rng.uniform(0.02, 0.3) * (y1 - y0)
    rectangles = [((x0 - 1, y0 - 1, x1 + 1, floor), on.second)]
    if on.rng.random() < 0.5:
        bright = on.rng.random() < 0.5
        left, wide = on.rng.uniform(x0 - 0.2, x1), on.rng.uniform(0.4, 0.9)
        bottom = floor + (on.rng.uniform(0.3, 0.7) if bright else 0.0)
        rectangles.append(((left, bottom, left + wide, y1 + 1), "#f6f8fa" if bright else "#d8d2c6"))
    for _ in range(int(on.rng.integers(1, 5))):
        left, wide = on.rng.uniform(x0 - 0.4, x1), on.scale * on.rng.uniform(0.6, 2.5)
        bottom = floor - on.rng.uniform(0, 0.15)
        top = bottom + on.scale * on.rng.uniform(0.5, 2.0)
        rectangles.append(((left, bottom, left + wide, top), colors.thing(on.rng)))
    for (left, bottom, right, top), paint in rectangles:
        inside = on.mask([(left, bottom), (right, bottom), (right, top), (left, top)], blur)
        fall = 1 + np.float32(on.rng.uniform(-0.25, 0.1)) * (on.y - bottom) / (top - bottom)
        color = color + (solid(paint) * np.clip(fall, 0.5, 1.2) - color) * inside
    return np.stack([enlarged(channel, pixels) for channel in color])
