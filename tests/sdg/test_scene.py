"""Promises of what a picture shows."""

from pathlib import Path

import numpy as np
import pytest

from assets.common.rng import rng_for
from assets.library import Slot, read_library
from materials.patterns import CLASSES
from sdg.scene import scene
from sdg.scene.camera import HANGER_CM, garment_box, sample_camera, view_of
from sdg.scene.scene import sample_scene


def test_the_garment_is_seen_whole_and_large(garments: Path) -> None:
    cropped = 0
    for index in range(60):
        for garment in read_library(garments):
            camera = sample_camera(rng_for("framing", index), garment, 128)
            corners = camera.project(garment_box(garment))
            assert np.ptp(corners, axis=0).max() > 0.55
            cropped += bool(np.abs(corners).max() > 0.5)
    assert cropped < 0.25 * 120


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
