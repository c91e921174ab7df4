"""The backdrop in a scene's light, with soft shadows, all in numpy: lamps are slow without a GPU."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageFilter

from assets.library import Mesh
from materials.color import encoded
from sdg.picture.silhouette import Silhouettes
from sdg.scene.backdrop import Plane, paint, plane_for, texture_side
from sdg.scene.camera import Camera
from sdg.scene.lights import Environment, Light
from sdg.scene.scene import Scene

COARSE = 48
"""Side of the raster of light without shadows, which changes slowly; past a blocker it changes fast."""
MARGIN = 0.25
"""Shadows are drawn so far beyond the plane, as a share of its size: they reach in from there."""
CONTACT = ((0.5, 0.5), (1.6, 0.3))
"""Width (standard deviation, heights over the plane) and strength of each part of a contact shadow: what
is left of the share of the surroundings that a sheet hides, for the light between it and the plane."""
LEAST_M = 0.01
"""No garment is pressed flatter: cloth springs back."""
UMBRA = 0.85
"""Share of a lamp's light that the shadow of what is near lacks."""
LEAST_SPREAD = 0.5
"""Radians: lamps smaller than this would show that the garment far in front of a wall has no wearer."""


def backdrop(scene: Scene, mesh: Mesh, size: int, silhouettes: Silhouettes) -> Image.Image:
    """Return what the camera sees (size, size) with the shadow of `mesh`, but without the garment."""
    plane = plane_for(scene.backdrop, scene.garment, scene.camera)
    pixels = texture_side(size)
    light = light_on(plane, mesh, scene.environment, scene.lights, pixels, silhouettes)
    shown = encoded(np.clip(paint(scene.backdrop, plane, pixels) * light, 0, 1))
    texture = Image.fromarray(np.round(255 * shown[::-1]).astype(np.uint8))
    onto = _onto_texture(plane, scene.camera, size, pixels)
    return texture.transform((size, size), Image.Transform.PERSPECTIVE, onto, Image.Resampling.BILINEAR)


def light_on(
    plane: Plane,
    mesh: Mesh,
    environment: Environment,
    lights: Sequence[Light],
    pixels: int,
    silhouettes: Silhouettes,
) -> np.ndarray:
    """Return the light (pixels, pixels, 3), linear RGB, that reaches the plane past `mesh`; 1 shows white.

    Every lamp drops a shadow, as soft as the lamp is large; the surroundings drop one straight below, as
    ambient occlusion does.
    """
    x, y = plane.grid(pixels // 2 if any(light.blocker for light in lights) else COARSE)
    spots = (plane.origin + x[..., None] * plane.right + y[..., None] * plane.up).astype(np.float32)
    height = max(float(np.median((mesh.vertices - plane.origin) @ plane.normal)), LEAST_M)
    middle = mesh.vertices.mean(axis=0)
    shining = [(light, place) for light in lights if _above(plane, place := _place(light)) > 0]
    places = [np.append(plane.normal, 0.0), *(place for _, place in shining)]
    below, *cast = silhouettes.draw(mesh, [_onto_plane(plane, place) for place in places], pixels, 2)
    far = 1 / (1 + 2 * height)
    hidden = [strength * _soft(plane, below, width * height) for width, strength in CONTACT]
    total = (1 - far * np.sum(hidden, axis=0))[..., None] * environment.on(plane.normal).astype(np.float32)
    for (light, _), shadow in zip(shining, cast, strict=True):
        toward, arriving = light.arriving(spots)
        received = Image.fromarray(arriving * np.maximum(toward @ plane.normal.astype(np.float32), 0))
        lit = np.asarray(received.resize((pixels, pixels), Image.Resampling.BILINEAR))
        soft = _soft(plane, shadow, 0.3 * height * max(light.spread(middle), LEAST_SPREAD))
        total += ((1 - UMBRA * far * soft) * lit)[..., None] * light.rgb
    return total


def _place(light: Light) -> np.ndarray:
    """Return a lamp's place in homogeneous coordinates (4,): a sun is a direction."""
    if light.kind == "sun":
        return np.append(np.subtract(light.position, light.target), 0.0)
    return np.append(light.position, 1.0)


def _above(plane: Plane, place: np.ndarray) -> float:
    x, y, z, w = place
    return float((np.array([x, y, z]) - w * plane.origin) @ plane.normal)


def _onto_plane(plane: Plane, place: np.ndarray) -> np.ndarray:
    """Return the projection (4, 4) along the rays from a homogeneous `place` (4,) onto `plane`.

    Its image is the plane and MARGIN on every side.
    """
    axes = np.stack([plane.right, plane.up, plane.normal])
    local = np.column_stack([axes, -axes @ plane.origin])  # world to plane: right, up, height
    across, up, height = local @ place
    share = place[3]
    zero = np.zeros(4)
    depth = height * np.eye(4)[3] - share * local[2]
    onto = np.stack([height * local[0] - across * local[2], height * local[1] - up * local[2], zero, depth])
    half = (0.5 + MARGIN) * (plane.high - plane.low)
    fit = np.diag([1 / half[0], 1 / half[1], 1, 1])
    fit[:2, 3] = -(plane.high + plane.low) / 2 / half
    return fit @ onto


def _soft(plane: Plane, shadow: Image.Image, deviation_m: float) -> np.ndarray:
    """Return a `shadow` that `_onto_plane` cast, blurred and cut to the plane.

    (side, side) float32, 0..1, bottom row first.
    """
    side = shadow.width
    pixel = (1 + 2 * MARGIN) * (plane.high - plane.low) / side
    blurred = shadow.filter(ImageFilter.GaussianBlur(tuple(deviation_m / pixel)))
    margin = side * MARGIN / (1 + 2 * MARGIN)
    box = (margin, margin, side - margin, side - margin)
    fitted = blurred.resize((side, side), Image.Resampling.BILINEAR, box)
    return np.asarray(fitted, np.float32)[::-1] / 255


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
