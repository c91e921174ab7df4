"""The backdrop in a scene's light, with soft shadows, all in numpy: lamps are slow without a GPU."""

from collections.abc import Sequence

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

from assets.library import Mesh
from materials.color import encoded
from sdg.scene.backdrop import Plane, paint, plane_for, texture_side
from sdg.scene.camera import Camera
from sdg.scene.lights import Environment, Light
from sdg.scene.scene import Scene

PIXELS = 96
"""Side of the raster: a contact shadow is blurred over more than its pixels."""
DARKEST = 0.08
"""Share of the surroundings' light that reaches even the closest contact."""


def backdrop(scene: Scene, mesh: Mesh, size: int) -> Image.Image:
    """Return what the camera sees (size, size) with the shadow of `mesh`, but without the garment."""
    plane = plane_for(scene.backdrop, scene.garment, scene.camera)
    pixels = texture_side(size)
    light = light_on(plane, mesh.vertices, scene.environment, scene.lights, pixels)
    shown = encoded(np.clip(paint(scene.backdrop, plane, pixels) * light, 0, 1))
    texture = Image.fromarray(np.round(255 * shown[::-1]).astype(np.uint8))
    onto = _onto_texture(plane, scene.camera, size, pixels)
    return texture.transform((size, size), Image.Transform.PERSPECTIVE, onto, Image.Resampling.BILINEAR)


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


def _onto_texture(plane: Plane, camera: Camera, size: int, pixels: int) -> list[float]:
    """Return a to h: image (x, y) shows (ax + by + c, dx + ey + f) / (gx + hy + 1) of the texture.

    Both count pixels from the upper left.
    """
    seen = (camera.project(plane.corners) * (1, -1) + 0.5) * size
    corners = np.array([(0, pixels), (pixels, pixels), (pixels, 0), (0, 0)])
    rows = []
    for (x, y), (u, v) in zip(seen, corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    return np.linalg.solve(rows, corners.reshape(-1)).tolist()
