"""dvc.yaml redoes what changed, so it has to name what a stage depends on."""

from pathlib import Path

import pytest
import yaml

from materials.patterns import CLASSES
from sdg.dataset.fingerprint import sources

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", CLASSES)
def test_the_render_stage_depends_on_every_file_that_decides_an_image(name: str) -> None:
    stage = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]["render"]
    named = {dep.replace("${item.class}", name) for dep in stage["deps"]} - {"data/garments"}
    assert named == {path.relative_to(ROOT).as_posix() for path in sources(name)}
