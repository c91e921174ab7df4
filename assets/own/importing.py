"""Reading a user's mesh file into triangles, garment by garment."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from scipy.sparse.csgraph import connected_components

from assets.common.blender import bpy, empty_scene, silence
from assets.library import Slot
from assets.own.suspicious import refuse_suspicious

NOT_CLOTH = re.compile(r"button|zip|buckle|hanger|hook|mannequin|manikin|dummy|avatar|skin", re.IGNORECASE)
"""Materials and objects named like this carry the pattern only if `--fabric-slot` says so."""
GAP, SMALL = 0.01, 0.2
"""Objects further apart than this share of the file's extent are different garments, unless one is smaller
than this share of the largest."""


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

    name: str
    vertices: np.ndarray
    faces: np.ndarray
    uv: np.ndarray | None
    material_index: np.ndarray
    slots: tuple[Slot, ...]


def read_meshes(path: Path, budget: int, per_object: bool = False) -> list[Imported]:
    """Return the garments of a file, each of at most about `budget` vertices.

    Objects whose boxes touch are one garment, with its buttons and its hanger; `per_object` makes each a
    garment of its own. Raises click.ClickException that names the file and the cure if it is not a mesh one
    can use.
    """
    if path.suffix.lower() not in READERS:
        raise click.ClickException(f"{path}: unknown kind of file; give one of {' '.join(READERS)}")
    refuse_suspicious(path)
    empty_scene()
    try:
        with silence():
            READERS[path.suffix.lower()](str(path))
    except Exception as error:  # the readers are Blender's add-ons, which raise whatever they meet
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise click.ClickException(
            f"{path}: Blender cannot read it ({reason}); export it again, best as .glb"
        ) from None
    bodies = [item for item in bpy.context.scene.objects if item.type == "MESH" and len(item.data.polygons)]
    if not bodies:
        raise click.ClickException(f"{path}: it holds no faces; export a mesh, not curves or points")
    parts = [_part(body) for body in bodies]
    if not all(np.isfinite(part.vertices).all() for part in parts):
        raise click.ClickException(f"{path}: some vertices are not numbers; clean the mesh up")
    groups = np.arange(len(parts)) if per_object else _garments(parts)
    for group in np.unique(groups):
        mine = [body for body, g in zip(bodies, groups, strict=True) if g == group]
        total = sum(len(parts[bodies.index(body)].vertices) for body in mine)
        for body in mine:
            if total > budget:
                body.modifiers.new("weld", "WELD").merge_threshold = 1e-6 * max(body.dimensions)
                body.modifiers.new("budget", "DECIMATE").ratio = budget / total
                parts[bodies.index(body)] = _part(body)
    return [
        _merge([part for part, g in zip(parts, groups, strict=True) if g == group])
        for group in dict.fromkeys(groups)
    ]


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
    return _welded(
        Imported(body.name, vertices.reshape(-1, 3), faces, uv, material.clip(0, len(slots) - 1), slots)
    )


def _welded(part: Imported) -> Imported:
    """Return the part with equal vertices as one (some formats repeat them for every face), faces outward."""
    vertices, index = np.unique(part.vertices[part.faces].reshape(-1, 3), axis=0, return_inverse=True)
    faces = index.reshape(-1, 3)
    whole = (faces != np.roll(faces, 1, axis=1)).all(axis=1)
    faces, uv = faces[whole], None if part.uv is None else part.uv[whole]
    a, b, c = (vertices[faces[:, k]] - vertices.mean(axis=0) for k in range(3))
    if np.einsum("ij,ij->", a, np.cross(b, c)) < 0:
        faces, uv = faces[:, ::-1], None if uv is None else uv[:, ::-1]
    return Imported(part.name, vertices, faces, uv, part.material_index[whole], part.slots)


def _slot(material: bpy.types.Material | None, fallback: str) -> Slot:
    """Return the plain look of a Blender material: base colour, roughness, metallic."""
    if material is None:
        return Slot(name=fallback)
    color, roughness, metallic = material.diffuse_color, material.roughness, material.metallic
    for node in material.node_tree.nodes if material.use_nodes and material.node_tree else ():
        if node.type == "BSDF_PRINCIPLED":
            color = node.inputs["Base Color"].default_value
            roughness = node.inputs["Roughness"].default_value
            metallic = node.inputs["Metallic"].default_value
    red, green, blue = (float(np.clip(c, 0, 1)) for c in color[:3])
    return Slot(
        name=material.name,
        color=(red, green, blue),
        roughness=float(np.clip(roughness, 0, 1)),
        metallic=float(np.clip(metallic, 0, 1)),
    )


def _merge(parts: list[Imported]) -> Imported:
    """Join the objects of a garment, called after its largest; objects without UVs get zeros."""
    vertex_offset = np.cumsum([0, *(len(part.vertices) for part in parts)])
    slot_offset = np.cumsum([0, *(len(part.slots) for part in parts)])
    has_uv = any(part.uv is not None for part in parts)
    return Imported(
        max(parts, key=lambda part: float(np.ptp(part.vertices, axis=0).max())).name,
        np.concatenate([part.vertices for part in parts]),
        np.concatenate([part.faces + o for part, o in zip(parts, vertex_offset, strict=False)]),
        np.concatenate([np.zeros((len(p.faces), 3, 2)) if p.uv is None else p.uv for p in parts])
        if has_uv
        else None,
        np.concatenate([part.material_index + o for part, o in zip(parts, slot_offset, strict=False)]),
        tuple(slot for part in parts for slot in part.slots),
    )
