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
    "colours of uniforms alone": lambda p: (
        pixels(p) > 8 and p.width_2 > 0 and all(map(palette.is_earthy, (p.color_1, p.color_2)))
    ),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_that_photos_show_is_drawn_now_and_then(family):
    share = np.mean([FAMILIES[family](p) for p in DRAWN])
    assert share > (0.005 if family == "colours of uniforms alone" else 0.03), share


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
