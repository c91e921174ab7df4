"""Many checks, dots and stripes are hardly darker than their ground, as in photos, but still seen."""

import numpy as np
import pytest
from PIL import Image

from assets.common.rng import rng_for
from materials import palette, sheet
from materials.florals import colors
from materials.patterns import checked, dotted, floral, graphic, striped
from tests.helpers.swatches import PIXELS, SMOOTH, TRIMMED, VIEW, spectrum
from tests.helpers.views import VIEW as GARMENT

LIGHT = 0.9
"""Lightness (OKLCH) of a shirt's ground."""


@pytest.mark.parametrize("module", [checked, dotted, striped])
def test_a_third_of_the_draws_are_faint_and_some_are_bold(module):
    drawn = [module.sample(rng_for(i), GARMENT) for i in range(300)]
    contrasts = np.array([palette.contrast(p.ground, p.color_1) for p in drawn if getattr(p, "width_1", 1)])
    assert 0.25 < (contrasts < 0.3).mean() < 0.7
    assert (contrasts > 0.45).mean() > 0.15


def test_in_faint_tartans_all_yarns_are_shades_of_the_ground():
    drawn = [checked.sample(rng_for(i), GARMENT) for i in range(400)]
    faint = [p for p in drawn if p.width_1 and p.width_2 and palette.contrast(p.ground, p.color_1) < 0.25]
    close = [palette.contrast(p.ground, p.color_2) < 0.25 for p in faint]
    assert len(faint) > 20
    assert 0.4 < np.mean(close) < 0.95


def test_some_prints_are_shades_of_the_cloth_and_some_flowers_of_the_ground():
    prints = [graphic.sample(rng_for(i), GARMENT) for i in range(200)]
    contrasts = [palette.contrast(p.color, p.ink_1) for p in prints]
    assert 0.07 < np.mean([contrast < graphic.MIN_CONTRAST + 0.13 for contrast in contrasts]) < 0.35
    flowers = [floral.sample(rng_for(i), GARMENT) for i in range(200)]
    two_colours = [palette.contrast(p.ground, p.petal_1) for p in flowers if p.centre == p.ground]
    assert np.min(two_colours) < colors.TONAL


def test_a_shade_of_a_dark_colour_is_lighter():
    for seed in range(100):
        ground = palette.oklch(palette.MIN_SHADED - 0.02 - seed / 400, 0.02, 260)
        shade = palette.tone(rng_for(seed), ground, 0.09, 0.07)
        assert shade
        assert palette.to_oklch(shade)[0] > palette.to_oklch(ground)[0]


def faint(contrast):
    """Return a light ground and a shade of it that differs by `contrast`."""
    return {"ground": palette.oklch(LIGHT, 0, 0), "color_1": palette.oklch(LIGHT - contrast, 0, 0)}


def period(pixels):
    return pixels * VIEW.cm_per_pixel


WIDE = 2 * 2 * checked.MIN_SIGNAL / checked.MIN_CONTRAST
"""Bands of half this many pixels need no more than the least contrast."""
FAINT = {
    "checked": checked.Params(period_cm=period(WIDE), **faint(checked.MIN_CONTRAST)),
    "striped": striped.Params(
        period_cm=period(2 * striped.MIN_SIGNAL / striped.MIN_CONTRAST), **faint(striped.MIN_CONTRAST)
    ),
    "dotted": dotted.Params(period_cm=period(4 * dotted.MIN_SIGNAL / 0.2), **faint(0.2)),
}


def test_the_faintest_keep_their_period_under_all_trims(tmp_path):
    """As far as they differ from the same cloth without them: trims have a period of their own."""
    draws = []
    for name, params in FAINT.items():
        plain = params.model_copy(update={"color_1": params.ground})
        draws += [sheet.Draw(name, shown, TRIMMED, SMOOTH) for shown in (params, plain)]
    swatch = sheet.swatch_maker()
    sheet.render_sheet(draws, tmp_path / "faint.png", PIXELS, lambda i: swatch(i // 2), len(draws), samples=1)
    page = np.asarray(Image.open(tmp_path / "faint.png").convert("RGB"), np.float32) / 255
    margin = round(PIXELS * 0.16)
    cells = page[margin : PIXELS - margin].reshape(-1, len(draws), PIXELS, 3)[:, :, margin : PIXELS - margin]
    for index, draw in enumerate(draws[::2]):
        drawn = cells[:, 2 * index] - cells[:, 2 * index + 1]
        power, _, radius = spectrum(drawn)
        strongest = radius.flat[np.argmax(power * (radius > 1.5))]
        cycles = strongest * draw.params.period_cm / (len(drawn) * VIEW.cm_per_pixel)
        assert drawn.std() > 0.02, draw.name
        assert 0.7 < cycles < 1.3, draw.name
