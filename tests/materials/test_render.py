"""What renders show at the corners of the ranges, and that a draw never changes the graph."""

from functools import cache

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from assets.common.blender import bpy, empty_scene
from assets.common.rng import rng_for
from materials import knits, palette, quilting, sheet
from materials.fabric import sample_fabric
from materials.inputs import inputs_of, values_of
from materials.patterns import (
    CLASSES,
    camouflage,
    dotted,
    floral,
    gradient,
    herringbone,
    pattern,
    plain,
    striped,
)
from materials.shader import appearance, apply, make_material
from materials.trims import NO_TRIMS, sample_trims
from tests.helpers.swatches import PIXELS, ROUGH, SMOOTH, TRIMMED, VIEW, share_toward, spectrum


def _range(module, low, high):
    return VIEW.period_cm("corner", low, high, module.MIN_PIXELS, module.MIN_REPEATS)


STRIPE_LOW, STRIPE_HIGH = _range(striped, 0.8, 24)
DOT_LOW, DOT_HIGH = _range(dotted, 0.8, 24)
CAMOUFLAGE_LOW, CAMOUFLAGE_HIGH = _range(camouflage, 3, 36)
FLORAL_LOW, FLORAL_HIGH = _range(floral, 2, 45)
DENSE_LOW, DITSY_LOW, FOLIAGE_LOW, SPRIG_LOW = (
    n * VIEW.cm_per_pixel
    for n in (
        floral.MIN_DENSE_PIXELS,
        floral.MIN_DITSY_PIXELS,
        floral.MIN_FOLIAGE_PIXELS,
        floral.MIN_SPRIG_PIXELS,
    )
)
PIN_LINE = striped.MIN_BAND_PIXELS / striped.MIN_PIXELS
"""The thinnest band, in the shortest periods; the thinnest dot's radius is ..."""
PIN_DOT = dotted.MIN_DOT_PIXELS / dotted.MIN_PIXELS / 2
FAINT = palette.oklch(0.4, 0, 0)
PALE, PALE_SHADE = (palette.oklch(0.95 - step, 0.01, 260) for step in (0, striped.MIN_CONTRAST + 0.01))
"""A shirt's faintest stripes, and a yarn whose colours change from repeat to repeat."""
YARN = {"period_cm": STRIPE_LOW * 3, "cycle": 5, "uneven": 0.6, "mixed": 0.5, "color_4": "#7a3a2a"}
LINE_LOW = herringbone.MIN_LINE_PIXELS * VIEW.cm_per_pixel * 2**0.5
MELANGE = "#c4c8cc"
"""The second yarn of the liveliest melange."""

