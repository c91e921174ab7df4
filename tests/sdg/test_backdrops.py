"""Promises of what lies behind a garment: each kind is one place, and a seed shows what it always showed."""

import numpy as np
import pytest

from assets.common.rng import rng_for
from assets.library import PRESENTATIONS, Garment
from sdg.scene import backdrop as backdrop_module
from sdg.scene import backdrops
from sdg.scene.backdrop import Backdrop, paint, plane_for, sample_backdrop
from sdg.scene.backdrops import KINDS, shares
from sdg.scene.backdrops.kinds import Coat, between, kind
from sdg.scene.camera import sample_camera
from sdg.scene.canvas import Canvas
from tests.helpers.records import a_garment

SHAPES = {"flat": (0.6, 0.7, 0.05), "hung": (0.5, 0.1, 0.8), "worn": (0.5, 0.25, 0.8)}


def garment(presentation: str) -> Garment:
    return a_garment().model_copy(update={"presentation": presentation, "dimensions_m": SHAPES[presentation]})


def drawn(presentation: str, n: int) -> list[Backdrop]:
    return [sample_backdrop(rng_for(i, presentation), garment(presentation)) for i in range(n)]


def painted(backdrop: Backdrop, presentation: str) -> np.ndarray:
    camera = sample_camera(rng_for("camera"), garment(presentation), 96)
    return paint(backdrop, plane_for(backdrop, garment(presentation), camera), 64)


@pytest.mark.parametrize("presentation", PRESENTATIONS)
def test_every_kind_is_drawn_as_often_as_it_says_and_painted_the_same_each_time(presentation: str) -> None:
    n = 400
    seen = drawn(presentation, n)
    found = {backdrop.kind: backdrop for backdrop in seen}
    assert set(found) == {name for name, kind in KINDS.items() if presentation in kind.shares}
    for name, share in shares(presentation).items():  # type: ignore[arg-type]
        count = sum(backdrop.kind == name for backdrop in seen)
        assert count / n == pytest.approx(share, abs=4 * (share * (1 - share) / n) ** 0.5)
        image = painted(found[name], presentation)
        assert image.shape == (64, 64, 3)
        assert 0 <= image.min() < image.max() <= 0.95
        np.testing.assert_array_equal(image, painted(found[name], presentation))


def test_a_seed_counts_the_kinds_in_the_order_it_always_did() -> None:
    assert {name: " ".join(shares(name)) for name in PRESENTATIONS} == {
        "flat": "wood sheet quilt tiles carpet printed flowered paper",
        "hung": "paper wood curtain room tiles printed flowered clutter",
        "worn": "studio paper room clutter",
    }
    scaled = [name for name, kind in KINDS.items() if kind.scale]
    assert " ".join(scaled) == "wood tiles sheet quilt carpet printed flowered curtain clutter"


def test_a_new_kind_is_one_function_with_its_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backdrops, "KINDS", known := dict(KINDS))
    monkeypatch.setattr(backdrop_module, "KINDS", known)

    @kind({"flat": 1.0}, any_colors, between(0.1, 0.2))
    def grass(on: Canvas) -> Coat:
        return Coat(1 + 0.1 * on.noise(on.scale))

    assert sum(shares("flat").values()) == pytest.approx(1)
    assert shares("flat")["grass"] == pytest.approx(0.5)
    lawn = next(backdrop for backdrop in drawn("flat", 50) if backdrop.kind == "grass")
    assert 0.1 <= lawn.scale_m <= 0.2
    assert painted(lawn, "flat").std() > 0


def test_a_kind_that_nobody_knows_is_told() -> None:
    data = drawn("flat", 1)[0].model_dump() | {"kind": "moon"}
    with pytest.raises(ValueError, match=r"not one of wood, tiles, sheet"):
        Backdrop.model_validate(data)
