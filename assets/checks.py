"""The simulation is checked, not hoped for."""

import numpy as np

from assets.rejected import Rejected
from assets.sewing import Cloth


def check(cloth: Cloth, vertices: np.ndarray, faces: np.ndarray) -> None:
    """Raise Rejected unless the welded garment is finite, closed, and of its pattern's size and area."""
    if not np.isfinite(vertices).all():
        raise Rejected("vertices are not finite")
    size, table = np.ptp(vertices, axis=0).max(), np.ptp(cloth.table, axis=0).max()
    if not 0.5 * table < size < 1.3 * table:
        raise Rejected(f"{size:.2f} m across, its pattern {table:.2f} m")
    cut = np.column_stack([cloth.table, np.zeros(len(cloth.table))])
    area, cut_area = _areas(vertices[faces]), _areas(cut[cloth.faces])
    if not 0.85 < area.sum() / cut_area.sum() < 1.2:
        raise Rejected(f"its area is {area.sum() / cut_area.sum():.2f} of its pattern's")
    torn = (area > 4 * cut_area + 1e-4).mean()
    if torn > 0.004:
        raise Rejected(f"{torn:.1%} of its triangles are torn out of shape")
    longest = np.linalg.norm(np.roll(vertices[faces], 1, axis=1) - vertices[faces], axis=2).max()
    if longest > 0.15:
        raise Rejected(f"it exploded: an edge is {longest:.2f} m long")
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    shared = np.unique(edges, axis=0, return_counts=True)[1]
    if shared.max() > 2:
        raise Rejected("more than two triangles meet at an edge")


def _areas(corners: np.ndarray) -> np.ndarray:
    """Return the areas of triangles (F, 3, 3)."""
    return np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2
