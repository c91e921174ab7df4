"""What a blind reader took for another class, as promises of the samplers."""

import numpy as np
import pytest
from hypothesis import given, settings
from PIL import Image

from assets.common.rng import rng_for
from materials import fabric, knits, palette, quilting
from materials.motifs import lettering
from materials.others import conversational, figures, things
from materials.others.kinds import KINDS
from materials.patterns import dotted, gradient, graphic, herringbone, other, plain, striped
from tests.helpers.views import VIEW, seeds, views


def plains():
    return [plain.sample(rng_for(i), VIEW) for i in range(400)]


def test_worn_denim_is_paler_by_far_less_than_a_gradient():
    contrasts = [palette.contrast(p.color, p.worn) for p in plains() if p.wash]
    assert np.ptp(contrasts) > 0.03
    assert max(contrasts) <= plain.MAX_WORN_CONTRAST + 0.005 < gradient.MIN_CONTRAST / 3


def test_jeans_are_worn_down_their_legs_by_less_than_a_gradient_and_in_faint_streaks():
    view = VIEW.model_copy(update={"legs": True})
    drawn = [p for p in (plain.sample(rng_for(i), view) for i in range(400)) if p.wash]
    assert len(drawn) > 100
    contrasts = [palette.contrast(p.color, p.worn) for p in drawn]
    assert 0.25 < max(contrasts) <= plain.MAX_WORN_LEGS + 0.005 < gradient.MIN_CONTRAST
    assert not any(gradient.is_dyed(p.color, p.worn) for p in drawn)
    assert not any(p.fade for p in drawn)
    for p, contrast in zip(drawn, contrasts, strict=True):
        assert p.wash * contrast <= plain.MAX_WASH * plain.MAX_WORN_CONTRAST * 1.05 + 0.003
    assert not any(p.legs or p.whiskers or p.torn for p in plains())


def test_melange_and_heather_together_are_fainter_than_the_lines_of_herringbone():
    melange = max(fabric.sample_fabric(rng_for(i), VIEW).melange for i in range(400))
    lightest, darkest = (palette.oklch(0.9 * (1 + s * 0.2 * melange) ** (1 / 3), 0, 0) for s in (1, -1))
    thick = plain.MAX_TWEED_PIXELS * VIEW.cm_per_pixel
    assert plain.MAX_TWEED_PIXELS < herringbone.MIN_LINE_PIXELS / 2, "each half of a zigzag is wider"
    long = [p for p in plains() if p.heather and p.heather_stretch > plain.MAX_TWEED_STRETCH]
    clear = [p for p in long if palette.contrast(p.color, p.yarn) > plain.MAX_HEATHER_CONTRAST]
    assert len(clear) > 4
    assert max(p.heather_cm for p in clear) <= thick
    assert max(palette.contrast(p.color, p.yarn) for p in clear) <= plain.MAX_MELANGE_CONTRAST
    long = [p for p in long if p.heather_stretch < plain.MIN_MELANGE_STRETCH]
    heather = max(palette.contrast(p.color, p.yarn) for p in long)
    assert palette.lightness_contrast(lightest, darkest) + heather < herringbone.MIN_LIGHTNESS
    streaks = [palette.contrast(p.color, p.yarn) for p in long if p.heather_stretch > plain.LONG_SPECKS]
    assert max(streaks) <= plain.MAX_STREAK_CONTRAST


def test_tweed_is_speckled_clearly_but_finely():
    drawn = [p for p in plains() if p.heather_stretch < plain.MIN_MELANGE_STRETCH]
    tweeds = [p for p in drawn if p.heather and palette.contrast(p.color, p.yarn) > 0.13]
    assert len(tweeds) > 4
    assert max(palette.contrast(p.color, p.yarn) for p in tweeds) <= plain.MAX_TWEED_CONTRAST
    assert max(p.heather_stretch for p in tweeds) <= plain.MAX_TWEED_STRETCH
    assert max(p.heather_cm for p in tweeds) <= plain.MAX_TWEED_PIXELS * VIEW.cm_per_pixel


def test_plain_cloth_has_streaks_in_one_direction_or_it_looks_checked():
    assert not any(p.heather and p.wash for p in plains())


def test_quilted_diamonds_are_shallower_than_checks_on_the_bias():
    deepest = {p.quilt_angle_deg > 0: p.quilt for p in sorted(plains(), key=lambda p: p.quilt)}
    assert deepest[False] <= quilting.MAX_LEVEL_QUILT < 0.4
    assert deepest[True] <= quilting.MAX_DIAMOND_QUILT < 0.7


def test_quilted_cloth_is_padded_never_in_squares_and_on_pale_cloth_with_faint_seams():
    drawn = [p for p in plains() if p.quilt]
    assert len(drawn) > 8
    assert min(p.padding for p in drawn) > 0.2
    assert not any(p.quilt_tilt_deg for p in drawn)
    pale = [p for p in drawn if palette.to_oklch(p.color)[0] > plain.PALE]
    assert 0 < max(p.quilt for p in pale) <= quilting.MAX_PALE_QUILT < max(p.quilt for p in drawn)
    assert all(p.quilt_angle_deg for p in pale)


