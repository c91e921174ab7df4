"""Reading a user's mesh file into triangles, garment by garment."""

from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from scipy.sparse.csgraph import connected_components

from assets.common.blender import bpy
from assets.own.far_away import moved_to_origin
from assets.own.formats import READERS, open_file, shown_bodies
from assets.own.scenery import scenery
from assets.own.suspicious import refuse_suspicious
from assets.own.triangles import Imported, joined, part_of, welded
from assets.own.words import quoted

GAP, SMALL = 0.01, 0.2
"""Objects further apart than this share of the file's extent are different garments, unless one is smaller
than this share of the largest."""
COARSE = 5e-4
"""Vertices whose numbers have steps larger than this share of the garment crumple it."""
MOST_FACES = 5_000_000


@dataclass(frozen=True)
class File:
    """The garments of a file, its metres per unit (None if it states none), and what was left out."""

    garments: list[Imported]
    metres: float | None
    remarks: tuple[str, ...]


def read_meshes(path: Path, budget: int, per_object: bool = False) -> File:
    """Return the garments of a file, each of at most about `budget` vertices.

    Objects whose boxes touch are one garment, with its buttons and its hanger; `per_object` makes each a
    garment of its own. What is hidden and what is a floor or a backdrop is left out. Raises
    click.ClickException that names the file and the cure if it is not a mesh one can use.
    """
    if path.suffix.lower() not in READERS:
        raise click.ClickException(f"{path}: unknown kind of file; give one of {' '.join(READERS)}")
    refuse_suspicious(path)
    metres = open_file(path)
    bodies, remarks, parts = _parts(path)
    if _coarse(parts) and path.suffix.lower() == ".obj":
        with moved_to_origin(path) as moved:
            open_file(moved)
            bodies, remarks, parts = _parts(path)
    if _coarse(parts):
        raise click.ClickException(
            f"{path}: so far from the origin that its vertices are rounded to steps of "
            f"{max(part.step for part in parts):.1g}; move it to the origin and export it again"
        )
    out = scenery(parts, metres)
    remarks += [f"left out {quoted(parts[i].name)}, {why}" for i, why in out.items()]
    bodies = [body for i, body in enumerate(bodies) if i not in out]
    parts = [part for i, part in enumerate(parts) if i not in out]
    groups = np.arange(len(parts)) if per_object else _garments(parts)
    for group in np.unique(groups):
        mine = [i for i, g in enumerate(groups) if g == group]
        total = sum(len(parts[i].vertices) for i in mine)
        for i in mine:
            if total > budget:
                bodies[i].modifiers.new("weld", "WELD").merge_threshold = 1e-6 * max(bodies[i].dimensions)
                bodies[i].modifiers.new("budget", "DECIMATE").ratio = budget / total
                parts[i] = welded(part_of(bodies[i], path.parent))
    garments = [
        joined([part for part, g in zip(parts, groups, strict=True) if g == group])
        for group in dict.fromkeys(groups)
    ]
    return File(garments, metres, tuple(remarks))


def _parts(path: Path) -> tuple[list[bpy.types.Object], list[str], list[Imported]]:
    """Return the objects that show in the open file, remarks on others, and the objects as triangles."""
    bodies, remarks = shown_bodies()
    if not bodies:
        cure = "show the garment" if remarks else "export a mesh, not curves or points"
        why = "all its meshes are hidden" if remarks else "it holds no faces"
        raise click.ClickException(f"{path}: {why}; {cure}")
    parts = [part_of(body, path.parent) for body in bodies]
    if not all(np.isfinite(part.vertices).all() for part in parts):
        raise click.ClickException(f"{path}: some vertices are not numbers; clean the mesh up")
    if (faces := sum(len(part.faces) for part in parts)) > MOST_FACES:
        raise click.ClickException(f"{path}: {faces} triangles are too many; decimate it to {MOST_FACES}")
    kept = [(body, welded(part)) for body, part in zip(bodies, parts, strict=True)]
    kept = [(body, part) for body, part in kept if len(part.faces)]
    if not kept:
        raise click.ClickException(f"{path}: its faces have no extent; export the garment again")
    return [body for body, _ in kept], remarks, [part for _, part in kept]


def _coarse(parts: list[Imported]) -> bool:
    low = np.min([part.vertices.min(axis=0) for part in parts], axis=0)
    high = np.max([part.vertices.max(axis=0) for part in parts], axis=0)
    return max(part.step for part in parts) > COARSE * float((high - low).max())


def _garments(parts: list[Imported]) -> np.ndarray:
    """Return each object's garment (N,): objects whose boxes touch are one, small ones go to the nearest."""
    low = np.array([part.vertices.min(axis=0) for part in parts])
    high = np.array([part.vertices.max(axis=0) for part in parts])
    gap = np.maximum(low[:, None] - high[None], low[None] - high[:, None]).max(axis=2)
    extent = float((high.max(axis=0) - low.min(axis=0)).max())
    group = connected_components(gap <= GAP * extent, directed=False)[1]
    sizes = {
        g: float((high[group == g].max(axis=0) - low[group == g].min(axis=0)).max()) for g in np.unique(group)
    }
    for g, size in sizes.items():
        if size < SMALL * max(sizes.values()):
            others = np.isin(group, [k for k, v in sizes.items() if v >= SMALL * max(sizes.values())])
            nearest = np.where(others, gap[group == g].min(axis=0), np.inf).argmin()
            group[group == g] = group[nearest]
    return group
