"""The registry of patterns. Adding one: a file in this folder and a line here."""

from collections.abc import Iterable
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
PAPER = ("plain", "floral", "striped", "dotted", "camouflage", "gradient", "herringbone")
"""The seven of the paper (Moreu et al. 2023): `classes` of params.yaml as checked in, and of table 1."""
GROUPS = {"all": CLASSES, "paper": PAPER}
"""Word that commands take in place of the names of classes -> the classes."""


def expand(words: Iterable[str]) -> set[str]:
    """Return the classes that `words`, names of classes and of GROUPS, ask for."""
    return {name for word in words for name in GROUPS.get(word, (word,))}


@cache
def pattern(name: str) -> ModuleType:
    """Return the module of class `name`."""
    return import_module(PATTERNS[name])
