"""Light and soft shadows painted into the backdrop: lamps and shadow maps are slow without a GPU."""

from collections.abc import Sequence

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

from sdg.scene.backdrop import Plane
from sdg.scene.lights import Environment, Light

PIXELS = 96
"""Side of the raster: a contact shadow is blurred over more than its pixels."""
DARKEST = 0.08
"""Share of the surroundings' light that reaches even the closest contact."""


def light_on(
    plane: Plane, vertices: np.ndarray, environment: Environment, lights: Sequence[Light], pixels: int
) -> np.ndarray:
    """Return the light (pixels, pixels, 3), linear RGB, that reaches the plane past a garment; 1 shows white.

    `vertices` is (V, 3) metres. Every light drops its own shadow, shifted and blurred by the garment's height
    over the plane; the surroundings drop one straight below, as ambient occlusion does.
    """
    x, y = plane.grid(PIXELS)
    spots = plane.origin + x[..., None] * plane.right + y[..., None] * plane.up
    points = vertices - plane.origin
    height = np.maximum(points @ plane.normal, 0.0)
    place = np.stack([points @ plane.right, points @ plane.up], axis=1)
    middle = vertices.mean(axis=0)
    typical = float(np.median(height))
    below = 1.1 * _drop(plane, place, 0.01 + 0.5 * typical) / (1 + 2 * typical)
    total = np.maximum(1 - below, DARKEST)[..., None] * environment.on(plane.normal)
    for light in lights:
        toward = np.subtract(light.position, light.target if light.kind == "sun" else middle)
        rise = float(toward @ plane.normal)
        shift = np.array([toward @ plane.right, toward @ plane.up]) / max(rise, 0.05)
        cast = _drop(plane, place - height[:, None] * shift, 0.005 + 0.5 * typical * light.spread(middle))
        total = total + (1 - 0.85 * cast)[..., None] * light.on(spots, plane.normal)
    enlarged = [
        np.asarray(Image.fromarray(channel).resize((pixels, pixels), Image.Resampling.BILINEAR))
        for channel in np.moveaxis(total.astype(np.float32), -1, 0)
    ]
    return np.stack(enlarged, axis=-1)


def _drop(plane: Plane, place: np.ndarray, blur_m: float) -> np.ndarray:
    cells = (place - plane.low) / (plane.high - plane.low) * PIXELS
    column, row = cells[((cells >= 0) & (cells < PIXELS)).all(axis=1)].astype(int).T
    covered = np.zeros((PIXELS, PIXELS), np.float32)
    covered[row, column] = 1
    return gaussian_filter(covered, blur_m * PIXELS / (plane.high - plane.low)[::-1], truncate=3)
