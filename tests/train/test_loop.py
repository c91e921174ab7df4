"""What the loop does for every method: schedules, curves, one clear line."""

import json
import math
import os
import signal
from dataclasses import replace

import click
import pytest
import torch
from PIL import Image

from tests.helpers.train_project import CLASSES, assert_equal_runs, images, make_run, state_of
from train.data.batch import IGNORE
from train.data.domains import Domains
from train.loop import loop
from train.loop.ledger import Values
from train.loop.loop import train
from train.loop.schedule import rate_factor
from train.model_folder import load_classifier, load_generator
from train.params import TrainParams
from train.prior import logits_of


def test_self_training_shows_the_labels_of_the_averaged_classifier_and_says_how_many(
    tmp_path, monkeypatch, capsys
):
    seen, teachers, step = [], [], loop._Trainer.step

    def noted(self, batch):
        step(self, batch)
        seen.append((batch.y_labels, self.average.module))

    def looked(classifier, photos):
        teachers.append(classifier)
        return logits_of(classifier, photos)

    monkeypatch.setattr(loop._Trainer, "step", noted)
    monkeypatch.setattr("train.methods.pseudo_labels.logits_of", looked)
    run = make_run(tmp_path, method="self_training", average=0.5, pseudo_label_threshold=0.51)
    train(run)
    labels, averages = zip(*seen, strict=True)
    assert [y is None for y in labels] == [True] * 3 + [False] * 3
    assert IGNORE not in torch.cat(labels[3:])
    assert len(teachers) == 1
    assert teachers[0] is averages[0]
    first, after = capsys.readouterr().err.split("\nlabelled ")
    assert "epoch 1/2" in first
    assert "of 10 photos: plain " in after


def test_a_threshold_that_no_photo_reaches_is_one_clear_line(tmp_path):
    run = make_run(tmp_path, method="self_training", pseudo_label_threshold=0.999999)
    with pytest.raises(click.ClickException, match=r"train\.pseudo_label_threshold: the classifier is that"):
        train(run)


def test_labelled_photos_are_learnt_from_and_the_model_says_how_many_there_were(tmp_path, capsys):
    run = make_run(tmp_path, method="source_only", epochs=4)
    labelled = images(12, True, 5, dark=True)
    run = replace(run, domains=run.domains._replace(labelled=labelled))
    train(run)
    history = state_of(run)["position"]["history"]
    assert history[-1]["loss/labelled"] < history[0]["loss/labelled"]
    assert load_classifier(run.out / "classifier").description.trained_with["labelled_images"] == 12
    others = replace(run, domains=run.domains._replace(labelled=replace(labelled, digest="other labels")))
    capsys.readouterr()
    train(others)
    assert "params, data or code changed since; starting over" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [("constant", [1.0, 1.0]), ("inverse", [1.0, 1.5**-0.75]), ("one_cycle", [0.04, 0.5 + 0.5 * 0.5**0.5])],
)
def test_a_schedule_says_the_factor_on_every_rate(schedule, expected):
    params = TrainParams(schedule=schedule, decay={"gamma": 1e-3, "power": 0.75})
    factors = [rate_factor(params, 0, 0.0), rate_factor(params, 500, 0.4)]
    assert factors == pytest.approx(expected)


def test_a_schedule_ends_with_steps_of_almost_nothing(tmp_path, monkeypatch):
    rates, step = [], loop._Trainer.step

    def noted(self, batch):
        step(self, batch)
        rates.append(self.method.optimizers["classifier"].param_groups[0]["lr"])

    monkeypatch.setattr(loop._Trainer, "step", noted)
    run = make_run(tmp_path, method="source_only", schedule="one_cycle")
    train(run)
    assert rates[0] == pytest.approx(0.04 * run.params.lr)
    assert rates[-1] < max(rates) / 4
    assert max(rates) <= run.params.lr


