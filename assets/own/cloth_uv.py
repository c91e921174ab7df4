"""UVs of a user's mesh in metres of cloth: the file's own, measured and rescaled, or new ones."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from assets.common.blender import bpy, silence
from assets.library import Mesh
from assets.mesh import UV_LAYER, to_object
from assets.sewing.finish import vertex_normals
from assets.sewing.strain import along_cloth, areas, signed_areas, stretch, weighted_median

STRETCHED, SCRAP_M2, LAYERS = 1.3, 0.01, 3.0
"""Cloth drawn out or in by more than this factor is stretched; an island smaller than this is a scrap that no
tailor would sew; a layout that uses the same place more often than this, on average, is beyond use."""
USELESS = 0.25
"""A layout with more than this share of its cloth stretched or in scraps is made anew."""


def cloth_uv(
    vertices: np.ndarray, faces: np.ndarray, uv: np.ndarray | None, up: int
) -> tuple[np.ndarray, str | None]:
    """Return UVs (F, 3, 2) in metres, no island mirrored, and why they are not the file's own (else None).

    vertices (V, 3) metres, faces (F, 3), uv (F, 3, 2) in any unit or None; `up` is the axis (1 or 2) that
    points to the neck.
    """
    if uv is None:
        trouble: str | None = "it has no UVs"
    else:
        uv, trouble = _in_metres(vertices, faces, uv)
    if uv is not None and trouble is None:
        return uv, None
    for layout in (_cut_at_the_sides, _cut_everywhere):
        new = _upright(vertices, faces, layout(vertices, faces, up), up)
        new, bad = _in_metres(vertices, faces, new)
        if bad is None:
            break
    return new, trouble


def _in_metres(vertices: np.ndarray, faces: np.ndarray, uv: np.ndarray) -> tuple[np.ndarray, str | None]:
    """Return `uv` with every island turned face up and scaled to metres, and what makes it useless, if so."""
    area = areas(vertices[faces])
    if not np.isfinite(uv).all():
        return uv, "its UVs are not numbers"
    size = np.abs(signed_areas(uv))
    extent = max(float(np.prod(np.ptp(uv.reshape(-1, 2), axis=0))), 1e-30)
    good = (size > 1e-10 * extent) & (area > 1e-12)
    if area[good].sum() < (1 - USELESS) * area.sum():
        return uv, "its UVs have no area"
    if _layers(uv[good]) > LAYERS:
        return uv, "its UVs lie over one another"
    island = _islands(faces, uv)
    uv = uv.astype(float)
    signed = np.bincount(island, weights=signed_areas(uv))
    uv[..., 0] *= np.where(signed < 0, -1.0, 1.0)[island][:, None]
    along_u, along_v = along_cloth(vertices[faces], uv, good)
    for index in np.unique(island[good]):
        mine = island == index
        for axis, along in enumerate((along_u, along_v)):
            uv[mine, :, axis] *= weighted_median(
                np.linalg.norm(along[mine & good], axis=1), area[mine & good]
            )
    cloth = np.bincount(island, weights=area)
    if area[cloth[island] < SCRAP_M2].sum() > USELESS * area.sum():
        return uv, "its UVs lie in scraps"
    if area[good & (stretch(vertices[faces], uv, good) > STRETCHED)].sum() > USELESS * area.sum():
        return uv, "its UVs are stretched"
    return uv, None


def _layers(uv: np.ndarray) -> float:
    """Return how often the layout (F, 3, 2) uses its own ground, on average."""
    step = np.sqrt(np.abs(signed_areas(uv)).mean())
    cells = np.unique(np.floor(uv.mean(axis=1) / (2 * step)), axis=0)  # four faces to a cell
    return len(uv) / len(cells) / 4


def _islands(faces: np.ndarray, uv: np.ndarray) -> np.ndarray:
    """Return each face's island (F,): faces that share an edge of the layout and lie the same way up."""
    upside = np.repeat(signed_areas(uv) < 0, 3)
    corners = np.column_stack([faces.reshape(-1), upside, uv.reshape(-1, 2).astype(np.float32)])
    node = np.unique(corners, axis=0, return_inverse=True)[1].reshape(-1, 3)
    sides = np.sort(np.stack([node, np.roll(node, -1, axis=1)], axis=2).reshape(-1, 2), axis=1)
    edge = np.unique(sides, axis=0, return_inverse=True)[1].reshape(-1)
    n = len(faces)
    links = (np.arange(n).repeat(3), n + edge)
    graph = coo_array((np.ones(len(edge)), links), shape=(n + edge.max() + 1,) * 2)
    return connected_components(graph, directed=False)[1][:n]


def _upright(vertices: np.ndarray, faces: np.ndarray, uv: np.ndarray, up: int) -> np.ndarray:
    """Return `uv` with every island turned so that its grain runs up the garment."""
    island = _islands(faces, uv)
    good = np.abs(signed_areas(uv)) > 1e-12
    signed = np.bincount(island, weights=signed_areas(uv))
    uv = uv * np.stack([np.where(signed < 0, -1.0, 1.0)[island], np.ones(len(island))], axis=1)[:, None]
    along_u, along_v = along_cloth(vertices[faces], uv, good)
    area = areas(vertices[faces])
    rise = [np.bincount(island, weights=area * along[:, up]) for along in (along_u, along_v)]
    angle = np.arctan2(rise[0], rise[1])[island]
    c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
    return np.stack([c * uv[..., 0] - s * uv[..., 1], s * uv[..., 0] + c * uv[..., 1]], axis=2)


def _cut_at_the_sides(vertices: np.ndarray, faces: np.ndarray, up: int) -> np.ndarray:
    """Return UVs (F, 3, 2) of a front and a back, laid out with as little stretch as Blender can."""
    depth = 3 - up  # the axis through front and back: y of a standing garment, z of a lying one
    normals = vertex_normals(vertices, faces)
    behind = normals[faces][:, :, depth].mean(axis=1) > 0
    sides = np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=2), axis=2).reshape(-1, 2)
    edges, index = np.unique(sides, axis=0, return_inverse=True)
    count = np.bincount(index.reshape(-1))
    backs = np.bincount(index.reshape(-1), weights=behind.repeat(3))
    return _unwrap(vertices, faces, edges[(backs > 0) & (backs < count)])


def _cut_everywhere(vertices: np.ndarray, faces: np.ndarray, up: int) -> np.ndarray:
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
