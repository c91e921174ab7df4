"""What the samplers of the patterns promise, without Blender."""

from importlib import import_module

import click
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assets.common.rng import rng_for
from materials import fabric, knits, palette, quilting, trims
from materials.color import linear
from materials.inputs import FILE, inputs_of, values_of
from materials.patterns import (
    CLASSES,
    PATTERNS,
    camouflage,
    dotted,
    floral,
    gradient,
    herringbone,
    plain,
    striped,
)
from materials.view import View
from tests.helpers.views import VIEW, seeds, views


def module(name):
    return import_module(PATTERNS[name])


@pytest.mark.parametrize("name", CLASSES)
@settings(max_examples=15, deadline=None)
@given(seed=seeds, view=views)
def test_every_draw_is_valid_and_survives_its_record(name, seed, view):
    params = module(name).sample(rng_for(seed), view)
    assert type(params).model_validate_json(params.model_dump_json()) == params
    assert module(name).sample(rng_for(seed), view) == params


@settings(max_examples=20, deadline=None)
@given(seed=seeds, view=views)
def test_fabric_is_valid_survives_its_record_and_hides_threads_that_would_alias(seed, view):
    cloth = fabric.sample_fabric(rng_for(seed), view)
    assert fabric.Fabric.model_validate_json(cloth.model_dump_json()) == cloth
    if cloth.thread_cm < fabric.THREAD_PIXELS[0] * view.cm_per_pixel:
        assert cloth.relief == 0


@settings(max_examples=80, deadline=None)
@given(seed=seeds, view=views)
def test_ribs_of_plain_cloth_and_channels_of_puffers_are_resolved(seed, view):
    p = plain.sample(rng_for(seed), view)
    if p.rib:
        finest = p.rib_cm / knits.WELT_FINER if p.welt_cm else p.rib_cm
        assert finest >= min(knits.MIN_RIB_PIXELS * view.cm_per_pixel * 0.999, 6)
    if p.padding:
        assert p.quilt_cm >= min(quilting.MIN_PADDED_PIXELS * view.cm_per_pixel * 0.999, 30)


def test_the_shades_of_plain_cloth_are_fainter_than_any_stripe():
    drawn = [plain.sample(rng_for(i), VIEW) for i in range(400)]
    assert max(p.wash for p in drawn) <= plain.MAX_WASH
    level = [p for p in drawn if p.quilt_angle_deg == 0]
    assert max(p.quilt for p in level) <= quilting.MAX_LEVEL_QUILT
    assert 0.3 < max(p.padding for p in level) <= quilting.MAX_LEVEL_PADDING
    for shade in (knits.MAX_RIB_SHADE, quilting.MAX_SEAM_SHADE * quilting.MAX_LEVEL_QUILT):
        darkest = palette.oklch(0.9 * (1 - shade) ** (1 / 3), 0, 0)  # lightness is a cube root of light
        assert (
            palette.lightness_contrast(palette.oklch(0.9, 0, 0), darkest)
            < striped.LIGHTNESS_PART * striped.MIN_CONTRAST
        )


any_views = st.builds(
    View, cm_per_pixel=st.floats(0.02, 8), width_cm=st.floats(1, 300), height_cm=st.floats(1, 300)
)


@pytest.mark.parametrize("name", CLASSES)
@settings(max_examples=60, deadline=None)
@given(seed=seeds, view=any_views)
@example(seed=413804, view=View(cm_per_pixel=0.0625, width_cm=3, height_cm=10))  # a narrow border of flowers
def test_any_view_gets_a_valid_draw_or_an_error_that_names_the_option(name, seed, view):
    for draw in (trims.sample_trims, fabric.sample_fabric):
        draw(rng_for(seed), view)
    try:
        module(name).sample(rng_for(seed), view)
    except click.ClickException as error:
        if "render larger images (--size)" not in error.message:
            raise


@settings(max_examples=20, deadline=None)
@given(seed=seeds, view=views)
def test_trims_are_small_and_survive_their_record(seed, view):
    p = trims.sample_trims(rng_for(seed), view)
    assert trims.Trims.model_validate_json(p.model_dump_json()) == p
    assert p.print_cm <= max(trims.MAX_PRINT_SHARE * view.width_cm, 1.5)
    assert p.hem_cm <= trims.MAX_HEM_SHARE * view.height_cm + 1e-9