@pytest.mark.parametrize(
    ("method", "changes", "expected"),
    [
        ("fashion_cut", {}, [1, 1, 1, 1, 1, 8 / 9, 6 / 9, 4 / 9, 2 / 9]),
        ("fashion_cut", {"warm_up_epochs": 2}, [1, 1, 1, 1, 1, 1, 1, 1, 2 / 3]),
        ("cut_then_classify", {}, [1, 1, 1, 1, 1, 8 / 9, 6 / 9, 4 / 9, 2 / 9, *[0] * 9]),
    ],
)
def test_the_generators_rate_is_flat_and_then_falls_to_nothing_while_it_learns(
    tmp_path, monkeypatch, method, changes, expected
):
    rates = []

    def noted(self, batch):
        self.set_rates(batch.step, batch.progress)
        rates.append([self.method.optimizers[name].param_groups[0]["lr"] for name in sorted(self.rates)])

    monkeypatch.setattr(loop._Trainer, "step", noted)
    train(make_run(tmp_path, method=method, epochs=3, schedule_gan="linear", lr=0.5, lr_gan=1.0, **changes))
    classifier, discriminator, translation = zip(*rates, strict=True)
    assert classifier == (0.5,) * len(expected)
    assert translation == discriminator
    assert translation == pytest.approx(expected)


def test_the_saved_generator_holds_the_average_of_its_weights_over_its_own_updates(tmp_path):
    run = make_run(tmp_path, average_gan=0.9, warm_up_epochs=1)
    train(run)
    state = state_of(run)
    assert state["position"]["translated"] == 3
    saved = load_generator(run.out / "generator").network.state_dict()
    averaged = state["average_gan"]
    assert all(torch.equal(saved[name], averaged[f"module.{name}"]) for name in saved)
    name = "decoder.2.1.weight"
    assert not torch.equal(saved[name], state["method"][f"generator.{name}"])


def test_a_warm_up_changes_no_weight_of_the_translation(tmp_path):
    """Not even Adam's state; the classifier ends the warm-up as without any method that translates."""
    warm, plain = (
        make_run(tmp_path / method, method=method, lambda_classifier=1.0, updates=4, **changes)
        for method, changes in (("fashion_cut", {"warm_up_epochs": 1}), ("source_only", {}))
    )
    states, end_epoch = {}, loop._Trainer.end_epoch

    def ended(self, rate):
        weights = {name: t.clone() for name, t in self.method.state_dict().items() if t is not None}
        states.setdefault(self.params.method, weights)
        if self.method.generator and not self.position.epoch:
            assert not self.method.optimizers["translation"].state_dict()["state"]
        end_epoch(self, rate)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop._Trainer, "end_epoch", ended)
        train(warm)
        train(plain)
    for name, weight in states["source_only"].items():
        assert torch.equal(states["fashion_cut"][name], weight), name


@pytest.mark.parametrize("method", ["fashion_cut", "source_only"])
def test_a_run_makes_as_many_updates_as_asked(tmp_path, method):
    run = make_run(tmp_path, method=method, updates=10, translation_batch=1)
    train(run)
    history = state_of(run)["position"]["history"]
    assert [entry["step"] for entry in history if "epoch" in entry] == [5, 10]


def test_every_epoch_says_what_the_translation_keeps_and_how_far_it_goes(tmp_path):
    run = make_run(tmp_path)
    train(run)
    names = {"read", "kept", "moved", "distance", "renders_distance"}
    for entry in state_of(run)["position"]["history"]:
        found = {name.split("/")[1]: v for name, v in entry.items() if name.startswith("translation/")}
        assert found.keys() == (names if "epoch" in entry else set())
        assert all(math.isfinite(value) for value in found.values())
    assert found["moved"] > 0


def test_a_run_with_nothing_to_judge_the_translation_on_trains_all_the_same(tmp_path):
    run = make_run(tmp_path, epochs=1, pseudo_label_epoch=None)
    run = replace(run, domains=run.domains._replace(validation=images(0, True, 1)))
    train(run)
    assert not any(name.startswith("translation/") for name in state_of(run)["position"]["history"][-1])


def test_another_seed_gives_another_model(tmp_path):
    one = make_run(tmp_path / "one", method="source_only", epochs=1)
    two = replace(make_run(tmp_path / "two", method="source_only", epochs=1), seed=1)
    for run in (one, two):
        train(run)
    a, b = (state_of(run)["method"]["classifier.head.weight"] for run in (one, two))
    assert not torch.allclose(a, b, atol=1e-2)


def test_training_leaves_a_model_curves_and_pictures(tmp_path):
    run = make_run(tmp_path)
    train(run)
    assert load_classifier(run.out / "classifier").classes == CLASSES
    assert not load_generator(run.out / "generator").identity
    metrics = json.loads((run.report / "metrics.json").read_text())
    assert metrics["epoch"] == 2
    assert metrics["translation"].keys() >= {"kept", "moved", "distance"}
    assert metrics["loss"].keys() == {"gan", "classifier", "nce_x", "nce_y", "kernel", "discriminator"}
    assert sorted(p.name for p in (run.report / "plots" / "images").iterdir()) == [
        "epoch_001.png",
        "epoch_002.png",
    ]
    with Image.open(run.report / "plots" / "images" / "epoch_002.png") as grid:
        assert grid.height == len(CLASSES) * 32


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


