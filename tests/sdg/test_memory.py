"""The coordinator streams: more images cost it no more memory, and slow writing holds rendering back."""

import hashlib
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.library import read_library
from sdg import render
from sdg.farm import coordinator as farm
from sdg.farm.child import answer
from sdg.farm.order import Order, Rendered
from sdg.params import Quality
from tests.helpers.records import Painted
from tests.helpers.tiny_garments import write_garments

IMAGE = 400_000
"""Bytes of a made-up image."""


def made_up(order: Order, garment: bytes) -> Rendered:
    image = hashlib.sha256(str(order.index).encode()).digest() * (IMAGE // 32)
    return answer(order, "stub", Painted(image))  # type: ignore[arg-type]


@pytest.fixture
def garments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(farm, "render_order", made_up)
    folder = tmp_path / "garments"
    folder.mkdir()
    return write_garments(folder)


def test_five_times_the_images_need_no_more_memory(garments: Path, tmp_path: Path) -> None:
    peaks = []
    for n in (30, 150):
        tracemalloc.start()
        render.render(["plain"], n, tmp_path / str(n), 0, Quality(size=48), garments, workers=2)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert len(list((tmp_path / "150" / "plain").glob("*.jpg"))) == 150
    assert peaks[1] < peaks[0] + 30 * IMAGE, "120 more images are 48 MB"


def test_orders_wait_until_their_results_are_taken(garments: Path) -> None:
    garment, drawn = read_library(garments)[0], 0

    def orders() -> Iterator[Order]:
        nonlocal drawn
        for drawn in range(1, 61):
            yield Order(
                name="plain", index=drawn, seed=0, quality=Quality(), garment=garment, fingerprint="f"
            )

    with farm.farm(60, 2) as client:
        for taken, _ in enumerate(farm.render_orders(client, orders(), garments)):
            time.sleep(0.01)
            assert drawn - taken <= 2 * farm.IN_FLIGHT + 1
    assert drawn == 60
