"""Reading a user's mesh file: untrusted input, so it is checked before and after Blender sees it."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import click
import numpy as np

from assets.common.blender import bpy, empty_scene, silence
from assets.library import Slot

LARGEST_FILE = 500 * 2**20
LARGEST_UNPACKED = 2 * 2**30


def _open_blend(path: str) -> None:
    """Append the file's objects. Its scripts and driver expressions stay off: auto-run is never enabled."""
    bpy.context.preferences.filepaths.use_scripts_auto_execute = False
    with bpy.data.libraries.load(path, link=False) as (source, target):
        target.objects = source.objects
    for item in target.objects:
        if item is not None:
            bpy.context.scene.collection.objects.link(item)


def _operator(category: str, name: str) -> Callable[[str], None]:
    return lambda path: getattr(getattr(bpy.ops, category), name)(filepath=path)


READERS: dict[str, Callable[[str], None]] = {
    ".glb": _operator("import_scene", "gltf"),
    ".gltf": _operator("import_scene", "gltf"),
    ".obj": _operator("wm", "obj_import"),
    ".fbx": _operator("import_scene", "fbx"),
    ".blend": _open_blend,
    ".usd": _operator("wm", "usd_import"),
    ".usda": _operator("wm", "usd_import"),
    ".usdc": _operator("wm", "usd_import"),
    ".usdz": _operator("wm", "usd_import"),
    ".stl": _operator("wm", "stl_import"),
    ".ply": _operator("wm", "ply_import"),
}


@dataclass(frozen=True)
class Imported:
    """Triangles in the file's unit, z up, as in `assets.library.Mesh`; `uv` is None if the file has none."""

    vertices: np.ndarray
    faces: np.ndarray
    uv: np.ndarray | None
    material_index: np.ndarray
    slots: tuple[Slot, ...]


def read_meshes(path: Path, budget: int) -> Imported:
    """Return all meshes of a file as one, of at most about `budget` vertices.

    Raises click.ClickException that names the file and the cure if it is not a mesh one can use.
    """
    _refuse_suspicious(path)
    empty_scene()
    try:
        with silence():
            READERS[path.suffix.lower()](str(path))
    except (RuntimeError, OSError, ValueError, KeyError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise click.ClickException(
            f"{path}: Blender cannot read it ({reason}); export it again, best as .glb"
        ) from None
    bodies = [item for item in bpy.context.scene.objects if item.type == "MESH" and len(item.data.polygons)]
    if not bodies:
        raise click.ClickException(f"{path}: it holds no faces; export a mesh, not curves or points")
    total = sum(len(body.data.vertices) for body in bodies)
    for body in bodies:
        if total > budget:
            body.modifiers.new("budget", "DECIMATE").ratio = budget / total
    parts = [_part(body) for body in bodies]
    if not all(np.isfinite(part.vertices).all() for part in parts):
        raise click.ClickException(f"{path}: some vertices are not numbers; clean the mesh up")
    return _merge(parts)


def _refuse_suspicious(path: Path) -> None:
    """Raise click.ClickException for a file that is absent, unknown, too large, or a harmful archive."""
    if path.suffix.lower() not in READERS:
        raise click.ClickException(f"{path}: unknown kind of file; give one of {' '.join(READERS)}")
    if not path.is_file():
        raise click.ClickException(f"{path}: no such file")
    if path.stat().st_size > LARGEST_FILE:
        raise click.ClickException(
            f"{path}: larger than 500 MB; export only the garment, without its textures"
        )
    if path.suffix.lower() != ".usdz":
        return
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile:
        raise click.ClickException(f"{path}: not a .usdz archive; export it again") from None
    for member in members:
        inside = PurePosixPath(member.filename.replace("\\", "/"))
        if inside.is_absolute() or ".." in inside.parts:
            raise click.ClickException(
                f"{path}: its member {member.filename!r} escapes the archive; do not use it"
            )
    if sum(member.file_size for member in members) > LARGEST_UNPACKED:
        raise click.ClickException(
            f"{path}: unpacks to more than 2 GB; export only the garment, without its textures"
        )


def _part(body: bpy.types.Object) -> Imported:
    """Return one object with its modifiers and transform applied, triangulated."""
    evaluated = body.evaluated_get(bpy.context.evaluated_depsgraph_get())
    data = evaluated.to_mesh()
    data.transform(body.matrix_world)
    data.calc_loop_triangles()
    triangles = data.loop_triangles
    vertices = np.empty(len(data.vertices) * 3, dtype=np.float32)
    data.vertices.foreach_get("co", vertices)
    faces, loops = (np.empty(len(triangles) * 3, dtype=np.int32) for _ in range(2))
    material = np.empty(len(triangles), dtype=np.int32)
    triangles.foreach_get("vertices", faces)
    triangles.foreach_get("loops", loops)
    triangles.foreach_get("material_index", material)
    uv = None
    if data.uv_layers.active:
        corners = np.empty(len(data.loops) * 2, dtype=np.float32)
        data.uv_layers.active.uv.foreach_get("vector", corners)
        uv = corners.reshape(-1, 2)[loops].reshape(-1, 3, 2)
    slots = tuple(_slot(slot.material, body.name) for slot in body.material_slots) or (Slot(name=body.name),)
    evaluated.to_mesh_clear()
    faces = faces.reshape(-1, 3)
    if np.linalg.det(np.array(body.matrix_world)[:3, :3]) < 0:
        faces, uv = faces[:, ::-1], None if uv is None else uv[:, ::-1]
    return Imported(vertices.reshape(-1, 3), faces, uv, material.clip(0, len(slots) - 1), slots)


def _slot(material: bpy.types.Material | None, fallback: str) -> Slot:
    """Return the plain look of a Blender material: base colour, roughness, metallic."""
    if material is None:
        return Slot(name=fallback)
    red, green, blue = (min(max(float(c), 0.0), 1.0) for c in material.diffuse_color[:3])
    return Slot(
        name=material.name,
        color=(red, green, blue),
        roughness=min(max(material.roughness, 0.0), 1.0),
        metallic=min(max(material.metallic, 0.0), 1.0),
    )


def _merge(parts: list[Imported]) -> Imported:
    """Join the objects of a file; UVs only if all have them."""
    vertex_offset = np.cumsum([0, *(len(part.vertices) for part in parts)])
    slot_offset = np.cumsum([0, *(len(part.slots) for part in parts)])
    uvs = [part.uv for part in parts if part.uv is not None]
    return Imported(
        np.concatenate([part.vertices for part in parts]),
        np.concatenate([part.faces + o for part, o in zip(parts, vertex_offset, strict=False)]),
        np.concatenate(uvs) if len(uvs) == len(parts) else None,
        np.concatenate([part.material_index + o for part, o in zip(parts, slot_offset, strict=False)]),
        tuple(slot for part in parts for slot in part.slots),
    )