def test_ribs_are_round_and_on_pale_cloth_shallow_or_they_look_like_pinstripes():
    ribbed = [p for p in plains() if p.rib]
    pale = [p for p in ribbed if palette.to_oklch(p.color)[0] > plain.PALE]
    assert min(p.rib_groove for p in ribbed) >= knits.MIN_RIB_GROOVE
    assert max(p.rib for p in pale) <= knits.MAX_PALE_RIB < max(p.rib for p in ribbed)


def test_cables_are_ropes_wide_enough_to_show_their_twist_and_trousers_have_none():
    cables = [p for p in plains() if p.rope]
    assert len(cables) > 4
    assert min(p.rope_cm for p in cables) >= min(knits.MIN_ROPE_PIXELS * VIEW.cm_per_pixel, 12) * 0.999
    legs = VIEW.model_copy(update={"legs": True})
    assert not any(
        p.rope or p.tiers or p.eyelet for p in (plain.sample(rng_for(i), legs) for i in range(400))
    )


def test_eyelets_are_fainter_than_dots_and_in_a_few_rows_far_apart():
    pierced = [p for p in plains() if p.eyelet]
    assert len(pierced) > 2
    assert min(p.eyelet_rows for p in pierced) >= 6
    darkest = palette.oklch(0.9 * (1 - knits.MAX_EYELET_SHADE) ** (1 / 3), 0, 0)
    assert palette.contrast(palette.oklch(0.9, 0, 0), darkest) < dotted.MIN_CONTRAST


@settings(max_examples=60, deadline=None)
@given(seed=seeds, view=views)
def test_slanted_stripes_are_wider_than_the_steps_of_pixels(seed, view):
    p = striped.sample(rng_for(seed), view)
    pixels = p.period_cm / view.cm_per_pixel
    assert pixels >= 0.999 * (striped.MIN_SLANTED_PIXELS if 5 < abs(p.angle_deg) < 85 else striped.MIN_PIXELS)


def dots():
    """Return dots, and how many pixels they are apart."""
    drawn = [dotted.sample(rng_for(i), VIEW) for i in range(400)]
    return [(p, p.period_cm / VIEW.cm_per_pixel * 1.001) for p in drawn]


def test_the_ground_between_dots_is_neither_a_mesh_nor_a_check():
    for p, pixels in dots():
        assert pixels >= dotted.MIN_DENSE_PIXELS or p.radius <= dotted.MAX_FINE_RADIUS
        assert p.row_spacing == 1 or p.radius <= dotted.MAX_HEXAGONAL_RADIUS
        if p.stagger == 0 and abs(p.angle_deg) < 45 - dotted.MAX_TURN:
            assert pixels >= dotted.MIN_UPRIGHT_PIXELS
            assert p.radius <= dotted.MAX_UPRIGHT_RADIUS


def test_dots_of_two_colours_or_off_their_lattice_are_no_speckles_or_mosaics():
    for p, pixels in dots():
        assert pixels >= dotted.MIN_LOOSE_PIXELS or (p.jitter == 0 and p.color_1 == p.color_2)
        assert p.color_1 == p.color_2 or p.radius <= dotted.MAX_MIXED_RADIUS
        assert p.jitter == 0 or p.radius <= dotted.MAX_LOOSE_RADIUS


def test_most_dots_are_small_and_some_stand_out_of_the_cloth():
    drawn = [p for p, _ in dots()]
    sizes = np.array([2 * p.radius * p.period_cm / VIEW.cm_per_pixel for p in drawn])
    apart = np.array([1 / p.radius for p in drawn])
    assert 0.5 < (sizes < 5).mean() < 0.85
    assert (sizes > 8).mean() > 0.08
    assert 0.2 < (apart > 7).mean() < 0.5
    raised = [p for p in drawn if p.relief]
    assert 0.05 < len(raised) / len(drawn) < 0.2
    assert np.mean([palette.contrast(p.ground, p.color_1) < 0.35 for p in raised]) > 0.8


@settings(max_examples=60, deadline=None)
@given(seed=seeds, view=views)
def test_fades_run_down_the_garment_and_begin_and_end_on_it(seed, view):
    """A lamp's light goes anywhere, and off the cloth."""
    bottom = view.height_cm * 0.2
    view = view.model_copy(update={"shown_y": (0.1, 0.9), "opening_cm": bottom})
    p = gradient.sample(rng_for(seed), view)
    tinted = gradient.tint(p.color_1, p.color_2) >= gradient.MIN_TINT
    assert abs(p.lean_deg) <= (gradient.MAX_LEAN if tinted else gradient.MAX_SHADED_LEAN)
    assert p.middle - p.width / 2 > 0.1
    assert p.middle + p.width / 2 < view.cloth_top


