"""What placement prints promise: they dominate a garment and are seen; on other classes a print is a logo."""

from string import ascii_letters, digits
from unittest import mock

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from assets.common.blender import bpy
from assets.common.rng import rng_for
from materials import palette, sheet, trims
from materials.color import linear, rgb
from materials.motifs import figures, fonts, motif, pictures, words
from materials.motifs.art import WHITE
from materials.patterns import graphic
from materials.trims import NO_TRIMS
from materials.view import MIN_EXTENT_PX, View
from tests.helpers.swatches import SMOOTH

seeds = st.integers(0, 2**32)
VIEW = View(cm_per_pixel=0.5, width_cm=60, height_cm=70)
views = st.builds(
    lambda pixels, width, height, opening, legs: View(
        cm_per_pixel=height / pixels,
        width_cm=width,
        height_cm=height,
        opening_cm=opening * height,
        legs=legs,
    ),
    pixels=st.integers(60, 400),
    width=st.floats(30, 140),
    height=st.floats(40, 130),
    opening=st.floats(0, 0.6),
    legs=st.booleans(),
).filter(lambda view: view.extent_cm / view.cm_per_pixel >= MIN_EXTENT_PX)
RED, BLUE = (200, 30, 40), (30, 60, 200)


@settings(max_examples=60, deadline=None)
@given(seed=seeds, view=views)
def test_a_print_dominates_the_front_of_its_garment(seed, view):
    p = graphic.sample(rng_for(seed), view)
    width, height = p.width * view.width_cm, p.width * p.aspect * view.width_cm
    assert width >= max(graphic.MIN_SHARE * view.body_cm, graphic.MIN_PIXELS * view.cm_per_pixel) * 0.999
    assert width * height >= graphic.MIN_AREA * view.body_cm**2 * 0.999
    assert (
        height <= max(graphic.MAX_HEIGHT * view.height_cm, graphic.MIN_AREA * view.body_cm**2 / width) * 1.001
    )
    assert p.y - height / view.height_cm / 2 >= 0, "the print hangs over the hem"
    top = (1 - p.y) * view.height_cm - height / 2
    assert top >= view.opening_cm * 0.999, "the print hangs over the shoulders, the neck or the hood"
    assert not view.legs or abs(p.x - 0.5) >= 0.2, "the print lies between the legs"


@settings(max_examples=60, deadline=None)
@given(seed=seeds, view=views)
def test_the_print_of_any_class_is_a_logo_far_from_being_a_graphic(seed, view):
    p = trims.sample_trims(rng_for(seed), view)
    assert p.print_cm <= max(trims.MAX_PRINT_SHARE * view.body_cm * 1.001, 1.5)
    assert p.print_aspect * (p.print_cm / view.body_cm) ** 2 <= trims.MAX_PRINT_AREA * 1.001


def test_between_a_logo_and_a_graphic_nothing_is_drawn():
    assert 2 * trims.MAX_PRINT_SHARE <= graphic.MIN_SHARE
    assert 3 * trims.MAX_PRINT_AREA <= graphic.MIN_AREA


@settings(max_examples=25, deadline=None)
@given(seed=seeds, view=views)
@example(seed=5734, view=View(cm_per_pixel=2 / 3, width_cm=30, height_cm=40))
def test_a_print_stands_out_from_the_cloth(seed, view):
    p = graphic.sample(rng_for(seed), view)
    assert palette.contrast(p.ink_1, p.color) >= graphic.MIN_CONTRAST
    for ink in (p.ink_2, p.ink_3, p.ink_4):
        assert palette.contrast(ink, p.color) >= graphic.MIN_SECOND
    picture = graphic.draw_image(p)
    assert visible(picture, p.color).mean() >= graphic.MIN_VISIBLE, p


def test_stripes_under_a_print_are_fainter_than_it_and_it_is_larger_there():
    drawn = [p for p in (graphic.sample(rng_for(i), VIEW) for i in range(1500)) if p.stripes]
    assert len(drawn) > 5
    for p in drawn:
        assert palette.contrast(p.color, p.second) <= graphic.MAX_STRIPE_CONTRAST
        assert palette.contrast(p.ink_1, p.second) >= graphic.MIN_CONTRAST
        assert p.width * VIEW.width_cm >= graphic.MIN_STRIPED_SHARE * VIEW.body_cm * 0.999


def test_a_drawing_of_hairlines_is_thickened_and_keeps_its_colours():
    hairline = np.zeros((100, 100, 4), np.uint8)
    hairline[50, :50], hairline[50, 50:] = (*RED, 255), (*BLUE, 255)
    thick = np.asarray(motif.thickened(Image.fromarray(hairline), (100, 100)))
    ink = thick[..., 3] > 127
    assert motif.MIN_COVER < ink.mean() < 2 * motif.MIN_COVER
    assert {tuple(c) for c in thick[ink][:, :3]} == {RED, BLUE}


def visible(picture, ground):
    """Return where a picture (H, W, 4) differs from the cloth by `graphic.MIN_SECOND`."""
    apart = oklab(picture[..., :3] / 255) - oklab(np.array(rgb(ground)) / 255)
    return np.linalg.norm(apart, axis=-1) * picture[..., 3] / 255 > graphic.MIN_SECOND * 0.999


