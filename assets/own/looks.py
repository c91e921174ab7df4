"""The plain look of a Blender material: what a button or a hanger keeps."""

from pathlib import Path

import numpy as np

from assets.common.blender import bpy
from assets.library import Slot
from assets.own.words import plain

MOST_PIXELS = 2**26
"""A texture of more pixels than this is not averaged."""


def slot_of(material: bpy.types.Material | None, fallback: str, folder: Path) -> Slot:
    """Return colour (a texture's average, where there is one), roughness and metallic of a material.

    `fallback` names an object without materials; textures are read from inside `folder` only.
    """
    if material is None:
        return Slot(name=plain(fallback) or "cloth")
    color = np.array(material.diffuse_color[:3])
    roughness, metallic = material.roughness, material.metallic
    for node in material.node_tree.nodes if material.use_nodes and material.node_tree else ():
        if node.type == "BSDF_PRINCIPLED":
            base = node.inputs["Base Color"]
            painted = _painted(base, folder) if base.is_linked else None
            color = np.array(base.default_value[:3]) if painted is None else painted
            roughness = node.inputs["Roughness"].default_value
            metallic = node.inputs["Metallic"].default_value
    red, green, blue = (float(c) for c in np.nan_to_num(color).clip(0, 1))
    return Slot(
        name=plain(material.name) or "cloth",
        color=(red, green, blue),
        roughness=float(np.clip(np.nan_to_num(roughness), 0, 1)),
        metallic=float(np.clip(np.nan_to_num(metallic), 0, 1)),
    )


def _painted(socket: bpy.types.NodeSocket, folder: Path, depth: int = 8) -> np.ndarray | None:
    """Return the linear RGB (3,) of the first texture behind a socket, times the colours it is mixed with."""
    if not socket.is_linked or depth == 0:
        return None
    node = socket.links[0].from_node
    if node.type == "TEX_IMAGE":
        return _average(node.image, folder)
    for source in node.inputs:
        painted = _painted(source, folder, depth - 1)
        if painted is None:
            continue
        if node.type == "MIX" and node.blend_type == "MULTIPLY":
            for other in node.inputs:
                if other.type == "RGBA" and other.enabled and not other.is_linked:
                    painted = painted * np.array(other.default_value[:3])
        return painted
    return None


def _average(image: bpy.types.Image | None, folder: Path) -> np.ndarray | None:
    """Return the mean linear RGB (3,) of an image's opaque pixels; None if it cannot be read."""
    if image is None or not (image.packed_file or _inside(image, folder)):
        return None
    width, height = image.size
    if not 0 < width * height <= MOST_PIXELS or image.channels < 3:
        return None
    pixels = np.empty(width * height * image.channels, dtype=np.float32)
    image.pixels.foreach_get(pixels)
    pixels = pixels.reshape(-1, image.channels)
    rgb = pixels[:, :3]
    if image.colorspace_settings.name == "sRGB" and not image.is_float:
        rgb = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    weight = pixels[:, 3] if image.channels == 4 and pixels[:, 3].any() else np.ones(len(pixels))
    return np.average(rgb, axis=0, weights=weight)


def _inside(image: bpy.types.Image, folder: Path) -> bool:
    path = Path(bpy.path.abspath(image.filepath)).resolve()
    return path.is_file() and path.is_relative_to(folder.resolve())
