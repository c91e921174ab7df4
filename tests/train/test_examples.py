"""The examples in the docstrings of this room are true."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

ROOM = Path(__file__).parents[2] / "train"
MODULES = sorted(
    ".".join(path.relative_to(ROOM.parent).with_suffix("").parts)
    for path in ROOM.rglob("*.py")
    if ">>>" in path.read_text()
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run_as_written(name: str) -> None:
    assert doctest.testmod(import_module(name), optionflags=doctest.ELLIPSIS).failed == 0
