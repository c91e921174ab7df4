"""A run that was stopped, killed or found a full disk goes on, and ends as if nothing had happened."""

import os
import signal

import click
import pytest
import torch

from tests.helpers.disk import full_after
from tests.helpers.train_project import assert_equal_runs, make_run, state_of
from train.loop import loop
from train.loop.checkpoint import save_checkpoint
from train.loop.loop import train
from train.methods import METHODS
from train.model_folder import load_classifier, load_generator


def interrupt_after(monkeypatch, steps: int, number: int) -> None:
    """Send the signal to this process while step `steps` is computed."""
    step, done = loop._Trainer.step, [0]

    def counted(self, batch):
        step(self, batch)
        done[0] += 1
        if done[0] == steps:
            os.kill(os.getpid(), number)

    monkeypatch.setattr(loop._Trainer, "step", counted)


@pytest.mark.parametrize(
    ("method", "steps"),
    [("fashion_cut", 2), ("fashion_cut", 3), *((name, 5) for name in METHODS), ("cut_then_classify", 8)],
)
def test_a_stopped_run_that_goes_on_equals_an_uninterrupted_one(tmp_path, monkeypatch, method, steps):
    whole, parts = (make_run(tmp_path / name, method=method) for name in ("whole", "parts"))
    train(whole)
    with monkeypatch.context() as patch:
        interrupt_after(patch, steps, signal.SIGTERM)
        with pytest.raises(SystemExit) as stop:
            train(parts)
    assert stop.value.code == 143
    assert not parts.out.exists()
    train(parts)
    assert_equal_runs(whole, parts)


SHARP = {"kind": "sgd", "weight_decay": 1e-3, "backbone": 0.1}


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "source_only", "average": 0.9, "schedule": "one_cycle", "prior_strength": 0.5},
        {
            "method": "mic",
            "average": 0.9,
            "schedule": "inverse",
            "optimizer": SHARP,
            "bottleneck": {"width": 8, "dropout": 0.5},
            "mic": {"sharpness": 0.02, "confusion": 1.0},
        },
    ],
)
def test_averaged_weights_on_a_schedule_survive_a_stop(tmp_path, monkeypatch, changes):
    whole, parts = (make_run(tmp_path / name, **changes) for name in ("whole", "parts"))
    train(whole)
    with monkeypatch.context() as patch:
        interrupt_after(patch, 5, signal.SIGTERM)
        with pytest.raises(SystemExit):
            train(parts)
    train(parts)
    assert_equal_runs(whole, parts)
    a, b = (load_classifier(run.out / "classifier").network.state_dict() for run in (whole, parts))
    assert all(torch.equal(a[name], b[name]) for name in a)


@pytest.mark.parametrize("steps", [2, 5])
def test_an_anchored_run_that_was_stopped_saves_the_generator_of_an_undisturbed_one(
    tmp_path, monkeypatch, steps
):
    """In the warm-up, and amid translations, with everything on that the checkpoint has to hold."""
    changes = {
        "average_gan": 0.9,
        "schedule_gan": "linear",
        "warm_up_epochs": 1,
        "translation_batch": 1,
        "aligned": 0.5,
        "pseudo_labels": "epoch",
        "mix": {"translated": 0.5, "rendered": 0.25, "photos": 0.25},
        "generator": {"kind": "bilateral", "width": 4},
    }
    whole, parts = (make_run(tmp_path / name, **changes) for name in ("whole", "parts"))
    train(whole)
    with monkeypatch.context() as patch:
        interrupt_after(patch, steps, signal.SIGTERM)
        with pytest.raises(SystemExit):
            train(parts)
    train(parts)
    assert_equal_runs(whole, parts)
    assert state_of(whole)["method"]["labeller.prior"].sum().item() == pytest.approx(1, abs=1e-5)
    a, b = (load_generator(run.out / "generator").network.state_dict() for run in (whole, parts))
    assert all(torch.equal(a[name], b[name]) for name in a)


def test_ctrl_c_stops_with_a_checkpoint_and_the_usual_exit_status(tmp_path, monkeypatch):
    interrupt_after(monkeypatch, 1, signal.SIGINT)
    run = make_run(tmp_path)
    with pytest.raises(SystemExit) as stop:
        train(run)
    assert stop.value.code == 130
    position = state_of(run)["position"]
    assert (position["epoch"], position["step"]) == (0, 1)


def test_a_killed_run_goes_on_from_the_last_epoch_and_equals_an_uninterrupted_one(tmp_path, monkeypatch):
    whole, parts = (make_run(tmp_path / name) for name in ("whole", "parts"))
    train(whole)
    step, done = loop._Trainer.step, [0]

    def killed(self, batch):
        step(self, batch)
        done[0] += 1
        if done[0] == 5:
            raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(loop._Trainer, "step", killed)
        with pytest.raises(MemoryError):
            train(parts)
    train(parts)
    assert_equal_runs(whole, parts)


def test_signals_act_as_before_once_training_has_ended(tmp_path):
    before = signal.getsignal(signal.SIGTERM)
    train(make_run(tmp_path, method="source_only", epochs=1))
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_finished_run_is_not_trained_again(tmp_path, monkeypatch):
    run = make_run(tmp_path, method="source_only")
    train(run)
    monkeypatch.setattr(loop._Trainer, "step", None)
    train(run)


def test_a_run_whose_params_changed_starts_over(tmp_path, capsys):
    train(make_run(tmp_path / "a", method="source_only"))
    changed = make_run(tmp_path / "a", method="source_only", lr=2e-3)
    train(changed)
    assert "starting over" in capsys.readouterr().err
    fresh = make_run(tmp_path / "b", method="source_only", lr=2e-3)
    train(fresh)
    assert_equal_runs(fresh, changed)


def test_a_damaged_checkpoint_is_one_clear_line(tmp_path):
    run = make_run(tmp_path, method="source_only", epochs=1)
    train(run)
    path = run.folder / "checkpoint.pt"
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(click.ClickException, match=r"checkpoint\.pt: damaged checkpoint") as error:
        train(run)
    assert "\n" not in error.value.message


def test_a_full_disk_keeps_the_last_checkpoint(tmp_path):
    path = tmp_path / "checkpoint.pt"
    save_checkpoint(path, {"weights": torch.zeros(10_000)})
    before = path.read_bytes()
    with full_after(len(before) // 2), pytest.raises((OSError, RuntimeError)):
        save_checkpoint(path, {"weights": torch.ones(10_000)})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
