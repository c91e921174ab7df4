"""The layers of a material, a node group each: place, folds, pattern, trims, fabric."""

from collections.abc import Callable
from typing import Any

import numpy as np

from assets.common.blender import bpy
from materials import fabric, folds, trims
from materials.fabric import Fabric
from materials.folds import Folds
from materials.inputs import Input, inputs_of
from materials.nodes import Graph, Inputs, Value, maximum, normalize, vector
from materials.patterns import pattern
from materials.surface import Cloth, Drape, Surface
from materials.trims import Trims

SPUN_INPUTS = tuple(i.name for i in inputs_of(Fabric) if i.field in fabric.SPUN)
"""The inputs of the layer "Folds"; all others of a fabric are of the layer "Fabric"."""
DATA_IMAGES = (folds.FOLDS, fabric.YARN)
"""Image nodes that hold numbers instead of colours."""

CM = 100.0
"""Centimetres per metre: garments and their UVs are in metres, patterns in centimetres."""

CLOTH_SOCKETS = {"UV": "Vector", "Place": "Vector", "Extent": "Vector", "Front": "Float"}
"""The sockets of `Cloth`."""
DRAPE_SOCKETS = {"Slope": "Vector", "Light": "Float", "Wash": "Float", "Yarn": "Float"}
"""The sockets of `Drape`."""
NEAR_HEM = "Near hem"
"""The socket of the attribute `hems.HEM`."""


def pattern_group(name: str) -> Any:
    """Return the node group that draws class `name`: inputs UV, Place, Extent and one per parameter."""
    module = pattern(name)

    def draw(graph: Graph, source: Any, sink: Any) -> None:
        cloth = _cloth(graph, source)
        p = Inputs(graph, source, list(inputs_of(module.Params)), cloth.uv)
        surface = module.build(graph, p, cloth)
        graph.link(surface.color, sink.inputs["Color"])
        graph.link(surface.height, sink.inputs["Height"])

    return _new_group(
        f"Fashion CUT {name}",
        CLOTH_SOCKETS,
        {"Color": "Color", "Height": "Float"},
        list(inputs_of(module.Params)),
        draw,
        (module.__doc__ or "").strip().splitlines()[0],
    )


def trims_group() -> Any:
    """Return the node group of the trims."""

    def draw(graph: Graph, source: Any, sink: Any) -> None:
        cloth = _cloth(graph, source)
        p = Inputs(graph, source, list(inputs_of(Trims)), cloth.uv)
        color, hem = (graph.value(source.outputs[name]) for name in ("Color", NEAR_HEM))
        graph.link(trims.build(p, cloth, color, hem), sink.inputs["Color"])

    return _new_group(
        "Fashion CUT trims",
        {**CLOTH_SOCKETS, "Color": "Color", NEAR_HEM: "Float"},
        {"Color": "Color"},
        list(inputs_of(Trims)),
        draw,
        "Seams, pockets, closures, hems and a print over a pattern",
    )


def fabric_group() -> Any:
    """Return the node group of the fabric layer."""
    shown = [parameter for parameter in inputs_of(Fabric) if parameter.field not in fabric.SPUN]

    def draw(graph: Graph, source: Any, sink: Any) -> None:
        cloth = _cloth(graph, source)
        p = Inputs(graph, source, shown, cloth.uv)
        given = Surface(graph.value(source.outputs["Color"]), graph.value(source.outputs["Height"]))
        drape = Drape(*(graph.value(source.outputs[name]) for name in DRAPE_SOCKETS))
        color = fabric.build(
            p, cloth, drape, given, *(graph.value(source.outputs[name]) for name in ("AO", NEAR_HEM))
        )
        bump = graph.node("ShaderNodeBump")
        graph.link(1.0, bump.inputs["Strength"])
        graph.link(1 / CM, bump.inputs["Distance"])
        graph.link(given.height, bump.inputs["Height"])
        up = vector(0.0, 0.0, drape.slope.y).mix(
            vector(0.0, drape.slope.y), graph.value(source.outputs["Flat"])
        )
        turn = graph.node(
            "ShaderNodeVectorTransform", vector_type="VECTOR", convert_from="OBJECT", convert_to="WORLD"
        )
        graph.link(vector(drape.slope.x, 0.0) + up, turn.inputs[0])
        normal = normalize(graph.value(bump.outputs["Normal"]) - graph.value(turn.outputs[0]))
        graph.link(color, sink.inputs["Color"])
        graph.link(p.roughness, sink.inputs["Roughness"])
        graph.link(p.sheen, sink.inputs["Sheen"])
        graph.link(normal, sink.inputs["Normal"])

    return _new_group(
        "Fashion CUT fabric",
        {
            **CLOTH_SOCKETS,
            **DRAPE_SOCKETS,
            "Flat": "Float",
            "Color": "Color",
            "Height": "Float",
            "AO": "Float",
            NEAR_HEM: "Float",
        },
        {"Color": "Color", "Roughness": "Float", "Sheen": "Float", "Normal": "Vector"},
        shown,
        draw,
        "The cloth under a pattern: threads, yarn, fading, relief",
    )


