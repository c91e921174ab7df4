"""The invisible wearer: a few smooth solids, sized to the garment, that the cloth collides with."""

import numpy as np

from assets.common.blender import bpy

SIDES = 28


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


def loft(
    name: str, centres: np.ndarray, axes_a: np.ndarray, axes_b: np.ndarray, friction: float = 8
) -> bpy.types.Object:
    """Return the solid through elliptic rings: centres (N, 3), half axes (N, 3) each, ends closed."""
    turn = np.linspace(0, 2 * np.pi, SIDES, endpoint=False)[None, :, None]
    rings = centres[:, None] + np.cos(turn) * axes_a[:, None] + np.sin(turn) * axes_b[:, None]
    n = len(centres)
    faces: list[tuple[int, ...]] = []
    for i in range(n - 1):
        for k in range(SIDES):
            m = (k + 1) % SIDES
            faces.append((i * SIDES + k, i * SIDES + m, (i + 1) * SIDES + m, (i + 1) * SIDES + k))
    faces.append(tuple(range(SIDES))[::-1])
    faces.append(tuple(range((n - 1) * SIDES, n * SIDES)))
    return collider(name, rings.reshape(-1, 3), faces, friction)


def torso(heights: np.ndarray, half_widths: np.ndarray, half_depths: np.ndarray) -> bpy.types.Object:
    """Return an upright solid from elliptic sections at rising heights."""
    zero = np.zeros_like(heights)
    return loft(
        "torso",
        np.column_stack([zero, zero, heights]),
        np.column_stack([half_widths, zero, zero]),
        np.column_stack([zero, half_depths, zero]),
    )


def limb(start: np.ndarray, end: np.ndarray, radius_start: float, radius_end: float) -> bpy.types.Object:
    """Return a tapered limb with rounded ends from `start` to `end`, (3,) each, in the plane y = constant."""
    along = end - start
    size = np.linalg.norm(along)
    along = along / size
    side = np.cross(along, [0.0, 1.0, 0.0])
    t = np.array([-0.9, -0.6, 0, 0.33, 0.66, 1.0])
    grow = np.array([0.45, 0.8, 1, 1, 1, 1])
    r = (radius_start + (radius_end - radius_start) * t.clip(0, 1)) * grow
    offset = np.where(t < 0, t * radius_start, t * size)
    return loft(
        "limb", start + offset[:, None] * along, r[:, None] * side, r[:, None] * np.array([0.0, -1.0, 0.0])
    )


def ellipse(perimeter: float | np.ndarray, flatness: float) -> tuple[np.ndarray, np.ndarray]:
    """Return half axes (wide, deep) of the ellipse of this perimeter and depth / width ratio (Ramanujan)."""
    h = ((1 - flatness) / (1 + flatness)) ** 2
    wide = np.asarray(perimeter) / (np.pi * (1 + flatness) * (1 + 3 * h / (10 + np.sqrt(4 - 3 * h))))
    return wide, wide * flatness
