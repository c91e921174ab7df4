import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
import yaml
from click.testing import CliRunner
from PIL import Image

from train.__main__ import main
from train.data.sampler import Images
from train.loop import loop
from train.loop.loop import Run, train
from train.methods import METHODS
from train.methods.losses import IGNORE
from train.model_folder import load_classifier, load_generator
from train.params import TrainParams

CLASSES = ("plain", "striped")
TINY = {
    "size": 32,
    "backbone": "test_resnet",
    "pretrained": False,
    "batch_size": 4,
    "epochs": 2,
    "lr": 1e-3,
    "lr_gan": 1e-3,
    "pseudo_label_epoch": 1,
    "pseudo_label_balance": 0.5,
    "head_epochs": 1,
    "adversary": {"width": 16},
    "augment": {"jitter": 0.2},
    "generator": {"width": 4, "blocks": 1},
    "discriminator": {"width": 4, "layers": 2},
    "nce": {"patches": 16, "width": 8},
}


def images(count: int, labelled: bool, seed: int, dark: bool = False) -> Images:
    """Plain or striped squares of any colour; `dark` shifts the domain."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    pixels = np.empty((count, 32, 32, 3), dtype=np.uint8)
    for i, label in enumerate(labels):
        one, two = rng.uniform(0, 255, (2, 3))
        stripes = (np.arange(32) + rng.integers(8)) % 8 < 4
        pixels[i] = np.where(stripes[:, None, None] if label else True, one, two)
    if dark:
        pixels = (pixels * 0.3).astype(np.uint8)
    return Images(pixels, labels if labelled else labels[:0], f"{count} {seed}")


def make_run(folder: Path, **changes) -> Run:
    return Run(
        params=TrainParams.model_validate(TINY | changes),
        seed=0,
        classes=CLASSES,
        synthetic=images(12, True, 0),
        validation=images(4, True, 1),
        target=images(10, False, 2, dark=True),
        photos=images(10, False, 2, dark=True),
        out=folder / "models",
        folder=folder / "run",
        report=folder / "report",
    )


def weights(run: Run) -> dict[str, torch.Tensor]:
    return torch.load(run.folder / "checkpoint.pt", weights_only=True)["method"]


def assert_equal_runs(one: Run, two: Run) -> None:
    a, b = weights(one), weights(two)
    assert a.keys() == b.keys()
    for name in a:
        assert torch.equal(a[name], b[name]), name
    for metric in sorted((one.report / "plots" / "metrics").rglob("*.tsv")):
        assert (two.report / metric.relative_to(one.report)).read_text() == metric.read_text()


def interrupt_after(monkeypatch, steps: int, number: int) -> None:
    """Send the signal to this process while step `steps` is computed."""
    step, done = loop._Trainer.step, [0]

    def counted(self, *args):
        step(self, *args)
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


def test_averaged_weights_on_a_schedule_survive_a_stop(tmp_path, monkeypatch):
    changes = {"method": "source_only", "average": 0.9, "schedule": "one_cycle", "prior_strength": 0.5}
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


def test_self_training_shows_the_labels_of_the_averaged_classifier_and_says_how_many(
    tmp_path, monkeypatch, capsys
):
    seen, step = [], loop._Trainer.step

    def noted(self, x, labels, y, y_labels):
        step(self, x, labels, y, y_labels)
        seen.append(y_labels)

    monkeypatch.setattr(loop._Trainer, "step", noted)
    run = make_run(tmp_path, method="self_training", average=0.5, pseudo_label_threshold=0.51)
    train(run)
    assert [labels is None for labels in seen] == [True] * 3 + [False] * 3
    assert IGNORE not in torch.cat(seen[3:])
    first, after = capsys.readouterr().err.split("labelled ")
    assert "epoch 1/2" in first
    assert "of 10 photos: plain " in after


def test_a_threshold_that_no_photo_reaches_is_one_clear_line(tmp_path):
    run = make_run(tmp_path, method="self_training", pseudo_label_threshold=0.999999)
    with pytest.raises(click.ClickException, match=r"train\.pseudo_label_threshold: the classifier is that"):
        train(run)


def test_the_saved_classifier_holds_the_average_of_the_weights(tmp_path):
    run = make_run(tmp_path, method="source_only", average=0.9)
    train(run)
    state = torch.load(run.folder / "checkpoint.pt", weights_only=True)
    saved = load_classifier(run.out / "classifier").network.state_dict()["head.weight"]
    assert torch.equal(saved, state["average"]["network.head.weight"])
    assert not torch.equal(saved, state["method"]["classifier.head.weight"])


def test_a_schedule_ends_with_steps_of_almost_nothing(tmp_path, monkeypatch):
    rates, step = [], loop._Trainer.step

    def noted(self, *args):
        step(self, *args)
        rates.append(self.method.optimizers["classifier"].param_groups[0]["lr"])

    monkeypatch.setattr(loop._Trainer, "step", noted)
    run = make_run(tmp_path, method="source_only", schedule="one_cycle")
    train(run)
    assert rates[0] == pytest.approx(0.04 * run.params.lr)
    assert rates[-1] < max(rates) / 4
    assert max(rates) <= run.params.lr


def test_ctrl_c_stops_with_a_checkpoint_and_the_usual_exit_status(tmp_path, monkeypatch):
    interrupt_after(monkeypatch, 1, signal.SIGINT)
    run = make_run(tmp_path)
    with pytest.raises(SystemExit) as stop:
        train(run)
    assert stop.value.code == 130
    position = torch.load(run.folder / "checkpoint.pt", weights_only=True)["position"]
    assert (position["epoch"], position["step"]) == (0, 1)


def test_a_killed_run_goes_on_from_the_last_epoch_and_equals_an_uninterrupted_one(tmp_path, monkeypatch):
    whole, parts = (make_run(tmp_path / name) for name in ("whole", "parts"))
    train(whole)
    step, done = loop._Trainer.step, [0]

    def killed(self, *args):
        step(self, *args)
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


def test_another_seed_gives_another_model(tmp_path):
    one = make_run(tmp_path / "one", method="source_only", epochs=1)
    two = replace(make_run(tmp_path / "two", method="source_only", epochs=1), seed=1)
    train(one)
    train(two)
    a, b = weights(one), weights(two)
    assert any(not torch.equal(a[name], b[name]) for name in a)


def test_training_leaves_a_model_curves_and_pictures(tmp_path):
    run = make_run(tmp_path)
    train(run)
    assert load_classifier(run.out / "classifier").classes == CLASSES
    assert not load_generator(run.out / "generator").identity
    metrics = json.loads((run.report / "metrics.json").read_text())
    assert metrics["epoch"] == 2
    assert metrics["loss"].keys() == {"gan", "classifier", "nce_x", "nce_y", "discriminator"}
    assert sorted(p.name for p in (run.report / "plots" / "images").iterdir()) == [
        "epoch_001.png",
        "epoch_002.png",
    ]
    with Image.open(run.report / "plots" / "images" / "epoch_002.png") as grid:
        assert grid.height == len(CLASSES) * 32


def test_adapted_statistics_change_the_saved_model_and_not_the_checkpoint(tmp_path):
    runs = [
        make_run(tmp_path / str(adapt), method="source_only", adapt_batch_norm=adapt, frozen_stages=2)
        for adapt in (False, True)
    ]
    for run in runs:
        train(run)
    a, b = weights(runs[0]), weights(runs[1])
    assert all(torch.equal(a[name], b[name]) for name in a)
    plain, adapted = (load_classifier(run.out / "classifier").network.state_dict() for run in runs)
    changed = {name.rsplit(".", 1)[1] for name in plain if not torch.equal(plain[name], adapted[name])}
    assert changed == {"running_mean", "running_var", "num_batches_tracked"}
    assert all(mean.any() for name, mean in adapted.items() if name.endswith("running_mean"))


def test_the_prior_moves_only_the_last_bias_toward_what_the_photos_show(tmp_path):
    runs = [
        make_run(tmp_path / str(strength), method="source_only", prior_strength=strength)
        for strength in (0.0, 1.0)
    ]
    for run in runs:
        train(run)
    even, shifted = (load_classifier(run.out / "classifier") for run in runs)
    before, after = even.network.state_dict(), shifted.network.state_dict()
    assert {name for name in before if not torch.equal(before[name], after[name])} == {"head.bias"}
    prior = torch.tensor(shifted.description.trained_with["predicted_prior"])
    assert prior.sum().item() == pytest.approx(1, abs=1e-3)
    moved = after["head.bias"] - before["head.bias"]
    torch.testing.assert_close(moved, (prior * len(CLASSES)).log(), atol=1e-3, rtol=0)


def test_the_saved_classifier_expects_photos_of_test_size_and_takes_its_prior_from_them(tmp_path):
    run = make_run(tmp_path, method="source_only", prior_strength=1.0, test_size=48)
    larger = np.repeat(np.repeat(run.target.pixels, 2, axis=1), 2, axis=2)[:, :48, :48]
    run = replace(run, photos=replace(run.target, pixels=larger))
    train(run)
    classifier = load_classifier(run.out / "classifier")
    assert classifier.size == 48
    prior = torch.tensor(classifier.description.trained_with["predicted_prior"])
    classifier.network.head.bias.data -= (prior * len(CLASSES)).log()
    seen = classifier.probabilities(torch.from_numpy(larger).permute(0, 3, 1, 2) / 255).mean(0)
    torch.testing.assert_close(seen, prior, atol=1e-3, rtol=0)


def test_a_scaled_loss_gives_the_weights_of_an_unscaled_one(tmp_path, monkeypatch):
    plain, scaled = (
        make_run(tmp_path / name, epochs=1, pseudo_label_epoch=None) for name in ("plain", "scaled")
    )
    train(plain)

    class Scaling(loop.Accelerator):
        def __init__(self, **options):
            super().__init__(**options)
            self.scaler = torch.amp.GradScaler("cpu", init_scale=2.0, growth_interval=1)

    monkeypatch.setattr(loop, "Accelerator", Scaling)
    train(scaled)
    assert_equal_runs(plain, scaled)


def test_a_damaged_checkpoint_is_one_clear_line(tmp_path):
    run = make_run(tmp_path, method="source_only", epochs=1)
    train(run)
    path = run.folder / "checkpoint.pt"
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(loop.click.ClickException, match=r"checkpoint\.pt: damaged checkpoint") as error:
        train(run)
    assert "\n" not in error.value.message


def test_a_diverging_loss_is_one_clear_line(tmp_path):
    with pytest.raises(loop.click.ClickException, match=r"the loss became .*; lower train\.lr"):
        train(make_run(tmp_path, method="source_only", lr=1e30, epochs=20))


def test_a_full_disk_keeps_the_last_checkpoint(tmp_path, monkeypatch):
    run = make_run(tmp_path, method="source_only")
    interrupted = pytest.MonkeyPatch()
    interrupt_after(interrupted, 3, signal.SIGTERM)
    with pytest.raises(SystemExit):
        train(run)
    interrupted.undo()
    before = (run.folder / "checkpoint.pt").read_bytes()

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("train.loop.checkpoint.torch.save", full)
    with pytest.raises(OSError, match="No space left"):
        train(run)
    assert (run.folder / "checkpoint.pt").read_bytes() == before


def test_fashion_cut_learns_a_toy_problem(tmp_path):
    run = replace(
        make_run(
            tmp_path,
            epochs=6,
            batch_size=8,
            pseudo_label_epoch=None,
            generator={"width": 4, "blocks": 1, "residual": True},
        ),
        synthetic=images(96, True, 0),
        validation=images(32, True, 9),
        target=images(64, False, 2, dark=True),
    )
    train(run)
    history = torch.load(run.folder / "checkpoint.pt", weights_only=True)["position"]["history"]
    assert history[-1]["synthetic_val/accuracy"] >= 0.8
    assert history[-1]["loss/classifier"] < 0.5 * history[0]["loss/classifier"]
    assert history[-1]["loss/nce_x"] < history[0]["loss/nce_x"]
    assert history[-1]["loss/discriminator"] < history[0]["loss/discriminator"]


def write_project(folder: Path, **changes) -> list[str]:
    """Write params and manifests; return the command line."""
    params = {"seed": 0, "classes": list(CLASSES), "train": TINY | changes, "garments": {"n": 1}}
    (folder / "params.yaml").write_text(yaml.safe_dump(params))
    for name, splits in (("manifest", ["train"] * 8 + ["val"] * 2), ("target", ["unlabelled"] * 6)):
        data, rows = images(len(splits), True, 0), []
        for i, split in enumerate(splits):
            path = folder / f"{name}{i}.png"
            Image.fromarray(data.pixels[i]).save(path)
            label = None if split == "unlabelled" else CLASSES[data.labels[i]]
            rows.append({"path": path.name, "sha256": f"{name}{i}", "label": label, "split": split})
        pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")
    options = {"params": "params.yaml", "synthetic": "manifest.parquet", "target": "target.parquet"}
    options |= {"out": "models", "run": "run", "report": "report", "cache": "cache"}
    return [word for key, value in options.items() for word in (f"--{key}", str(folder / value))]


def test_the_command_trains_from_manifests(tmp_path):
    result = CliRunner().invoke(main, write_project(tmp_path, epochs=1))
    assert result.exit_code == 0, result.output
    assert (tmp_path / "models" / "classifier" / "model.safetensors").exists()


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"epochs": 0}, "train.epochs"),
        ({"method": "magic"}, "train.method: unknown method; there are source_only, self_training,"),
        ({"lamda_gan": 1}, "train.lamda_gan: unknown key"),
        ({"batch_size": 5}, "train.batch_size"),
        ({"backbone": "resnet5O"}, "train.backbone: timm has no 'resnet5O'"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_the_key(tmp_path, changes, line):
    result = CliRunner().invoke(main, write_project(tmp_path, **changes))
    assert result.exit_code == 1
    assert line in result.output
    assert "Traceback" not in result.output