def test_a_fade_is_more_than_light_and_wear_make_of_one_colour():
    sand, pale, dark, blue = "#cfc0a8", "#f0ead8", "#6d6252", "#1c4fa0"
    assert gradient.is_dyed(sand, blue)
    assert gradient.is_dyed(pale, "#2a2622")
    assert not gradient.is_dyed(sand, dark)
    assert not gradient.is_dyed(pale, sand)


@pytest.mark.parametrize("draw", [conversational.one_thing, conversational.tiny_things])
def test_a_lone_thing_is_never_a_compact_shape_as_dots_are(monkeypatch, draw):
    drawn = []
    monkeypatch.setattr(
        conversational, "_strew", lambda rng, colors, side, pictures, *_: drawn.extend(pictures)
    )
    for seed in range(200):
        draw(rng_for(seed), ["#ffffff"] * 5, 96)
    for shape in (things.star(), things.heart(), things.moon(), things.cloud()):
        assert not any(np.array_equal(shape[0].points, thing[0].points) for thing in drawn)
    assert len({len(thing) for thing in drawn}) > 3


@pytest.mark.parametrize("draw", [figures.tossed, figures.sparse, figures.one_figure])
def test_figures_are_not_all_mere_shapes_as_dots_are_and_small_ones_never(monkeypatch, draw):
    drawn = []
    monkeypatch.setattr(figures, "_strew", lambda rng, colors, side, chosen, *_: drawn.append([*chosen]))
    for seed in range(300):
        draw(rng_for(seed), ["#ffffff"] * 5, 96)
    shares = [np.mean([figures.is_compact(figure) for figure in chosen]) for chosen in drawn]
    assert max(shares) <= (0.5 if draw is figures.tossed else 0)
    assert len({figure for chosen in drawn for figure in chosen}) > 40


def test_balls_boxes_and_mountains_are_mere_shapes_and_birds_and_bones_are_not():
    assert all(map(figures.is_compact, "🎱📷⛺🎈"))
    assert not any(map(figures.is_compact, "🦩🦴⚓🦋"))


TILES = [name for name, kind in KINDS.items() if not kind.placed]


@pytest.mark.parametrize("name", TILES)
def test_chevrons_are_herringbone_so_that_no_kind_of_other_only_shifts_from_column_to_column(name):
    colors = ("#f4efe6", "#1f3a5f", "#c4506a", "#4f7d3a", "#d99a2b")
    for seed in range(2):
        light = KINDS[name].draw(rng_for(name, seed), colors, 96).mean(-1)
        for page in (light, light.T):
            page = page - page.mean()
            spectrum = np.fft.fft(page, axis=0)
            agreement = np.fft.ifft(spectrum * spectrum[:, :1].conj(), axis=0).real.max(0)
            size = np.linalg.norm(page, axis=0)
            assert np.median(agreement / (size * size[0] + 1e-9)) < 0.9


def test_tie_dye_has_no_colour_of_a_uniform():
    without = [name for name in KINDS if name != "tie-dye"]
    for seed in range(60):
        p = other.sample(rng_for(seed), VIEW, without)
        assert all(map(palette.is_festive, (p.ground, p.color_1, p.color_2, p.color_3, p.color_4)))


def test_cloth_under_a_print_is_shallower_than_the_print_is_clear():
    drawn = [graphic.sample(rng_for(i), VIEW) for i in range(300)]
    assert any(p.quilt for p in drawn)
    assert any(p.pile for p in drawn)
    strongest = max(getattr(p, name) for p in drawn for name in graphic.RELIEF)
    assert strongest <= graphic.MAX_RELIEF
    assert graphic.MAX_RELIEF * plain.MAX_TWEED_CONTRAST < graphic.MIN_SECOND


def test_flat_lettering_has_no_lines_across_it_or_it_looks_like_stripes():
    bar = Image.new("L", (400, round(400 * lettering.MIN_LINED) - 2), 255)
    block = Image.new("L", (400, round(400 * lettering.MIN_LINED) + 2), 255)
    ink = [(0, 0, 0)]

    def gaps(mask):
        drawn = [lettering.styled(rng_for(seed), mask, ink[0], ink, 1.0) for seed in range(40)]
        middles = [np.asarray(picture)[:, picture.width // 2, 3] > 127 for picture in drawn]
        return max(np.count_nonzero(np.diff(middle)) for middle in middles)

    assert gaps(bar) <= 3, "a hollow outline at most"
    assert gaps(block) > 6


def test_a_print_of_large_flat_areas_leaves_cloth_around_it():
    drawn = [graphic.sample(rng_for(i), VIEW) for i in range(500)]
    widths = [p.width * VIEW.width_cm / VIEW.body_cm for p in drawn if p.family in graphic.FLAT]
    assert len(widths) > 20
    assert max(widths) <= graphic.MAX_FLAT_SHARE * 1.001
