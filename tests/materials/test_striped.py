"""Stripes come in the families that clothes show, down to the faintest that are still seen."""

import numpy as np
import pytest
from hypothesis import given, settings

from assets.common.rng import rng_for
from materials import palette
from materials.patterns import striped
from tests.helpers.views import VIEW, seeds, views

DRAWN = [striped.sample(rng_for(i), VIEW) for i in range(800)]


def pixels(p):
    return p.period_cm / VIEW.cm_per_pixel


def lightness(color):
    return palette.to_oklch(color)[0]


def is_upright(p):
    return abs(p.angle_deg) > 85


def is_faint(p):
    return palette.contrast(p.ground, p.color_1) < 0.25


FAMILIES = {
    "fine upright stripes of pale shirts": lambda p: (
        is_upright(p) and pixels(p) < 8 and lightness(p.ground) > 0.85
    ),
    "faint pinstripes on dark cloth": lambda p: (
        is_upright(p)
        and is_faint(p)
        and p.width_1 < 0.4
        and lightness(p.ground) < min(0.5, lightness(p.color_1))
    ),
    "faint fine level stripes": lambda p: abs(p.angle_deg) < 5 and pixels(p) < 8 and is_faint(p),
    "faint wide stripes": lambda p: pixels(p) > 10 and is_faint(p),
    "several colours in uneven repeats": lambda p: p.mixed > 0 and p.uneven > 0.15 and p.width_2 > 0,
    "blurred edges of self-striping yarn": lambda p: p.softness > 0.1 and p.cycle > 1,
    "a few wide bands": lambda p: abs(p.angle_deg) < 5 and p.period_cm > VIEW.height_cm / 6,
    "dark and white Breton": lambda p: (
        abs(p.angle_deg) < 5
        and 6 < pixels(p) < 16
        and max(lightness(p.ground), lightness(p.color_1)) > 0.85
        and min(lightness(p.ground), lightness(p.color_1)) < 0.35
    ),
    "bends of draped cloth": lambda p: abs(p.sag_cm) + p.wave_cm > 3,
    "bold colours that are equally light": lambda p: (
        palette.lightness_contrast(p.ground, p.color_1) < striped.LIGHTNESS_PART * striped.MIN_CONTRAST
    ),
    "dashes beside whole bands": lambda p: p.dashed > 0,
    "colours of uniforms alone": lambda p: (
        pixels(p) > 8 and p.width_2 > 0 and all(map(palette.is_earthy, (p.color_1, p.color_2)))
    ),
}


RARE = {
    "colours of uniforms alone": 0.005,
    "bold colours that are equally light": 0.007,
    "dashes beside whole bands": 0.015,
}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_that_photos_show_is_drawn_now_and_then(family):
    share = np.mean([FAMILIES[family](p) for p in DRAWN])
    assert share > RARE.get(family, 0.03), share


@settings(max_examples=80, deadline=None)
@given(seed=seeds, view=views)
def test_dashes_are_long_and_have_whole_bands_beside_them(seed, view):
    p = striped.sample(rng_for(seed), view)
    if p.dashed:
        assert p.width_2 > 0
        assert p.dashed <= striped.MAX_DASHED
        assert p.dash_cm >= min(striped.MIN_DASH * p.width_1 * p.period_cm, 24) * 0.999


@settings(max_examples=80, deadline=None)
@given(seed=seeds, view=views)
def test_only_level_stripes_bend_and_not_into_zigzags(seed, view):
    p = striped.sample(rng_for(seed), view)
    bow, wave = 4 * abs(p.sag_cm) / view.width_cm, p.wave_cm * p.waves / view.width_cm
    assert max(bow, wave) <= striped.MAX_BEND * 1.001
    assert bow + wave == 0 or abs(p.angle_deg) < 5


def test_half_of_the_stripes_are_fine_and_few_are_slanted():
    assert 0.4 < np.mean([pixels(p) < 9 for p in DRAWN]) < 0.75
    assert 0.02 < np.mean([5 < abs(p.angle_deg) < 85 for p in DRAWN]) < 0.1


@settings(max_examples=80, deadline=None)
@given(seed=seeds, view=views)
def test_bands_of_every_repeat_are_resolved_and_differ_from_the_ground(seed, view):
    p = striped.sample(rng_for(seed), view)
    used = {"color_1": p.width_1, "color_2": p.width_2, "color_3": p.width_3, "color_4": p.mixed}
    for width in (p.width_1, p.width_2, p.width_3):
        narrowest = width * (1 - p.uneven) * p.period_cm / view.cm_per_pixel
        assert width == 0 or narrowest >= striped.MIN_BAND_PIXELS * 0.999
    for name, share in used.items():
        if share:
            assert palette.contrast(p.ground, getattr(p, name)) >= striped.MIN_CLOSE_CONTRAST * 0.999


@settings(max_examples=80, deadline=None)
@given(seed=seeds, view=views)
def test_a_blurred_band_keeps_its_full_colour_in_the_middle(seed, view):
    p = striped.sample(rng_for(seed), view)
    assert p.softness <= max(p.width_1 * (1 - p.uneven), 0.01)
    assert p.softness <= max(1 - p.width_1 - p.width_2 - p.width_3, 0.01)
