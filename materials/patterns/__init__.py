"""The registry of patterns. Adding one: a file in this folder and a line here."""

from functools import cache
from importlib import import_module
from types import ModuleType

PATTERNS: dict[str, str] = {
    "plain": "materials.patterns.plain",
    "floral": "materials.patterns.floral",
    "striped": "materials.patterns.striped",
    "dotted": "materials.patterns.dotted",
    "camouflage": "materials.patterns.camouflage",
    "gradient": "materials.patterns.gradient",
    "herringbone": "materials.patterns.herringbone",
    "other": "materials.patterns.other",
    "animal": "materials.patterns.animal",
    "checked": "materials.patterns.checked",
    "graphic": "materials.patterns.graphic",
}
"""Class name -> the module that holds its `Params`, `sample(rng, view)` and `build(graph, p, cloth)`."""

CLASSES = tuple(PATTERNS)


@cache
def pattern(name: str) -> ModuleType:
    """Return the module of class `name`."""
    return import_module(PATTERNS[name])
