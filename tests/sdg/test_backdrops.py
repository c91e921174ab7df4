"""Promises of what lies behind a garment: each kind is one place, and homes are as colourful as homes are."""

import numpy as np
import pytest

from assets.common.rng import rng_for
from assets.library import PRESENTATIONS, Garment, Slot
from materials.color import encoded
from materials.palette import to_oklch
from sdg.scene import backdrop as backdrop_module
from sdg.scene.backdrop import Backdrop, Plane, paint, plane_for, sample_backdrop
from sdg.scene.backdrops import KINDS, kinds, shares
from sdg.scene.backdrops.colors import wall_colors
from sdg.scene.backdrops.kinds import Coat, between, kind
from sdg.scene.camera import sample_camera
from sdg.scene.canvas import Canvas
from sdg.scene.things import LYING, STANDING
from tests.helpers.records import a_garment

SHAPES = {"flat": (0.6, 0.7, 0.05), "hung": (0.5, 0.1, 0.8), "worn": (0.5, 0.25, 0.8)}
HANGER = Slot(name="hanger", color=(0.1, 0.1, 0.1), roughness=0.4)


def garment(presentation: str) -> Garment:
    slots = (HANGER,) if presentation == "hung" else ()
    shape = {"presentation": presentation, "dimensions_m": SHAPES[presentation]}
    return a_garment().model_copy(update={**shape, "slots": (*a_garment().slots, *slots)})


def drawn(presentation: str, n: int) -> list[Backdrop]:
    return [sample_backdrop(rng_for(i, presentation), garment(presentation)) for i in range(n)]


def painted(backdrop: Backdrop, presentation: str, pixels: int = 64) -> np.ndarray:
    camera = sample_camera(rng_for("camera"), garment(presentation), 96)
    return paint(backdrop, plane_for(backdrop, garment(presentation), camera), pixels)


def of_kind(name: str, **update: object) -> Backdrop:
    presentation = next(iter(KINDS[name].shares))
    color, second = KINDS[name].colors(rng_for(name))
    scale = KINDS[name].scale
    gap = 0.0 if presentation == "flat" else 0.1
    backdrop = Backdrop(
        kind=name,
        color=color,
        second=second,
        scale_m=scale(rng_for(name)) if scale else 1.0,
        angle_deg=0.0,
        relief=0.5,
        gap_m=gap,
        horizon_m=0.0,
        seed=1,
    )
    return backdrop.model_copy(update=update)


def a_plane(width: float, height: float) -> Plane:
    half = np.array([width, height]) / 2
    return Plane(np.zeros(3), np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), -half, half)


@pytest.mark.parametrize("presentation", PRESENTATIONS)
def test_every_kind_is_drawn_as_often_as_it_says_and_painted_the_same_each_time(presentation: str) -> None:
    n = 400
    seen = drawn(presentation, n)
    expected = shares(presentation)  # type: ignore[arg-type]
    assert sum(expected.values()) == pytest.approx(1)
    assert {backdrop.kind for backdrop in seen} <= set(expected)
    for name, share in expected.items():
        count = sum(backdrop.kind == name for backdrop in seen)
        assert count / n == pytest.approx(share, abs=4 * (share * (1 - share) / n) ** 0.5)
    for backdrop in {backdrop.kind: backdrop for backdrop in seen}.values():
        image = painted(backdrop, presentation)
        assert image.shape == (64, 64, 3)
        assert image.dtype == np.float32
        assert 0 <= image.min() < image.max() <= 0.95
        np.testing.assert_array_equal(image, painted(backdrop, presentation))


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_paints_a_plane_of_any_size_and_turn(name: str) -> None:
    for i, (width, height, pixels) in enumerate([(0.15, 0.15, 32), (0.6, 3.0, 33), (9.0, 2.0, 48)]):
        for relief in (0.0, 1.0):
            backdrop = of_kind(
                name,
                angle_deg=77.0 * i,
                relief=relief,
                falloff=1.0,
                things=4,
                rod_m=0.3 * i,
                gap_m=0.1 * (i % 2),
                seed=i,
            )
            image = paint(backdrop, a_plane(width, height), pixels)
            assert image.shape == (pixels, pixels, 3)
            assert np.isfinite(image).all()
            assert 0 <= image.min() <= image.max() <= 0.95


