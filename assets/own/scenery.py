"""Objects of a file that are no garment: floors, backdrops, rooms."""

import re

import numpy as np

from assets.own.size import LARGEST_M, SMALLEST_M
from assets.own.triangles import Imported

NAMED = re.compile(r"(?<![a-z])(floor|ground|back ?drop|background|cyclorama|studio|skydome)(?![a-z])", re.I)
FLAT, SOLID = 0.01, 0.1
"""A surface thinner than this share of its length is flat; a thing thicker than that share is solid."""
LARGER, FAR_LARGER, FARTHEST = 1.2, 3.0, 30.0
FEW_FACES = 0.1


def scenery(parts: list[Imported], metres: float | None) -> dict[int, str]:
    """Return the parts that are no garment, by index, and why; never all of them.

    `metres` per unit, None if the file does not say. One part alone is always a garment, so that joining
    objects keeps what was wrongly left out.
    """
    sizes = [_extents(part.vertices) for part in parts]
    out: dict[int, str] = {}
    for i in sorted(range(len(parts)), key=lambda i: -sizes[i][0]):
        rest = [part for j, part in enumerate(parts) if j != i and j not in out]
        if not rest:
            break
        others = _extents(np.concatenate([part.vertices for part in rest]))
        fits = metres is not None and SMALLEST_M <= others[0] * metres <= LARGEST_M
        near = fits or sizes[i][0] < FARTHEST * others[0]
        few = len(parts[i].faces) < FEW_FACES * sum(len(part.faces) for part in rest)
        flat = sizes[i][2] < FLAT * sizes[i][0]
        if NAMED.search(parts[i].name):
            out[i] = "which is scenery by its name"
        elif flat and near and sizes[i][0] > LARGER * others[0] and (few or others[2] > SOLID * others[0]):
            out[i] = "a flat surface larger than the rest"
        elif fits and sizes[i][0] > max(FAR_LARGER * others[0], LARGEST_M / (metres or 1.0)):
            out[i] = "far larger than the rest"
    return out


def _extents(vertices: np.ndarray) -> np.ndarray:
    """Return the extents (3,) along the principal axes, the largest first."""
    centred = vertices - vertices.mean(axis=0)
    axes = np.linalg.eigh(centred.T @ centred)[1]
    return np.sort(np.ptp(centred @ axes, axis=0))[::-1]
