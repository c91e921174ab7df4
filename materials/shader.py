"""Blender materials: one per class, built once; a draw sets input values only, so EEVEE compiles it once."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from assets.common.blender import bpy
from assets.common.settings import Settings
from materials import fabric, folds, hems, trims
from materials.fabric import Fabric
from materials.folds import Folds
from materials.inputs import Input, inputs_of, values_of
from materials.nodes import Graph, Inputs, Operand, Value, dot, maximum, normalize, vector
from materials.patterns import pattern
from materials.surface import Cloth, Drape, Surface
from materials.trims import Trims

CM = 100.0
"""Centimetres per metre: garments and their UVs are in metres, patterns in centimetres."""

MIRROR = 0.024
"""Share of the light that cloth reflects straight back, without taking on its dye."""

MATTE, GLINT = 0.6, 0.6
"""Cloth of less roughness than the first glints: the smoothest adds the second times what the light grows."""

DARKEST = 0.4
"""This share of the light reaches cloth however it is bent: where a pattern jumps, its relief is a cliff."""

CLOTH_SOCKETS = {"UV": "Vector", "Place": "Vector", "Extent": "Vector", "Front": "Float"}
"""The sockets of `Cloth`."""
DRAPE_SOCKETS = {"Slope": "Vector", "Light": "Float", "Wash": "Float", "Yarn": "Float"}
"""The sockets of `Drape`."""

LIGHT, BEND, SHINE = "Light", "Bend", "Shine"
"""Attributes (vector, vector, float) of a mesh whose light `sdg.picture.garment_light` worked out."""


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
    link(hem.outputs["Fac"], cloth.inputs["Hem"])
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


def emit(graph: Graph, color: Value, normal: Value | None = None, roughness: Operand = 1.0) -> None:
    """Show `color` in the light of the mesh's attributes, bent by a bumped `normal`.

    What is smoother than `MATTE` glints where it is bent toward the light.
    """
    light, bend, shine = (
        graph.node("ShaderNodeAttribute", attribute_type="GEOMETRY", attribute_name=name)
        for name in (LIGHT, BEND, SHINE)
    )
    glint = graph.value(shine.outputs["Fac"])
    if normal is not None:
        smooth = graph.value(graph.node("ShaderNodeNewGeometry").outputs["Normal"])
        turned = dot(graph.value(bend.outputs["Vector"]), normal - smooth)
        satin = maximum(MATTE - roughness, 0.0) * (1 / (MATTE - 0.3))
        color = color * maximum(1.0 + turned * (1.0 + 0.6 * satin), DARKEST)
        glint = glint * maximum(1.0 + turned * (1.0 + 5.0 * satin), 0.0) + satin * GLINT * maximum(
            turned, 0.0
        )
    emission, output = graph.node("ShaderNodeEmission"), graph.node("ShaderNodeOutputMaterial")
    sent = graph.value(light.outputs["Vector"]) * (color + glint)
    graph.link(sent, emission.inputs["Color"])
    graph.link(graph.value(emission.outputs[0]), output.inputs["Surface"])


def apply(
    material: bpy.types.Material,
    params: Settings,
    sewn: Trims,
    cloth: Fabric,
    garment: bpy.types.Object | None = None,
) -> None:
    """Make `material` show `params` with trims on `cloth`, placed on the bounding box of `garment`.

    Sets input values (and the pixels of images) only. A garment that is less high than deep lies flat,
    and its "up" is +y instead of +z.
    """
    nodes = material.node_tree.nodes
    _set(nodes["Pattern"], values_of(params))
    _set_images(nodes["Pattern"].node_tree, params)
    _set(nodes["Trims"], values_of(sewn))
    for layer in ("Folds", "Fabric"):
        values = values_of(cloth)
        _set(nodes[layer], {name: value for name, value in values.items() if name in nodes[layer].inputs})
    extent = (70.0, 70.0)
    if garment is not None:
        corners = [tuple(corner) for corner in garment.bound_box]
        x, y, z = (max(axis) - min(axis) for axis in zip(*corners, strict=True))
        flat = z < y
        hems.mark(garment.data)
        extent = x * CM, (y if flat else z) * CM
        _set(nodes["Place"], {"Flat": float(flat), "Size": (*extent, 0.0)})
    _fill(nodes["Folds"].node_tree.nodes[folds.FOLDS].image, folds.draw_folds(cloth.folds, *extent))


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
        graph.link(trims.build(graph, p, cloth, graph.value(source.outputs["Color"])), sink.inputs["Color"])

    return _new_group(
        "Fashion CUT trims",
        {**CLOTH_SOCKETS, "Color": "Color"},
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
            p, cloth, drape, given, *(graph.value(source.outputs[name]) for name in ("AO", "Hem"))
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
            "Hem": "Float",
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
    holds_data = node.name in (folds.FOLDS, fabric.YARN)
    packed = holds_data or node.extension == "CLIP"
    made = bpy.data.images.new(name, 8, 8, alpha=packed)
    if packed:
        made.alpha_mode = "CHANNEL_PACKED"  # colours under transparent pixels stay as drawn
    if holds_data:
        made.colorspace_settings.name = "Non-Color"
        _fill(made, fabric.draw_yarn() if node.name == fabric.YARN else folds.draw_folds(Folds(), 70, 70))
    return made


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
    _fill(tree.nodes[module.TILE].image, pixels)


def _fill(image: bpy.types.Image, pixels: np.ndarray) -> None:
    """Set an image to uint8 (H, W, 3 or 4) `pixels`."""
    height, width, channels = pixels.shape
    rgba = np.ones((height, width, 4), np.float32)
    rgba[..., :channels] = pixels[::-1].astype(np.float32) / 255
    if tuple(image.size) != (width, height):
        image.scale(width, height)
    image.pixels.foreach_set(rgba.ravel())
    image.update()