@pytest.mark.parametrize(("presentation", "most"), [("flat", 0.047), ("hung", 0.03), ("worn", 0.015)])
def test_backdrops_are_hardly_more_colourful_than_those_of_photos(presentation: str, most: float) -> None:
    """The borders of 197 photos of lying clothes have a mean chroma of 0.053, those of 43 hung ones 0.025."""
    plane = a_plane(1.2, 1.2)
    means = [paint(backdrop, plane, 16).mean(axis=(0, 1)) for backdrop in drawn(presentation, 150)]
    srgb = np.round(255 * encoded(np.array(means))).astype(int)
    chroma = [to_oklch("#" + "".join(f"{channel:02x}" for channel in color))[1] for color in srgb]
    assert np.mean(chroma) < most


def test_a_home_has_patterned_covers_and_now_and_then_a_loud_one() -> None:
    flat = shares("flat")
    assert 0.1 < flat["printed"] + flat["flowered"] < 0.2
    lying = drawn("flat", 300)
    assert 0.05 < np.mean([to_oklch(backdrop.color)[1] > 0.1 for backdrop in lying]) < 0.2


@pytest.mark.parametrize("sorts", [LYING, STANDING])
def test_things_stand_at_the_border(sorts: dict) -> None:
    rng, inner, whole = np.random.default_rng(3), [], []
    x, y = a_plane(1.2, 1.2).grid(48)
    for thing in sorts:
        shares = []
        for _ in range(6):
            low, high = np.array([-0.6, -0.6]), np.array([0.6, 0.6])
            on = Canvas(rng, low, high, x, y, 1.0, 0.5, 0.0, 0.0, "#808080", "#404040", sorts is STANDING)
            before = np.full((3, 48, 48), 0.4, np.float32)
            changed = np.abs(thing(on, before) - before).max(axis=0) > 0.02
            inner.append(changed[16:-16, 16:-16].mean())
            shares.append(changed.mean())
        assert max(shares) > 0.002, thing.__name__
        whole += shares
    assert np.mean(inner) < 0.25 * np.mean(whole)


def test_a_window_lights_one_side() -> None:
    sides = paint(of_kind("paper", relief=0.0, falloff=0.6), a_plane(1, 1), 48).mean(axis=-1)
    assert sides.max() > 1.5 * sides.min()


def test_only_a_hanger_hangs_from_something() -> None:
    assert {backdrop.rod_m for one in ("flat", "worn") for backdrop in drawn(one, 100)} == {0.0}
    rods = [backdrop.rod_m for backdrop in drawn("hung", 200) if backdrop.rod_m]
    assert 30 < len(rods) < 90
    assert all(0.75 < rod < 0.8 for rod in rods)
    bare, hung = (paint(of_kind("paper", rod_m=rod), a_plane(1, 1), 64) for rod in (0.0, 0.3))
    rows = np.abs(bare - hung).max(axis=(1, 2)) > 0.02
    assert rows[32 + 19]
    assert not rows[:40].any()


def test_a_new_kind_is_one_function_with_its_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "KINDS", known := dict(KINDS))
    monkeypatch.setattr(backdrop_module, "KINDS", known)

    @kind({"flat": 197.0}, wall_colors, between(0.1, 0.2))
    def grass(on: Canvas) -> Coat:
        return Coat(1 + 0.1 * on.noise(on.scale))

    assert sum(shares("flat").values()) == pytest.approx(1)
    assert shares("flat")["grass"] == pytest.approx(0.5)
    lawn = next(backdrop for backdrop in drawn("flat", 50) if backdrop.kind == "grass")
    assert 0.1 <= lawn.scale_m <= 0.2
    assert painted(lawn, "flat").std() > 0


def test_a_kind_that_nobody_knows_is_told() -> None:
    data = drawn("flat", 1)[0].model_dump() | {"kind": "moon"}
    with pytest.raises(ValueError, match=r"not one of sheet, quilt, printed"):
        Backdrop.model_validate(data)
