"""The rules of the repository that a machine can check; `make check` knows those of the rooms."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(
    {*(ROOT / "tests").rglob("*.py")} - {Path(__file__), *(ROOT / "tests" / "benchmarks").iterdir()}
)
OF_A_TEST = re.compile(
    r"""(?:from|import)\s+(?:
        tests\.\w+\.(?P<room>test_\w+) | (?P<file>test_\w+) | (?P<benchmarks>benchmarks)\b
        | tests\.\w+\s+import\s+(?P<name>test_\w+)
    )""",
    re.VERBOSE,
)
"""An import of a test or a benchmark, in code or in code that is a string."""


def borrowed(text: str) -> set[str]:
    return {name for match in OF_A_TEST.finditer(text) for name in match.groups() if name}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_test_imports_another_test_or_a_benchmark(path: Path) -> None:
    assert borrowed(path.read_text()) <= {path.stem}, "what two tests need is a helper: tests/helpers"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("from tests.train.test_loop import write_project", "test_loop"),
        ("    import tests.train.test_loop", "test_loop"),
        ("from tests.train import test_loop", "test_loop"),
        ("code = 'from test_loop import tube; tube()'", "test_loop"),
        ("from benchmarks.cluster import cluster", "benchmarks"),
    ],
)
def test_every_form_of_such_an_import_is_found(line: str, name: str) -> None:
    assert borrowed(f"import os\n{line}\n") == {name}


def test_every_room_is_under_the_rule_of_the_rooms() -> None:
    """A room that import-linter does not know could import whatever it likes."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages == set(linter["root_packages"]) == set(linter["contracts"][0]["layers"])


def test_checking_asks_every_checker() -> None:
    check = re.search(r"^check: .*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    for checker in ("ruff check", "ruff format --check", "mypy", "lint-imports"):
        assert f"/{checker}" in check
    ci = (ROOT / ".ci" / "run").read_text()
    assert ci.index("make check") < ci.index("make test")
