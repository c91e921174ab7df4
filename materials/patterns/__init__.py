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
    "checked": "materials.patterns.checked",
    "animal": "materials.patterns.animal",
    "graphic": "materials.patterns.graphic",
    "other": "materials.patterns.other",
}
"""Class name -> the module that holds its `Params`, `sample(rng, view)` and `build(graph, p, cloth)`."""

CLASSES = tuple(PATTERNS)


@cache
def pattern(name: str) -> ModuleType:
    """Return the module of class `name`."""
    return import_module(PATTERNS[name])