def test_most_clothes_of_every_class_have_few_trims():
    drawn = [trims.sample_trims(rng_for(i), VIEW) for i in range(300)]
    counts = [
        sum(v > 0 for v in (p.buttons, p.zip, p.seam, p.pocket, p.hem, p.cuffs, p.waist, p.sides, p.print))
        for p in drawn
    ]
    assert np.mean([count <= 2 for count in counts]) > 0.7
    assert np.mean([count == 0 for count in counts]) > 0.1


@settings(max_examples=40, deadline=None)
@given(seed=seeds, view=views)
def test_stripes_are_visible(seed, view):
    p = striped.sample(rng_for(seed), view)
    assert p.period_cm >= striped.MIN_PIXELS * view.cm_per_pixel * 0.999
    level, upright = abs(p.angle_deg) < 5, abs(p.angle_deg) > 85
    across = view.height_cm if level else view.body_cm
    finest = p.period_cm <= striped.MIN_SLANTED_PIXELS * view.cm_per_pixel * 1.001
    assert p.period_cm * striped.MIN_REPEATS <= min(view.extent_cm, across) * 1.001 or finest
    in_part = p.from_height > 0 or p.to_height < 1 or (upright and p.body < 1)
    assert not in_part or p.period_cm * striped.MIN_NARROW_REPEATS <= min(view.extent_cm, across)
    assert p.width_1 * p.period_cm >= striped.MIN_BAND_PIXELS * view.cm_per_pixel * 0.999
    assert p.to_height - p.from_height >= striped.MIN_COVERED * 0.999
    assert p.body >= striped.MIN_BODY
    covered = p.width_1 + p.width_2 + p.width_3
    thinner = min(p.width_1 * (1 - p.uneven), 1 - covered) * p.period_cm / view.cm_per_pixel
    least = max(striped.MIN_CONTRAST, striped.MIN_SIGNAL / thinner) * 0.999
    assert palette.contrast(p.ground, p.color_1) >= least
    hued = thinner >= striped.MIN_HUED_PIXELS * 0.999
    hued = hued and palette.contrast(p.ground, p.color_1) >= striped.MIN_HUED_CONTRAST
    assert hued or palette.lightness_contrast(p.ground, p.color_1) >= striped.LIGHTNESS_PART * least
    assert not p.dashed or palette.contrast(p.ground, p.color_1) * (1 - striped.DASH_GAP * p.dashed) >= least
    assert p.slub == 0 or thinner * striped.MIN_CONTRAST >= striped.MIN_SIGNAL * 0.999
    assert 1 - covered >= striped.MIN_BAND_PIXELS * view.cm_per_pixel / p.period_cm * 0.999


@settings(max_examples=40, deadline=None)
@given(seed=seeds, view=views)
def test_dots_are_visible_and_do_not_touch(seed, view):
    p = dotted.sample(rng_for(seed), view)
    assert p.period_cm >= dotted.MIN_PIXELS * view.cm_per_pixel * 0.999
    assert 2 * p.radius * p.period_cm >= dotted.MIN_DOT_PIXELS * view.cm_per_pixel * 0.999
    assert p.jitter + 2 * p.radius <= p.row_spacing + 1e-9
    pixels = 2 * p.radius * p.period_cm / view.cm_per_pixel
    least = max(dotted.MIN_CONTRAST, dotted.MIN_SIGNAL / pixels) * 0.999
    if palette.to_oklch(p.ground)[0] < palette.MIN_SHADED:
        least *= dotted.DARK_PART
    for color in (p.color_1, p.color_2):
        assert palette.contrast(p.ground, color) >= least
        assert palette.lightness_contrast(p.ground, color) >= dotted.LIGHTNESS_PART * least


