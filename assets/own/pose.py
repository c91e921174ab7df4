"""Which way is up in a user's file: what the user says, what the format states, or what the shape tells."""

import numpy as np

from assets.common.rng import rng_for
from assets.library import Presentation
from assets.own.size import drafted_outlines
from assets.own.triangles import Imported
from assets.patterns import PATTERNS
from assets.sewing.strain import areas

TURNS = {
    "z": ([0, 1, 2], [1, 1, 1]),
    "-z": ([0, 1, 2], [-1, 1, -1]),
    "y": ([0, 2, 1], [1, -1, 1]),
    "-y": ([0, 2, 1], [-1, -1, -1]),
    "x": ([2, 1, 0], [-1, 1, 1]),
    "-x": ([2, 1, 0], [1, 1, -1]),
}
"""The rotation that brings each axis to z: old axes in new order, and their signs. What faced the viewer (-y;
+z where y is up) still does, but where x is up."""
LYING = 0.6
"""A garment less thick than this share of its length and width, seen from above, lies on its back."""
ROWS, POINTS = 12, 4000
WORN, TOLERANCE = 0.8, 0.35
"""A worn garment is about this much as wide as laid flat, give or take this much in natural logarithm."""
UNLIKELY = {"y": 0.05, "z": 0.05, "-y": 0.1, "-z": 0.1, "x": 0.15, "-x": 0.15}
"""How much better than the format's usual axis another has to suit the shape."""


def turned(vertices: np.ndarray, up: str) -> np.ndarray:
    """Return vertices (V, 3) turned so that the axis `up` points to z."""
    order, signs = TURNS[up]
    return vertices[:, order] * signs


def usual_axis(raw: Imported, usual: str, type: str) -> str:
    """Return the axis to the neck in a file that states none: the one that suits the `type`, else `usual`."""
    if type not in PATTERNS:
        return usual
    points = _spread(raw)
    cost = {up: _misfit(turned(points, up), type) + (up != usual) * UNLIKELY[up] for up in TURNS}
    return min(cost, key=lambda up: cost[up])


def posed(raw: Imported, presentation: Presentation, up: str, stand: bool) -> tuple[np.ndarray, bool]:
    """Return vertices (V, 3) in the file's unit, as `assets.library.Mesh` wants them, and if it was stood up.

    `up` is the axis to the neck; with `stand`, a garment that then still lies is stood up.
    """
    v = turned(raw.vertices - raw.vertices.mean(axis=0), up)
    x, y, z = np.ptp(v, axis=0)
    stood = False
    if presentation == "flat":
        if z > y:  # it stands: lay it on its back
            v = v[:, [0, 2, 1]] * [1, 1, -1]
    elif stand and z < LYING * min(x, y):
        v, stood = turned(v, "y"), True
    low, high = v.min(axis=0), v.max(axis=0)
    return v - [*((low + high) / 2)[:2], low[2]], stood


def _spread(raw: Imported) -> np.ndarray:
    """Return points (POINTS, 3) spread evenly over the surface, the same for the same mesh."""
    rng = rng_for("points on a mesh")
    corners = raw.vertices[raw.faces] - raw.vertices.mean(axis=0)
    area = areas(corners)
    if not area.sum() > 0:
        return corners.reshape(-1, 3)
    a, b = rng.random((2, POINTS, 1))
    a, b = np.where(a + b > 1, 1 - a, a), np.where(a + b > 1, 1 - b, b)
    p, q, r = np.moveaxis(corners[rng.choice(len(area), POINTS, p=area / area.sum())], 1, 0)
    return p + a * (q - p) + b * (r - p)


def _misfit(points: np.ndarray, type: str) -> float:
    """Return how little the outline of `points` (N, 3), seen from the front, is that of a type; 0 is best.

    It compares how wide the garment is at each of `ROWS` heights, in natural logarithm, with the one of our
    own patterns that it is most like: a type has short sleeves and long ones, and what is between is neither.
    """
    widths = _widths(points[:, [0, 2]])
    width, depth, height = np.ptp(points, axis=0)
    deep = max(0.0, float(np.log(max(depth, 1e-12) / max(width, height, 1e-12))))
    return min(_unlike(widths, _widths(outline)) for outline in drafted_outlines(type)) + deep


def _unlike(widths: np.ndarray, usual: np.ndarray) -> float:
    ratio = np.log(widths / (WORN * usual))
    ratio = ratio[np.isfinite(ratio)]
    if not len(ratio):
        return np.inf
    return float(ratio.std() + max(0.0, abs(ratio.mean()) - TOLERANCE))


def _widths(points: np.ndarray) -> np.ndarray:
    """Return the widths (ROWS,) of points (N, 2) from the lowest row to the highest, in heights."""
    height = max(float(np.ptp(points[:, 1])), 1e-12)
    row = ((points[:, 1] - points[:, 1].min()) / height * ROWS).astype(int).clip(max=ROWS - 1)
    width = [np.ptp(points[row == k, 0]) if (row == k).any() else np.nan for k in range(ROWS)]
    return np.maximum(np.array(width), 1e-6 * height) / height