CORNERS = {
    "plain": [
        plain.Params(heather=1, heather_cm=0.7, heather_stretch=8, yarn="#a0a5ac"),
        plain.Params(wash=1, color="#4a6a9a"),
        plain.Params(quilt=1, quilt_cm=4),
        plain.Params(quilt=1, quilt_cm=12, quilt_angle_deg=45),
        plain.Params(heather=1, heather_cm=plain.MAX_SPECK_CM, heather_stretch=12, yarn=MELANGE),
        plain.Params(rib=1, rib_cm=knits.MIN_RIB_PIXELS * VIEW.cm_per_pixel, rib_groove=1),
        plain.Params(rib=1, rib_cm=1.6, rib_groove=knits.MIN_RIB_GROOVE, welt_cm=9),
        plain.Params(rib=1, welt_cm=12, welt_only=1),
        plain.Params(rib=0.7, rib_cm=knits.MIN_WAFFLE_PIXELS * VIEW.cm_per_pixel, rib_cross=1),
        plain.Params(rope=1, rope_cm=12, rib=1, rib_cm=3),
        plain.Params(rope=1, rope_cm=12, rib=1, welt_cm=9, welt_only=1),
        plain.Params(eyelet=1, eyelet_cm=knits.MIN_EYELET_PIXELS * VIEW.cm_per_pixel, eyelet_rows=6),
        plain.Params(fade=1, wash=1, color="#4a6a9a"),
        plain.Params(quilt=1, quilt_cm=12, pucker=1),
        plain.Params(legs=1, whiskers=1, torn=1, wash=0.28, color="#2a4a7a", worn="#7f9fd5"),
        plain.Params(
            padding=quilting.MAX_LEVEL_PADDING, quilt_cm=quilting.MIN_PADDED_PIXELS * VIEW.cm_per_pixel
        ),
        plain.Params(padding=quilting.MAX_LEVEL_PADDING, quilt_cm=12, pucker=1),
        plain.Params(padding=1, quilt_cm=8, quilt_angle_deg=45, quilt_tilt_deg=45, pucker=1),
        plain.Params(rib=1, rib_cm=6, rib_groove=0.8, rib_loose=1, gather_cm=4),
        plain.Params(rib=1, rib_cm=6, rib_groove=1, rib_lean=1, rib_loose=0.4, gather_cm=3),
        plain.Params(tiers=1, quilt_cm=20, gather_cm=1.6),
        plain.Params(tiers=1, quilt_cm=6, gather_cm=0.7, pucker=1),
        plain.Params(quilt=quilting.MAX_DIAMOND_QUILT, padding=0.6, quilt_cm=10, quilt_angle_deg=45),
        plain.Params(crinkle=1, gather_cm=1),
        plain.Params(pile=1, pile_cm=0.5),
        plain.Params(pile=1, pile_cm=3),
    ],
    "floral": [
        floral.Params(period_cm=FLORAL_LOW),
        floral.Params(period_cm=FLORAL_HIGH, wash=0.8),
        floral.Params(period_cm=FLORAL_HIGH, outline=1),
        floral.Params(source="tile", period_cm=floral.MIN_TILE_PIXELS * VIEW.cm_per_pixel),
        floral.Params(source="tile", period_cm=FLORAL_HIGH, small=0, density=0.75),
        floral.Params(source="tile", period_cm=DENSE_LOW, layout="dense"),
        *(
            floral.Params(source="tile", period_cm=DITSY_LOW, layout=layout)
            for layout in ("bunches", "ditsy", "meadow", "sprays")
        ),
        floral.Params(source="tile", period_cm=FOLIAGE_LOW, layout="foliage"),
        floral.Params(source="tile", period_cm=FOLIAGE_LOW, layout="bold"),
        floral.Params(source="tile", period_cm=SPRIG_LOW, layout="sprigs"),
        floral.Params(source="tile", period_cm=FOLIAGE_LOW, layout="border", placed="level"),
        floral.Params(source="tile", period_cm=FOLIAGE_LOW, layout="garland", placed="upright", edge=0.25),
        floral.Params(source="tile", period_cm=DITSY_LOW, wash=0.8, leaf_count=9),
        floral.Params(source="tile", period_cm=FLORAL_HIGH, outline=1),
        floral.Params(
            source="tile",
            period_cm=FOLIAGE_LOW,
            **dict.fromkeys(("petal_1", "petal_2", "petal_3", "leaf", "leaf_2"), "#c4506a"),
            centre="#f4efe6",
        ),
    ],
    "striped": [
        striped.Params(period_cm=STRIPE_LOW, angle_deg=0),
        striped.Params(period_cm=STRIPE_LOW, angle_deg=90),
        striped.Params(period_cm=STRIPE_HIGH, angle_deg=45, width_1=0.35),
        striped.Params(period_cm=STRIPE_HIGH / 1.8, angle_deg=0, width_1=0.12),
        striped.Params(period_cm=STRIPE_HIGH, angle_deg=0, width_1=0.2, start_2=0.4, width_2=0.2),
        striped.Params(period_cm=STRIPE_LOW, angle_deg=0, to_height=striped.MIN_COVERED),
        striped.Params(period_cm=STRIPE_LOW * 3, angle_deg=0, slub=striped.MAX_SLUB),
        striped.Params(period_cm=STRIPE_LOW * 3, angle_deg=0, body=striped.MIN_BODY),
        striped.Params(period_cm=STRIPE_LOW * 3, angle_deg=90, width_1=PIN_LINE / 3),
        striped.Params(period_cm=STRIPE_LOW, angle_deg=90, ground=PALE, color_1=PALE_SHADE),
        striped.Params(period_cm=STRIPE_LOW * 2, angle_deg=0, sag_cm=6, wave_cm=3, waves=4),
        striped.Params(
            period_cm=STRIPE_LOW * 4, width_1=0.25, start_2=0.5, width_2=0.2, dash_cm=6, dashed=0.6
        ),
        striped.Params(period_cm=STRIPE_LOW * 4, ground="#b8332e", color_1="#2a5ab8"),
        striped.Params(**YARN),
        striped.Params(**YARN, width_2=0.2, softness=0.2),
    ],
    "dotted": [
        dotted.Params(period_cm=DOT_LOW, radius=0.25),
        dotted.Params(period_cm=DOT_HIGH, radius=0.38),
        dotted.Params(period_cm=DOT_HIGH, radius=0.16, angle_deg=45, stagger=0),
        dotted.Params(period_cm=DOT_LOW * 1.5, radius=0.24, angle_deg=65, stagger=0),
        dotted.Params(period_cm=DOT_LOW * 2, radius=0.25, jitter=0.4, second_share=0.5, irregularity=0.3),
        dotted.Params(period_cm=DOT_LOW * 3, radius=PIN_DOT / 3),
        dotted.Params(period_cm=DOT_LOW * 3, radius=0.2, relief=1),
    ],
    "camouflage": [
        camouflage.Params(scale_cm=CAMOUFLAGE_LOW, roughness=0.6),
        camouflage.Params(scale_cm=CAMOUFLAGE_HIGH, roughness=0.3),
        camouflage.Params(scale_cm=CAMOUFLAGE_LOW, digital=1, block_cm=2),
        camouflage.Params(scale_cm=CAMOUFLAGE_LOW, stretch=3.5, roughness=0.7),
        camouflage.Params(scale_cm=CAMOUFLAGE_LOW, roughness=1, cover_4=0.16, color_4="#e8e4d8"),
    ],
    "gradient": [
        gradient.Params(width=1),
        gradient.Params(width=0.15, middle=0.38),
        gradient.Params(width=0.8, wobble=1),
        gradient.Params(width=0.6, lean_deg=-45, three=1, color_middle="#c08070", wobble=1),
        gradient.Params(width=0.9, color_1=FAINT, color_2=palette.oklch(0.4 + gradient.MIN_SHADE, 0, 0)),
    ],
    "herringbone": [
        herringbone.Params(line_cm=LINE_LOW, column_cm=LINE_LOW),
        herringbone.Params(line_cm=LINE_LOW, column_cm=LINE_LOW * 1.5, broken=0),
        herringbone.Params(line_cm=LINE_LOW * 1.5, column_cm=14),
        herringbone.Params(line_cm=LINE_LOW * 1.5, column_cm=14, broken=0, second_share=0.5, third_share=0.4),
    ],
}


