"""What holds for every pattern, whichever `classes` names."""

import re

import pytest

from materials.patterns import CLASSES
from tests.helpers.pipeline_project import ROOT

SWATCHES = re.findall(r"^\.swatch\.(\w+) \{", (ROOT / "pipeline/report/style.css").read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", CLASSES)
def test_every_pattern_has_a_swatch_in_the_report_and_the_demo(name: str) -> None:
    assert SWATCHES.count(name) == 1
