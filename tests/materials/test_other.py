"""Class `other`: what its sampler promises, what its kinds draw, and kinds that are held out."""

import click
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pydantic import ValidationError

from assets.common.rng import rng_for
from materials import palette, sheet
from materials.others.kinds import KINDS
from materials.params import OtherParams
from materials.patterns import other
from materials.trims import NO_TRIMS
from materials.view import MIN_EXTENT_PX, View
from sdg.dataset.fingerprint import fingerprint
from sdg.params import Quality
from tests.helpers.swatches import ROUGH

VIEW = View(cm_per_pixel=0.5, width_cm=60, height_cm=70)
COLORS = ("#f4efe6", "#1f3a5f", "#c4506a", "#4f7d3a", "#d99a2b")
FREEHAND = (
    "paisley", "damask", "toile", "brush", "cutouts", "marbling", "mixed shapes", "arcs",
    "lettering", "icons", "small icons", "one thing", "tiny things", "figures", "sparse figures",
    "one figure", "shapes", "shore", "splinters", "dabs", "confetti",
)  # fmt: skip
"""Kinds without edges along the rows of pixels, where a tile's border shows if it has one."""
views = st.builds(
    lambda pixels, width, height: View(cm_per_pixel=height / pixels, width_cm=width, height_cm=height),
    pixels=st.integers(60, 400),
    width=st.floats(40, 90),
    height=st.floats(40, 120),
).filter(lambda view: view.extent_cm / view.cm_per_pixel >= MIN_EXTENT_PX)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), view=views)
def test_a_kind_is_drawn_as_large_as_it_needs_in_colours_that_differ(seed, view):
    p = other.sample(rng_for(seed), view)
    kind = KINDS[p.kind]
    assert p.placed == kind.placed
    assert p.period_cm >= kind.period_pixels * view.cm_per_pixel * 0.999
    assert p.period_cm * kind.repeats <= view.extent_cm * 1.001
    least = kind.period_pixels * other.FAINT_ROOM * view.cm_per_pixel
    assert p.period_cm <= max(least, other.LOW_CM * other.FAINT_ROOM, kind.usual_cm) * 1.001
    spanned = (view.extent_cm if kind.placed else p.period_cm) / view.cm_per_pixel
    assert p.reduced in range(1, 7)
    assert p.reduced == 1 or other.SIDE / p.reduced >= other.TEXELS * spanned * 0.999
    dyes = [p.color_1, p.color_2, p.color_3, p.color_4]
    assert sum(map(palette.is_earthy, {p.ground, *dyes})) <= other.MAX_EARTHY
    if len({*dyes}) == 1:
        assert kind.faint
        assert kind.placed or p.period_cm >= kind.period_pixels * other.FAINT_ROOM * view.cm_per_pixel * 0.999
        more = other.FAINT_ROOM if kind.placed else 1
        assert palette.contrast(p.ground, p.color_1) >= more * other.FAINT_CONTRAST
        assert palette.lightness_contrast(p.ground, p.color_1) >= more * other.FAINT_LIGHTNESS
        return
    assert min(palette.contrast(p.ground, dye) for dye in dyes) >= other.MIN_CONTRAST
    assert palette.lightness_contrast(p.ground, p.color_1) >= other.MIN_LIGHTNESS
    steps = [palette.contrast(a, b) for i, a in enumerate(dyes) for b in dyes[:i]]
    assert min(steps) >= other.MIN_STEP
    assert any(map(palette.is_festive, [p.ground, *dyes]))


def test_the_smallest_garment_gets_more_than_one_kind():
    view = View(cm_per_pixel=1, width_cm=MIN_EXTENT_PX, height_cm=MIN_EXTENT_PX)
    assert len({other.sample(rng_for(i), view).kind for i in range(30)}) > 3


def test_a_garment_too_small_for_any_kind_is_an_error_that_says_so():
    with pytest.raises(click.ClickException, match="other: no period is visible on a garment of 30 x 30 cm"):
        other.sample(rng_for(0), View(cm_per_pixel=3, width_cm=30, height_cm=30), ["colour blocks"])


def test_every_kind_is_drawn_about_as_often_as_its_share(monkeypatch):
    monkeypatch.setattr(other, "_colors", lambda rng, festive: COLORS)
    drawn = [other.sample(rng_for(i), VIEW).kind for i in range(1000)]
    total = sum(kind.share for kind in KINDS.values())
    for name, kind in KINDS.items():
        expected = 1000 * kind.share / total
        assert abs(drawn.count(name) - expected) < 4 * expected**0.5, name


def test_a_kind_is_faint_about_as_often_as_it_says(monkeypatch):
    monkeypatch.setattr(other, "_colors", lambda rng, festive: list(COLORS))
    for name in ("faded", "one figure", "aztec"):
        without = [kind for kind in KINDS if kind != name]
        drawn = [other.sample(rng_for(i), VIEW, without) for i in range(120)]
        faint = np.mean([p.color_1 == p.color_4 for p in drawn])
        assert abs(faint - KINDS[name].faint) < 0.14, name


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_draws_a_picture_that_its_seed_and_size_decide(name):
    kind = KINDS[name]
    for seed in range(3):
        picture = kind.draw(rng_for(name, seed), COLORS, 96)
        assert picture.shape == (96, 96, 3)
        assert picture.dtype == np.uint8
        assert np.array_equal(picture, kind.draw(rng_for(name, seed), COLORS, 96))