@cache
def pictures():
    """Render every corner on lively cloth and under all trims; return class -> float arrays (H, W, 3)."""
    draws = [
        sheet.Draw(name, params, sewn, cloth)
        for name, corners in CORNERS.items()
        for params in corners
        for sewn, cloth in ((NO_TRIMS, ROUGH), (TRIMMED, SMOOTH))
    ]
    columns = 8
    path = pictures.folder / "corners.png"
    sheet.render_sheet(draws, path, PIXELS, sheet.swatch_maker(), columns, samples=1)
    page = np.asarray(Image.open(path).convert("RGB"), np.float32) / 255
    found = {name: [] for name in CORNERS}
    for index, draw in enumerate(draws):
        y, x = (PIXELS * i for i in divmod(index, columns))
        cell = page[y : y + PIXELS, x : x + PIXELS]
        margin = round(PIXELS * (0.09 if draw.sewn == NO_TRIMS else 0.16))  # hem and cuffs hide the pattern
        found[draw.name].append((draw, cell[margin:-margin, margin:-margin]))
    return found


@pytest.fixture(scope="module")
def corners(tmp_path_factory):
    pictures.folder = tmp_path_factory.mktemp("corners")
    return pictures()


def near_period(picture, period_cm):
    """Return the share of the spectrum's power within 30 % of the frequency of a period."""
    power, _, radius = spectrum(picture)
    cycles = len(picture) * VIEW.cm_per_pixel / period_cm
    return power[np.abs(radius / cycles - 1) < 0.3].sum() / power[radius > 1.5].sum()


