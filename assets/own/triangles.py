"""An object of Blender's scene as triangles, and several of them as one garment."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assets.common.blender import bpy
from assets.library import Slot
from assets.own.looks import slot_of

_COPY = re.compile(r"\.\d{3}$")
"""What Blender puts behind the name of a second material of the same name."""


@dataclass(frozen=True)
class Imported:
    """Triangles in the file's unit, z up, as in `assets.library.Mesh` but vertices (V, 3) in float64.

    `uv` is None if the file has none; `step` is how far apart two neighbouring numbers of the file's
    vertices are.
    """

    name: str
    vertices: np.ndarray
    faces: np.ndarray
    uv: np.ndarray | None
    material_index: np.ndarray
    slots: tuple[Slot, ...]
    step: float


def part_of(body: bpy.types.Object, folder: Path) -> Imported:
    """Return one object with its modifiers and transform applied, triangulated.

    The transform is applied in double: far from the origin float32 would crumple the mesh.
    """
    evaluated = body.evaluated_get(bpy.context.evaluated_depsgraph_get())
    data = evaluated.to_mesh()
    data.calc_loop_triangles()
    triangles = data.loop_triangles
    local = np.empty(len(data.vertices) * 3, dtype=np.float32)
    data.vertices.foreach_get("co", local)
    faces, loops = (np.empty(len(triangles) * 3, dtype=np.int32) for _ in range(2))
    material = np.empty(len(triangles), dtype=np.int32)
    triangles.foreach_get("vertices", faces)
    triangles.foreach_get("loops", loops)
    triangles.foreach_get("material_index", material)
    uv = None
    if len(data.uv_layers):
        shown = next((layer for layer in data.uv_layers if layer.active_render), data.uv_layers[0])
        corners = np.empty(len(data.loops) * 2, dtype=np.float32)
        shown.uv.foreach_get("vector", corners)
        uv = corners.reshape(-1, 2)[loops].reshape(-1, 3, 2)
    slots = tuple(slot_of(s.material, body.name, folder) for s in body.material_slots)
    slots = slots or (slot_of(None, body.name, folder),)
    evaluated.to_mesh_clear()
    matrix = np.array(body.matrix_world, dtype=float)
    vertices = local.astype(float).reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3]
    faces = faces.reshape(-1, 3)
    if np.linalg.det(matrix[:3, :3]) < 0:
        faces, uv = faces[:, ::-1], None if uv is None else uv[:, ::-1]
    step = float(np.spacing(np.abs(local).max(initial=0))) * float(np.abs(matrix[:3, :3]).max())
    return Imported(body.name, vertices, faces, uv, material.clip(0, len(slots) - 1), slots, step)


def welded(part: Imported) -> Imported:
    """Return the part with equal vertices as one (some formats repeat them for every face), faces outward."""
    vertices, index = np.unique(part.vertices[part.faces].reshape(-1, 3), axis=0, return_inverse=True)
    faces = index.reshape(-1, 3)
    whole = (faces != np.roll(faces, 1, axis=1)).all(axis=1)
    faces, uv = faces[whole], None if part.uv is None else part.uv[whole]
    a, b, c = (vertices[faces[:, k]] - vertices.mean(axis=0) for k in range(3))
    if np.einsum("ij,ij->", a, np.cross(b, c)) < 0:
        faces, uv = faces[:, ::-1], None if uv is None else uv[:, ::-1]
    return replace(part, vertices=vertices, faces=faces, uv=uv, material_index=part.material_index[whole])


def joined(parts: list[Imported]) -> Imported:
    """Join the objects of a garment, called after its largest; objects without UVs get zeros.

    Slots of one name and look are one: cloth that several objects share is one cloth.
    """
    vertex_offset = np.cumsum([0, *(len(part.vertices) for part in parts)])
    slots: dict[Slot, Slot] = {}
    material = []
    for part in parts:
        keys = [slot.model_copy(update={"name": _COPY.sub("", slot.name)}) for slot in part.slots]
        for key, slot in zip(keys, part.slots, strict=True):
            slots.setdefault(key, slot)
        order = list(slots)
        material.append(np.array([order.index(key) for key in keys])[part.material_index])
    has_uv = any(part.uv is not None for part in parts)
    return Imported(
        max(parts, key=lambda part: float(np.ptp(part.vertices, axis=0).max())).name,
        np.concatenate([part.vertices for part in parts]),
        np.concatenate([part.faces + o for part, o in zip(parts, vertex_offset, strict=False)]),
        np.concatenate([np.zeros((len(p.faces), 3, 2)) if p.uv is None else p.uv for p in parts])
        if has_uv
        else None,
        np.concatenate(material),
        tuple(slots.values()),
        max(part.step for part in parts),
    )
