"""The registry of training methods. Adding one: a file in this folder with a class `Method`, and a line here.

Importing this package loads neither torch nor any method, so that params can be validated in no time.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from train.methods.base import Method

METHODS: dict[str, str] = {
    name: f"train.methods.{name}"
    for name in (
        "source_only",
        "self_training",
        "dann",
        "cdan",
        "bsp",
        "mdd",
        "afn",
        "mcc",
        "mic",
        "cut_then_classify",
        "fashion_cut",
    )
}
"""Name in params.yaml -> module."""


def method_class(name: str) -> "type[Method]":
    """Import and return the class of a method of METHODS."""
    return import_module(METHODS[name]).Method
