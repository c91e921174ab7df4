"""New UVs for a user's mesh: cut into pieces, laid out flat, upright."""

import numpy as np

from assets.common.blender import bpy, silence
from assets.library import Mesh
from assets.mesh import UV_LAYER, to_object
from assets.own.shells import neighbours, patches
from assets.sewing.finish import vertex_normals
from assets.sewing.strain import along_cloth, areas, signed_areas

FOLD = 0.1
"""A patch that faces the other way and has less than this share of its piece's area is a fold, no side."""


def upright(
    vertices: np.ndarray, faces: np.ndarray, uv: np.ndarray, island: np.ndarray, up: int
) -> np.ndarray:
    """Return `uv` with every island (F,) turned so that its grain runs up the garment."""
    good = np.abs(signed_areas(uv)) > 1e-12
    signed = np.bincount(island, weights=signed_areas(uv))
    uv = uv * np.stack([np.where(signed < 0, -1.0, 1.0)[island], np.ones(len(island))], axis=1)[:, None]
    along_u, along_v = along_cloth(vertices[faces], uv, good)
    area = areas(vertices[faces])
    rise = [np.bincount(island, weights=area * along[:, up]) for along in (along_u, along_v)]
    angle = np.arctan2(rise[0], rise[1])[island]
    c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
    return np.stack([c * uv[..., 0] - s * uv[..., 1], s * uv[..., 0] + c * uv[..., 1]], axis=2)


def cut_at_the_sides(vertices: np.ndarray, faces: np.ndarray, up: int) -> np.ndarray:
    """Return UVs (F, 3, 2) of a front and a back, laid out with as little stretch as Blender can."""
    depth = 3 - up  # the axis through front and back: y of a standing garment, z of a lying one
    normals = vertex_normals(vertices, faces)
    behind = without_folds(vertices, faces, normals[faces][:, :, depth].mean(axis=1) > 0)
    sides = np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=2), axis=2).reshape(-1, 2)
    edges, index = np.unique(sides, axis=0, return_inverse=True)
    count = np.bincount(index.reshape(-1))
    backs = np.bincount(index.reshape(-1), weights=behind.repeat(3))
    return _unwrap(vertices, faces, edges[(backs > 0) & (backs < count)])


def without_folds(vertices: np.ndarray, faces: np.ndarray, behind: np.ndarray) -> np.ndarray:
    """Return `behind` (F,) with small patches given to the side that they lie in."""
    area = areas(vertices[faces])
    piece = patches(faces, np.zeros(len(faces), int))
    pairs = neighbours(faces)
    for _ in range(3):  # a fold within a fold
        patch = patches(faces, behind)
        small = np.bincount(patch, area)[patch] < FOLD * np.bincount(piece, area)[piece]
        edge = pairs[behind[pairs[:, 0]] != behind[pairs[:, 1]]]
        within = np.zeros(len(faces), bool)
        within[edge.reshape(-1)] = True
        surrounded = np.bincount(patch, within)[patch] > 0
        if not (small & surrounded).any():
            break
        behind = behind ^ (small & surrounded)
    return behind


def cut_everywhere(vertices: np.ndarray, faces: np.ndarray, up: int) -> np.ndarray:
    """Return UVs (F, 3, 2) of the pieces that Blender's projection from many sides finds."""
    return _unwrap(vertices, faces, None)


def _unwrap(vertices: np.ndarray, faces: np.ndarray, seams: np.ndarray | None) -> np.ndarray:
    """Return Blender's layout (F, 3, 2), cut along `seams` (N, 2) or where its projection cuts."""
    mesh = Mesh(
        vertices.astype(np.float32),
        faces,
        np.zeros((len(faces), 3, 2), np.float32),
        np.ones(len(vertices), np.float32),
        np.zeros(len(faces), np.int32),
    )
    body = to_object("unwrap", mesh, slots=1)
    bpy.context.scene.collection.objects.link(body)
    bpy.context.view_layer.objects.active = body
    body.select_set(True)
    if seams is not None:
        cut = {tuple(edge) for edge in seams.tolist()}
        for edge in body.data.edges:
            edge.use_seam = tuple(sorted(edge.vertices)) in cut
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    with silence():
        if seams is None:
            bpy.ops.uv.smart_project(angle_limit=np.radians(50), island_margin=0.0)
            bpy.ops.uv.select_all(action="SELECT")
            bpy.ops.uv.seams_from_islands()
        bpy.ops.uv.unwrap(method="MINIMUM_STRETCH", iterations=20, fill_holes=False)
    bpy.ops.object.mode_set(mode="OBJECT")
    uv = np.empty(faces.size * 2, dtype=np.float32)
    body.data.uv_layers[UV_LAYER].uv.foreach_get("vector", uv)
    bpy.data.objects.remove(body)
    return uv.reshape(-1, 3, 2)