def test_the_finest_lines_keep_their_period_instead_of_aliasing(corners):
    for draw, picture in corners["striped"]:
        if draw.params.period_cm == STRIPE_LOW:
            assert near_period(picture, STRIPE_LOW) > 0.4, draw
    for draw, picture in corners["herringbone"]:
        if draw.params.line_cm == LINE_LOW:
            assert near_period(picture, LINE_LOW / 2**0.5) > 0.4, draw


def test_stripes_have_one_direction(corners):
    """Seen in the red channel: some are red on an equally light blue."""
    for draw, picture in corners["striped"]:
        if draw.params.to_height == 1:
            assert share_toward(picture[..., :1], draw.params.angle_deg + 90) > 0.6, draw


def test_repeats_of_changing_yarn_differ_in_colour(corners):
    """Bands are blue, and brown in some repeats where the yarn changes."""
    for draw, picture in corners["striped"]:
        if draw.params.period_cm == STRIPE_LOW * 3 and draw.params.angle_deg == 0 and draw.sewn == NO_TRIMS:
            warmth = (picture[..., 0] - picture[..., 2]).mean(1)
            assert warmth.min() < 0, draw
            assert (warmth.max() > 0.15) == (draw.params.mixed > 0), draw


def test_breton_stripes_leave_the_hem_plain(corners):
    for draw, picture in corners["striped"]:
        if draw.params.to_height < 1:
            top, bottom = picture[:15].mean((1, 2)), picture[-25:].mean((1, 2))
            assert top.std() < bottom.std() / 2, draw


def test_dots_are_separate_round_blobs(corners):
    for draw, picture in corners["dotted"]:
        p = draw.params
        blobs, count = ndimage.label(picture.mean(-1) > 0.45, np.ones((3, 3)))
        area = (len(picture) * VIEW.cm_per_pixel / p.period_cm) ** 2
        assert 0.6 * area < count < (area**0.5 + 1) ** 2 / p.row_spacing, draw  # some are cut by the border
        boxes = [s for s in ndimage.find_objects(blobs) if min(s[0].start, s[1].start) > 0]
        sides = np.array([[s[0].stop - s[0].start, s[1].stop - s[1].start] for s in boxes])
        assert np.median(np.abs(sides[:, 0] - sides[:, 1])) <= 1, draw


def test_gradients_are_ramps_without_fine_detail(corners):
    for draw, picture in corners["gradient"]:
        light = picture.mean(-1)
        fine = light - ndimage.gaussian_filter(light, 3)
        assert np.abs(fine)[4:-4, 4:-4].mean() < 0.1 * (light.max() - light.min()), draw
        if draw.sewn == NO_TRIMS and not draw.params.three:
            steps = np.diff(ndimage.gaussian_filter1d(light.mean(1), 1.5))
            assert abs(steps.sum()) > 0.25, draw
            assert np.abs(steps).sum() < 1.2 * abs(steps.sum()), draw


def test_herringbone_leans_both_ways(corners):
    for draw, picture in corners["herringbone"]:
        lean = np.degrees(np.arctan(draw.params.slope))
        right, left = share_toward(picture, lean + 90, 25), share_toward(picture, 90 - lean, 25)
        assert right > 0.2, draw
        assert left > 0.2, draw


