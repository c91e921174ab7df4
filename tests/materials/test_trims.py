"""What trims promise: small, alike in all classes, told apart from colour blocks, inside and outside."""

import numpy as np
import pytest
from hypothesis import given, settings
from PIL import Image

from assets.common.rng import rng_for
from materials import palette, sheet, trims
from materials.patterns import other, plain
from materials.trims import Trims, sample_trims
from materials.view import View
from tests.helpers.swatches import SMOOTH
from tests.helpers.views import VIEW, seeds, views

LEGS = VIEW.model_copy(update={"legs": True})
HOODED = VIEW.model_copy(update={"opening_cm": 31.0})


def drawn(view, n=300):
    return [sample_trims(rng_for(i), view) for i in range(n)]


@settings(max_examples=40, deadline=None)
@given(seed=seeds, view=views)
def test_pockets_and_belts_are_no_colour_blocks(seed, view):
    p = sample_trims(rng_for(seed), view)
    assert p.pocket_cm * 1.1 <= max(trims.MAX_PATCH_SHARE * view.body_cm * 1.001, 1.1)
    assert p.hem_cm <= trims.MAX_HEM_SHARE * view.height_cm + 1e-9, "the belt is as wide as the hem"
    assert p.cuff_cm <= trims.MAX_HEM_SHARE / 2 * view.width_cm + 1e-9


def test_a_yoke_of_another_shade_is_no_colour_block():
    assert any(p.panel and p.panel_height < 1 for p in drawn(VIEW))
    assert any(p.panel and p.panel_body < 1 for p in drawn(VIEW))
    for shade in (trims.MAX_PANEL_SHADE, -trims.MAX_PANEL_SHADE):
        shaded = palette.oklch(0.75 * (1 - shade) ** (1 / 3), 0, 0)  # lightness is a cube root of light
        assert palette.contrast(palette.oklch(0.75, 0, 0), shaded) < other.MIN_CONTRAST / 2


def test_the_stitching_of_jeans_is_on_clothes_with_legs_only():
    assert not any(p.fly for p in drawn(VIEW))
    assert 0.3 < np.mean([p.fly > 0 for p in drawn(LEGS)]) < 0.7


def test_the_waist_of_trousers_begins_below_what_is_above_them():
    hung = LEGS.model_copy(update={"opening_cm": 12.0})
    assert {p.top_cm for p in drawn(hung, 5)} == {12.0}
    assert {p.top_cm for p in drawn(HOODED, 5)} == {0.0}


def test_drawstrings_hang_from_hoods_and_waists_more_often_than_from_necks():
    shares = [np.mean([p.strings > 0 for p in drawn(view)]) for view in (VIEW, LEGS, HOODED)]
    assert shares[0] < 0.08 < min(shares[1:])
    assert all(p.neck_cm == HOODED.opening_cm for p in drawn(HOODED, 5))


def test_a_belt_crosses_neither_legs_nor_a_front_that_opens():
    assert not any(p.belt for p in drawn(LEGS))
    assert not any(p.belt and (p.buttons or p.zip) for p in drawn(VIEW))
    assert any(p.belt for p in drawn(VIEW))


def test_belts_and_bands_along_the_sides_do_not_cross_as_checks_do():
    assert not any(p.belt and p.sides for p in drawn(VIEW))
    assert any(p.sides for p in drawn(VIEW))


@pytest.mark.parametrize("legs", [False, True])
def test_a_deep_opening_fits_the_record(legs):
    assert sample_trims(
        rng_for(0), View(cm_per_pixel=1, width_cm=200, height_cm=300, opening_cm=200, legs=legs)
    )


def test_a_third_of_all_clothes_have_a_lining():
    assert 0.2 < np.mean([p.lined > 0 for p in drawn(VIEW)]) < 0.4


def test_most_labels_are_inside_and_a_tag_on_the_front_is_rare():
    tags = [p for p in drawn(VIEW) if p.tag]
    assert 0.3 < len(tags) / 300 < 0.6
    assert 0 < np.mean([p.tag_inside == 0 for p in tags]) < 0.3


def test_a_lining_shows_on_the_inside_of_the_body_only(tmp_path):
    swatch = sheet.swatch_maker()

    def make(index):
        cloth = swatch(index)
        cloth.rotation_euler[2] = np.pi * index  # the second one is seen from behind
        return cloth

    lined = Trims(lining="#ff0000", lined=1)
    draws = [sheet.Draw("plain", plain.Params(color="#00ff00"), lined, SMOOTH)] * 2
    sheet.render_sheet(draws, tmp_path / "lined.png", 48, make, samples=1)
    page = np.asarray(Image.open(tmp_path / "lined.png").convert("RGB"), int)
    outside, inside = (cell[8:40, :, 0] - cell[8:40, :, 1] > 60 for cell in (page[:, :48], page[:, 48:]))
    assert not outside.any()
    assert 0.5 < inside[:, 14:34].mean() < 1, "of the swatch's waves, those away from the front are inside"
    assert not inside[:, :9].any(), "sleeves have none"
    assert not inside[:, 39:].any()


def test_a_pair_of_logos_is_as_small_as_one_and_those_of_trousers_lie_on_a_leg():
    pairs = [p for p in drawn(VIEW, 600) if p.print and p.print_pair]
    assert len(pairs) > 5
    for p in pairs:
        assert 2 * p.print_aspect * (p.print_cm / VIEW.body_cm) ** 2 <= trims.MAX_PRINT_AREA * 1.001
    assert all(0.18 <= abs(p.print_x - 0.5) <= 0.28 for p in drawn(LEGS))


def test_a_bound_edge_runs_along_the_open_edges_and_at_the_neck_alone_where_asked(tmp_path):
    bound = Trims(edge=1, edge_cm=2, trim="#ff0000")
    sewn = [bound, bound.model_copy(update={"edge_neck": 1.0})]
    draws = [sheet.Draw("plain", plain.Params(color="#00ff00"), trim, SMOOTH) for trim in sewn]
    sheet.render_sheet(draws, tmp_path / "bound.png", 64, sheet.swatch_maker(), samples=4)
    page = np.asarray(Image.open(tmp_path / "bound.png").convert("RGB"), int)
    red = page[..., 0] - page[..., 1] > 60
    all_round, neck = red[:, :64], red[:, 64:]
    assert 0.05 < all_round.mean() < 0.15
    assert all_round[48:].any()
    assert 0 < neck.mean() < all_round.mean() / 3
    assert not neck[24:].any()
