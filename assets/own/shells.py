"""Cloth modelled with a thickness: two layers close together, of which the outer one decides."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from assets.sewing.strain import areas

THICKEST_M, PARALLEL = 0.006, 0.8
"""Layers closer than this, and with normals at least as parallel as this cosine, are one cloth."""
DOUBLE = 0.6
"""Cloth is double if this share of its area has another layer behind it."""
FREE_M, SEEN_M = 2.0, 0.1
"""How far a layer looks for other cloth; facing the viewer counts as this much more room."""


def deciding_faces(vertices: np.ndarray, faces: np.ndarray, toward: np.ndarray) -> np.ndarray:
    """Return for each face the face (F,) that its UVs follow: itself, or the outer one it lies behind.

    vertices (V, 3) metres, faces (F, 3); `toward` (3,) points to the viewer, whose side decides where both
    are open. A garment of one layer decides for itself.
    """
    own = np.arange(len(faces))
    area = areas(vertices[faces])
    normal = _normals(vertices, faces)
    partner, free = _partners(vertices, faces, normal)
    if area[partner >= 0].sum() < DOUBLE * area.sum():
        return own
    layer = patches(faces, partner >= 0, normal)
    partner = np.where((partner >= 0) & (layer[partner] != layer), partner, -1)  # a fold upon itself
    double = partner >= 0
    if area[double].sum() < DOUBLE * area.sum():
        return own
    centre = vertices[faces].mean(axis=1)
    seen = np.sign(_dot(normal, centre - centre[partner])) * (normal @ toward)
    total = np.maximum(np.bincount(layer, area * double), 1e-12)
    openness = np.bincount(layer, area * (free + SEEN_M * seen) * double) / total
    inner = np.zeros(layer.max() + 1, bool)
    outer = np.zeros(layer.max() + 1, bool)
    for index in np.argsort(-openness):
        mine = (layer == index) & double
        behind = area[mine & outer[layer[partner]]].sum() > area[mine].sum() / 2
        inner[index], outer[index] = mine.any() and behind, not (mine.any() and behind)
    rim = _beside(faces, inner[layer]) & ~double
    follows = inner[layer] | rim
    if follows.all() or not follows.any():
        return own
    leaders = own[~follows & (area > 1e-10)]
    nearest = leaders[cKDTree(centre[leaders]).query(centre)[1]]
    direct = double & ~follows[partner] & (area[partner] > 1e-10)
    return np.where(follows, np.where(direct, partner, nearest), own)


def followed(vertices: np.ndarray, faces: np.ndarray, uv: np.ndarray, decides: np.ndarray) -> np.ndarray:
    """Return UVs (F, 3, 2) of which each face's are those of the face that decides, carried on flat."""
    p, q, r = np.moveaxis(vertices[faces[decides]], 1, 0)
    a, b = q - p, r - p
    gram = np.stack([_dot(a, a), _dot(a, b), _dot(a, b), _dot(b, b)], axis=1).reshape(-1, 2, 2)
    offset = vertices[faces] - p[:, None]
    along = np.stack([np.einsum("fkd,fd->fk", offset, side) for side in (a, b)], axis=1)
    weight = np.moveaxis(np.linalg.pinv(gram) @ along, 1, 2)
    first, *others = np.moveaxis(uv[decides], 1, 0)
    carried = first[:, None] + weight @ np.stack([other - first for other in others], axis=1)
    return np.where((decides == np.arange(len(faces)))[:, None, None], uv, carried)


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->i", a, b)


def _normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    p, q, r = np.moveaxis(vertices[faces], 1, 0)
    normal = np.cross(q - p, r - p)
    return normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-30)


def _partners(vertices: np.ndarray, faces: np.ndarray, normal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each face's face (F,) in the layer next to it, -1 for none, and how free the other side is.

    The latter (F,) is the distance in metres to the next cloth on the side away from that layer.
    """
    from mathutils import Vector
    from mathutils.bvhtree import BVHTree

    tree = BVHTree.FromPolygons(vertices.tolist(), faces.tolist())
    centre = vertices[faces].mean(axis=1)
    partner, free = np.full(len(faces), -1), np.full(len(faces), FREE_M)
    for i in range(len(faces)):
        best = THICKEST_M
        for sign in (-1, 1):
            away = Vector(sign * normal[i])
            origin = Vector(centre[i]) + away * 1e-5
            _, hit, index, distance = tree.ray_cast(origin, away, best)
            if index is None or abs(normal[i] @ hit) < PARALLEL:
                continue
            best, partner[i] = distance, index
            beyond = tree.ray_cast(Vector(centre[i]) - away * 1e-5, -away, FREE_M)[3]
            free[i] = FREE_M if beyond is None else beyond
    return partner, free


def patches(faces: np.ndarray, label: np.ndarray, normal: np.ndarray | None = None) -> np.ndarray:
    """Return each face's patch (F,): faces with one `label` (F,) that hang together by edges.

    With normals (F, 3) a patch ends where the cloth turns back by more than a right angle.
    """
    pairs = neighbours(faces)
    pairs = pairs[label[pairs[:, 0]] == label[pairs[:, 1]]]
    if normal is not None:
        pairs = pairs[_dot(normal[pairs[:, 0]], normal[pairs[:, 1]]) > 0]
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(faces),) * 2)
    return connected_components(graph, directed=False)[1]


def neighbours(faces: np.ndarray) -> np.ndarray:
    """Return pairs (N, 2) of faces (F, 3) that share an edge, each face with the next one round the edge."""
    sides = np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=2), axis=2).reshape(-1, 2)
    edge = np.unique(sides, axis=0, return_inverse=True)[1].reshape(-1)
    order = np.argsort(edge, kind="stable")
    same = np.diff(edge[order]) == 0
    face = order // 3
    return np.stack([face[:-1][same], face[1:][same]], axis=1)


def _beside(faces: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return the faces (F,) that touch a `chosen` one (F,) and are none."""
    pairs = neighbours(faces)
    touches = np.zeros(len(faces), bool)
    for a, b in (pairs.T, pairs.T[::-1]):
        touches[a[chosen[b]]] = True
    return touches & ~chosen
