"""What animals' coats promise: visible marks, and none that could be dots, stripes or camouflage."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from PIL import Image
from scipy import ndimage

from assets.common.rng import rng_for
from materials import coats, palette, sheet
from materials.patterns import animal
from materials.trims import NO_TRIMS
from tests.helpers.swatches import PIXELS, ROUGH, SMOOTH, TRIMMED, VIEW, share_toward
from tests.helpers.views import seeds, views

EXTREMES = [coats.Shape(*shape) for shape in ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0))]
HEART, MARK = "#00ff00", "#0000ff"


@cache
def layers(coat, shape):
    """Return where a tile shows ground, hearts and marks."""
    tile = coats.draw_coat(coat, 0.0, "#ff0000", "#ff0000", HEART, MARK, shape, flank=0, fur=0)
    return [tile.argmax(-1) == channel for channel in range(3)]


@settings(max_examples=60, deadline=None)
@given(seed=seeds, view=views)
def test_marks_are_resolved_repeated_and_stand_out(seed, view):
    p = animal.sample(rng_for(seed), view)
    fine = p.coat == "leopard" and palette.is_earthy(p.ground)
    pixels = animal.FINE_PIXELS if fine else animal.ANIMALS[p.coat].pixels
    assert p.period_cm >= pixels * view.cm_per_pixel * 0.999
    assert p.period_cm * animal.MIN_REPEATS <= view.extent_cm * 1.001
    for under in (p.ground, p.pale):
        assert palette.contrast(p.mark, under) >= animal.MIN_CONTRAST
        assert palette.lightness_contrast(p.mark, under) >= animal.MIN_LIGHTNESS
    assert palette.contrast(p.mark, p.heart) >= animal.MIN_HEART
    assert palette.to_oklch(p.heart)[0] <= palette.to_oklch(p.ground)[0] + animal.MAX_HEART_EXCESS
    if p.coat == "leopard" and not fine:
        assert p.broken <= animal.MAX_BROKEN
    if p.coat == "leopard" and not palette.is_earthy(p.ground):
        assert palette.contrast(p.heart, p.ground) <= max(animal.MAX_PALE_HEART, animal.MAX_DYE_HEART)
    if p.coat == "giraffe":
        assert palette.lightness_contrast(p.ground, p.heart) >= animal.MIN_PATCH


def test_most_coats_are_a_leopards_and_most_have_an_animals_colours():
    drawn = [animal.sample(rng_for(i), VIEW) for i in range(200)]
    assert 0.4 < np.mean([p.coat == "leopard" for p in drawn]) < 0.65
    dyes = [palette.to_oklch(p.ground) for p in drawn]
    colourful = [chroma > 0.05 and not 40 < hue < 100 for _, chroma, hue in dyes]
    assert 0.02 < np.mean(colourful) < 0.2


def test_no_dye_is_a_green_of_uniforms_and_hearts_lie_between_marks_and_ground():
    for ground, _, heart, mark in (animal.dyes(rng_for(i)) for i in range(200)):
        assert not any(animal.is_green(color) for color in (ground, heart, mark))
        assert palette.contrast(heart, mark) >= animal.MIN_DYE_HEART
        assert palette.contrast(heart, ground) <= animal.MAX_DYE_HEART


def test_every_coat_can_be_drawn():
    assert list(coats.COATS) == list(animal.ANIMALS)


@pytest.mark.parametrize("coat", coats.COATS)
def test_a_coat_is_seamless(coat):
    shape = coats.Shape(0.5, 0.5, 0.5)
    tiles = [
        coats.draw_coat(coat, seed, "#ffffff", "#ffffff", "#808080", "#000000", shape, 0, 0)[..., 0]
        for seed in range(4)
    ]
    for axis in (0, 1):
        rows = np.stack([np.moveaxis(tile.astype(int), axis, 0) for tile in tiles])
        inside, seam = np.abs(np.diff(rows, axis=1)).mean(), np.abs(rows[:, 0] - rows[:, -1]).mean()
        assert seam < (2 if coat == "cow" else 1.35) * inside  # few edges of blotches happen to lie there


@pytest.mark.parametrize("coat", coats.COATS)
def test_ground_and_what_lies_on_it_both_cover_much_of_the_cloth(coat):
    for shape in EXTREMES:
        ground, hearts, marks = (layer.mean() for layer in layers(coat, shape))
        assert 0.15 < ground < 0.87, shape
        assert hearts + marks > 0.13, shape


def test_a_leopards_dark_pieces_surround_hearts_that_camouflage_has_not():
    for shape in EXTREMES:
        _, hearts, marks = layers("leopard", shape)
        assert hearts.mean() > 0.1, shape
        around = ndimage.binary_dilation(hearts, iterations=3) & ~hearts
        assert marks[around].mean() > 0.6, shape


def test_rosettes_are_open_or_they_are_flowers_with_a_heart():
    """Around a heart some ground touches it: a closed ring would keep them apart."""
    for shape in EXTREMES:
        ground, hearts, _ = layers("leopard", shape)
        found, count = ndimage.label(hearts)
        large = [k for k in range(1, count + 1) if (found == k).sum() > 150]
        touched = set(found[ndimage.binary_dilation(ground, iterations=4) & hearts])
        assert np.mean([k in touched for k in large]) > 0.85, shape


@pytest.mark.parametrize("coat", ["cheetah", "cow"])
def test_spots_differ_in_size_as_dots_do_not(coat):
    for shape in EXTREMES:
        marks, _ = ndimage.label(layers(coat, shape)[2])
        areas = np.bincount(marks.ravel())[1:]
        areas = areas[areas > 20]
        assert areas.std() > 0.4 * areas.mean(), shape


@pytest.mark.parametrize("coat", ["zebra", "tiger"])
def test_no_row_of_an_animals_stripes_runs_straight_across(coat):
    for shape in EXTREMES:
        marks = layers(coat, shape)[2].astype(float)
        assert marks.mean(1).std() < 0.6 * marks.std(), shape


SMALLEST = {name: coat.pixels * VIEW.cm_per_pixel for name, coat in animal.ANIMALS.items()}
CORNERS = [
    *(animal.Params(coat=coat, period_cm=SMALLEST[coat]) for coat in coats.COATS),
    animal.Params(period_cm=animal.FINE_PIXELS * VIEW.cm_per_pixel, cover=0, broken=1, wander=1),
    animal.Params(coat="cow", period_cm=VIEW.extent_cm / animal.MIN_REPEATS, cover=0),
    animal.Params(coat="zebra", period_cm=SMALLEST["zebra"], broken=0, wander=0, cover=0),
]


def test_renders_show_the_marks_on_any_cloth_and_no_single_direction(tmp_path):
    draws = [
        sheet.Draw("animal", params, sewn, cloth)
        for params in CORNERS
        for sewn, cloth in ((NO_TRIMS, ROUGH), (TRIMMED, SMOOTH))
    ]
    sheet.render_sheet(draws, tmp_path / "corners.png", PIXELS, sheet.swatch_maker(), 8, samples=1)
    page = np.asarray(Image.open(tmp_path / "corners.png").convert("RGB"), np.float32) / 255
    for index, draw in enumerate(draws):
        y, x = (PIXELS * i for i in divmod(index, 8))
        margin = round(PIXELS * (0.09 if draw.sewn == NO_TRIMS else 0.16))
        picture = page[y : y + PIXELS, x : x + PIXELS][margin:-margin, margin:-margin]
        assert picture.mean(-1).std() > 0.1, draw
        if draw.params.coat != "snake":
            directions = [share_toward(picture, angle) for angle in range(0, 180, 15)]
            assert max(directions) < 0.6, (draw, directions)
