"""The material of a class, built once, and what an image gives it: values and pixels."""

from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from assets.common.blender import bpy
from assets.common.settings import Settings
from materials import folds, hems
from materials.fabric import MIRROR, Fabric
from materials.inputs import values_of
from materials.layers import (
    CLOTH_SOCKETS,
    CM,
    DRAPE_SOCKETS,
    NEAR_HEM,
    SPUN_INPUTS,
    fabric_group,
    fill,
    folds_group,
    pattern_group,
    placement_group,
    trims_group,
)
from materials.nodes import Graph
from materials.trims import Trims


def make_material(name: str) -> bpy.types.Material:
    """Build the material of class `name`: its pattern, trims and fabric over it.

    It reads the UV map "UVMap" (metres of cloth), the point attributes "AO" (0..1) and "Hem" and the
    bounding box.
    """
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    graph = Graph(tree)

    uv = graph.node("ShaderNodeUVMap", uv_map="UVMap")
    box = graph.node("ShaderNodeTexCoord")
    ao, hem = (
        graph.node("ShaderNodeAttribute", attribute_type="GEOMETRY", attribute_name=attribute)
        for attribute in ("AO", hems.HEM)
    )
    place = _group(graph, "Place", placement_group())
    folded = _group(graph, "Folds", folds_group())
    drawing = _group(graph, "Pattern", pattern_group(name))
    sewn = _group(graph, "Trims", trims_group())
    cloth = _group(graph, "Fabric", fabric_group())

    link = tree.links.new
    link(uv.outputs["UV"], place.inputs["UV"])
    link(box.outputs["Generated"], place.inputs["Generated"])
    for socket in CLOTH_SOCKETS:
        link(place.outputs[socket], folded.inputs[socket])
        for layer in (drawing, sewn, cloth):
            link(folded.outputs[socket], layer.inputs[socket])
    for socket in DRAPE_SOCKETS:
        link(folded.outputs[socket], cloth.inputs[socket])
    link(place.outputs["Flat"], cloth.inputs["Flat"])
    link(ao.outputs["Fac"], cloth.inputs["AO"])
    for layer in (sewn, cloth):
        link(hem.outputs["Fac"], layer.inputs[NEAR_HEM])
    link(drawing.outputs["Color"], sewn.inputs["Color"])
    link(sewn.outputs["Color"], cloth.inputs["Color"])
    link(drawing.outputs["Height"], cloth.inputs["Height"])
    principled = graph.node("ShaderNodeBsdfPrincipled")
    link(cloth.outputs["Color"], principled.inputs["Base Color"])
    link(cloth.outputs["Roughness"], principled.inputs["Roughness"])
    link(cloth.outputs["Sheen"], principled.inputs["Sheen Weight"])
    link(cloth.outputs["Normal"], principled.inputs["Normal"])
    principled.inputs["Specular IOR Level"].default_value = MIRROR / 0.08
    output = graph.node("ShaderNodeOutputMaterial")
    link(principled.outputs[0], output.inputs["Surface"])
    graph.arrange()
    return material


class Appearance(NamedTuple):
    """What a material is given for one image."""

    values: dict[str, dict[str, Any]]
    """Layer -> input -> a number, or linear RGBA."""
    images: dict[tuple[str, str], np.ndarray]
    """Layer and image node -> pixels: uint8 (H, W, 3), or (H, W, 4) with straight alpha; top row first."""


def appearance(params: Settings, sewn: Trims, cloth: Fabric, size: tuple[float, float, float]) -> Appearance:
    """Return what a material is given to show `params` with trims on `cloth`.

    `size` is that of the garment's bounding box in metres. A garment that is less high than deep lies flat,
    and its "up" is +y instead of +z.
    """
    x, y, z = size
    flat = z < y
    extent = x * CM, (y if flat else z) * CM
    of_cloth = values_of(cloth)
    values = {
        "Place": {"Flat": float(flat), "Size": (*extent, 0.0)},
        "Folds": {name: value for name, value in of_cloth.items() if name in SPUN_INPUTS},
        "Pattern": values_of(params),
        "Trims": values_of(sewn),
        "Fabric": {name: value for name, value in of_cloth.items() if name not in SPUN_INPUTS},
    }
    images = {
        ("Folds", folds.FOLDS): folds.draw_folds(cloth.folds, *extent),
    }
    module = import_module(type(params).__module__)
    if hasattr(module, "draw_image") and (pixels := module.draw_image(params)) is not None:
        images["Pattern", module.TILE] = pixels
    return Appearance(values, images)


def apply(material: bpy.types.Material, shown: Appearance, garment: bpy.types.Object) -> None:
    """Make `material` appear so on `garment`: set input values and pixels of images, and mark its hems."""
    nodes = material.node_tree.nodes
    for layer, values in shown.values.items():
        for name, value in values.items():
            nodes[layer].inputs[name].default_value = value
    for (layer, name), pixels in shown.images.items():
        fill(nodes[layer].node_tree.nodes[name].image, pixels)
    hems.mark(garment.data)


def plain_slot(
    name: str, color: tuple[float, float, float], roughness: float, metallic: float
) -> bpy.types.Material:
    """Return a material for what is not fabric (buttons, zips, hangers): linear RGB, all values 0..1."""
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    principled = next(n for n in material.node_tree.nodes if n.bl_idname == "ShaderNodeBsdfPrincipled")
    principled.inputs["Base Color"].default_value = (*color, 1.0)
    principled.inputs["Roughness"].default_value = roughness
    principled.inputs["Metallic"].default_value = metallic
    return material


def _group(graph: Graph, name: str, tree: Any) -> Any:
    return graph.node("ShaderNodeGroup", node_tree=tree, name=name, label=name)
