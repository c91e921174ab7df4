"""Promises of what stands between a lamp and the garment."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assets.common.rng import rng_for
from assets.library import Mesh, read_library
from sdg.picture.garment_light import Finish, Places, shade
from sdg.scene.blocker import SHADED, SUNLIT, SUNNY, Blocker, What, sample_blocker
from sdg.scene.lights import Environment, Light
from sdg.scene.phone import Phone
from sdg.scene.scene import Scene, sample_scene

WARM_ROOM = Environment(sky="#ffc080", ground="#ffc080", brightness=0.4)
WHOLE: tuple[What, ...] = ("person", "edge", "window", "leaves")


def blocker(what: What = "edge", **values: float | bool) -> Blocker:
    usual = {"upright": False, "x_m": 0, "y_m": 0, "angle_deg": 0, "size_m": 0.3, "soft_m": 0.04}
    return Blocker.model_validate({"what": what, **usual, **values})


def lamp(position: tuple[float, float, float], past: Blocker | None) -> Light:
    return Light(
        kind="area", position=position, target=(0, 0, 0), color="#a0c0ff", power=40, size_m=0.3,
        brightness=0.5, blocker=past,
    )  # fmt: skip


def line(upright: bool, n: int = 41) -> np.ndarray:
    """Places from below to above the middle of the plane."""
    places = np.zeros((n, 3), np.float32)
    places[:, 2 if upright else 1] = np.linspace(-0.5, 0.5, n)
    return places


@pytest.mark.parametrize("what", WHOLE)
@pytest.mark.parametrize(
    "values", [{"soft_m": 0, "size_m": 0.05}, {"soft_m": 0.5, "size_m": 1, "upright": True}]
)
def test_of_every_kind_some_light_passes_and_some_does_not(what: What, values: dict[str, float]) -> None:
    x, y = np.meshgrid(*[np.linspace(-1.3, 1.3, 60, dtype=np.float32)] * 2)
    z = np.zeros_like(x)
    upright = bool(values.get("upright"))
    places = np.stack([x, z, y] if upright else [x, y, z], axis=-1)
    toward = np.broadcast_to(np.array([0, -1, 0] if upright else [0, 0, 1], np.float32), places.shape)
    passing = blocker(what, **values).passing(places, toward)
    assert passing.shape == x.shape
    assert 0 <= passing.min() < passing.max() <= 1


def test_behind_an_edge_is_only_the_light_of_the_room() -> None:
    places = line(upright=False)
    up = np.broadcast_to(np.array([0, 0, 1], np.float32), places.shape)
    at = Places(places, up, up)
    finish = Finish(*(np.full(len(places), value, np.float32) for value in (1.0, 0.0, 0.0)))
    source = (0.2, 0.3, 1.5)
    bare, shaded, room = (
        shade(at, finish, WARM_ROOM, lights).light
        for lights in ([lamp(source, None)], [lamp(source, blocker())], [])
    )
    assert shaded[:18] == pytest.approx(room[:18], rel=1e-3)
    assert shaded[23:] == pytest.approx(bare[23:], rel=1e-3)
    assert (np.diff(shaded[18:23, 1]) > 0).all(), "a penumbra"


@pytest.mark.parametrize(("upright", "source"), [(False, (0, 1, 1)), (True, (0, -1, 1))])
def test_a_shadow_falls_farther_from_the_lamp_on_what_lies_behind(
    upright: bool, source: tuple[float, float, float]
) -> None:
    light, behind = lamp(source, blocker(upright=upright)), line(upright)
    behind[:, 1 if upright else 2] += 0.2 * (1 if upright else -1)
    edges = []
    for places in (line(upright), behind):
        _, past = light.arriving(places)
        _, whole = lamp(source, None).arriving(places)
        edges.append(np.interp(0.5, past / whole, np.linspace(-0.5, 0.5, 41)))
    assert edges[0] == pytest.approx(0, abs=0.015)
    assert edges[1] == pytest.approx(-0.2, abs=0.02), "at 45 degrees by as much as it is behind"


def test_a_photo_in_ten_has_a_shadow_and_the_sun_shines_past_windows_and_leaves(garments: Path) -> None:
    for garment in read_library(garments):
        drawn = [sample_blocker(rng_for("blocker", index), garment) for index in range(1200)]
        seen = [one for one in drawn if one]
        assert all(one.upright == (garment.presentation != "flat") for one in seen)
        sunny = np.mean([bool(one and one.what in SUNLIT) for one in drawn])
        assert sunny == pytest.approx(SUNNY, abs=0.015)
        assert len(seen) / 1200 - sunny == pytest.approx(SHADED[garment.presentation], abs=0.03)
        assert {one.what for one in seen} == set(WHOLE)


def flat_scene(garments: Path, past: Blocker | None) -> Scene:
    """A flat garment under one lamp right above it and little else."""
    garment = next(one for one in read_library(garments) if one.presentation == "flat")
    scene = sample_scene(garment, 0, "plain", 1, 64)
    above = Light(
        kind="sun", position=(0.2, 0, 2), target=(0, 0, 0), color="#ffffff", power=2.0, size_m=0.01,
        brightness=0.6, blocker=past,
    )  # fmt: skip
    room = Environment(sky="#ffffff", ground="#ffffff", brightness=0.3)
    return scene.model_copy(update={"lights": (above,), "environment": room, "phone": Phone()})


@pytest.mark.parametrize("preset", ["cpu", "gpu"])
def test_garment_and_backdrop_lie_in_one_shadow(garments: Path, preset: str) -> None:
    from sdg.params import Quality
    from sdg.picture.renderer import Renderer

    renderer = Renderer(Quality(size=64, preset=preset, samples=4), garments)  # type: ignore[arg-type]
    bare, shaded = (
        np.asarray(Image.open(io.BytesIO(renderer.render("plain", scene))), float).mean(axis=-1)
        for scene in (flat_scene(garments, None), flat_scene(garments, blocker(soft_m=0.02)))
    )
    camera = flat_scene(garments, None).camera
    mesh = Mesh.load(garments / flat_scene(garments, None).garment.file)
    ratio = shaded / bare
    for x in (0.0, 1.6):  # on the garment, beside it
        edge = x * np.abs(mesh.vertices[:, 0]).max()
        for y, low, high in ((-0.12, 0.3, 0.8), (0.12, 0.93, 1.07)):
            across, up = camera.project(np.array([[edge, y, 0.0]]))[0]
            if abs(across) < 0.48:
                row, column = int((0.5 - up) * 64), int((0.5 + across) * 64)
                assert low < ratio[row, column] < high, (x, y)
