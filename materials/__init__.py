"""The seven clothing patterns: typed parameters, samplers and Blender shader node groups.

Only `materials.shader` (and the commands `materials.sheet`, `materials.export`) import bpy.
"""

PATTERNS: dict[str, str] = {
    "plain": "materials.plain",
    "floral": "materials.floral",
    "striped": "materials.striped",
    "dotted": "materials.dotted",
    "camouflage": "materials.camouflage",
    "gradient": "materials.gradient",
    "herringbone": "materials.herringbone",
}
"""Class name -> the module that holds its `Params`, `sample(rng, view)` and `build(graph, p, cloth)`."""

CLASSES = tuple(PATTERNS)
