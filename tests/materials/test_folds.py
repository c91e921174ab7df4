"""Folds and hems: what their images and attributes hold."""

import numpy as np
import pytest

from assets.common.blender import bpy, empty_scene
from assets.common.rng import rng_for
from materials import hems
from materials.folds import DEEPEST, SIDE, Folds, draw_folds, sample_folds
from tests.helpers.swatches import CREASED, VIEW


def slopes(folds: Folds, width: float = 60, height: float = 70) -> np.ndarray:
    """Return the slopes (2, SIDE, SIDE) across and up, in shares of the steepest."""
    return (np.moveaxis(draw_folds(folds, width, height)[..., :2].astype(float), -1, 0) - 128) / 127


def test_pressed_cloth_is_flat_and_evenly_lit():
    drawn = draw_folds(Folds(), 60, 70)
    assert drawn.shape == (SIDE, SIDE, 4)
    assert (drawn[..., :2] == 128).all()
    assert drawn[..., 2] == pytest.approx(510 * DEEPEST, abs=1)


@pytest.mark.parametrize("kind", ["soft", "sharp", "crumpled", "pressed"])
def test_each_kind_of_fold_grows_with_its_strength(kind):
    faint, strong = (
        np.mean([np.abs(slopes(Folds(**{kind: s}, seed=i))).mean() for i in range(4)]) for s in (0.2, 1)
    )
    assert 0 < faint < strong / 2


def test_the_slopes_are_those_of_one_height_field():
    across, up = slopes(CREASED)
    turn = np.gradient(up, axis=1) + np.gradient(across, axis=0)  # rows count down
    assert np.median(np.abs(turn)) < 0.2 * np.median(np.abs(np.gradient(across, axis=0)))


def test_hollows_are_darker_than_ridges():
    light = draw_folds(CREASED, 60, 70)[..., 2].astype(float)
    across, up = slopes(CREASED)
    hollow = np.gradient(across, axis=1) - np.gradient(up, axis=0)  # curvature; rows count down
    assert light[hollow > 0.05].mean() < light[hollow < -0.05].mean() - 30


def test_dye_is_washed_out_in_some_places_only():
    wash = draw_folds(Folds(), 60, 70)[..., 3]
    assert wash.min() < 50
    assert wash.max() > 200


def test_folds_of_trousers_begin_elsewhere():
    soft = Folds(soft=1)
    assert not np.array_equal(slopes(soft), slopes(soft.model_copy(update={"legs": True})))


def test_the_same_seed_draws_the_same_folds():
    folds = sample_folds(rng_for(1), VIEW)
    assert np.array_equal(draw_folds(folds, 60, 70), draw_folds(folds, 60, 70))
    other = folds.model_copy(update={"seed": folds.seed + 1})
    assert not np.array_equal(draw_folds(folds, 60, 70), draw_folds(other, 60, 70))


def test_clothes_range_from_smooth_to_very_creased():
    steep = [np.abs(slopes(sample_folds(rng_for(i), VIEW))).mean() for i in range(60)]
    assert min(steep) < 0.02
    assert max(steep) > 0.12


def nearness(vertices, faces, slots=None):
    empty_scene()
    mesh = bpy.data.meshes.new("cloth")
    mesh.from_pydata(vertices, [], faces)
    if slots is not None:
        mesh.polygons.foreach_set("material_index", slots)
    hems.mark(mesh)
    near = np.empty(len(vertices), np.float32)
    mesh.attributes[hems.HEM].data.foreach_get("value", near)
    return near


N = 41
X, Y = np.meshgrid(np.arange(N), np.arange(N))
GRID = np.arange(N * N).reshape(N, N)
VERTICES = (np.stack([X, Y, 0 * X], -1).reshape(-1, 3) * 0.01).tolist()
FACES = np.stack([GRID[:-1, :-1], GRID[:-1, 1:], GRID[1:, 1:], GRID[1:, :-1]], -1).reshape(-1, 4).tolist()


def test_a_hem_is_where_the_cloth_ends():
    inward = np.minimum(np.minimum(X, N - 1 - X), np.minimum(Y, N - 1 - Y)).reshape(-1)
    near = nearness(VERTICES, FACES)
    assert near == pytest.approx(np.maximum(hems.REACH_CM - inward, 0), abs=1e-3)


def test_what_is_no_cloth_has_no_hem_nor_cloth_where_that_is_sewn_on():
    """The upper half is a zip, say."""
    upper = np.repeat(np.arange(N - 1) >= N // 2, N - 1)
    near = nearness(VERTICES, FACES, upper.astype(np.int32)).reshape(N, N)
    expected = np.maximum(hems.REACH_CM - np.minimum(np.minimum(X, N - 1 - X), Y), 0)
    assert near[:15] == pytest.approx(expected[:15], abs=1e-3)
    assert not near[26:].any()
    assert not near[10:, 10:-10].any()


def test_loose_faces_have_no_hems():
    vertices = [(x + dx, y, 0) for x in range(5) for dx, y in ((0, 0), (0.5, 0), (0, 0.5))]
    faces = [(i, i + 1, i + 2) for i in range(0, len(vertices), 3)]
    assert not nearness(vertices, faces).any()
