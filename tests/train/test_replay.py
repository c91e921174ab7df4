"""On a GPU a step is a graph that is replayed. Here a recording stands in for it."""

from types import SimpleNamespace

import pytest
import torch

from tests.helpers import recorded_graph
from tests.helpers.recorded_graph import as_on, record
from tests.helpers.train_project import assert_equal_runs, make_run, state_of
from train.loop import loop
from train.loop.loop import train
from train.loop.replay import Replayed
from train.loop.update import epoch_updates
from train.methods import METHODS, method_class
from train.params import TrainParams

STATIC = [name for name in METHODS if method_class(name).replayable]
CHANGES = {"batch_size": 2, "schedule": "one_cycle", "average": 0.5}
"""Of six steps of an epoch the last three are replays; learning rates change in each."""


ANCHORED = {
    "epochs": 3,
    "warm_up_epochs": 1,
    "translation_batch": 1,
    "mix": {"translated": 0.5, "rendered": 0.0, "photos": 0.5},
    "aligned": 0.5,
    "pseudo_label_epoch": 2,
    "pseudo_labels": "epoch",
    "average_gan": 0.5,
    "schedule_gan": "linear",
    "augment": {"jitter": 0.3, "hue": 20.0, "blur": 0.5},
}


@pytest.mark.parametrize(
    ("method", "changes"),
    [(name, {"epochs": 1 if name == "cut_then_classify" else 2}) for name in STATIC]
    + [("fashion_cut", ANCHORED)],
)
def test_a_run_of_replays_equals_one_without(tmp_path, method, changes):
    plain, replayed = (
        make_run(tmp_path / way, method=method, **CHANGES | changes) for way in ("plain", "replayed")
    )
    with as_on("gpu, first steps"):
        train(plain)
    with as_on("gpu"):
        train(replayed)
    assert_equal_runs(plain, replayed)


def test_the_methods_of_the_scales_are_replayed():
    assert {"fashion_cut", "cut_then_classify", "source_only", "self_training"} == set(STATIC)


@pytest.mark.parametrize("name", sorted(set(METHODS) - set(STATIC)))
def test_a_method_that_draws_or_counts_in_its_step_says_that_it_cannot_be_replayed(name):
    """All others do: `progress` warms them up, or they draw masks; dropout alone would not be in the way."""
    assert not method_class(name).replayable


def test_a_capture_that_fails_is_one_line_and_changes_nothing(tmp_path, monkeypatch, capsys):
    def failing(work):
        raise RuntimeError("operation not permitted when stream is capturing\nand more of it")

    plain, failed = (make_run(tmp_path / name, epochs=1, **CHANGES) for name in ("plain", "failed"))
    with as_on("gpu, first steps"):
        train(plain)
        monkeypatch.setattr(recorded_graph, "record", failing)
        monkeypatch.setattr(loop, "epoch_updates", recorded_graph.replayed_updates)
        train(failed)
    assert_equal_runs(plain, failed)
    printed = capsys.readouterr().err
    assert printed.count("warning: no CUDA graph, so training is slower: operation not permitted when") == 1
    assert "of it" not in printed


def test_a_step_that_reads_a_value_cannot_be_captured():
    with pytest.raises(RuntimeError, match="a value is read"):
        record(lambda: torch.ones(1).item())


@pytest.mark.parametrize(
    ("method", "kind", "device", "processes", "scaler", "replayed"),
    [
        ("fashion_cut", "resnet", "cuda", 1, None, True),
        ("fashion_cut", "bilateral", "cuda", 1, None, False),
        ("dann", "resnet", "cuda", 1, None, False),
        ("fashion_cut", "resnet", "cpu", 1, None, False),
        ("fashion_cut", "resnet", "cuda", 2, None, False),
        ("fashion_cut", "resnet", "cuda", 1, "fp16's", False),
    ],
)
def test_steps_are_replayed_on_one_gpu_without_a_loss_scale(
    method, kind, device, processes, scaler, replayed
):
    accelerator = SimpleNamespace(device=torch.device(device), num_processes=processes, scaler=scaler)
    step = SimpleNamespace(replayable=method_class(method).replayable, paired=True, optimizers={})
    step.params = TrainParams(generator={"kind": kind})
    assert isinstance(epoch_updates(accelerator, step), Replayed) == replayed


def test_a_run_goes_on_with_the_optimisers_of_another_device(tmp_path, monkeypatch):
    """Fused Adam counts its steps elsewhere; the checkpoint of either fits the other."""
    whole, parts = (make_run(tmp_path / name, epochs=2, lr=1e-4, lr_gan=1e-4) for name in ("whole", "parts"))
    train(whole)
    end, ends = loop._Trainer.end_epoch, []

    def stopping(self, rate):
        end(self, rate)
        ends.append(self)
        if len(ends) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(loop._Trainer, "end_epoch", stopping)
    with pytest.raises(KeyboardInterrupt):
        train(parts)
    with as_on("gpu"):
        train(parts)
    a, b = (state_of(run) for run in (whole, parts))
    assert b["optimizers"]["translation"]["param_groups"][0]["fused"]
    for name, weight in a["method"].items():
        atol = 1e-2 if name == "kernel.recent" else 1e-4
        torch.testing.assert_close(b["method"][name], weight, rtol=1e-3, atol=atol, msg=name)
