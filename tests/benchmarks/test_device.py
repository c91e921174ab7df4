"""`python -m benchmarks.device`, tried out where there is no GPU."""

import json
import tarfile
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from benchmarks.device import numerics, pack
from benchmarks.device.__main__ import main
from benchmarks.device.results import Results
from tests.helpers.train_project import write_train_project


def run(*arguments: object):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def archives(tmp_path, monkeypatch) -> Path:
    """Packed: 10 renders and 6 photos, a file for the code, none for the wheels."""
    write_train_project(tmp_path)
    monkeypatch.setattr(pack, "code", lambda root: iter([("code/a.py", b"a = 1")]))
    monkeypatch.setattr(pack, "wheels", lambda python: iter([]))
    options = ["--synthetic", tmp_path / "manifest.parquet", "--target", tmp_path / "target.parquet"]
    done = run("pack", *options, "--out", tmp_path / "archives", "--size", 32)
    assert "10 of synthetic, 6 of target. On the GPU machine:" in done.output
    return tmp_path / "archives"


def test_everything_is_measured_once_and_what_was_packed_is_trained_on(archives, tmp_path):
    with tarfile.open(archives / "pack-0.tar") as tar:
        tar.extractall(tmp_path / "there", filter="data")
    options = ["--device", "cpu", "--tiny", "--data", tmp_path / "there" / "data", "--out", tmp_path / "out"]
    done = run("run", *options)
    assert done.exit_code == 0, done.output
    assert "| paper, bf16, checkpointing | " in done.output
    found = json.loads((tmp_path / "out" / "device.json").read_text())
    assert found["against the CPU"]["bsp, fp32"] | {"seconds": 0} == {
        **dict.fromkeys(("loss", "its noise", "gradient", "noise", "seconds"), 0),
        "ok": True,
    }
    assert found["whole runs"]["resumed"]["apart"] == 0
    assert found["training"]["cut"]["epochs"] == 1
    assert (tmp_path / "out" / "models" / "classifier" / "model.json").exists()
    assert run("run", *options, "--minutes", 0).exit_code == 0
    assert json.loads((tmp_path / "out" / "device.json").read_text()) == found


def test_no_archive_is_too_large_and_what_has_no_room_is_left_out_of_both_domains(tmp_path, monkeypatch):
    write_train_project(tmp_path, photos=60)
    monkeypatch.setattr(pack, "code", lambda root: iter([]))
    monkeypatch.setattr(pack, "wheels", lambda python: iter([]))
    monkeypatch.setattr(pack, "LIMIT", 45_000)
    manifests = {"synthetic": tmp_path / "manifest.parquet", "target": tmp_path / "target.parquet"}
    counts = pack.pack(manifests, tmp_path / "out", 32, 2, "3.12")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["pack-0.tar", "pack-1.tar"]
    assert all(path.stat().st_size <= 45_000 for path in (tmp_path / "out").iterdir())
    assert 2 <= counts["synthetic"] < 10
    assert 5 * counts["synthetic"] <= counts["target"] <= 7 * counts["synthetic"]


def test_a_gradient_that_is_not_the_cpus_is_not_right(monkeypatch):
    real = numerics.losses_and_gradients

    def wrong(name, precision, device):
        losses, gradients = real(name, precision, torch.device("cpu"))
        return losses, {key: g * (1 if device.type == "cpu" else 1.05) for key, g in gradients.items()}

    monkeypatch.setattr(numerics, "losses_and_gradients", wrong)
    row = numerics.against_cpu("source_only", "fp32", torch.device("meta"))
    assert row["gradient"] == pytest.approx(0.05, rel=1e-3)
    assert not row["ok"]
    assert row["loss"] == 0


def test_a_row_that_fails_or_has_no_time_is_measured_by_the_next_run(tmp_path):
    first = Results(tmp_path / "device.json", minutes=1)
    first.measure("speed", "broken", lambda: {"value": 1 / 0})
    first.measure("speed", "late", lambda: {"value": 1}, needs=61)
    assert first.left == ["speed: late"]
    assert first.rows["speed"]["broken"]["error"] == "ZeroDivisionError: division by zero"
    again = Results(tmp_path / "device.json", minutes=1)
    for name in ("broken", "late"):
        again.measure("speed", name, lambda: {"value": 2.5})
    assert [row["value"] for row in again.rows["speed"].values()] == [2.5, 2.5]
    assert again.table("speed").splitlines()[0] == "| speed | value | seconds |"


def test_without_a_gpu_one_line_says_how_to_try_the_command_out(tmp_path):
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    done = run("run", "--out", tmp_path)
    assert done.exit_code == 1
    assert "Error: no CUDA here; --device cpu --tiny tries the command out" in done.output
