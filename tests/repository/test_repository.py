"""The rules of the repository that a machine can check."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("assets", "materials", "sdg", "train", "pipeline")


def imports(path: Path) -> set[str]:
    """The top-level packages that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_rooms_to_its_left(room: str) -> None:
    right = set(ROOMS[ROOMS.index(room) + 1 :])
    for path in (ROOT / room).rglob("*.py"):
        assert not imports(path) & right, path


@pytest.mark.parametrize("room", ["train", "pipeline"])
def test_neither_training_nor_prediction_needs_blender(room: str) -> None:
    for path in (ROOT / room).rglob("*.py"):
        assert "bpy" not in imports(path), path


def test_blender_is_imported_in_one_place_only() -> None:
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    assert [path for path in files if "bpy" in imports(path)] == [ROOT / "assets/common/blender.py"]
