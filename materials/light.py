"""The light that a mesh's attributes hold, shown by its material: for pictures without Blender's lamps."""

from materials.nodes import Graph, Operand, Value, dot, maximum

MIRROR = 0.024
"""Share of the light that cloth reflects straight back, without taking on its dye."""

MATTE, GLINT = 0.6, 0.6
"""Cloth of less roughness than the first glints: the smoothest adds the second times what the light grows."""

DARKEST = 0.4
"""This share of the light reaches cloth however it is bent: where a pattern jumps, its relief is a cliff."""

LIGHT, BEND, SHINE = "Light", "Bend", "Shine"
"""Attributes (vector, vector, float) of a mesh whose light `sdg.picture.garment_light` worked out."""


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
