"""Checks cross: both directions show at every scale, on lively cloth and under trims."""

import click
import numpy as np
import pytest
from hypothesis import given, settings
from PIL import Image

from assets.common.rng import rng_for
from materials import palette, sheet
from materials.patterns import checked
from materials.trims import NO_TRIMS
from materials.view import View
from tests.helpers.swatches import PIXELS, ROUGH, SMOOTH, TRIMMED, VIEW, spectrum
from tests.helpers.views import seeds, views

LOW, HIGH = VIEW.period_cm("corner", 0.8, 24, checked.MIN_PIXELS, checked.MIN_REPEATS)
LINES = {"width_1": 0, "color_3": "#1f2a4d"}


def thinnest(kind, pixels):
    """Return the shortest period of a kind and the share of it that `pixels` are."""
    return {"period_cm": checked.KINDS[kind].pixels * VIEW.cm_per_pixel}, pixels / checked.KINDS[kind].pixels


WINDOWPANE, WINDOWPANE_LINE = thinnest("windowpane", checked.MIN_LINE_PIXELS)
GLEN, GLEN_STRIPE = thinnest("glen", checked.MIN_BAND_PIXELS)
CORNERS = [
    checked.Params(period_cm=LOW),
    checked.Params(period_cm=LOW, aspect=1.35, warp=0.6),
    checked.Params(period_cm=LOW, aspect=0.75, warp=0.4),
    checked.Params(period_cm=HIGH, brushed=1, softness_cm=1),
    checked.Params(period_cm=HIGH, width_1=0.3, width_2=0.25, width_3=0.05, width_4=0.05, swap=1, uneven=0.4),
    checked.Params(**WINDOWPANE, **LINES, width_3=WINDOWPANE_LINE, over=0.6),
    checked.Params(period_cm=HIGH, **LINES, width_3=0.06, over=0.6),
    checked.Params(period_cm=HIGH, **LINES, width_3=0.06, angle_deg=45),
    checked.Params(period_cm=LOW * 2, angle_deg=-45),
    checked.Params(**GLEN, width_1=3 * GLEN_STRIPE, stripes=2),
]


def test_both_directions_show_in_every_corner(tmp_path):
    dressed = ((NO_TRIMS, ROUGH), (TRIMMED, SMOOTH))
    draws = [sheet.Draw("checked", p, *dressed[i % 2]) for i, p in enumerate(CORNERS)]
    sheet.render_sheet(draws, tmp_path / "checked.png", PIXELS, sheet.swatch_maker(), 5, samples=1)
    page = np.asarray(Image.open(tmp_path / "checked.png").convert("RGB"), np.float32) / 255
    margin = round(PIXELS * 0.16)
    for index, draw in enumerate(draws):
        y, x = (PIXELS * i for i in divmod(index, 5))
        p = draw.params
        power, directions, radius = spectrum(
            page[y + margin : y + PIXELS - margin, x + margin : x + PIXELS - margin]
        )
        warp_way, weft_way = p.angle_deg % 180, (p.angle_deg + 90) % 180
        size = (PIXELS - 2 * margin) * VIEW.cm_per_pixel
        for way, period in ((warp_way, p.period_cm), (weft_way, p.period_cm * p.aspect)):
            toward = np.abs((directions - way + 90) % 180 - 90) <= 14
            cycles = radius * period / size
            repeats = toward & (np.abs(cycles / np.maximum(cycles.round(), 1) - 1) < 0.3)
            assert power[repeats].sum() / power[radius > 1.5].sum() > 0.2, draw


@settings(max_examples=60, deadline=None)
@given(seed=seeds, view=views)
def test_checks_are_visible(seed, view):
    p = checked.sample(rng_for(seed), view)
    pixels = p.period_cm / view.cm_per_pixel
    assert pixels >= checked.MIN_PIXELS * 0.999
    assert p.period_cm * checked.MIN_REPEATS <= view.extent_cm * 1.001
    bias = checked.MIN_BIAS_CONTRAST if abs(p.angle_deg) > 30 else 0
    if p.width_1:
        stripe = p.width_1 / (2 * p.stripes - 1) * pixels
        assert min(stripe, (1 - p.width_1) * pixels) >= checked.MIN_BAND_PIXELS * 0.999
        contrast = max(checked.MIN_CONTRAST, bias, 2 * checked.MIN_SIGNAL / stripe)
        crossed = checked.mixed(p.ground, p.color_1, 0.5)
        assert palette.contrast(p.ground, p.color_1) >= contrast * 0.999
        assert palette.lightness_contrast(p.ground, p.color_1) >= checked.LIGHTNESS_PART * contrast * 0.999
        assert palette.lightness_contrast(p.ground, crossed) >= checked.MIN_STEP
    else:
        assert p.width_3 > 0
    if p.width_2:
        assert p.width_2 * pixels >= checked.MIN_BAND_PIXELS * 0.999
        assert palette.contrast(p.color_1, p.color_2) >= checked.MIN_SECOND
    for color, width in ((p.color_3, p.width_3 * pixels), (p.color_4, p.width_4 * pixels)):
        if width:
            contrast = max(checked.MIN_LINE_CONTRAST, checked.MIN_SIGNAL / width, bias * (not p.width_1))
            shown = checked.mixed(p.ground, color, p.over)
            assert width >= checked.MIN_LINE_PIXELS * 0.999
            assert palette.contrast(p.ground, shown) >= contrast * 0.999


def test_a_large_view_shows_every_kind():
    view = View(cm_per_pixel=0.2, width_cm=60, height_cm=80)
    drawn = [checked.sample(rng_for(i), view) for i in range(150)]
    kinds = {
        "gingham": any(p.period_cm < 4 and p.width_1 > 0.3 and not p.width_3 for p in drawn),
        "buffalo": any(p.period_cm > 8 and p.width_1 > 0.3 and not p.width_3 for p in drawn),
        "windowpane": any(not p.width_1 and not p.width_4 for p in drawn),
        "tattersall": any(not p.width_1 and p.color_3 != p.color_4 for p in drawn),
        "tartan": any(p.width_2 and p.width_3 and p.swap == 0 for p in drawn),
        "madras": any(p.swap == 1 and p.uneven > 0 for p in drawn),
        "glen": any(p.stripes > 2 for p in drawn),
        "bias": any(abs(p.angle_deg) > 40 for p in drawn),
    }
    assert all(kinds.values()), kinds


def test_yarns_too_fine_to_see_mix_as_light_does():
    assert checked.mixed("#000000", "#ffffff", 0.5) == "#bcbcbc"
    assert checked.mixed("#123456", "#abcdef", 1.0) == "#abcdef"


def test_a_garment_too_small_for_any_check_is_an_error_that_says_so():
    with pytest.raises(
        click.ClickException, match="checked: no period is visible on a garment of 30 x 30 cm"
    ):
        checked.sample(rng_for(0), View(cm_per_pixel=3, width_cm=30, height_cm=30))
