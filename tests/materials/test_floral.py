"""Flowers: which colours differ, which petals are parted, and where rows of flowers lie."""

import numpy as np
import pytest
from hypothesis import given, settings

from assets.common.rng import rng_for
from materials import palette
from materials.color import rgb
from materials.florals import blooms, colors, tile
from materials.patterns import floral
from materials.tiles import CIRCLE, Brush
from materials.view import View
from tests.helpers.views import VIEW, seeds, views

DYES = {
    "petal_1": "#b01e3c",
    "petal_2": "#c83a9a",
    "petal_3": "#b01e3c",
    "centre": "#f0d060",
    "leaf": "#6f9a5b",
    "leaf_2": "#6f9a5b",
}
GROUND = "#faf9f4"
GREEN, PINK, WHITE = ((60, 120, 40), (220, 120, 150), (250, 250, 250))


def dyes(p):
    return {name: getattr(p, name) for name in DYES}


def pixels(p, view):
    return p.period_cm / view.cm_per_pixel * 1.001


@settings(max_examples=60, deadline=None)
@given(seed=seeds, view=views)
def test_flowers_stand_out_from_the_ground(seed, view):
    p = floral.sample(rng_for(seed), view)
    least = colors.faintest(pixels(p, view))
    if p.layout == "foliage":
        assert palette.contrast(p.leaf, p.ground) >= colors.MIN_FOLIAGE
        assert palette.lightness_contrast(p.leaf, p.ground) >= colors.MIN_FOLIAGE_LIGHTNESS
        assert not (palette.is_earthy(p.leaf) and palette.is_earthy(p.ground))
        assert min(palette.contrast(p.petal_1, c) for c in (p.leaf, p.ground)) >= colors.MIN_CONTRAST
    elif p.centre == p.ground:
        assert p.petal_1 == p.petal_2 == p.petal_3 == p.leaf == p.leaf_2
        contrast = palette.contrast(p.ground, p.petal_1)
        assert contrast >= least
        assert palette.lightness_contrast(p.ground, p.petal_1) >= colors.LIGHTNESS_SHARE * least
        if contrast >= colors.TONAL or pixels(p, view) < floral.MIN_GREY_PIXELS:
            grey = max(palette.to_oklch(c)[1] for c in (p.ground, p.petal_1)) < colors.MIN_TONAL_CHROMA
            assert not grey or contrast >= colors.BOLD
            assert not palette.is_earthy(p.ground)
            assert not palette.is_earthy(p.petal_1)
            assert palette.is_festive(p.ground) or palette.is_festive(p.petal_1)
    else:
        usual = colors.MIN_LINE_CONTRAST if p.outline else colors.MIN_CONTRAST
        may_be_faint = (
            p.layout in floral.KINDS["faint"].layouts and pixels(p, view) >= floral.MIN_SPRIG_PIXELS
        )
        shares = (1, least / colors.MIN_CONTRAST) if may_be_faint else ()
        assert colors.tell_apart(p.ground, dyes(p), usual) or any(
            colors.tell_apart(p.ground, dyes(p), colors.MIN_CONTRAST, faint) for faint in shares
        )


@settings(max_examples=60, deadline=None)
@given(seed=seeds, view=views)
def test_each_layout_has_the_pixels_that_it_needs(seed, view):
    p = floral.sample(rng_for(seed), view)
    needed = {
        "scatter": floral.MIN_PIXELS,
        "dense": floral.MIN_DENSE_PIXELS,
        "sprigs": floral.MIN_SPRIG_PIXELS,
        "foliage": floral.MIN_FOLIAGE_PIXELS,
        "bold": floral.MIN_FOLIAGE_PIXELS,
        "border": floral.MIN_FOLIAGE_PIXELS,
        "garland": floral.MIN_FOLIAGE_PIXELS,
    }
    if p.source == "tile":
        assert pixels(p, view) >= needed.get(p.layout, floral.MIN_DITSY_PIXELS)
        if p.centre == p.ground:
            assert pixels(p, view) >= floral.MIN_FOLIAGE_PIXELS
    else:
        assert p.wash <= floral.MAX_NODE_WASH
        assert p.centre != p.ground
    assert p.wash == 0 or pixels(p, view) >= floral.MIN_FINE_PIXELS


@pytest.mark.parametrize(
    ("name", "color"),
    [
        *((name, GROUND) for name in DYES if name != "centre"),
        *((name, DYES["petal_2"]) for name in ("centre", "leaf", "leaf_2")),
        ("petal_1", "#6b7040"),
        ("petal_2", "#30302f"),
    ],
)
def test_a_dye_that_is_lost_in_another_or_a_uniforms_is_refused(name, color):
    assert colors.tell_apart(GROUND, DYES, colors.MIN_CONTRAST)
    assert not colors.tell_apart(GROUND, DYES | {name: color}, colors.MIN_CONTRAST)
    assert not colors.tell_apart(GROUND, DYES | {name: color}, colors.MIN_CONTRAST, 0.4)


