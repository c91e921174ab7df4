"""Light and soft shadows painted into the backdrop: lamps and shadow maps are slow without a GPU."""

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import gaussian_filter, zoom

from sdg.backdrop import Plane
from sdg.lights import Environment, Light

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
        softness = light.size_m if light.kind == "sun" else light.size_m / float(np.linalg.norm(toward))
        cast = _drop(plane, place - height[:, None] * shift, 0.005 + 0.5 * typical * softness)
        total = total + (1 - 0.85 * cast)[..., None] * light.on(spots, plane.normal)
    scale = pixels / PIXELS
    return zoom(total, (scale, scale, 1), order=1, grid_mode=True, mode="nearest")


def _drop(plane: Plane, place: np.ndarray, blur_m: float) -> np.ndarray:
    span = plane.high - plane.low
    counts, _, _ = np.histogram2d(
        place[:, 1], place[:, 0], PIXELS, range=[(plane.low[1], plane.high[1]), (plane.low[0], plane.high[0])]
    )
    return gaussian_filter((counts > 0).astype(float), blur_m * PIXELS / span[::-1])
