"""Promises of what a picture shows."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assets.common.rng import rng_for
from assets.library import Slot, read_library
from materials.patterns import CLASSES
from sdg.scene import scene
from sdg.scene.camera import HANGER_CM, LONGEST, facing, garment_box, sample_camera, view_of
from sdg.scene.lights import BRIGHTEST, sample_lights
from sdg.scene.scene import sample_scene


def test_a_picture_is_the_middle_of_a_photo_that_the_garment_fills(garments: Path) -> None:
    whole, fills = [], []
    for garment in read_library(garments):
        for index in range(100):
            corners = sample_camera(rng_for("framing", index), garment, 128).project(garment_box(garment))
            extent = np.ptp(corners, axis=0)
            assert 0.5 < extent.max() < 1.05 * LONGEST
            assert np.abs(corners.mean(axis=0)).max() < 0.25
            whole.append(bool(np.abs(corners).max() <= 0.5))
            fills.append(min(extent.max(), 1.0))
    assert 0.3 < np.mean(whole) < 0.7, "as in people's photos"
    assert np.median(fills) > 0.9


def test_a_long_garment_in_an_upright_photo_loses_its_ends_and_a_view_says_so(garments: Path) -> None:
    dress = read_library(garments)[1].model_copy(update={"dimensions_m": (0.45, 0.1, 1.2)})
    views = [
        view_of(sample_camera(rng_for("framing", index), dress, 128), dress, 128) for index in range(100)
    ]
    cut = [view for view in views if view.shown_y != (0, 1)]
    assert 50 < len(cut) < 100
    assert all(view.shown_x == (0, 1) for view in views if view.shown_y[1] - view.shown_y[0] > 0.75)
    assert all(view.shown_y[1] > 2 / 3 for view in views), "the chest is seen"
    assert all(view.whole_height_cm == pytest.approx(120) for view in views)
    assert all(view.height_cm < view.whole_height_cm for view in cut)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    size=st.sampled_from([48, 64, 128, 512]),
    kind=st.integers(0, 1),
    extents=st.tuples(st.floats(0.2, 1.6), st.floats(0.01, 0.3), st.floats(0.2, 1.6)),
)
@example(seed=0, size=48, kind=0, extents=(0.25, 0.02, 1.57))
@example(seed=286, size=48, kind=0, extents=(0.25, 0.02, 1.57))
def test_of_whatever_garment_the_middle_and_the_chest_are_seen(
    garments: Path, seed: int, size: int, kind: int, extents: tuple[float, float, float]
) -> None:
    width, depth, height = extents
    garment = read_library(garments)[kind]
    flat = garment.presentation == "flat"
    dimensions = (width, height, depth) if flat else (width, depth, height)
    garment = garment.model_copy(update={"dimensions_m": dimensions})
    view = view_of(sample_camera(rng_for(seed), garment, size), garment, size)
    assert view.shown_x[0] < 0.5 < view.shown_x[1]
    chest = 0.65 if size >= 128 else 0.5  # in few pixels patterns show only from nearer
    assert view.shown_y[0] < 0.5 <= chest < view.shown_y[1]
    assert view.whole_width_cm == pytest.approx(100 * width)
    assert view.whole_height_cm == pytest.approx(100 * height)


def test_some_flat_garments_are_seen_aslant_from_the_hem_and_none_from_afar(garments: Path) -> None:
    flat, hung = read_library(garments)
    cameras = [sample_camera(rng_for("aslant", index), flat, 128) for index in range(200)]
    pitch = np.degrees([np.arcsin(camera.axes[2] @ facing(flat)[1]) for camera in cameras])
    assert 0.1 < (pitch < -18).mean() < 0.3
    assert (pitch > 18).mean() < 0.02
    for garment in (flat, hung):
        for index in range(100):
            camera = sample_camera(rng_for("aslant", index), garment, 128)
            border = camera.rays(np.array([[0.0, 0.5], [0.0, -0.5], [0.5, 0.0], [-0.5, 0.0]]))
            steep = -(border @ facing(garment)[2]) / np.linalg.norm(border, axis=1)
            assert np.degrees(np.arccos(steep)).max() < 61


def test_a_pixel_covers_no_more_cloth_than_a_view_says(garments: Path) -> None:
    for garment in read_library(garments):
        for index in range(40):
            camera = sample_camera(rng_for("aslant", index), garment, 128)
            middle = garment_box(garment).mean(axis=0)
            for way in facing(garment)[:2]:
                ends = camera.project(np.array([middle, middle + 0.01 * way]))
                pixels_per_cm = np.linalg.norm(128 * np.diff(ends, axis=0))
                assert 1 / pixels_per_cm < 1.01 * view_of(camera, garment, 128).cm_per_pixel


def test_light_is_at_times_of_one_side_of_two_colours_or_from_beside_the_lens(garments: Path) -> None:
    flash, mixed, sided = 0, 0, 0
    for index in range(200):
        garment = read_library(garments)[index % 2]
        camera = sample_camera(rng_for("lights", index), garment, 128)
        environment, lights = sample_lights(rng_for("lights", index), garment, camera)
        lights = tuple(light.model_copy(update={"blocker": None}) for light in lights)
        box, front = garment_box(garment), facing(garment)[2]
        flash += any(np.linalg.norm(np.subtract(light.position, camera.position)) < 0.05 for light in lights)
        warmth = [float(np.log2(light.rgb[0] / light.rgb[2])) for light in lights]
        mixed += np.ptp(warmth) > 0.8
        total = environment.on(front) + sum(light.on(box, front) for light in lights)
        sided += total.max() > 1.7 * total.min()
        assert total.max() < BRIGHTEST * 1.3
    assert 0.03 < flash / 200 < 0.15
    assert 0.05 < mixed / 200 < 0.25
    assert 0.05 < sided / 200 < 0.5


def test_only_the_pattern_depends_on_the_class(garments: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene, "rng_for", lambda seed, what, name, index: rng_for(seed, what, index))
    garment = read_library(garments)[0]
    for index in range(3):
        scenes = [scene.sample_scene(garment, 0, name, index, 128) for name in CLASSES]
        others = [drawn.model_dump(exclude={"material"}) for drawn in scenes]
        assert all(other == others[0] for other in others)


@pytest.mark.parametrize("size", [64, 128])
def test_every_pattern_can_be_drawn_on_every_garment_at_this_size(garments: Path, size: int) -> None:
    _, hung = read_library(garments)
    for extents in ((0.42, 0.3, 1.0), (0.32, 0.2, 0.54), (1.2, 0.1, 0.75), (0.5, 0.25, 1.2)):
        garment = hung.model_copy(update={"dimensions_m": extents})
        for name in CLASSES:
            for index in range(10):
                sample_scene(garment, 0, name, index, size)


def test_a_view_tells_where_the_front_of_a_garment_is_no_cloth(garments: Path) -> None:
    garment = read_library(garments)[0]
    camera = sample_camera(rng_for(0), garment, 128)

    def opening(kind: str, presentation: str = "worn", *slots: Slot) -> float:
        changed = {"type": kind, "slots": slots, "presentation": presentation}
        return view_of(camera, garment.model_copy(update=changed), 128).opening_cm

    hanger = Slot(name="hanger")
    assert opening("trousers") == opening("skirt") == 0
    assert opening("skirt", "hung", hanger) == HANGER_CM
    assert opening("t-shirt", "hung", hanger) == opening("t-shirt") + HANGER_CM
    assert 0 < opening("t-shirt") == opening("hoodie") < opening("hoodie", "flat") < opening("jacket")
    legs = [view_of(camera, garment.model_copy(update={"type": t}), 128).legs for t in ("shorts", "skirt")]
    assert legs == [True, False]
