"""A folder that takes no files, or a full disk, is one line: the place, and what to do. Then it goes on."""

from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from assets import build
from assets.common.files import atomic_path
from assets.library import Mesh, read_library
from pipeline import export, predict
from sdg.render import main as render
from tests.helpers.disk import full_after, obeying_modes
from tests.helpers.pipeline_project import save_photo, write_models
from tests.helpers.tiny_garments import write_garments
from tests.helpers.train_project import write_train_project
from train.__main__ import main as train

CURE = "then run the same command again"
FULL = 503
"""Bytes at which a file breaks off; no whole file of these tests has just as many."""


def render_it(folder: Path, out: Path) -> tuple[click.Command, list[str]]:
    garments = folder / "garments"
    garments.mkdir()
    write_garments(garments)
    settings = ["--n", "2", "--size", "48", "--samples", "1", "--workers", "1"]
    return render, ["--class", "plain", *settings, "--garments", str(garments), "--out", str(out)]


def build_it(folder: Path, out: Path) -> tuple[click.Command, list[str]]:
    return build.main, ["--n", "1", "--out", str(out)]


def train_it(folder: Path, out: Path) -> tuple[click.Command, list[str]]:
    return train, [*write_train_project(folder, epochs=1, method="source_only"), "--out", str(out)]


def predict_it(folder: Path, out: Path) -> tuple[click.Command, list[str]]:
    write_models(folder, ["plain", "striped"])
    photos = [save_photo(folder / "photos" / f"{seed}.png", seed).parent for seed in range(20)]
    options = ["--model", str(folder / "classifier"), "--images", str(photos[0])]
    return predict.main, [*options, "--out", str(out / "predictions.csv")]


def export_it(folder: Path, out: Path) -> tuple[click.Command, list[str]]:
    pytest.importorskip("onnxscript")
    write_models(folder, ["plain", "striped"])
    return export.main, ["--model", str(folder / "classifier"), "--onnx", str(out / "model.onnx")]


Task = Callable[[Path, Path], tuple[click.Command, list[str]]]


def invoke(command: click.Command, options: list[str]) -> Result:
    return CliRunner().invoke(command, options)


def says_so(result: Result, out: Path) -> None:
    """One line, exit status 1."""
    assert result.exit_code == 1, result.output
    line = result.stderr.splitlines()[-1]
    assert line.startswith(f"Error: {out}")
    assert line.endswith(CURE)
    assert result.stderr.count("Error") == 1
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("kind", ["a folder to read only", "a file"])
@pytest.mark.parametrize("task", [render_it, build_it, train_it, predict_it, export_it])
def test_a_place_that_takes_no_files_is_told_before_the_work(tmp_path: Path, task: Task, kind: str) -> None:
    out = tmp_path / "out"
    command, options = task(tmp_path, out)
    if kind == "a file":
        out.write_text("no folder")
    else:
        out.mkdir(0o555)
    with obeying_modes():
        says_so(invoke(command, options), out)
    assert out.is_file() or not list(out.iterdir())


@pytest.mark.parametrize("task", [build_it, train_it, predict_it])
def test_a_full_disk_leaves_no_half_file_and_the_same_command_then_goes_on(
    tmp_path: Path, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    sew_a_square_here(tmp_path, monkeypatch)
    command, options = task(tmp_path, tmp_path / "out")
    with full_after(FULL):
        says_so(invoke(command, options), tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_size == FULL]
    assert invoke(command, options).exit_code == 0


def sew_a_square_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a build write, in this process, what needs no sewing."""
    from assets.sewing.make import Made

    (folder / "square").mkdir()
    garment = read_library(write_garments(folder / "square"))[0]
    made = Made(Mesh.load(folder / "square" / garment.file), garment.slots, ())
    monkeypatch.setattr("assets.sewing.make.make", lambda *_: made)
    monkeypatch.setattr(build, "in_processes", lambda sew, tasks, *_: ((task, sew(task)) for task in tasks))


def test_a_file_that_did_not_fit_is_named_and_the_old_one_kept(tmp_path: Path) -> None:
    path = tmp_path / "old.txt"
    path.write_text("old")
    with full_after(500), pytest.raises(OSError, match="too large") as caught, atomic_path(path) as temporary:
        temporary.write_bytes(bytes(1000))
    assert caught.value.filename == str(path)
    assert path.read_text() == "old"