def test_camouflage_shows_its_colours_in_blobs(corners):
    for draw, picture in corners["camouflage"]:
        p = draw.params
        drawn = [p.ground, p.color_1, p.color_2, p.color_3, *([p.color_4] if p.cover_4 else [])]
        colors = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in drawn])
        nearest = np.linalg.norm(picture[:, :, None] - colors, axis=-1).argmin(-1)
        shares = np.bincount(nearest.ravel(), minlength=len(colors)) / nearest.size
        assert shares.min() > 0.08, draw


def test_flowers_cover_the_ground_with_petals(corners):
    for draw, picture in corners["floral"]:
        red = (picture[..., 0] - picture[..., 1]) > 0.12
        assert 0.04 < red.mean() < 0.7, draw
        blobs = ~red if draw.params.leaf == draw.params.petal_1 else red  # leaves of one dye join the flowers
        assert ndimage.label(blobs)[1] >= (4 if draw.params.placed == "all over" else 2), draw


def test_the_liveliest_plain_cloth_has_no_strong_pattern(corners):
    for draw, picture in corners["plain"]:
        power, _, radius = spectrum(picture)
        power = power * (radius > 3)
        most = 0.125 if draw.params.legs else 0.1 if draw.params.yarn == MELANGE else 0.08
        assert picture.mean(-1).std() < most, draw
        if not draw.params.quilt and not draw.params.padding:
            assert power.max() / power.sum() < 0.12, draw


@pytest.mark.parametrize("name", CLASSES)
def test_a_draw_changes_values_but_never_the_graph(name):
    empty_scene()
    material = make_material(name)

    def graph():
        trees = [material.node_tree, *bpy.data.node_groups]
        return [(t.name, [n.name for n in t.nodes], len(t.links)) for t in trees]

    def values():
        nodes = material.node_tree.nodes
        return [
            tuple(s.default_value) if s.type in ("RGBA", "VECTOR") else s.default_value
            for n in (nodes["Pattern"], nodes["Folds"], nodes["Trims"], nodes["Fabric"])
            for s in n.inputs
        ]

    before, seen, cloth = graph(), [], sheet.swatch_maker()(0)
    for index in range(3):
        rng = rng_for(index)
        params = pattern(name).sample(rng, VIEW)
        given = appearance(params, sample_trims(rng, VIEW), sample_fabric(rng, VIEW), sheet.size_of(cloth))
        apply(material, given, cloth)
        seen.append(values())
        assert graph() == before
    assert seen[0] != seen[1] != seen[2]


@pytest.mark.parametrize("name", CLASSES)
def test_the_picture_book_shows_both_ends_of_every_range(name):
    draws = [draw.params for draw in sheet.range_draws(name, VIEW, 0)]
    for parameter in inputs_of(pattern(name).Params):
        if parameter.kind == "float":
            values = [values_of(params)[parameter.name] for params in draws]
            assert min(values) == parameter.low, parameter.field
            assert max(values) == parameter.high, parameter.field


def test_sockets_carry_the_range_and_the_description_of_their_parameter():
    empty_scene()
    make_material("striped")
    sockets = bpy.data.node_groups["Fashion CUT striped"].interface.items_tree
    period = next(s for s in sockets if s.name == "Period (cm)")
    assert (round(period.min_value, 3), period.max_value) == (0.8, 24)
    assert period.description == "length of one repeat"


@pytest.mark.parametrize("name", CLASSES)
def test_no_number_reaches_the_graph_as_a_constant_that_blender_5_would_fold(name):
    empty_scene()
    make_material(name)
    for group in (name, "folds", "trims", "fabric"):
        tree = bpy.data.node_groups[f"Fashion CUT {group}"]
        given = next(n for n in tree.nodes if n.bl_idname == "NodeGroupInput")
        for socket in given.outputs:
            if socket.type == "VALUE" and socket.name not in (
                "AO",
                "Height",
                "Front",
                "Light",
                "Wash",
                "Yarn",
                "Flat",
                "Near hem",
                "",
            ):
                assert {link.to_node.operation for link in socket.links} <= {"ADD"}, socket.name
