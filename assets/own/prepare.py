"""A garment of a user's file made fit for the library: upright, in metres, with UVs and occlusion."""

import signal
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import click
import numpy as np

from assets.common.rng import rng_for
from assets.library import Mesh, Presentation, Slot
from assets.own.cloth_uv import cloth_uv
from assets.own.importing import NOT_CLOTH, Imported, read_meshes
from assets.patterns import PATTERNS
from assets.sewing.occlusion import ambient_occlusion
from assets.sewing.strain import areas

SMALLEST_M, LARGEST_M = 0.25, 2.2
UNITS = (1.0, 0.01, 0.001, 0.0254, 0.3048)
"""Metres per unit of a file that does not say: metres, centimetres, millimetres, inches, feet."""
SILENT = {".obj", ".stl", ".ply"}
"""Formats that do not state their unit; the others' readers have turned it into metres."""
LYING = 0.6
"""A garment less thick than this share of its length and width, seen from above, lies on its back."""
SMALLEST_AREA_M2 = 1e-4
LARGEST_MEMORY, LONGEST_S = 16 * 2**30, 600
"""Address space and seconds that reading one file may take."""


@dataclass(frozen=True)
class Wanted:
    """What the user said about the files; `height` in metres, `up` the axis that points to the neck."""

    type: str = "other"
    presentation: Presentation = "worn"
    height: float | None = None
    up: str | None = None
    fabric_slot: str | None = None
    budget: int = 12_000
    per_object: bool = False


@dataclass(frozen=True)
class Prepared:
    """A garment ready for the library, and what was done to it that the user should know."""

    name: str
    mesh: Mesh
    slots: tuple[Slot, ...]
    remarks: tuple[str, ...]


def prepare_alone(wanted: Wanted, path: Path) -> list[Prepared]:
    """Call `prepare` as the only task of its process, of which it limits memory and time (on Linux)."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (LARGEST_MEMORY, LARGEST_MEMORY))
        signal.alarm(LONGEST_S)
    return prepare(wanted, path)


def prepare(wanted: Wanted, path: Path) -> list[Prepared]:
    """Return the garments of the file at `path`.

    Raises click.ClickException that names the file and the cure if one of them is of no use.
    """
    garments = read_meshes(path, wanted.budget, wanted.per_object)
    posed = [_posed(raw, wanted) for raw in garments]
    scale = _scale(path, posed, wanted)
    if wanted.fabric_slot and not any(s.name == wanted.fabric_slot for raw in garments for s in raw.slots):
        names = dict.fromkeys(slot.name for raw in garments for slot in raw.slots)
        raise click.ClickException(f"{path}: no material {wanted.fabric_slot!r}; it has {', '.join(names)}")
    return [
        _finish(path, raw, vertices * scale, wanted) for raw, vertices in zip(garments, posed, strict=True)
    ]


def _posed(raw: Imported, wanted: Wanted) -> np.ndarray:
    """Return vertices (V, 3) in the file's unit, as `assets.library.Mesh` wants them: centred, on z = 0."""
    v = raw.vertices.astype(float)
    if wanted.up is not None:
        v = {"x": v[:, [2, 1, 0]] * [-1, 1, 1], "y": v[:, [0, 2, 1]] * [1, -1, 1], "z": v}[wanted.up]
    x, y, z = np.ptp(v, axis=0)
    if wanted.presentation == "flat":
        if z > y:  # it stands: lay it on its back
            v = v[:, [0, 2, 1]] * [1, 1, -1]
    elif wanted.up is None and z < LYING * min(x, y):  # it lies: stand it up
        v = v[:, [0, 2, 1]] * [1, -1, 1]
    low, high = v.min(axis=0), v.max(axis=0)
    return v - [*((low + high) / 2)[:2], low[2]]


def _scale(path: Path, posed: list[np.ndarray], wanted: Wanted) -> float:
    """Return metres per unit of the file, for all its garments.

    Raises click.ClickException if the largest fits no garment in any unit and no height was given.
    """
    axis = 1 if wanted.presentation == "flat" else 2
    height = max(float(np.ptp(v[:, axis])) for v in posed)
    size = max(float(np.ptp(v, axis=0).max()) for v in posed)
    if height <= 0:
        raise click.ClickException(f"{path}: it has no extent; export the garment again")
    if wanted.height:
        return wanted.height / height
    fitting = [unit for unit in UNITS if SMALLEST_M <= size * unit <= LARGEST_M]
    if not fitting:
        raise click.ClickException(f"{path}: {size:g} units across fits no garment; say --height in metres")
    if wanted.type in PATTERNS and path.suffix.lower() in SILENT:
        usual = usual_height(wanted.type)
        return min(fitting, key=lambda unit: abs(np.log(height * unit / usual)))
    return fitting[0]


def usual_height(type: str) -> float:
    """Return the median height in metres of our own patterns of a type, laid flat."""
    style = import_module(PATTERNS[type])
    heights = []
    for i in range(9):
        pattern = style.draft(style.sample(rng_for("usual height", type, i)))
        y = np.concatenate([panel.outline(0.05)[:, 1] for panel in (*pattern.front, *pattern.back)])
        heights.append(np.ptp(y))
    return float(np.median(heights))


def _finish(path: Path, raw: Imported, vertices: np.ndarray, wanted: Wanted) -> Prepared:
    corners = vertices[raw.faces]
    area = areas(corners)
    if area.sum() < SMALLEST_AREA_M2:
        raise click.ClickException(f"{path}: the faces of {raw.name!r} have no area; export it again")
    fabric = _fabric(raw, area, wanted.fabric_slot)
    cloth = raw.material_index == fabric
    uv = np.stack([corners[:, :, 0], corners[:, :, 2]], axis=2)
    used, faces = np.unique(raw.faces[cloth], return_inverse=True)
    uv[cloth], trouble = cloth_uv(
        vertices[used],
        faces.reshape(-1, 3),
        None if raw.uv is None else raw.uv[cloth],
        up=1 if wanted.presentation == "flat" else 2,
    )
    order = [fabric, *(i for i in range(len(raw.slots)) if i != fabric)]
    mesh = Mesh(
        vertices=vertices.astype(np.float32),
        faces=raw.faces.astype(np.int32),
        uv=uv.astype(np.float32),
        ao=ambient_occlusion(vertices, raw.faces, ground=0.0 if wanted.presentation == "flat" else None),
        material_index=np.argsort(order)[raw.material_index].astype(np.int32),
    )
    return Prepared(
        raw.name,
        mesh,
        tuple(raw.slots[i].model_copy(update={"fabric": i == fabric}) for i in order),
        (f"{trouble}, so new ones were made",) if trouble else (),
    )


def _fabric(raw: Imported, area: np.ndarray, said: str | None) -> int:
    """Return the slot that carries the pattern: the one said, else the largest that is no trim by name."""
    names = [slot.name for slot in raw.slots]
    if said in names:
        return names.index(said)
    covered = np.bincount(raw.material_index, weights=area, minlength=len(names))
    cloth = [i for i, name in enumerate(names) if not NOT_CLOTH.search(name)]
    return max(cloth or range(len(names)), key=lambda i: covered[i])
