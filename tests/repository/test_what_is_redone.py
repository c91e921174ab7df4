"""A change in the code redoes what it reaches and nothing else: garments, images, stand-in photos, runs."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ASK = """
import json
from assets.build import sewing_code
from assets.patterns import PATTERNS as GARMENTS
from materials.patterns import CLASSES
from sdg.dataset.fingerprint import fingerprint
from sdg.params import Quality
from sdg.stand_in.pictures import picture_code
from train.loop.checkpoint import training_code
from train.methods import METHODS
hashes = {f"garment {name}": sewing_code(name) for name in GARMENTS}
hashes |= {f"image {name}": fingerprint(name, 0, Quality(), "library") for name in CLASSES}
hashes |= {f"run {name}": training_code(name) for name in METHODS}
print(json.dumps(hashes | {"stand-in": picture_code()}))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rooms")
    for room in ("assets", "materials", "sdg", "train"):
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def hashes(folder: Path) -> dict[str, str]:
    return json.loads(subprocess.check_output([sys.executable, "-c", ASK], cwd=folder, text=True))


@pytest.fixture(scope="module")
def before(copy: Path) -> dict[str, str]:
    return hashes(copy)


def images(*names: str) -> Callable[[str], bool]:
    return lambda thing: thing in {f"image {name}" for name in names}


@pytest.mark.parametrize(
    ("file", "line", "redone"),
    [
        ("materials/patterns/striped.py", "def band(): ...", images("striped", "herringbone")),
        ("materials/patterns/dotted.py", "X = 1", images("dotted")),
        ("materials/nodes.py", "X = 1", lambda thing: "image" in thing),
        ("assets/patterns/skirt.py", "X = 1", lambda thing: thing == "garment skirt"),
        ("assets/sewing/checks.py", "X = 1", lambda thing: "garment" in thing),
        ("sdg/stand_in/rooms.py", "X = 1", lambda thing: thing == "stand-in"),
        ("sdg/farm/worker.py", "X = 1", lambda thing: False),
        ("train/methods/mcc.py", "X = 1", lambda thing: thing == "run mcc"),
        ("train/methods/dann.py", "X = 1", lambda thing: thing in ("run dann", "run bsp")),
        ("train/loop/loop.py", "X = 1", lambda thing: "run" in thing),
        ("assets/common/rng.py", "X = 1", lambda thing: True),
        ("assets/common/rng.py", "# X = 1", lambda thing: False),
    ],
)
def test_a_change_redoes_what_it_reaches(
    copy: Path, before: dict[str, str], file: str, line: str, redone: Callable[[str], bool]
) -> None:
    path = copy / file
    text = path.read_text()
    try:
        path.write_text(f"{text}\n{line}\n")
        after = hashes(copy)
    finally:
        path.write_text(text)
    assert {name for name in after if after[name] != before[name]} == {name for name in after if redone(name)}
