"""From a library file to a Blender object."""

from math import radians
from pathlib import Path

import numpy as np

from assets.common.blender import bpy
from assets.library import Garment, Mesh

UV_LAYER = "UVMap"
AO_LAYER = "AO"
SHARP = radians(70)
"""Edges bent further than this keep both faces' own normals: pressed seams, rims of buttons."""


def load_object(folder: Path | str, garment: Garment) -> bpy.types.Object:
    """Return the garment as an object that no collection holds yet.

    It has the UV layer "UVMap" (metres of cloth), the point colour attribute "AO", smooth shading but for
    sharp folds, and one empty material slot for each of `garment.slots`, in their order.
    """
    return to_object(garment.id, Mesh.load(Path(folder) / garment.file), slots=len(garment.slots))


def to_object(name: str, mesh: Mesh, slots: int) -> bpy.types.Object:
    """Return `mesh` as an unlinked object with `slots` empty material slots."""
    data = bpy.data.meshes.new(name)
    data.vertices.add(len(mesh.vertices))
    data.vertices.foreach_set("co", mesh.vertices.reshape(-1))
    data.loops.add(mesh.faces.size)
    data.attributes[".corner_vert"].data.foreach_set("value", mesh.faces.reshape(-1))
    data.polygons.add(len(mesh.faces))
    data.polygons.foreach_set("loop_start", np.arange(0, mesh.faces.size, 3, dtype=np.int32))
    data.update(calc_edges=True)
    data.uv_layers.new(name=UV_LAYER).uv.foreach_set("vector", mesh.uv.reshape(-1))
    colors = data.color_attributes.new(AO_LAYER, "FLOAT_COLOR", "POINT")
    rgba = mesh.ao.repeat(4).reshape(-1, 4).copy()
    rgba[:, 3] = 1.0
    colors.data.foreach_set("color", rgba.reshape(-1))
    for _ in range(slots):
        data.materials.append(None)
    slot = data.attributes.new("material_index", "INT", "FACE")
    slot.data.foreach_set("value", mesh.material_index)  # `polygons.foreach_set` takes 20 times as long
    data.shade_smooth()
    data.set_sharp_from_angle(angle=SHARP)
    data.update()
    return bpy.data.objects.new(name, data)