def oklab(srgb):
    """Björn Ottosson, "A perceptual color space for image processing" (2020)."""
    cone = linear(srgb) @ [
        [0.4122214708, 0.2119034982, 0.0883024619],
        [0.5363325363, 0.6806995451, 0.2817188376],
        [0.0514459929, 0.1073969566, 0.6299787005],
    ]
    return np.cbrt(cone) @ [
        [0.2104542553, 1.9779984951, 0.0259040371],
        [0.7936177850, -2.4285922050, 0.7827717662],
        [-0.0040720468, 0.4505937099, -0.8086757660],
    ]


@pytest.mark.parametrize("family", motif.FAMILIES)
def test_every_family_fills_its_box_at_every_proportion_and_in_any_number_of_inks(family):
    for seed in range(6):
        aspect = (0.12, 0.5, 1.6)[seed % 3]
        inks = [RED, BLUE, WHITE][: 1 + seed % 3]
        picture = motif.draw(
            family, float(seed), inks, aspect, bool(seed % 2), wear=float(seed > 3), pixels=90
        )
        assert picture.shape == (round(90 * aspect), 90, 4)
        ink = picture[..., 3] > 60
        assert ink.mean() > 0.15
        rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
        assert np.ptp(rows) >= 0.85 * (len(ink) - 1)
        assert np.ptp(columns) >= 0.85 * 89


def test_a_motif_depends_on_its_seed_alone():
    first = motif.draw("slogan", 3.0, [RED], 0.8, False, 0.5, 100)
    assert np.array_equal(first, motif.draw("slogan", 3.0, [RED], 0.8, False, 0.5, 100))
    assert not np.array_equal(first, motif.draw("slogan", 4.0, [RED], 0.8, False, 0.5, 100))


def test_a_figure_in_one_ink_has_that_colour_alone():
    for seed in range(8):
        picture = np.asarray(figures.colored(rng_for(seed), "🐱", [RED], ("line", "stamp")[seed % 2]))
        assert {tuple(c) for c in picture[picture[..., 3] > 0][:, :3]} == {RED}


def test_the_fonts_have_every_character_that_is_drawn():
    assert not fonts.missing(figures.ANIMALS + figures.THINGS + pictures.SILHOUETTES, fonts.EMOJI)
    written = {*"".join(words.WORDS), *"".join(words.SMALL), *ascii_letters, *digits} - {" "}
    for face in (*fonts.HEAVY, *fonts.LIGHT, *fonts.SCRIPT, *fonts.BLACKLETTER):
        assert not fonts.missing([fonts.shifted(c, face) for c in sorted(written)], face.file), face
    assert fonts.missing(["A", "\ue999"], "cmb10.ttf") == ["\ue999"]


def quads(*corners):
    """Return a garment of quads, each four corners (x, y, z) in metres, seen from -y."""
    mesh = bpy.data.meshes.new("quads")
    vertices = np.array(corners, float).reshape(-1, 3)
    mesh.from_pydata(vertices.tolist(), [], np.arange(len(vertices)).reshape(-1, 4).tolist())
    mesh.uv_layers.new(name="UVMap").data.foreach_set("uv", vertices[:, [0, 2]].ravel())
    mesh.attributes.new("AO", "FLOAT_COLOR", "POINT").data.foreach_set("color", np.ones(4 * len(vertices)))
    return bpy.data.objects.new("quads", mesh)


def upright(left, right, low, high, y_low, y_high):
    """Return the corners of a quad whose outside is toward the camera."""
    return [(left, y_low, low), (right, y_low, low), (right, y_high, high), (left, y_high, high)]


@pytest.fixture(scope="module")
def red_edges(tmp_path_factory):
    """Return where red is (left, right, top, bottom) in two pictures of 0.8 m that are 80 pixels wide.

    The first is a swatch with a print whose left half is transparent; in the second a print as large as the
    garment lies on a front that reaches into the garment's back half, and behind it is the back's inside.
    """
    front = upright(-0.2, 0.2, 0.1, 0.6, y_low=0.05, y_high=-0.1)
    inside = upright(-0.35, 0.35, 0.0, 0.7, y_low=0.1, y_high=0.1)[::-1]
    half, full = graphic.Params(width=0.5, aspect=0.5, x=0.5, y=0.6), graphic.Params(width=0.95, x=0.5, y=0.5)
    picture = np.full((20, 40, 4), (*RED, 255), np.uint8)
    picture[:, :20, 3] = 0
    path = tmp_path_factory.mktemp("prints") / "prints.png"
    with mock.patch.object(graphic, "draw_image", lambda p: picture if p == half else picture[:, 20:]):
        draws = [sheet.Draw("graphic", params, NO_TRIMS, SMOOTH) for params in (half, full)]
        swatch = sheet.swatch_maker()
        sheet.render_sheet(draws, path, 80, lambda i: quads(front, inside) if i else swatch(i), samples=1)
    page = np.asarray(Image.open(path).convert("RGB"), int)
    red = page[..., 0] - page[..., 1] > 60
    found = []
    for cell in (red[:, :80], red[:, 80:]):
        rows, columns = np.flatnonzero(cell.any(1)), np.flatnonzero(cell.any(0))
        found.append((columns[0], columns[-1] + 1, rows[0], rows[-1] + 1))
    return found


def test_a_print_lies_where_it_was_placed_is_clipped_and_keeps_its_transparent_part(red_edges):
    middle = 40 - (0.6 - 0.5) * 70
    assert red_edges[0] == pytest.approx((40, 40 + 17.5, middle - 8.75, middle + 8.75), abs=1.5)


def test_a_print_lies_on_the_outside_of_the_front_however_deep_its_folds_are(red_edges):
    assert red_edges[1] == pytest.approx((20, 60, 15, 65), abs=1.5)
