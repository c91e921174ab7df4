"""The promises of models/release: small, complete, and able to read a pattern."""

import re

import numpy as np
import pytest
from PIL import Image

from materials.patterns import CLASSES
from tests.helpers.pipeline_project import ROOT
from train.model_folder import TrainedClassifier, load_classifier

FOLDER = ROOT / "models" / "release"


@pytest.fixture(scope="module")
def model() -> TrainedClassifier:
    return load_classifier(FOLDER)


def cloth(dark: np.ndarray) -> Image.Image:
    """A navy and white square garment on a beige floor, its cloth navy where `dark`, bool (200, 200)."""
    pixels = np.full((320, 320, 3), (196, 178, 150), np.uint8)
    pixels[60:260, 60:260] = np.where(dark[..., None], (30, 36, 66), (236, 236, 232))
    return Image.fromarray(pixels)


def test_it_is_small_and_knows_all_patterns(model: TrainedClassifier) -> None:
    assert model.classes == tuple(CLASSES)
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 10e6
    assert {path.name for path in FOLDER.iterdir()} >= {"README.md", "model.json", "model.safetensors"}


def test_readme_and_results_give_the_figures_of_its_card() -> None:
    card = (FOLDER / "README.md").read_text()
    found = re.findall(r"^\| (?:accuracy|mean recall of .*) \| (.*) \| (.*) \|$", card, re.MULTILINE)
    accuracy, recall = (f"**{value}** ({interval})" for value, interval in found[:2])
    command = "python -m pipeline.evaluate --model models/release --images"
    assert command in card
    for page in ("README.md", "docs/results.md"):
        text = (ROOT / page).read_text()
        for figure in (accuracy, recall, command):
            assert figure in text, f"{page}: not what the card says, {figure}"


def test_it_reads_patterns_that_anyone_can_read(model: TrainedClassifier) -> None:
    y, x = np.mgrid[:200, :200]
    row = y // 24
    dots = (x + 12 * (row % 2)) % 24
    patterns = {
        "plain": np.ones((200, 200), bool),
        "striped": y % 24 < 12,
        "dotted": (dots - 12) ** 2 + (y % 24 - 12) ** 2 > 36,
        "herringbone": (y + np.abs(x % 40 - 20)) % 14 < 7,
    }
    read = model.predict([cloth(dark) for dark in patterns.values()])
    assert dict(zip(patterns, read, strict=True)) == {name: name for name in patterns}
