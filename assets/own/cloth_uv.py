"""UVs of a user's mesh in metres of cloth: the file's own, measured and rescaled, or new ones."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from assets.own.layout import cut_at_the_sides, cut_everywhere, upright
from assets.own.shells import deciding_faces, followed
from assets.sewing.strain import along_cloth, areas, signed_areas, stretch, weighted_median

STRETCHED, SCRAP_M2 = 1.3, 0.01
"""Cloth drawn out or in by more than this factor is stretched; an island smaller than this is a scrap that no
tailor would sew. Islands may lie over one another, as a tailor's panels do: a pattern has no edges."""
USELESS = 0.25
"""A layout with more than this share of its cloth stretched, in scraps or mirrored within a panel is made
anew."""


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
    decides = deciding_faces(vertices, faces, np.array([0.0, -1, 0] if up == 2 else [0.0, 0, 1]))
    outer = decides == np.arange(len(faces))
    used, inverse = np.unique(faces[outer], return_inverse=True)
    layer, triangles = vertices[used], inverse.reshape(-1, 3)
    for layout in (cut_at_the_sides, cut_everywhere):
        laid = layout(layer, triangles, up)
        laid = upright(layer, triangles, laid, _islands(triangles, laid), up)
        laid, bad = _in_metres(layer, triangles, laid)
        if bad is None:
            break
    new = np.zeros((len(faces), 3, 2))
    new[outer] = laid
    return followed(vertices, faces, new, decides), trouble


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
    island = _islands(faces, uv)
    if _folded(faces, uv, island, area) > USELESS * area.sum():
        return uv, "its UVs are mirrored within a panel"
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


def _folded(faces: np.ndarray, uv: np.ndarray, island: np.ndarray, area: np.ndarray) -> float:
    """Return the area of panels that lie folded more than once: beyond their two largest islands.

    Folded once, in two mirrored halves, a layout saves room; each half is then an island of its own.
    """
    panel = _islands(faces, uv, folded=True)
    size, of = np.bincount(island, area), np.zeros(island.max() + 1, int)
    of[island] = panel
    order = np.lexsort([-size, of])
    first = np.concatenate([[0], np.flatnonzero(np.diff(of[order])) + 1])
    rank = np.arange(len(order)) - np.repeat(first, np.diff([*first, len(order)]))
    return float(size[order][rank >= 2].sum())


def _islands(faces: np.ndarray, uv: np.ndarray, folded: bool = False) -> np.ndarray:
    """Return each face's island (F,): faces that share an edge of the layout and lie the same way up.

    `folded` islands are panels, whose faces may lie either way.
    """
    upside = np.repeat((signed_areas(uv) < 0) & (not folded), 3)
    corners = np.column_stack([faces.reshape(-1), upside, uv.reshape(-1, 2).astype(np.float32)])
    node = np.unique(corners, axis=0, return_inverse=True)[1].reshape(-1, 3)
    sides = np.sort(np.stack([node, np.roll(node, -1, axis=1)], axis=2).reshape(-1, 2), axis=1)
    edge = np.unique(sides, axis=0, return_inverse=True)[1].reshape(-1)
    n = len(faces)
    links = (np.arange(n).repeat(3), n + edge)
    graph = coo_array((np.ones(len(edge)), links), shape=(n + edge.max() + 1,) * 2)
    return connected_components(graph, directed=False)[1][:n]
