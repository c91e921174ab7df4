"""From panels to cloth: triangulate the layers, sew them, simulate with Blender, weld the seams."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.spatial import cKDTree

from assets.common.blender import bpy
from assets.patterns.panels import Curve, Panel, Pattern, cross, resample

COINCIDENT = 1e-4
"""Points of two layers closer than this on the table (metres) are sewn to each other."""


@dataclass(frozen=True)
class Cloth:
    """A cut and pinned garment: front vertices first, then back.

    table (V, 2) float64 positions on the table, metres; back (V,) bool; faces (F, 3) int, facing outwards;
    uv (F, 3, 2) metres of cloth; panel (F,) int into `panels`; pairs (P, 2) front and back vertices
    to be sewn.
    """

    table: np.ndarray
    back: np.ndarray
    faces: np.ndarray
    uv: np.ndarray
    panel: np.ndarray
    panels: tuple[Panel, ...]
    pairs: np.ndarray


def cut(pattern: Pattern, step: float, rng: np.random.Generator) -> Cloth:
    """Triangulate both layers with edges of about `step` metres and match the vertices along the seams."""
    parts = [
        triangulate(panels, [curve for curve, side in pattern.lines if side == layer], step, rng)
        for layer, panels in (("front", pattern.front), ("back", pattern.back))
    ]
    if pattern.open_below is not None:
        parts[0] = (*_slit(*parts[0][:2], pattern.open_below), parts[0][2])
    n = len(parts[0][0])
    table = np.concatenate([parts[0][0], parts[1][0]])
    back = np.arange(len(table)) >= n
    faces = np.concatenate([parts[0][1], parts[1][1][:, ::-1] + n])
    panel = np.concatenate([parts[0][2], parts[1][2] + len(pattern.front)])
    panels = (*pattern.front, *pattern.back)
    uv = np.zeros((len(faces), 3, 2))
    for index, piece in enumerate(panels):
        mine = panel == index
        uv[mine] = cloth_coordinates(piece, table[faces[mine]], back=index >= len(pattern.front))
    seam_points = np.concatenate([resample(curve, step) for curve in pattern.seams])
    on_seam = cKDTree(seam_points).query(table)[0] < COINCIDENT
    fronts, backs = np.flatnonzero(on_seam & ~back), np.flatnonzero(on_seam & back)
    distance, match = cKDTree(table[backs]).query(table[fronts])
    sewn = distance < COINCIDENT
    pairs = np.stack([fronts[sewn], backs[match[sewn]]], axis=1)
    return Cloth(table, back, faces, uv, panel, panels, pairs)


def triangulate(
    panels: Sequence[Panel], lines: Sequence[Curve], step: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return points (N, 2), faces (M, 3) counter-clockwise and each face's panel (M,) of one layer."""
    from mathutils import Vector
    from mathutils.geometry import delaunay_2d_cdt

    outlines = [panel.outline(step) for panel in panels]
    inner = [resample(curve, step) for curve in lines]
    edge_points = np.concatenate([*outlines, *inner])
    starts = np.cumsum([0, *map(len, outlines)])
    loops = [list(range(a, b)) for a, b in pairwise(starts)]
    low, high = edge_points.min(axis=0), edge_points.max(axis=0)
    xs = np.arange(low[0], high[0], step)
    ys = np.arange(low[1], high[1], step * np.sqrt(3) / 2)
    grid = np.stack(np.meshgrid(xs, ys), axis=-1)
    grid[1::2, :, 0] += step / 2
    grid = grid.reshape(-1, 2) + rng.uniform(-0.12, 0.12, size=(grid.size // 2, 2)) * step
    grid = grid[cKDTree(edge_points).query(grid)[0] > 0.6 * step]
    points = np.concatenate([edge_points, grid])
    out_points, _, faces, _, _, origin = delaunay_2d_cdt(
        [Vector(p) for p in points], [], loops, 1, COINCIDENT / 10
    )
    found = [(face, ids[0]) for face, ids in zip(faces, origin, strict=True) if ids]
    triangles = np.array([face for face, _ in found])
    used, compact = np.unique(triangles, return_inverse=True)
    table = np.array([tuple(p) for p in out_points])[used]
    triangles = compact.reshape(-1, 3)
    a, b, c = (table[triangles[:, k]] for k in range(3))
    clockwise = cross(b - a, c - a) < 0
    triangles[clockwise] = triangles[clockwise][:, ::-1]
    return table, triangles, np.array([panel for _, panel in found])


def _slit(table: np.ndarray, faces: np.ndarray, below: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the table and faces of a front cut open along x = 0 below a height, its edges a hair apart."""
    edge = np.flatnonzero((np.abs(table[:, 0]) < COINCIDENT) & (table[:, 1] < below + COINCIDENT))
    left = np.arange(len(table))
    left[edge] = len(table) + np.arange(len(edge))
    hair = np.array([COINCIDENT / 100, 0.0])
    copies = table[edge] - hair
    table = table.copy()
    table[edge] += hair
    is_left = table[faces, 0].mean(axis=1) < 0
    return np.concatenate([table, copies]), np.where(is_left[:, None], left[faces], faces)


def cloth_coordinates(panel: Panel, points: np.ndarray, back: bool) -> np.ndarray:
    """Return (..., 2) metres of cloth for table `points`; the back is seen from behind, its u reversed."""
    if panel.band is not None:
        curve = resample(panel.band, 0.004)
        arc = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(curve, axis=0), axis=1))])
        along = np.gradient(curve, axis=0)
        along /= np.linalg.norm(along, axis=1, keepdims=True)
        nearest = cKDTree(curve).query(points)[1]
        offset = points - curve[nearest]
        ahead = (offset * along[nearest]).sum(axis=-1)
        uv = np.stack([arc[nearest] + ahead, cross(along[nearest], offset)], axis=-1)
    else:
        c, s = np.cos(panel.grain), np.sin(panel.grain)
        uv = (points - np.array(panel.origin)) @ np.array([[c, -s], [s, c]])
    return uv * [-1, 1] if back else uv


def simulate(
    cloth: Cloth,
    start: np.ndarray,
    frames: int,
    *,
    pins: np.ndarray | None = None,
    pressed: np.ndarray | None = None,
    colliders: Sequence[bpy.types.Object] = (),
    gravity: float = -9.81,
    self_distance: float | None = None,
    **settings: float | bool,
) -> np.ndarray:
    """Return where the cloth is after `frames` frames from `start`, both (V, 3) metres, not welded.

    Its springs rest at the lengths cut on the table. `pins` (V,) hold vertices in place (1) or not (0),
    `pressed` (V,) scales the pressure on them; `self_distance` turns self-collision on; `settings` are
    attributes of Blender's ClothSettings.
    """
    scene = bpy.context.scene
    scene.gravity = (0, 0, gravity)
    scene.frame_start, scene.frame_end = 1, frames
    data = bpy.data.meshes.new("cloth")
    data.from_pydata(start.tolist(), cloth.pairs.tolist(), cloth.faces.tolist())
    body = bpy.data.objects.new("cloth", data)
    scene.collection.objects.link(body)
    body.shape_key_add(name="start")
    rest = body.shape_key_add(name="table")
    flat = np.column_stack([cloth.table[:, 0], np.where(cloth.back, 1e-3, 0.0), cloth.table[:, 1]])
    rest.points.foreach_set("co", flat.astype(np.float32).reshape(-1))
    rest.value = 0.0
    modifier = body.modifiers.new("cloth", "CLOTH")
    options = modifier.settings
    options.rest_shape_key = rest
    options.use_sewing_springs = True
    for name, value in settings.items():
        setattr(options, name, value)
    for name, weights in (("vertex_group_mass", pins), ("vertex_group_pressure", pressed)):
        if weights is not None:
            group = body.vertex_groups.new(name=name)
            for index in np.flatnonzero(weights > 0):
                group.add([int(index)], float(weights[index]), "REPLACE")
            setattr(options, name, group.name)
    collision = modifier.collision_settings
    collision.use_collision = bool(colliders)
    collision.distance_min = 0.004
    collision.use_self_collision = self_distance is not None
    if self_distance is not None:
        collision.self_distance_min = self_distance
    modifier.point_cache.frame_start, modifier.point_cache.frame_end = 1, frames
    for frame in range(1, frames + 1):
        scene.frame_set(frame)
    evaluated = body.evaluated_get(bpy.context.evaluated_depsgraph_get()).data
    end = np.empty(len(start) * 3, dtype=np.float32)
    evaluated.vertices.foreach_get("co", end)
    bpy.data.objects.remove(body)
    bpy.data.meshes.remove(data)
    return end.reshape(-1, 3).astype(float)
