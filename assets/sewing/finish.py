"""From simulated cloth to the surface one sees: welded seams, Loop subdivision, grooves along seams."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from assets.patterns.panels import Pattern, resample
from assets.sewing.cloth import Cloth

ROLLED_M = 0.0025
"""How far the edges of the front are sunk."""
GROOVE_M, GROOVE_AO, STITCH_AO = 0.0015, 0.84, 0.82
"""How far a seam is sunk, and by how much seams and stitches are darker."""


@dataclass(frozen=True)
class Shell:
    """A welded triangle mesh.

    `fronts` counts the front layer's panels, which come first.
    vertices (V, 3) and faces (F, 3), uv (F, 3, 2) and table (F, 3, 2) metres per face corner, panel (F,) int,
    ao (V,) 0 to 1.
    """

    vertices: np.ndarray
    faces: np.ndarray
    uv: np.ndarray
    table: np.ndarray
    panel: np.ndarray
    ao: np.ndarray
    fronts: int


def weld(cloth: Cloth, end: np.ndarray, fronts: int) -> Shell:
    """Merge the sewn pairs at their midpoints."""
    target = np.arange(len(end))
    target[cloth.pairs[:, 1]] = cloth.pairs[:, 0]
    merged = end.copy()
    merged[cloth.pairs[:, 0]] = (end[cloth.pairs[:, 0]] + end[cloth.pairs[:, 1]]) / 2
    merged = _smooth_along_seams(cloth, merged)
    used, compact = np.unique(target[cloth.faces], return_inverse=True)
    faces = compact.reshape(-1, 3)
    return Shell(
        merged[used], faces, cloth.uv, cloth.table[cloth.faces], cloth.panel, np.ones(len(used)), fronts
    )


def _smooth_along_seams(cloth: Cloth, positions: np.ndarray) -> np.ndarray:
    """Even out the zigzag that sewing springs leave: each seam vertex moves toward its neighbours."""
    sewn = np.zeros(len(positions), dtype=bool)
    sewn[cloth.pairs[:, 0]] = True
    faces = cloth.faces[~cloth.back[cloth.faces[:, 0]]]
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    edges, count = np.unique(edges, axis=0, return_counts=True)
    edges = edges[(count == 1) & sewn[edges].all(axis=1)]
    degree = np.bincount(edges.reshape(-1), minlength=len(positions))
    inner = degree == 2
    result = positions.copy()
    for _ in range(2):
        total = np.zeros_like(result)
        np.add.at(total, edges[:, 0], result[edges[:, 1]])
        np.add.at(total, edges[:, 1], result[edges[:, 0]])
        result[inner] = result[inner] / 2 + total[inner] / 4
    return result


def subdivide(surface: Shell) -> Shell:
    """Return the surface after one step of Loop subdivision (four faces for each one).

    The seams between front and back stay creases: there the rule for borders holds.
    """
    v, f = surface.vertices, surface.faces
    n = len(v)
    corners = np.stack([f[:, [0, 1]], f[:, [1, 2]], f[:, [2, 0]]], axis=1).reshape(-1, 2)
    opposite = f[:, [2, 0, 1]].reshape(-1)
    edges, index, count = np.unique(np.sort(corners, axis=1), axis=0, return_inverse=True, return_counts=True)
    index = index.reshape(-1)
    ends = v[edges].sum(axis=1)
    across = np.zeros((len(edges), 3))
    np.add.at(across, index, v[opposite])
    backs = np.zeros(len(edges), dtype=int)
    np.add.at(backs, index, (surface.panel >= surface.fronts).repeat(3))
    border = (count != 2) | (backs == 1)
    middle = np.where(border[:, None], ends / 2, ends * 3 / 8 + across / 8)

    neighbours, valence = np.zeros((n, 3)), np.zeros(n)
    rim, rim_count = np.zeros((n, 3)), np.zeros(n)
    for a, b in ((0, 1), (1, 0)):
        np.add.at(neighbours, edges[:, a], v[edges[:, b]])
        np.add.at(valence, edges[:, a], 1)
        np.add.at(rim, edges[border, a], v[edges[border, b]])
        np.add.at(rim_count, edges[border, a], 1)
    valence = np.maximum(valence, 1)
    beta = np.where(valence == 3, 3 / 16, 3 / (8 * valence))[:, None]
    moved = v * (1 - valence[:, None] * beta) + beta * neighbours
    on_rim = rim_count > 0
    moved[on_rim] = v[on_rim]
    smooth_rim = rim_count == 2
    moved[smooth_rim] = v[smooth_rim] * 0.75 + rim[smooth_rim] / 8

    a, b, c = f.T
    ab, bc, ca = (n + index.reshape(-1, 3)).T
    faces = np.stack([a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca], axis=1).reshape(-1, 3)
    return Shell(
        np.concatenate([moved, middle]),
        faces,
        _split(surface.uv),
        _split(surface.table),
        surface.panel.repeat(4),
        np.concatenate([surface.ao, surface.ao[edges].mean(axis=1)]),
        surface.fronts,
    )


def _split(corner: np.ndarray) -> np.ndarray:
    """Return a per-corner attribute (F, 3, k) for the four children of each face, (4 F, 3, k)."""
    a, b, c = corner[:, 0], corner[:, 1], corner[:, 2]
    ab, bc, ca = (a + b) / 2, (b + c) / 2, (c + a) / 2
    return np.stack([a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca], axis=1).reshape(-1, 3, corner.shape[-1])


def vertex_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Return area-weighted unit normals (V, 3)."""
    corners = vertices[faces]
    face_normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(normals, faces[:, corner], face_normals)
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)


def borders(faces: np.ndarray) -> np.ndarray:
    """Return the edges (E, 2) of one face only, in its direction."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    _, index, count = np.unique(np.sort(edges, axis=1), axis=0, return_index=True, return_counts=True)
    return edges[index[count == 1]]


def mark_seams(surface: Shell, cloth: Cloth, pattern: Pattern, step: float) -> Shell:
    """Sink the vertices where two pieces meet into a groove; shade them and the stitched lines.

    The edges of the front (hems, cuffs, neck) are sunk as well: they look rolled, not cut from a sheet.
    """
    names = [panel.name for panel in cloth.panels]
    piece = np.array([names.index(name) for name in names])[surface.panel]
    low, high = np.full(len(surface.vertices), len(names)), np.full(len(surface.vertices), -1)
    for corner in range(3):
        np.minimum.at(low, surface.faces[:, corner], piece)
        np.maximum.at(high, surface.faces[:, corner], piece)
    seam = low != high
    ao = surface.ao * np.where(seam, GROOVE_AO, 1.0)
    for layer in ("front", "back"):
        curves = [resample(resample(curve, step), 0.002) for curve, side in pattern.lines if side == layer]
        if curves:
            mine = (surface.panel >= surface.fronts) == (layer == "back")
            near = cKDTree(np.concatenate(curves)).query(surface.table[mine])[0] < 0.0015
            ao[np.unique(surface.faces[mine][near])] *= STITCH_AO
    normals = vertex_normals(surface.vertices, surface.faces)
    depth = np.where(seam, GROOVE_M, 0.0)
    depth[np.intersect1d(borders(surface.faces), surface.faces[surface.panel < surface.fronts])] = ROLLED_M
    vertices = surface.vertices - depth[:, None] * normals
    return Shell(vertices, surface.faces, surface.uv, surface.table, surface.panel, ao, surface.fronts)
