"""The promises of pipeline.stand_in: rendered only for those who have no photos."""

from pathlib import Path

import click
import pytest

from materials.patterns import PATTERNS
from pipeline import stand_in
from pipeline.params import load_params
from tests.helpers.pipeline_project import write_params


def test_what_params_ask_for_is_rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], check: bool) -> object:
        commands.append(command)
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr(stand_in.subprocess, "run", run)
    out = tmp_path / "stand_in"
    params = load_params(write_params(tmp_path / "params.yaml", ["plain", "striped"], source=str(out)))
    stand_in.render_stand_in(params, out)
    (command,) = commands
    assert command[1:5] == ["-m", "sdg.stand_in", "--out", str(out)]
    assert " ".join(command).endswith("--size 32 --samples 1 --class plain --class striped")


def test_a_pattern_that_the_stand_in_cannot_paint_is_left_out_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], check: bool) -> object:
        commands.append(command)
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr(stand_in.subprocess, "run", run)
    monkeypatch.setitem(PATTERNS, "houndstooth", "mine")
    monkeypatch.setitem(PATTERNS, "brocade", "mine")
    out = tmp_path / "stand_in"
    path = tmp_path / "params.yaml"
    stand_in.render_stand_in(load_params(write_params(path, ["plain", "houndstooth"], source=str(out))), out)
    assert commands[0][-2:] == ["--class", "plain"]
    assert "no photos of houndstooth" in capsys.readouterr().out
    with pytest.raises(click.ClickException, match="no stand-in photo of brocade, houndstooth"):
        stand_in.render_stand_in(
            load_params(write_params(path, ["brocade", "houndstooth"], source=str(out))), out
        )


def test_who_has_photos_waits_for_no_stand_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stand_in.subprocess, "run", None)
    params = load_params(write_params(tmp_path / "params.yaml", ["plain", "striped"], source="my/photos"))
    stand_in.render_stand_in(params, tmp_path / "stand_in")
    assert "not needed, target.source is my/photos" in capsys.readouterr().out
    assert (tmp_path / "stand_in").is_dir()