def test_faint_flowers_are_fainter_than_others_and_stronger_where_small():
    contrasts = [
        palette.contrast(drawn["ground"], drawn["petal_1"])
        for drawn in (colors.mixed(rng_for(i), faint=0.4) for i in range(40))
    ]
    assert np.median(contrasts) < colors.MIN_CONTRAST
    assert min(contrasts) >= 0.4 * colors.MIN_CONTRAST
    assert colors.faintest(60) == colors.MIN_FAINT < colors.faintest(30) < colors.faintest(15)
    assert colors.faintest(5) == colors.MIN_CONTRAST


def test_every_kind_of_print_is_drawn():
    drawn = [floral.sample(rng_for(i), VIEW) for i in range(300)]
    assert {p.layout for p in drawn} == set(tile.LAYOUTS)
    assert {p.placed for p in drawn} == {"all over", "level", "upright"}
    assert all((p.placed == "all over") == (p.layout not in ("border", "garland")) for p in drawn)


@pytest.mark.parametrize("shown_y", [(0, 1), (0.3, 1)])
def test_a_border_grows_from_the_hem_that_the_image_shows(shown_y):
    view = View(cm_per_pixel=0.3, width_cm=60, height_cm=70, shown_y=shown_y)
    drawn = [floral.sample(rng_for(i), view) for i in range(300)]
    level = [p for p in drawn if p.layout == "border" and p.placed == "level"]
    assert len(level) > 3
    for p in level:
        hem = p.edge + tile.HEM * p.period_cm * tile.BLOOMS / view.whole_height_cm
        assert hem == pytest.approx(shown_y[0], abs=1e-6)


@pytest.mark.parametrize(("layout", "crowded"), [("border", 1 - tile.HEM), ("garland", 0.5)])
def test_a_row_of_flowers_is_dense_at_one_height_and_ends_before_the_tile_does(layout, crowded):
    for seed in range(5):
        p = floral.Params(source="tile", seed=seed, layout=layout)
        bare = (floral.draw_image(p) == rgb(p.ground)).all(-1).mean(1)
        n = len(bare)
        assert bare[round((crowded - 0.06) * n) : round((crowded + 0.04) * n)].mean() < 0.35
        assert bare[round((1 - tile.ROW) * n) :].mean() < 0.9
        assert bare[: round((1 - tile.ROW) * n) + 1].mean() > 0.85


@pytest.mark.parametrize("layout", tile.LAYOUTS)
def test_a_floral_tile_is_seamless(layout):
    p = floral.Params(source="tile", seed=3, layout=layout)
    drawn = floral.draw_image(p).astype(int)
    inside = np.abs(np.diff(drawn, axis=0)).mean()
    assert np.abs(drawn[0] - drawn[-1]).mean() < 2 * inside
    assert np.abs(drawn[:, 0] - drawn[:, -1]).mean() < 2 * inside


@pytest.mark.parametrize("name", ["flower", "daisy"])
def test_the_ground_shows_between_small_petals(name):
    look = blooms.Look(PINK, PINK, PINK, GREEN, petals=6, base=0.8, width=tile.CRISP)
    for seed in range(5):
        brush = Brush(WHITE, outline=False)
        blooms.SPECIES[name](brush, rng_for(seed), 0.5 + 0.5j, 0.3, look)
        drawn = brush.paint(256, 0)
        ring = 128 + 128j + 256 * 0.3 * 0.7 * np.exp(2j * np.pi * np.arange(360) / 360)
        bare = (drawn[ring.imag.astype(int), ring.real.astype(int)] == WHITE).all(-1)
        assert 0.15 < bare.mean() < 0.75
        assert np.count_nonzero(np.diff(bare)) >= 2 * 6 - 2


@pytest.mark.parametrize("name", blooms.SPECIES)
def test_a_flower_is_seen_on_leaves_of_its_own_colour(name):
    plan = tile.Layout(1, 1.0, 1.0, (name,))
    garden = tile.Garden(1, plan, WHITE, [GREEN] * 4, WHITE, [GREEN] * 3, 6, outline=False)
    garden.brush.shape(0.5 + 0.5j + 0.45 * CIRCLE, GREEN)
    garden.bloom(0.5 + 0.5j, 0.3)
    drawn = garden.brush.paint(256, 0).astype(int)
    light = drawn[90:166, 90:166].mean(-1)
    whole = drawn[48:208, 48:208].mean(-1)
    assert np.ptp(light) > 30
    assert (whole > 200).mean() > 0.03
