"""The invisible wearer: a few smooth solids, sized to the garment, that the cloth collides with."""

import numpy as np
from scipy.interpolate import PchipInterpolator

from assets.common.blender import bpy

SIDES, RINGS = 28, 16


def collider(
    name: str, vertices: np.ndarray, faces: list[tuple[int, ...]], friction: float
) -> bpy.types.Object:
    """Return a solid in the scene that cloth collides with."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(vertices.tolist(), [], faces)
    solid = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(solid)
    solid.modifiers.new("collision", "COLLISION")
    solid.collision.thickness_outer = 0.003
    solid.collision.thickness_inner = 0.05
    solid.collision.cloth_friction = friction
    return solid


def torso(heights: np.ndarray, half_widths: np.ndarray, half_depths: np.ndarray) -> bpy.types.Object:
    """Return an upright solid through elliptic sections at rising heights, rounded between, ends closed."""
    sizes = PchipInterpolator(heights, np.stack([half_widths, half_depths], axis=1))
    heights = np.linspace(heights[0], heights[-1], RINGS)
    half_widths, half_depths = sizes(heights).T
    turn = np.linspace(0, 2 * np.pi, SIDES, endpoint=False)
    rings = np.stack(
        np.broadcast_arrays(
            np.cos(turn) * half_widths[:, None], np.sin(turn) * half_depths[:, None], heights[:, None]
        ),
        axis=2,
    )
    n = len(heights)
    faces: list[tuple[int, ...]] = []
    for i in range(n - 1):
        for k in range(SIDES):
            m = (k + 1) % SIDES
            faces.append((i * SIDES + k, i * SIDES + m, (i + 1) * SIDES + m, (i + 1) * SIDES + k))
    faces.append(tuple(range(SIDES))[::-1])
    faces.append(tuple(range((n - 1) * SIDES, n * SIDES)))
    return collider("torso", rings.reshape(-1, 3), faces, friction=8)


def ellipse(perimeter: float | np.ndarray, flatness: float) -> tuple[np.ndarray, np.ndarray]:
    """Return half axes (wide, deep) of the ellipse of this perimeter and depth / width ratio (Ramanujan)."""
    h = ((1 - flatness) / (1 + flatness)) ** 2
    wide = np.asarray(perimeter) / (np.pi * (1 + flatness) * (1 + 3 * h / (10 + np.sqrt(4 - 3 * h))))
    return wide, wide * flatness


def ellipse_angle(share: np.ndarray, flatness: float) -> np.ndarray:
    """Return at which angle from the front's middle a point lies on an ellipse, -pi/2 to pi/2.

    `share` is how far around its half perimeter it is, -1 to 1; cloth wrapped by it is nowhere stretched.
    """
    angle = np.linspace(-np.pi / 2, np.pi / 2, 201)
    steps = np.hypot(np.cos(angle), flatness * np.sin(angle))
    arc = np.concatenate([[0], np.cumsum(steps[1:] + steps[:-1])])
    return np.interp(share, 2 * arc / arc[-1] - 1, angle)