@settings(max_examples=40, deadline=None)
@given(seed=seeds, view=views)
def test_herringbone_lines_climb_visibly_in_visible_columns(seed, view):
    p = herringbone.sample(rng_for(seed), view)
    across = p.line_cm * np.cos(np.arctan(p.slope))
    assert across >= herringbone.MIN_LINE_PIXELS * view.cm_per_pixel * 0.999
    assert p.column_cm >= herringbone.MIN_COLUMN_PIXELS * view.cm_per_pixel * 0.999
    assert p.column_cm * p.slope >= herringbone.MIN_RISE * p.line_cm * 0.999
    assert palette.contrast(p.ground, p.color_1) >= herringbone.MIN_CONTRAST
    assert palette.lightness_contrast(p.ground, p.color_1) >= herringbone.MIN_LIGHTNESS
    assert palette.contrast(p.ground, p.color_3) >= herringbone.MIN_CONTRAST


@settings(max_examples=40, deadline=None)
@given(seed=seeds, view=views)
def test_fades_differ_from_end_to_end(seed, view):
    p = gradient.sample(rng_for(seed), view)
    assert palette.contrast(p.color_1, p.color_2) >= gradient.MIN_CONTRAST
    assert gradient.is_dyed(p.color_1, p.color_2)
    if p.three:
        for end in (p.color_1, p.color_2):
            assert palette.contrast(p.color_middle, end) >= gradient.MIN_MIDDLE_CONTRAST


@settings(max_examples=25, deadline=None)
@given(seed=seeds, view=views)
def test_camouflage_has_four_distinct_colours_from_light_to_dark(seed, view):
    p = camouflage.sample(rng_for(seed), view)
    colors = [p.ground, p.color_1, p.color_2, p.color_3]
    lightness = [palette.to_oklch(c)[0] for c in colors]
    assert max(lightness) - min(lightness) >= camouflage.MIN_LIGHTNESS_RANGE
    assert all(
        palette.contrast(a, b) >= camouflage.MIN_STEP for i, a in enumerate(colors) for b in colors[:i]
    )
    if p.digital:
        smallest = camouflage.MIN_PIXELS * view.cm_per_pixel
        assert p.scale_cm <= max(view.extent_cm / camouflage.MIN_DIGITAL_REPEATS, smallest, 5) * 1.001
    assert p.block_cm >= camouflage.MIN_BLOCK_PIXELS * view.cm_per_pixel * 0.999


@pytest.mark.parametrize("name", ["striped", "dotted", "floral", "camouflage", "herringbone"])
def test_a_garment_too_small_for_any_period_is_an_error_that_says_so(name):
    with pytest.raises(
        click.ClickException, match=f"{name}: no period is visible on a garment of 30 x 30 cm"
    ):
        module(name).sample(rng_for(0), View(cm_per_pixel=4, width_cm=30, height_cm=30))


def test_a_contrast_no_colour_has_is_an_error():
    with pytest.raises(click.ClickException, match="not found in 500 draws"):
        palette.another(rng_for(0), ["#808080"], 0.95)


def test_contrast_runs_from_zero_to_one():
    assert palette.contrast("#123456", "#123456") == 0
    assert palette.contrast("#000000", "#ffffff") == pytest.approx(1, abs=1e-3)


def test_the_palette_covers_dark_light_and_bright():
    drawn = np.array([palette.to_oklch(palette.color(rng_for(i))) for i in range(300)])
    assert (drawn[:, 0] < 0.3).mean() > 0.15
    assert (drawn[:, 0] > 0.85).mean() > 0.15
    assert (drawn[:, 1] > 0.12).mean() > 0.05


@pytest.mark.parametrize("name", CLASSES)
def test_every_parameter_has_a_range_and_a_description(name):
    fields = module(name).Params.model_fields
    inputs = list(inputs_of(module(name).Params))
    assert {parameter.field for parameter in inputs} == {
        field for field, info in fields.items() if FILE not in info.metadata
    }
    for parameter in inputs:
        info = fields[parameter.field]
        assert info.description, parameter.field
        assert parameter.low < parameter.high, parameter.field
        limits = {limit for limit in ("ge", "le") for found in info.metadata if hasattr(found, limit)}
        assert limits == {"ge", "le"} or info.annotation not in (int, float), parameter.field


def test_sockets_hold_linear_colours_and_the_index_of_words():
    values = values_of(floral.Params(ground="#ff0000", source="tile"))
    assert values["Ground"] == (1.0, 0.0, 0.0, 1.0)
    assert values["Source"] == 1.0
    assert linear("#808080")[0] == pytest.approx(0.2159, abs=1e-4)
