"""The thickness of cloth where it ends: a lit rim, the shadow of the turned-up layer and a stitched line."""

from functools import lru_cache
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from materials.nodes import Inputs, Value, absolute, below

HEM = "Hem"
"""The attribute (float) of a mesh's points that tells how near a hem is: `REACH_CM` less the distance."""
REACH_CM = 5.0
MOST_OPEN = 0.1
"""A mesh with a larger share of open edges is no sewn cloth, but loose faces."""


def mark(data: Any) -> None:
    """Write the attribute `HEM` of a Blender mesh."""
    layer = data.attributes.get(HEM) or data.attributes.new(HEM, "FLOAT", "POINT")
    layer.data.foreach_set("value", near(data))


def near(data: Any) -> np.ndarray:
    """Return how near a hem each point (V,) of a Blender mesh in metres is; its first slot is its fabric."""
    points = np.empty((len(data.vertices), 3), np.float32)
    data.attributes["position"].data.foreach_get("vector", points.reshape(-1))
    ends = _open_edges(data)
    if 0 < len(ends) < MOST_OPEN * len(data.edges):
        return _nearness(points.tobytes(), ends.tobytes())
    return np.zeros(len(points), np.float32)


@lru_cache(maxsize=128)
def _nearness(points: bytes, ends: bytes) -> np.ndarray:
    """Return the attribute of float32 `points` (V, 3), with int32 open edges (E, 2) between them."""
    place, edges = (
        np.frombuffer(points, np.float32).reshape(-1, 3),
        np.frombuffer(ends, np.int32).reshape(-1, 2),
    )
    rim = np.concatenate([place[np.unique(edges)], place[edges].mean(axis=1)])
    reach = REACH_CM / 100
    distance, _ = cKDTree(rim).query(place, distance_upper_bound=reach)
    return (100 * (reach - np.minimum(distance, reach))).astype(np.float32)


def _open_edges(data: Any) -> np.ndarray:
    """Return the vertices (E, 2) of every edge that belongs to one face only, and that of fabric."""
    edge, slot = np.empty(len(data.loops), np.int32), np.zeros(len(data.polygons), np.int32)
    start = np.empty(len(data.polygons), np.int32)
    data.attributes[".corner_edge"].data.foreach_get("value", edge)
    data.polygons.foreach_get("loop_start", start)
    if "material_index" in data.attributes:
        data.attributes["material_index"].data.foreach_get("value", slot)
    weight = np.where(slot == 0, 1, 2).repeat(np.diff(start, append=len(edge)))
    vertices = np.empty((len(data.edges), 2), np.int32)
    data.attributes[".edge_verts"].data.foreach_get("value", vertices.reshape(-1))
    return vertices[np.bincount(edge, weight, minlength=len(vertices)) == 1]


def build(p: Inputs, near: Value) -> Value:
    """Return by how much cloth is lighter near its edges, about 1; `near` is the attribute `HEM`."""
    inward = REACH_CM - near
    rim = below(0.3, inward, 0.3) * 0.2 - below(0.3, absolute(inward - 0.6), 0.3) * 0.3
    stitched = below(0.15, absolute(inward - p.stitch_cm), 0.2)
    return 1.0 + p.rim * rim - p.stitch * 0.3 * stitched
