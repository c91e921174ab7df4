"""The training methods: one file each, with a class `Method`.

Importing this package loads neither torch nor any method.
"""

from importlib import import_module
from typing import TYPE_CHECKING, get_args

from train.params import MethodName

if TYPE_CHECKING:
    from train.methods.base import Method

METHODS: tuple[str, ...] = get_args(MethodName)


def method_class(name: str) -> "type[Method]":
    """Import and return the class of a method of METHODS."""
    return import_module(f"train.methods.{name}").Method
