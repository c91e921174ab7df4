"""`python -m assets.add`: put one's own meshes into the garment library."""

import re
from pathlib import Path

import click
import numpy as np

from assets.common.blender import bpy
from assets.common.command import Command
from assets.importing import READERS, Imported, read_meshes
from assets.library import (
    INDEX,
    OWN,
    PRESENTATIONS,
    Garment,
    Mesh,
    Presentation,
    entry_for,
    read_library,
    write_index,
)
from assets.mesh import UV_LAYER, to_object
from assets.occlusion import ambient_occlusion
from assets.panels import cross
from assets.sheet import contact_sheet

SMALLEST_M, LARGEST_M = 0.25, 2.2
UNITS = (1.0, 0.01, 0.001, 0.0254, 0.3048)
"""Metres per unit of a file that does not say: metres, centimetres, millimetres, inches, feet."""
LARGEST_OVERLAP = 3.0
"""UV layouts that use the same cloth more often than this, on average, are unwrapped again."""


def normalised(path: Path, raw: Imported, height: float | None, presentation: Presentation) -> np.ndarray:
    """Return vertices (V, 3) in metres, centred, on z = 0 (a flat one: front up, neck toward +y).

    Raises click.ClickException if the size fits no garment in any unit and `height` (metres) is not given.
    """
    used = raw.vertices[np.unique(raw.faces)].astype(float)
    low, high = used.min(axis=0), used.max(axis=0)
    size = float((high - low)[2]) if height else float((high - low).max())
    if size <= 0:
        raise click.ClickException(f"{path}: it has no extent; export the garment again")
    fitting = [unit for unit in UNITS if SMALLEST_M <= size * unit <= LARGEST_M]
    if not height and not fitting:
        raise click.ClickException(f"{path}: {size:g} units across fits no garment; say --height in metres")
    scale = height / size if height else fitting[0]
    vertices = (raw.vertices - [*((low + high) / 2)[:2], low[2]]) * scale
    if presentation == "flat" and np.ptp(vertices[:, 1]) < np.ptp(
        vertices[:, 2]
    ):  # it stands: lay it on its back
        vertices = np.column_stack([vertices[:, 0], vertices[:, 2], -vertices[:, 1]])
        vertices -= [0, np.ptp(vertices[:, 1]) / 2, vertices[:, 2].min()]
    return vertices


def cloth_uv(vertices: np.ndarray, raw: Imported) -> np.ndarray:
    """Return UVs (F, 3, 2) in metres of cloth: the file's own, rescaled, or new ones if they are no use."""
    uv = raw.uv
    if uv is None or not np.isfinite(uv).all() or _overlap(uv) > LARGEST_OVERLAP:
        uv = _unwrap(vertices, raw.faces)
    on_mesh, on_uv = (
        np.linalg.norm(np.roll(corners, 1, axis=1) - corners, axis=2) for corners in (vertices[raw.faces], uv)
    )
    good = on_uv > 1e-9
    return uv * np.median(on_mesh[good] / on_uv[good])


def _double_area(uv: np.ndarray) -> np.ndarray:
    a, b, c = np.moveaxis(uv, 1, 0)
    return np.abs(cross(b - a, c - a))


def _overlap(uv: np.ndarray) -> float:
    """Return how often the layout covers its own ground; infinite if half its faces have no area."""
    area = _double_area(uv)
    if (area < 1e-12).mean() > 0.5:
        return np.inf
    cells = np.floor(uv.mean(axis=1) / np.sqrt(np.median(area))).astype(int)
    return len(cells) / len(np.unique(cells, axis=0)) / 2


