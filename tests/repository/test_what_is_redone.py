"""A change in the code redoes what it reaches and nothing else: garments, images, passes, photos, runs."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CASES = {
    ("materials/patterns/striped.py", "def band(): ..."): {"image striped", "image herringbone"},
    ("materials/patterns/dotted.py", "X = 1"): {"image dotted"},
    ("materials/others/kinds.py", "X = 1"): {"image other"},
    ("materials/nodes.py", "X = 1"): {"image *"},
    ("assets/patterns/skirt.py", "X = 1"): {"garment skirt"},
    ("assets/sewing/checks.py", "X = 1"): {"garment *"},
    ("sdg/stand_in/rooms.py", "X = 1"): {"stand-in"},
    ("sdg/farm/worker.py", "X = 1"): set(),
    ("sdg/picture/passes.py", "X = 1"): {"passes"},
    ("sdg/picture/camera.py", "X = 1"): {"image *", "passes"},
    ("train/methods/mcc.py", "X = 1"): {"run mcc", "run mic"},
    ("train/methods/dann.py", "X = 1"): {"run dann", "run bsp"},
    ("train/loop/loop.py", "X = 1"): {"run *"},
    ("assets/common/rng.py", "X = 1"): {"garment *", "image *", "stand-in", "run *"},
    ("assets/common/command.py", "X = 1"): set(),
    ("assets/common/rng.py", "# X = 1"): set(),
}
"""File and a line added to it -> what is made again; a star stands for all of a kind."""
TELL = """
import json, sys
from pathlib import Path
from assets.build import sewing_code
from assets.common import code
from assets.patterns import PATTERNS as GARMENTS
from materials.patterns import CLASSES
from sdg.dataset.fingerprint import fingerprint, passes_code
from sdg.params import Quality
from sdg.stand_in.pictures import picture_code
from train.loop.checkpoint import training_code
from train.methods import METHODS

def hashes():
    for cached in (code.code_hash, code._imports, code._meaning):
        cached.cache_clear()
    found = {f"garment {name}": sewing_code(name) for name in GARMENTS}
    found |= {f"image {name}": fingerprint(name, 0, Quality(), "library") for name in CLASSES}
    found |= {f"run {name}": training_code(name) for name in METHODS}
    return found | {"stand-in": picture_code(), "passes": passes_code()}

told = [hashes()]
for file, line in json.load(sys.stdin):
    text = Path(file).read_text()
    Path(file).write_text(f"{text}\\n{line}\\n")
    told.append(hashes())
    Path(file).write_text(text)
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """The hashes of everything: as it is, then with each of CASES, told by a copy of the rooms."""
    folder = tmp_path_factory.mktemp("rooms")
    for room in ("assets", "materials", "sdg", "train"):
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    cases = json.dumps(list(CASES))
    return json.loads(
        subprocess.check_output([sys.executable, "-c", TELL], input=cases, cwd=folder, text=True)
    )


@pytest.mark.parametrize(("number", "case"), list(enumerate(CASES, 1)), ids=str)
def test_a_change_redoes_what_it_reaches(
    told: list[dict[str, str]], number: int, case: tuple[str, str]
) -> None:
    before, after = told[0], told[number]
    changed = {thing for thing in before if before[thing] != after[thing]}
    kinds = {thing.split()[0] for thing in CASES[case] if thing.endswith("*")}
    assert changed == {thing for thing in before if thing.split()[0] in kinds or thing in CASES[case]}
