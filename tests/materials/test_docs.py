"""The walk-through in docs/add-a-pattern.md works as printed."""

import re
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from assets.common.rng import rng_for
from materials import sheet
from materials.patterns import PATTERNS
from materials.view import View

GUIDE = Path(__file__).parents[2] / "docs" / "add-a-pattern.md"


def test_the_pattern_of_the_walk_through_renders_its_teeth(tmp_path, monkeypatch):
    code = re.search(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)[1]
    (tmp_path / "walk_through_houndstooth.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(PATTERNS, "houndstooth", "walk_through_houndstooth")
    view = View(cm_per_pixel=100 * sheet.CELL / 64, width_cm=70, height_cm=70)
    draw = sheet.random_draw("houndstooth", 0, 0, view)
    assert draw.params == sys.modules["walk_through_houndstooth"].sample(
        rng_for(0, "sheet", "houndstooth", 0), view
    )

    sheet.render_sheet([draw], tmp_path / "houndstooth.png", 64, sheet.swatch_maker())
    picture = np.asarray(Image.open(tmp_path / "houndstooth.png").convert("L"), float)[10:54, 10:54]
    assert picture.mean(0).std() > 5
    assert picture.mean(1).std() > 5
