"""The kinds of mesh file, and a file opened as Blender's scene: what shows in it, and its unit."""

from collections.abc import Callable
from pathlib import Path

import click

from assets.common.blender import bpy, empty_scene
from assets.own.words import quoted

SILENT = {".obj": "y", ".stl": "z", ".ply": "z"}
"""Formats that state neither their unit nor their axes, and the axis that mostly points up in them."""


def _operator(category: str, name: str, **options: str | bool) -> Callable[[str], object]:
    return lambda path: getattr(getattr(bpy.ops, category), name)(filepath=path, **options)


_AS_IT_STANDS = {"forward_axis": "Y", "up_axis": "Z"}
READERS: dict[str, Callable[[str], object]] = {
    ".glb": _operator("import_scene", "gltf"),
    ".gltf": _operator("import_scene", "gltf"),
    ".obj": _operator("wm", "obj_import", **_AS_IT_STANDS),
    ".fbx": _operator("import_scene", "fbx"),
    ".blend": _operator("wm", "open_mainfile", load_ui=False, use_scripts=False),
    ".usd": _operator("wm", "usd_import"),
    ".usda": _operator("wm", "usd_import"),
    ".usdc": _operator("wm", "usd_import"),
    ".usdz": _operator("wm", "usd_import"),
    ".stl": _operator("wm", "stl_import", **_AS_IT_STANDS),
    ".ply": _operator("wm", "ply_import", **_AS_IT_STANDS),
}


def open_file(path: Path) -> float | None:
    """Open the file as the current scene; return its metres per unit, None if it states none.

    The axes of a `SILENT` format are left as they stand. Scripts and drivers of a .blend never run. Raises
    click.ClickException that says what the reader stumbled over.
    """
    empty_scene()
    try:
        READERS[path.suffix.lower()](str(path))
    except Exception as error:  # the readers are Blender's add-ons, which raise whatever they meet
        raise click.ClickException(
            f"{path}: Blender cannot read it ({_reason(error)}); export it again, best as .glb"
        ) from None
    if path.suffix.lower() in SILENT:
        return None
    units = bpy.context.scene.unit_settings
    return 1.0 if units.system == "NONE" else float(units.scale_length)


def _reason(error: Exception) -> str:
    """Return what an exception says, of an add-on's traceback only the last line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith("Location:")]
    if any("Traceback" in line for line in lines):
        lines = lines[-1:]
    return " ".join(" ".join(lines).removeprefix("Error: ").split())[:200] or type(error).__name__


def shown_bodies() -> tuple[list[bpy.types.Object], list[str]]:
    """Return the scene's objects with faces that one sees, and a remark for each that was left out.

    Shapes that Blender or an animator draws bones with are left out without a remark.
    """
    scene = bpy.context.scene
    if not any(item.type == "MESH" for item in scene.objects):  # a .blend of assets, in no scene
        for item in bpy.data.objects:
            if item.name not in scene.objects:
                scene.collection.objects.link(item)
    bpy.context.view_layer.update()
    rigs = [item for item in scene.objects if item.type == "ARMATURE" and item.pose]
    shapes = {bone.custom_shape.name for rig in rigs for bone in rig.pose.bones if bone.custom_shape}
    bodies, remarks = [], []
    for body in scene.objects:
        if body.type != "MESH" or not len(body.data.polygons) or body.name in shapes:
            continue
        if any(c.name.startswith("glTF_not_exported") for c in body.users_collection):
            continue
        if body.hide_render or not body.visible_get():
            remarks.append(f"left out {quoted(body.name)}, which is hidden")
        elif body.parent is not None and body.parent.type == "CAMERA":
            remarks.append(f"left out {quoted(body.name)}, which is fixed to a camera")
        else:
            bodies.append(body)
    return bodies, remarks