def folds_group() -> Any:
    """Return the node group of the folds and the yarn."""
    spun = [parameter for parameter in inputs_of(Fabric) if parameter.field in fabric.SPUN]

    def draw(graph: Graph, source: Any, sink: Any) -> None:
        shifted, slope, shade, wash = folds.build(_cloth(graph, source))
        frayed, yarn = fabric.spin(Inputs(graph, source, spun, shifted.uv), shifted)
        for names, values in ((CLOTH_SOCKETS, frayed), (DRAPE_SOCKETS, Drape(slope, shade, wash, yarn))):
            for name, value in zip(names, values, strict=True):
                graph.link(value, sink.inputs[name])

    return _new_group(
        "Fashion CUT folds",
        CLOTH_SOCKETS,
        {**CLOTH_SOCKETS, **DRAPE_SOCKETS},
        spun,
        draw,
        "Folds and yarn of the cloth",
    )


def placement_group() -> Any:
    """Return the node group that turns UVs and the bounding box into a `Cloth`."""

    def draw(graph: Graph, source: Any, sink: Any) -> None:
        given = {name: graph.value(source.outputs[name]) for name in ("UV", "Generated", "Flat", "Size")}
        box = given["Generated"]
        nothing = given["UV"].x * 0.0  # see `Inputs`
        flat, size = given["Flat"] + nothing, given["Size"] + nothing
        up, front = box.z.mix(box.y, flat), (1.0 - box.y).mix(box.z, flat)
        combine = graph.node("ShaderNodeCombineXYZ")
        for value, socket in zip((box.x, up, front), combine.inputs, strict=True):
            graph.link(value, socket)
        graph.link(given["UV"] * CM, sink.inputs["UV"])
        graph.link(graph.value(combine.outputs[0]), sink.inputs["Place"])
        graph.link(size, sink.inputs["Extent"])
        graph.link(flat, sink.inputs["Flat"])
        inside = graph.value(graph.node("ShaderNodeNewGeometry").outputs["Backfacing"])
        graph.link(maximum(1.0 - inside, front > 0.5), sink.inputs["Front"])  # a mesh may be inside out

    return _new_group(
        "Fashion CUT place",
        {"UV": "Vector", "Generated": "Vector", "Flat": "Float", "Size": "Vector"},
        {**CLOTH_SOCKETS, "Flat": "Float"},
        [],
        draw,
        "Where a pixel lies on the cloth and on the garment",
    )


def _cloth(graph: Graph, source: Any) -> Cloth:
    return Cloth(*(Value(graph, source.outputs[name]) for name in CLOTH_SOCKETS))


def _new_group(
    name: str,
    given: dict[str, str],
    returned: dict[str, str],
    parameters: list[Input],
    draw: Callable[[Graph, Any, Any], None],
    description: str,
) -> Any:
    """Return the node group `name`, which all materials share: its inputs are set where it is used."""
    if name in bpy.data.node_groups:
        return bpy.data.node_groups[name]
    tree = bpy.data.node_groups.new(name, "ShaderNodeTree")
    tree.description = description
    interface = tree.interface
    for socket, kind in given.items():
        interface.new_socket(socket, in_out="INPUT", socket_type=f"NodeSocket{kind}")
    for parameter in parameters:
        kind = "NodeSocketColor" if parameter.kind == "color" else "NodeSocketFloat"
        socket = interface.new_socket(parameter.name, in_out="INPUT", socket_type=kind)
        socket.description = parameter.description
        socket.default_value = parameter.default
        if parameter.kind == "float":
            socket.min_value, socket.max_value = parameter.low, parameter.high
    for socket, kind in returned.items():
        interface.new_socket(socket, in_out="OUTPUT", socket_type=f"NodeSocket{kind}")
    graph = Graph(tree)
    draw(graph, graph.node("NodeGroupInput"), graph.node("NodeGroupOutput"))
    for node in tree.nodes:
        if node.bl_idname == "ShaderNodeTexImage":  # an image now, since adding one later would compile again
            node.image = _new_image(f"{name} {node.name}", node)
    graph.arrange()
    return tree


def _new_image(name: str, node: Any) -> bpy.types.Image:
    holds_data = node.name in DATA_IMAGES
    packed = holds_data or node.extension == "CLIP"
    made = bpy.data.images.new(name, 8, 8, alpha=packed)
    if packed:
        made.alpha_mode = "CHANNEL_PACKED"  # colours under transparent pixels stay as drawn
    if holds_data:
        made.colorspace_settings.name = "Non-Color"
        fill(made, fabric.draw_yarn() if node.name == fabric.YARN else folds.draw_folds(Folds(), 70, 70))
    return made


def fill(image: bpy.types.Image, pixels: np.ndarray) -> None:
    """Set an image to uint8 (H, W, 3 or 4) `pixels`."""
    height, width, channels = pixels.shape
    rgba = np.ones((height, width, 4), np.float32)
    rgba[..., :channels] = pixels[::-1].astype(np.float32) / 255
    if tuple(image.size) != (width, height):
        image.scale(width, height)
    image.pixels.foreach_set(rgba.ravel())
    image.update()