def _unwrap(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Return UVs (F, 3, 2) by Blender's projection from many sides."""
    mesh = Mesh(
        vertices.astype(np.float32),
        faces,
        np.zeros((len(faces), 3, 2), np.float32),
        np.ones(len(vertices), np.float32),
        np.zeros(len(faces), np.int32),
    )
    body = to_object("unwrap", mesh, slots=1)
    bpy.context.scene.collection.objects.link(body)
    bpy.context.view_layer.objects.active = body
    body.select_set(True)
    bpy.ops.object.mode_set(mode="EDIT")
    bpy.ops.mesh.select_all(action="SELECT")
    bpy.ops.uv.smart_project(island_margin=0.01)
    bpy.ops.object.mode_set(mode="OBJECT")
    uv = np.empty(faces.size * 2, dtype=np.float32)
    body.data.uv_layers[UV_LAYER].uv.foreach_get("vector", uv)
    return uv.reshape(-1, 3, 2)


def add(
    path: Path,
    out: Path,
    type: str,
    presentation: Presentation,
    height: float | None = None,
    fabric_slot: str | None = None,
    budget: int = 12_000,
) -> Garment:
    """Put one file into the library in `out`; return its entry. A bad file leaves the library as it was."""
    raw = read_meshes(path, budget)
    vertices = normalised(path, raw, height, presentation)
    uv = cloth_uv(vertices, raw)
    corners = vertices[raw.faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    if area.sum() < 1e-4:
        raise click.ClickException(f"{path}: its faces have no area; export the garment again")
    names = [slot.name for slot in raw.slots]
    if fabric_slot and fabric_slot not in names:
        raise click.ClickException(f"{path}: no material {fabric_slot!r}; it has {', '.join(names)}")
    fabric = (
        names.index(fabric_slot)
        if fabric_slot
        else int(np.bincount(raw.material_index, weights=area).argmax())
    )
    order = [fabric, *(i for i in range(len(names)) if i != fabric)]
    slots = [raw.slots[i].model_copy(update={"fabric": i == fabric}) for i in order]
    mesh = Mesh(
        vertices=vertices.astype(np.float32),
        faces=raw.faces.astype(np.int32),
        uv=uv.astype(np.float32),
        ao=ambient_occlusion(vertices, raw.faces, ground=0.0 if presentation == "flat" else None),
        material_index=np.argsort(order)[raw.material_index].astype(np.int32),
    )
    id = OWN + re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")
    file = out / f"{id}.npz"
    mesh.save(file)
    entry = entry_for(file, mesh, type=type, presentation=presentation, seed=0, slots=slots)
    others = [g for g in read_library(out) if g.id != id] if (out / INDEX).exists() else []
    write_index(out, [*others, entry])
    return entry


@click.command(
    cls=Command,
    epilog="Example: python -m assets.add my_dress.glb --type dress --height 1.05. "
    f"Reads {' '.join(READERS)}; scripts inside .blend files never run.",
)
@click.argument("paths", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("data/garments"),
    show_default=True,
    help="Garment library.",
)
@click.option("--type", default="other", show_default=True, help="Type of garment, for the index.")
@click.option(
    "--presentation",
    type=click.Choice(PRESENTATIONS),
    default="worn",
    show_default=True,
    help="How the garment is shown, for the index.",
)
@click.option(
    "--height", type=click.FloatRange(0.1, 3.0), help="Height in metres.  [default: guess the unit]"
)
@click.option("--fabric-slot", help="Material that carries the pattern.  [default: the largest]")
@click.option(
    "--budget", type=click.IntRange(500, 200_000), default=12_000, show_default=True, help="Vertices."
)
@click.option(
    "--sheet",
    type=click.Path(path_type=Path),
    default=Path("added.png"),
    show_default=True,
    help="Picture of what was added.",
)
def main(
    paths: tuple[Path, ...],
    out: Path,
    type: str,
    presentation: Presentation,
    height: float | None,
    fabric_slot: str | None,
    budget: int,
    sheet: Path,
) -> None:
    """Put meshes of your own into the garment library, one garment per file, and draw each to look at."""
    added = [add(path, out, type, presentation, height, fabric_slot, budget) for path in paths]
    contact_sheet(out, added, sheet)
    for garment in added:
        x, y, z = garment.dimensions_m
        click.echo(f"{garment.id}: {x:.2f} x {y:.2f} x {z:.2f} m, {garment.vertices} vertices")
    click.echo(f"{sheet}: look at what was added")


if __name__ == "__main__":
    main()
