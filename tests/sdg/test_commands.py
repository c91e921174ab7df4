"""Promises of the commands `sdg.render` and `sdg.sheet` to who types them."""

import signal
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from sdg import sheet
from sdg.render import main as render_command
from tests.helpers.rendering import SETTINGS


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--class", "polka"], "'polka' is not one of 'plain', 'floral'"),
        (["--class", "other", "--without", "tartan"], "'tartan' is not one of 'paisley', 'damask'"),
        (["--class", "plain", "--n", "0"], "'--n': 0 is not in the range x>=1"),
        (["--class", "plain", "--size", "3"], "'--size': 3 is not in the range"),
        (["--class", "plain", "--index", "five"], "--index: 'five' is no number"),
        (["--class", "plain", "--index", "5-3"], "'5-3' does not go upwards"),
        (
            ["--class", "plain", "--index", "7", "--index", "0-1000000"],
            "makes it more than 1,000,000 images",
        ),
        (["--class", "plain", "--index", "0-99999999999"], "is no number of up to nine digits"),
    ],
)
def test_a_wrong_option_is_told_with_exit_status_2(arguments: list[str], words: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(render_command, [*arguments, "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert words in result.output


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (None, 1), (0, 0)]
)
def test_a_run_that_is_stopped_says_how_to_go_on_and_leaves_the_signals_as_they_were(
    garments: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int | None, status: int
) -> None:
    def renders(*_: object) -> list[object]:
        if number is None:
            raise OSError("the disk is full")
        if number:
            signal.raise_signal(number)
        return []

    monkeypatch.setattr("sdg.render.farm", lambda *_: nullcontext())
    monkeypatch.setattr("sdg.render.render_orders", renders)
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        command = [*SETTINGS, "--out", str(tmp_path), "--garments", str(garments)]
        result = CliRunner().invoke(render_command, command)
        after = {each: signal.getsignal(each) for each in before}
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    assert result.exit_code == status
    assert ("resume with the same command" in result.stderr) == bool(number)
    assert after == before


def test_the_sheet_shows_evenly_picked_images(tmp_path: Path) -> None:
    for index in range(10):
        Image.new("RGB", (8, 8), (index * 20, 0, 0)).save(tmp_path / f"{index:06d}.png")
    result = CliRunner().invoke(
        sheet.main, [str(tmp_path), "--n", "4", "--size", "32", "--out", str(tmp_path / "s.png")]
    )
    assert result.exit_code == 0, result.output
    picture = Image.open(tmp_path / "s.png")
    assert picture.size == (70, 70)
    assert [int(np.asarray(picture)[y + 20, x + 20, 0]) for y in (2, 36) for x in (2, 36)] == [
        0,
        40,
        100,
        140,
    ]