def with_a_loss_that_breaks(monkeypatch, step):
    """Let the loss of step `step` of the run be no number, and nothing else."""
    updates, done = loop.epoch_updates, [0]

    def broken(accelerator, method):
        work = updates(accelerator, method)

        def counted(batch):
            names, row = work(batch)
            done[0] += 1
            return Values(names, torch.full_like(row, torch.nan) if done[0] == step else row)

        return counted

    monkeypatch.setattr(loop, "epoch_updates", broken)
    monkeypatch.setattr(loop, "LOGS_PER_EPOCH", 2)
    return done


def test_a_loss_that_is_no_number_is_found_at_the_next_point_of_the_curves_and_its_step_named(
    tmp_path, monkeypatch
):
    done = with_a_loss_that_breaks(monkeypatch, 8)
    with pytest.raises(click.ClickException, match=r"loss became nan in epoch 2, step 2; lower train\.lr"):
        train(make_run(tmp_path, method="source_only", batch_size=2))
    assert done == [9]


def test_a_run_that_stops_with_a_loss_that_is_no_number_leaves_no_checkpoint(tmp_path, monkeypatch):
    with_a_loss_that_breaks(monkeypatch, 1)
    step = loop._Trainer.step

    def stopping(self, batch):
        step(self, batch)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(loop._Trainer, "step", stopping)
    run = make_run(tmp_path, method="source_only", batch_size=2)
    with pytest.raises(click.ClickException, match="epoch 1, step 1;"):
        train(run)
    assert not (run.folder / "checkpoint.pt").exists()


def test_weights_that_have_no_singular_values_any_more_are_the_same_line(tmp_path):
    with pytest.raises(click.ClickException, match=r"the loss became .*; lower train\.lr"):
        train(make_run(tmp_path, method="bsp", lr=1e30, epochs=20))


def test_a_diverging_loss_is_one_clear_line(tmp_path):
    with pytest.raises(click.ClickException, match=r"the loss became .*; lower train\.lr"):
        train(make_run(tmp_path, method="source_only", lr=1e30, epochs=20))


def test_fashion_cut_learns_a_toy_problem(tmp_path):
    photos = images(64, False, 2, dark=True)
    run = replace(
        make_run(
            tmp_path,
            epochs=6,
            batch_size=8,
            pseudo_label_epoch=None,
            generator={"width": 4, "blocks": 1, "residual": True},
            lambda_kernel=0.0,  # random features say nothing
        ),
        domains=Domains(images(96, True, 0), images(32, True, 9), photos, photos),
    )
    train(run)
    history = state_of(run)["position"]["history"]
    assert history[-1]["synthetic_val/accuracy"] >= 0.8
    assert history[-1]["loss/classifier"] < 0.5 * history[0]["loss/classifier"]
    assert history[-1]["loss/nce_x"] < history[0]["loss/nce_x"]
    assert history[-1]["loss/discriminator"] < history[0]["loss/discriminator"]


def test_a_classifier_that_is_trained_after_the_translation_has_a_whole_schedule_of_its_own(
    tmp_path, monkeypatch
):
    """And its average begins with it: vanilla CUT's classifier is not half made of untrained weights."""
    rates, counted = [], []

    def noted(self, batch):
        self.set_rates(batch.step, batch.progress)
        rates.append(self.method.optimizers["classifier"].param_groups[0]["lr"])
        self.average.update = lambda _, t: counted.append(t)
        return step(self, batch)

    step = loop._Trainer.step
    monkeypatch.setattr(loop._Trainer, "step", noted)
    run = make_run(
        tmp_path, method="cut_then_classify", epochs=2, schedule="one_cycle", average=0.9, lr=1.0, lr_gan=1e-4
    )
    train(run)
    half = len(rates) // 2
    alone = [rate_factor(run.params, 0, i / half) for i in range(half)]
    assert rates == pytest.approx([rate_factor(run.params, 0, 0.0)] * half + alone)
    assert counted == [1] * half + list(range(1, half + 1))
