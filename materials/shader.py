"""Blender materials: one per class, built once; a draw sets input values only, so EEVEE compiles it once."""

from importlib import import_module
from typing import Any

from assets.common.blender import bpy
from assets.common.settings import Settings
from materials import folds, hems
from materials.fabric import Fabric
from materials.inputs import values_of
from materials.layers import (
    CLOTH_SOCKETS,
    CM,
    DRAPE_SOCKETS,
    NEAR_HEM,
    fabric_group,
    fill,
    folds_group,
    pattern_group,
    placement_group,
    trims_group,
)
from materials.light import MIRROR, emit
from materials.nodes import Graph
from materials.trims import Trims


def make_material(name: str, lamps: bool = True) -> bpy.types.Material:
    """Build the material of class `name`: its pattern, trims and fabric over it, lit by Blender's `lamps`.

    It reads the UV map "UVMap" (metres of cloth), the point attribute "AO" (0..1) and the bounding box.
    Without `lamps` it shows the light that the mesh's attributes "Light", "Bend" and "Shine" hold.
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
    if lamps:
        principled = graph.node("ShaderNodeBsdfPrincipled")
        link(cloth.outputs["Color"], principled.inputs["Base Color"])
        link(cloth.outputs["Roughness"], principled.inputs["Roughness"])
        link(cloth.outputs["Sheen"], principled.inputs["Sheen Weight"])
        link(cloth.outputs["Normal"], principled.inputs["Normal"])
        principled.inputs["Specular IOR Level"].default_value = MIRROR / 0.08
        output = graph.node("ShaderNodeOutputMaterial")
        link(principled.outputs[0], output.inputs["Surface"])
    else:
        color, normal, roughness = (graph.value(cloth.outputs[n]) for n in ("Color", "Normal", "Roughness"))
        emit(graph, color, normal, roughness)
        material.surface_render_method = "BLENDED"  # forward shading: no lighting pass over its pixels
    graph.arrange()
    return material


def apply(
    material: bpy.types.Material,
    params: Settings,
    sewn: Trims,
    cloth: Fabric,
    garment: bpy.types.Object,
) -> None:
    """Make `material` show `params` with trims on `cloth`, placed on the bounding box of `garment`.

    Sets input values and the pixels of images only, and marks the garment's hems. A garment that is less
    high than deep lies flat, and its "up" is +y instead of +z.
    """
    nodes = material.node_tree.nodes
    _set(nodes["Pattern"], values_of(params))
    _set_images(nodes["Pattern"].node_tree, params)
    _set(nodes["Trims"], values_of(sewn))
    values = values_of(cloth)
    for layer in (nodes["Folds"], nodes["Fabric"]):
        _set(layer, {name: value for name, value in values.items() if name in layer.inputs})
    corners = [tuple(corner) for corner in garment.bound_box]
    x, y, z = (max(axis) - min(axis) for axis in zip(*corners, strict=True))
    flat = z < y
    hems.mark(garment.data)
    extent = x * CM, (y if flat else z) * CM
    _set(nodes["Place"], {"Flat": float(flat), "Size": (*extent, 0.0)})
    fill(nodes["Folds"].node_tree.nodes[folds.FOLDS].image, folds.draw_folds(cloth.folds, *extent))


def plain_slot(
    name: str, color: tuple[float, float, float], roughness: float, metallic: float, lamps: bool = True
) -> bpy.types.Material:
    """Return a material for what is not fabric (buttons, zips, hangers): linear RGB, all values 0..1."""
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    if lamps:
        principled = next(n for n in material.node_tree.nodes if n.bl_idname == "ShaderNodeBsdfPrincipled")
        principled.inputs["Base Color"].default_value = (*color, 1.0)
        principled.inputs["Roughness"].default_value = roughness
        principled.inputs["Metallic"].default_value = metallic
    else:
        material.node_tree.nodes.clear()
        graph = Graph(material.node_tree)
        dye = graph.node("ShaderNodeRGB")
        dye.outputs[0].default_value = (*(channel * (1 - metallic) for channel in color), 1.0)
        emit(graph, graph.value(dye.outputs[0]))
        material.surface_render_method = "BLENDED"
    return material


def _group(graph: Graph, name: str, tree: Any) -> Any:
    return graph.node("ShaderNodeGroup", node_tree=tree, name=name, label=name)


def _set(node: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        node.inputs[name].default_value = value


def _set_images(tree: Any, params: Settings) -> None:
    """Fill the image node of a pattern that has one.

    Its module's `draw_image(params)` returns the pixels as uint8 (H, W, 3), or (H, W, 4) with straight alpha.
    """
    module = import_module(type(params).__module__)
    pixels = module.draw_image(params) if hasattr(module, "draw_image") else None
    if pixels is None:
        return
    fill(tree.nodes[module.TILE].image, pixels)
