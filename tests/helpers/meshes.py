"""Meshes as a user may have them, made and exported by Blender."""

import numpy as np

from assets.common.blender import bpy, empty_scene, silence

EXPORT = {
    "glb": lambda p: bpy.ops.export_scene.gltf(filepath=p),
    "gltf": lambda p: bpy.ops.export_scene.gltf(filepath=p, export_format="GLTF_SEPARATE"),
    "obj": lambda p: bpy.ops.wm.obj_export(filepath=p),
    "fbx": lambda p: bpy.ops.export_scene.fbx(filepath=p),
    "usd": lambda p: bpy.ops.wm.usd_export(filepath=p),
    "usda": lambda p: bpy.ops.wm.usd_export(filepath=p),
    "usdc": lambda p: bpy.ops.wm.usd_export(filepath=p),
    "usdz": lambda p: bpy.ops.wm.usd_export(filepath=p),
    "stl": lambda p: bpy.ops.wm.stl_export(filepath=p),
    "ply": lambda p: bpy.ops.wm.ply_export(filepath=p),
    "blend": lambda p: bpy.ops.wm.save_as_mainfile(filepath=p),
}
NO_MATERIALS = ("stl", "ply")


def cylinder(name, radius, depth, z, x=0.0, color=(0.2, 0.4, 0.6, 1.0)):
    bpy.ops.mesh.primitive_cylinder_add(radius=radius, depth=depth, location=(x, 0, z), vertices=48)
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    material.node_tree.nodes["Principled BSDF"].inputs["Base Color"].default_value = color
    bpy.context.object.name = name
    bpy.context.object.data.materials.append(material)
    return bpy.context.object


def export(path):
    with silence():
        EXPORT[path.suffix[1:]](str(path))
    empty_scene()
    return path


def tube(path):
    """Export a tube 0.9 m high with a small knob of another material."""
    empty_scene()
    cylinder("cloth", 0.25, 0.9, 0.45)
    cylinder("knob", 0.02, 0.02, 0.5)
    return export(path)


def tapered(bottom=0.25, top=0.25, height=1.05, rows=12, around=24):
    """Return vertices (V, 3), z up, and quads (F, 4) of an open tube, with its radii in metres."""
    t, turn = np.linspace(0, 1, rows + 1), np.linspace(0, 2 * np.pi, around, endpoint=False)
    radius = bottom + (top - bottom) * t
    ring = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    vertices = np.concatenate(
        [np.column_stack([r * ring, np.full(around, height * k)]) for r, k in zip(radius, t, strict=True)]
    )
    i, j = (a.reshape(-1) for a in np.meshgrid(np.arange(rows), np.arange(around), indexing="ij"))
    next_j = (j + 1) % around
    quads = np.stack(
        [i * around + j, i * around + next_j, (i + 1) * around + next_j, (i + 1) * around + j], axis=1
    )
    return vertices, quads


def add(name, vertices, faces, material=None):
    """Put a mesh into the scene, and return its object."""
    data = bpy.data.meshes.new(name)
    data.from_pydata(np.asarray(vertices).tolist(), [], np.asarray(faces).tolist())
    body = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(body)
    if material:
        data.materials.append(bpy.data.materials.get(material) or bpy.data.materials.new(material))
    return body


def plane(name, size):
    """Put a horizontal square into the scene."""
    half = size / 2
    return add(name, [[-half, -half, 0], [half, -half, 0], [half, half, 0], [-half, half, 0]], [[0, 1, 2, 3]])


def obj_text(vertices, faces, head=""):
    """Return an .obj of the numbers as they stand."""
    rows = [*(f"v {x!r} {y!r} {z!r}" for x, y, z in np.asarray(vertices).tolist())]
    rows += ["f " + " ".join(str(k + 1) for k in face) for face in np.asarray(faces).tolist()]
    return head + "\n".join(rows) + "\n"
