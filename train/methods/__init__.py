"""The training methods: one file each, with a class `Method`.

Importing this package loads neither torch nor any method.
"""

from importlib import import_module
from typing import TYPE_CHECKING, get_args

from train.params import MethodName

if TYPE_CHECKING:
    from train.methods.base import Method

METHODS: dict[str, str] = {name: f"train.methods.{name}" for name in get_args(MethodName)}
"""Name in params.yaml -> module."""


def method_class(name: str) -> "type[Method]":
    """Import and return the class of a method of METHODS."""
    return import_module(METHODS[name]).Method
