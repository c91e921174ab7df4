"""A garment of a user's file made fit for the library: upright, in metres, with UVs and occlusion."""

import re
import signal
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import click
import numpy as np

from assets.common.blender import silence
from assets.library import Mesh, Presentation, Slot
from assets.own.cloth_uv import cloth_uv
from assets.own.fit import refuse_unfit
from assets.own.formats import SILENT
from assets.own.importing import Imported, read_meshes
from assets.own.pose import posed, usual_axis
from assets.own.size import metres_per_unit
from assets.own.words import plain
from assets.patterns import PATTERNS
from assets.sewing.occlusion import ambient_occlusion
from assets.sewing.strain import areas

NOT_CLOTH = re.compile(r"button|zip|buckle|hanger|hook|mannequin|manikin|dummy|avatar|skin", re.IGNORECASE)
"""Materials and objects named like this carry the pattern only if `--fabric-slot` says so."""
LARGEST_MEMORY, LONGEST_S = 16 * 2**30, 600
"""Address space and seconds that reading one file may take."""


@dataclass(frozen=True)
class Wanted:
    """What the user said about the files; `height` in metres, `up` the axis that points to the neck."""

    type: str = "other"
    presentation: Presentation = "worn"
    height: float | None = None
    unit: str | None = None
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
    """Call `prepare` as the only task of its process, of which it limits memory and time (on Linux).

    What Blender prints goes nowhere.
    """
    if sys.platform == "linux":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]  # a smaller one than ours stays
        most = LARGEST_MEMORY if hard == resource.RLIM_INFINITY else min(LARGEST_MEMORY, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        signal.alarm(LONGEST_S)
    with silence():
        return prepare(wanted, path)


def prepare(wanted: Wanted, path: Path) -> list[Prepared]:
    """Return the garments of the file at `path`; the first one's remarks are those on the file, too.

    Raises click.ClickException that names the file and the cure if one of them is of no use.
    """
    file = read_meshes(path, wanted.budget, wanted.per_object)
    garments, remarks = file.garments, list(file.remarks)
    largest = max(garments, key=lambda raw: float(np.ptp(raw.vertices, axis=0).max()))
    up = wanted.up or "z"
    silent = SILENT.get(path.suffix.lower())
    if silent and not wanted.up:
        up = usual_axis(largest, silent, wanted.type)
        remarks.append(f"it states no axes: taken with {up} to the neck; --up says otherwise")
    by_shape = bool(silent) and wanted.type in PATTERNS
    vertices = []
    for raw in garments:
        v, stood = posed(raw, wanted.presentation, up, stand=not wanted.up and not by_shape)
        vertices.append(v)
        if stood:
            remarks.append(f"{plain(raw.name)} lay on its back and was stood up; --up says otherwise")
    axis = 1 if wanted.presentation == "flat" else 2
    height = max(float(np.ptp(v[:, axis])) for v in vertices)
    if height <= 0:
        raise click.ClickException(f"{path}: it has no extent; export the garment again")
    scale, said = metres_per_unit(
        path,
        height,
        max(float(np.ptp(v, axis=0).max()) for v in vertices),
        type=wanted.type,
        stated=file.metres,
        said_height=wanted.height,
        said_unit=wanted.unit,
    )
    slots = dict.fromkeys(slot.name for raw in garments for slot in raw.slots)
    if wanted.fabric_slot and plain(wanted.fabric_slot) not in slots:
        raise click.ClickException(f"{path}: no material {wanted.fabric_slot!r}; it has {', '.join(slots)}")
    prepared = [_finish(path, raw, v * scale, wanted) for raw, v in zip(garments, vertices, strict=True)]
    return [replace(prepared[0], remarks=(*remarks, *said, *prepared[0].remarks)), *prepared[1:]]


def _finish(path: Path, raw: Imported, vertices: np.ndarray, wanted: Wanted) -> Prepared:
    corners = vertices[raw.faces]
    refuse_unfit(path, raw, vertices, wanted.presentation)
    area = areas(corners)
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
        plain(raw.name),
        mesh,
        tuple(raw.slots[i].model_copy(update={"fabric": i == fabric}) for i in order),
        (f"{trouble}, so new ones were made",) if trouble else (),
    )


def _fabric(raw: Imported, area: np.ndarray, said: str | None) -> int:
    """Return the slot that carries the pattern: the one said, else the largest that is no trim by name."""
    names = [slot.name for slot in raw.slots]
    if said and plain(said) in names:
        return names.index(plain(said))
    covered = np.bincount(raw.material_index, weights=area, minlength=len(names))
    cloth = [i for i, name in enumerate(names) if not NOT_CLOTH.search(name)]
    return max(cloth or range(len(names)), key=lambda i: covered[i])
