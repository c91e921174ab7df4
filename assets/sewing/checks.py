"""Checks of simulated cloth: what is torn, stretched or passed through itself is rejected."""

import numpy as np

from assets.sewing.cloth import Cloth
from assets.sewing.rejected import Rejected
from assets.sewing.strain import areas, scales

OFF_SCALE = 0.05
"""How far a length of cloth may be drawn out or in, in the median."""
MOST_INSIDE_OUT = 0.02
"""The share of what one sees that may lie where cloth has passed through cloth."""


def check(cloth: Cloth, vertices: np.ndarray, faces: np.ndarray, presentation: str) -> None:
    """Raise Rejected unless the welded garment is finite, closed, untangled, of its pattern's measures."""
    if not np.isfinite(vertices).all():
        raise Rejected("vertices are not finite")
    size, table = np.ptp(vertices, axis=0).max(), np.ptp(cloth.table, axis=0).max()
    if not 0.35 * table < size < 1.3 * table:  # long sleeves laid down along the sides halve it
        raise Rejected(f"{size:.2f} m across, its pattern {table:.2f} m")
    cut = np.column_stack([cloth.table, np.zeros(len(cloth.table))])
    area, cut_area = areas(vertices[faces]), areas(cut[cloth.faces])
    if not 0.85 < area.sum() / cut_area.sum() < 1.2:
        raise Rejected(f"its area is {area.sum() / cut_area.sum():.2f} of its pattern's")
    torn = (area > 4 * cut_area + 1e-4).mean()
    if torn > 0.004:
        raise Rejected(f"{torn:.1%} of its triangles are torn out of shape")
    for axis, scale in zip("uv", scales(vertices[faces], cloth.uv), strict=True):
        if abs(scale - 1) > OFF_SCALE:
            raise Rejected(f"10 cm of its cloth measure {10 * scale:.1f} cm along {axis}")
    longest = np.linalg.norm(np.roll(vertices[faces], 1, axis=1) - vertices[faces], axis=2).max()
    if longest > 0.15:
        raise Rejected(f"it exploded: an edge is {longest:.2f} m long")
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    shared = np.unique(edges, axis=0, return_counts=True)[1]
    if shared.max() > 2:
        raise Rejected("more than two triangles meet at an edge")
    tangled = tangled_share(vertices, faces, presentation)
    if tangled > MOST_INSIDE_OUT:
        raise Rejected(f"its cloth has passed through itself on {tangled:.1%} of what one sees")


def tangled_share(vertices: np.ndarray, faces: np.ndarray, presentation: str) -> float:
    """Return the share of the visible area (from the front; of a flat garment from above) that intersects."""
    from mathutils import Vector
    from mathutils.bvhtree import BVHTree

    tree = BVHTree.FromPolygons(vertices.tolist(), faces.tolist())
    pairs = np.array(tree.overlap(tree), dtype=int).reshape(-1, 2)
    first, second = faces[pairs[:, 0]], faces[pairs[:, 1]]
    apart = ~(first[:, :, None] == second[:, None, :]).any(axis=(1, 2))
    crossing = np.unique(pairs[apart])
    toward = np.array([0.0, 0.0, 1.0] if presentation == "flat" else [0.0, -1.0, 0.0])
    corners = vertices[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    seen = normals @ toward
    hidden = [
        tree.ray_cast(Vector(corners[i].mean(axis=0) + 2e-3 * toward), Vector(toward))[0] is not None
        for i in crossing
    ]
    return float(np.abs(seen[crossing][~np.array(hidden, dtype=bool)]).sum() / seen.clip(0).sum())
