"""Ambient occlusion per vertex by casting rays."""

import numpy as np

from assets.sewing.finish import vertex_normals

RAYS = 24
FACES_AWAY = 0.3
"""Cloth whose normal's y is greater is seen from inside, if at all."""
TIPPED_UP = 0.6
"""What is added to the z of unit normals of cloth that lies on the ground: a fold's edge is no dark line."""


def ambient_occlusion(
    vertices: np.ndarray, faces: np.ndarray, ground: float | None = None, reach: float = 0.25
) -> np.ndarray:
    """Return (V,) float32, 0 to 1: the cosine-weighted share of the hemisphere open to `reach` metres.

    A hit counts less the further away it is. The hemisphere is that of the side one sees: from the front, or
    from above if the cloth lies on a floor, whose height is `ground`. So a back is as dark as its inside.
    """
    from mathutils import Vector
    from mathutils.bvhtree import BVHTree

    normals = vertex_normals(vertices, faces)
    if ground is None:
        normals[normals[:, 1] > FACES_AWAY] *= -1
    else:
        normals[:, 2] = np.abs(normals[:, 2]) + TIPPED_UP
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    tree = BVHTree.FromPolygons(vertices.tolist(), faces.tolist())
    tilted = _hemisphere(RAYS)
    helper = np.where(np.abs(normals[:, :1]) < 0.9, [[1.0, 0, 0]], [[0, 1.0, 0]])
    tangent = np.cross(helper, normals)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    bitangent = np.cross(normals, tangent)
    ao = np.empty(len(vertices))
    for i, point in enumerate(vertices):
        frame = np.stack([tangent[i], bitangent[i], normals[i]])
        open_ = 0.0
        origin = Vector(point + normals[i] * 2e-3)
        for direction in tilted @ frame:
            distance = tree.ray_cast(origin, Vector(direction), reach)[3]
            if distance is None:
                distance = reach
            if ground is not None and direction[2] < 0:
                distance = min(distance, max(origin.z - ground, 0.0) / -direction[2])
            open_ += min(distance / reach, 1.0) ** 0.5
        ao[i] = open_ / RAYS
    return _smooth(ao, faces).clip(0, 1).astype(np.float32)


def _hemisphere(n: int) -> np.ndarray:
    """Return n cosine-weighted directions around +z, (n, 3), on a spiral."""
    i = np.arange(n) + 0.5
    r, turn = np.sqrt(i / n), i * np.pi * (3 - np.sqrt(5))
    return np.stack([r * np.cos(turn), r * np.sin(turn), np.sqrt(1 - i / n)], axis=1)


def _smooth(values: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Average each vertex with its neighbours once: the rays' noise goes, the shade stays."""
    total, count = 2 * values, np.full(len(values), 2.0)
    for a, b in ((0, 1), (1, 2), (2, 0), (1, 0), (2, 1), (0, 2)):
        np.add.at(total, faces[:, a], values[faces[:, b]])
        np.add.at(count, faces[:, a], 1)
    return total / count
