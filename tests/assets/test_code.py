"""The promise of assets.common.code: a hash changes with the code that is reached, and with nothing else."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

MODULES = {
    "materials/__init__.py": "",
    "materials/patterns/__init__.py": "NAMES = ['striped', 'herringbone']",
    "materials/patterns/striped.py": "def band(x):\n    return x > 0.5\n",
    "materials/patterns/herringbone.py": "from materials.patterns.striped import band\n",
    "materials/patterns/dotted.py": "R = 3\n",
    "sdg/__init__.py": "",
    "sdg/renderer.py": "import materials.nodes\nfrom assets.common.files import sha256\n",
    "materials/nodes.py": 'def noise(x):\n    """Noise."""\n    return x\n',
    "train/__init__.py": "",
}
ROOT = Path(__file__).parents[2]


@pytest.fixture
def hashes(tmp_path: Path) -> Callable[[], dict[str, str]]:
    """A function that returns each pattern's hash together with the renderer's."""
    for name, code in MODULES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(code)
    common = tmp_path / "assets" / "common"
    common.mkdir(parents=True)
    for name in ("__init__.py", "code.py", "files.py"):
        (common / name).write_bytes((ROOT / "assets" / "common" / name).read_bytes())
    (tmp_path / "assets" / "__init__.py").write_text("")
    ask = (
        "from assets.common.code import code_hash\n"
        "for name in ('striped', 'herringbone', 'dotted'):\n"
        "    print(name, code_hash('sdg.renderer', f'materials.patterns.{name}'))\n"
    )

    def run() -> dict[str, str]:
        done = subprocess.run(
            [sys.executable, "-c", ask], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return dict(line.split() for line in done.stdout.splitlines())

    return run


def changed(hashes: Callable[[], dict[str, str]], path: Path, old: str, new: str) -> set[str]:
    """The patterns whose hash another text in a file changes."""
    before = hashes()
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    return {name for name, value in hashes().items() if value != before[name]}


def test_a_file_that_is_no_python_is_one_line(hashes: Callable[[], dict[str, str]], tmp_path: Path) -> None:
    (tmp_path / "materials" / "patterns" / "half.py").write_text("def sample(:\n")
    with pytest.raises(subprocess.CalledProcessError) as error:
        hashes()
    assert "click.exceptions.ClickException" in error.value.stderr.splitlines()[-1]
    assert "half.py" in error.value.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("materials/patterns/striped.py", "0.5", "0.6", {"striped", "herringbone"}),
        ("materials/patterns/herringbone.py", "import band", "import band\nY = 1", {"herringbone"}),
        ("materials/nodes.py", "return x", "return 2 * x", {"striped", "herringbone", "dotted"}),
        (
            "assets/common/files.py",
            "hexdigest()",
            "hexdigest().upper()",
            {"striped", "herringbone", "dotted"},
        ),
        ("materials/patterns/striped.py", "0.5", "0.5  # half", set()),
        ("materials/patterns/striped.py", "return x > 0.5", "return (\n        x > 0.5)", set()),
        ("materials/nodes.py", "Noise.", "Smooth noise.", set()),
        ("materials/patterns/__init__.py", "'striped', ", "'striped', 'checked', ", set()),
    ],
)
def test_only_a_change_of_reached_code_changes_the_hash(
    hashes: Callable[[], dict[str, str]], tmp_path: Path, file: str, old: str, new: str, expected: set[str]
) -> None:
    assert changed(hashes, tmp_path / file, old, new) == expected
