"""What the loop does for every method: schedules, curves, one clear line."""

import json
from dataclasses import replace

import click
import pytest
import torch
from PIL import Image

from tests.helpers.train_project import CLASSES, assert_equal_runs, images, make_run, state_of
from train.data.batch import IGNORE
from train.data.domains import Domains
from train.loop import loop
from train.loop.loop import train
from train.loop.schedule import rate_factor
from train.methods.pseudo_labels import label_photos
from train.model_folder import load_classifier, load_generator
from train.params import TrainParams


def test_self_training_shows_the_labels_of_the_averaged_classifier_and_says_how_many(
    tmp_path, monkeypatch, capsys
):
    seen, teachers, step = [], [], loop._Trainer.step

    def noted(self, batch):
        step(self, batch)
        seen.append((batch.y_labels, self.average.module))

    def labelled(classifier, *args):
        teachers.append(classifier)
        return label_photos(classifier, *args)

    monkeypatch.setattr(loop._Trainer, "step", noted)
    monkeypatch.setattr("train.methods.self_training.label_photos", labelled)
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
    assert metrics["loss"].keys() == {"gan", "classifier", "nce_x", "nce_y", "discriminator"}
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
        ),
        domains=Domains(images(96, True, 0), images(32, True, 9), photos, photos),
    )
    train(run)
    history = state_of(run)["position"]["history"]
    assert history[-1]["synthetic_val/accuracy"] >= 0.8
    assert history[-1]["loss/classifier"] < 0.5 * history[0]["loss/classifier"]
    assert history[-1]["loss/nce_x"] < history[0]["loss/nce_x"]
    assert history[-1]["loss/discriminator"] < history[0]["loss/discriminator"]