@pytest.mark.parametrize("name", FREEHAND)
def test_a_tile_is_seamless(name):
    for seed in range(3):
        tile = KINDS[name].draw(rng_for(name, seed), COLORS, 192).astype(float)
        for axis in (0, 1):
            steps = np.abs(np.diff(tile, axis=axis, append=np.take(tile, [0], axis))).mean((1 - axis, 2))
            assert steps[-1] <= 1.1 * steps[:-1].max() + 2, (name, seed, axis)


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_shows_its_ground_or_its_dyes_on_a_good_part_of_the_cloth(name):
    for seed in range(4):
        picture = KINDS[name].draw(rng_for(name, seed), COLORS, 96).astype(float)
        apart = np.linalg.norm(
            picture[::3, ::3].reshape(-1, 1, 3) - picture[1::3, 1::3].reshape(1, -1, 3), axis=-1
        )
        assert 0.05 < (apart > 60).mean() < 0.95, (name, seed)


@pytest.mark.parametrize("name", KINDS)
def test_the_record_alone_draws_the_picture_again(name):
    without = [kind for kind in KINDS if kind != name]
    p = other.sample(rng_for(4), VIEW, without)
    assert p.kind == name
    again = other.Params.model_validate(p.model_dump())
    assert np.array_equal(other.draw_image(p), other.draw_image(again))
    assert p.without == ",".join(without)


def test_kinds_that_are_held_out_are_never_drawn(monkeypatch):
    monkeypatch.setattr(other, "_colors", lambda rng, festive: COLORS)
    held = ("icons", "tie-dye", "lettering")
    assert not {other.sample(rng_for(i), VIEW, held).kind for i in range(200)} & set(held)


def test_kinds_that_are_held_out_make_other_images():
    identity = fingerprint("other", 0, Quality(), "library")
    assert identity != fingerprint("other", 0, Quality(), "library", without=["paisley"])


def test_an_unknown_kind_or_none_left_is_an_error_that_names_the_key_and_the_cure():
    with pytest.raises(ValidationError, match=r"without\n.*no kind 'tartan'; choose from paisley, damask, "):
        OtherParams(without=["tartan"])
    with pytest.raises(ValidationError, match="leaves no kind to draw; remove some"):
        OtherParams(without=list(KINDS))
    with pytest.raises(click.ClickException, match=r"materials\.other\.without: leaves no kind to draw"):
        other.sample(rng_for(0), VIEW, list(KINDS))


def test_every_kind_at_its_smallest_is_livelier_than_the_liveliest_plain_cloth(tmp_path):
    pixels, columns = 72, 8
    cm_per_pixel = 100 * sheet.CELL / pixels
    draws = [
        sheet.Draw(
            "other",
            other.Params(
                kind=name,
                placed=kind.placed,
                period_cm=max(kind.period_pixels * cm_per_pixel, other.LOW_CM),
                reduced=4,
                seed=1,
            ),
            NO_TRIMS,
            ROUGH,
        )
        for name, kind in KINDS.items()
    ]
    sheet.render_sheet(draws, tmp_path / "kinds.png", pixels, sheet.swatch_maker(), columns, samples=1)
    page = np.asarray(Image.open(tmp_path / "kinds.png").convert("RGB"), float) / 255
    for index, name in enumerate(KINDS):
        y, x = (pixels * i for i in divmod(index, columns))
        cell = page[y : y + pixels, x : x + pixels][8:-8, 8:-8]
        assert cell.std((0, 1)).mean() > 0.08, name


def test_the_faintest_prints_are_seen_on_creased_cloth(tmp_path):
    """As far as they differ from the same cloth without them."""
    cm_per_pixel = 100 * sheet.CELL / (pixels := 72)
    ground = palette.oklch(0.85, 0, 0)
    dye = palette.oklch(0.85 - other.FAINT_CONTRAST, 0, 0)
    names = [name for name, kind in KINDS.items() if kind.faint]
    draws = []
    for name in names:
        kind = KINDS[name]
        period = max(kind.period_pixels * other.FAINT_ROOM * cm_per_pixel, other.LOW_CM)
        for color in (dye, ground):
            dyes = dict.fromkeys(("color_1", "color_2", "color_3", "color_4"), color)
            params = other.Params(kind=name, ground=ground, placed=kind.placed, period_cm=period, **dyes)
            draws.append(sheet.Draw("other", params, NO_TRIMS, ROUGH))
    swatch = sheet.swatch_maker()
    sheet.render_sheet(draws, tmp_path / "faint.png", pixels, lambda i: swatch(i // 2), len(draws), samples=1)
    page = np.asarray(Image.open(tmp_path / "faint.png").convert("RGB"), float) / 255
    cells = page[8 : pixels - 8].reshape(-1, len(draws), pixels, 3)[:, :, 8 : pixels - 8]
    for index, name in enumerate(names):
        assert (cells[:, 2 * index] - cells[:, 2 * index + 1]).std() > 0.03, name
