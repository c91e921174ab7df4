"""What a few labels buy: halves that never meet, a table with intervals, a picture."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from click import ClickException
from click.testing import CliRunner
from PIL import Image

from pipeline.experiments import few
from pipeline.experiments.few import ARMS, WAYS, Features, drawn, halves, read, without_singles
from tests.helpers.params import write_tiny_params
from tests.helpers.pipeline_project import write_models, write_project
from train.features import Examples
from train.model_folder import load_classifier, save_classifier

CLASSES = ("plain", "striped", "dotted")


def features(seed: int = 0) -> Features:
    """60 photos of three classes in 8 dimensions; the model knows two, ImageNet's backbone sees noise."""
    draw = torch.Generator().manual_seed(seed)
    labels = torch.tensor([0] * 36 + [1] * 14 + [2] * 10)
    centres = 2 * torch.eye(3, 8)

    def around(truth: torch.Tensor, views: int) -> torch.Tensor:
        return centres[truth] + 0.3 * torch.randn(views, len(truth), 8, generator=draw)

    head = torch.nn.Linear(8, 3)
    with torch.no_grad():
        head.weight.copy_(centres)
        head.weight[2] *= -1
        head.bias.zero_()
    of_renders = torch.tensor([0, 1, 2] * 6)
    return Features(
        head,
        Examples(around(labels, 2), labels),
        Examples(torch.randn(2, 60, 8, generator=draw), labels),
        Examples(around(of_renders, 1), of_renders),
        around(labels[::2], 1),
    )


def test_each_photo_is_in_one_half_and_each_half_has_its_share_of_each_class() -> None:
    labels = features().own.labels
    one, two = halves(labels, 0)
    assert sorted([*one.tolist(), *two.tolist()]) == list(range(60))
    assert labels[one].bincount().tolist() == labels[two].bincount().tolist() == [18, 7, 5]
    assert not torch.equal(one, halves(labels, 1)[0])


@pytest.mark.parametrize("arm", ARMS)
def test_no_arm_learns_from_the_half_that_it_is_measured_on(arm: str) -> None:
    known = features()
    half, rest = halves(known.own.labels, 0)
    others = known.own.labels.clone()
    others[rest] = (others[rest] + 1) % 3
    changed = replace(
        known, own=replace(known.own, labels=others), imagenet=replace(known.imagenet, labels=others)
    )
    said = [read(arm, one, half, rest, np.random.default_rng(0)) for one in (known, changed)]
    assert torch.equal(*said)


def test_labels_beside_renders_teach_what_the_model_did_not_know() -> None:
    known = features()
    half, rest = halves(known.own.labels, 0)
    right = {
        arm: float(
            (read(arm, known, half, rest, np.random.default_rng(0)) == known.own.labels[rest]).float().mean()
        )
        for arm in ARMS
    }
    assert right["renders + labels"] > right["renders only"] + 0.1
    assert right["renders + labels"] > right["labels only"] + 0.1


@pytest.mark.parametrize("way", WAYS)
def test_a_half_is_labelled_in_an_order_and_a_single_photo_of_a_class_is_left_out(way: str) -> None:
    known = features()
    half, _ = halves(known.own.labels, 0)
    order = drawn(known, half, way, np.random.default_rng(0))
    assert sorted(order.tolist()) == sorted(half.tolist())
    assert without_singles(torch.tensor([0, 1, 36, 50, 51]), known.own.labels).tolist() == [0, 1, 50, 51]


def test_the_table_holds_every_arm_with_intervals_and_the_lead_of_renders_and_labels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(few, "LABELS", (10, 30))
    settings = few.load_params(write_tiny_params(tmp_path / "params.yaml"))
    table = few.lines(features(), CLASSES, settings)
    assert [(line["arm"], line["way"], line["labels"]) for line in table] == [
        (arm, way, count) for way in WAYS for arm in ARMS for count in (10, 30)
    ]
    lines = {(line["arm"], line["way"], line["labels"]): line for line in table}
    best, alone = lines["renders + labels", "random", 30], lines["renders only", "random", 30]
    assert best["accuracy_low"] <= best["accuracy"] <= best["accuracy_high"]
    assert alone["accuracy_gain"] == pytest.approx(best["accuracy"] - alone["accuracy"])
    assert "accuracy_gain" not in best
    text = few.markdown(table)
    assert f"| 30 | random | renders + labels | {best['accuracy']:.3f} (" in text
    assert f"| {alone['common_recall_gain']:+.3f} (" in text
    few.draw(tmp_path / "few.png", table)
    with Image.open(tmp_path / "few.png") as picture:
        assert picture.width > 1000


def test_no_line_claims_more_labels_than_a_half_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(few, "LABELS", (10, 30, 31))
    settings = few.load_params(write_tiny_params(tmp_path / "params.yaml"))
    assert {line["labels"] for line in few.lines(features(), CLASSES, settings)} == {10, 30}
    monkeypatch.setattr(few, "LABELS", (31,))
    with pytest.raises(ClickException, match=r"target\.val: 60 photos; at least 62"):
        few.lines(features(), CLASSES, settings)


def test_the_experiment_runs_from_photos_to_a_picture_and_looks_at_them_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    labels = "".join(f"{seed}.png,{CLASSES[seed % 3]}\n" for seed in range(12))
    write_project(tmp_path, list(CLASSES), 10, tmp_path / "photos", 14, val=labels)
    write_models(tmp_path, list(CLASSES))
    monkeypatch.setattr(few, "LABELS", (6,))
    arguments = ["--model", "classifier", "--out", "out"]
    blank = load_classifier("classifier").network
    monkeypatch.setattr(few, "Classifier", lambda *_, **__: blank)
    assert CliRunner().invoke(few.main, arguments).exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["few.csv", "few.md", "few.png"]
    monkeypatch.setattr(few, "look", None)
    assert CliRunner().invoke(few.main, arguments).exit_code == 0
    (tmp_path / "photos" / "none.csv").write_text("path,label\n13.png,graphic\n")  # none of the patterns
    params = yaml.safe_load((tmp_path / "params.yaml").read_text())
    params["target"]["val"] = ["val.csv", "none.csv"]
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
    done = CliRunner().invoke(few.main, arguments)
    assert done.exit_code == 0, done.output
    assert "none.csv: 1 photo shows none of the patterns" in done.stderr


def test_a_model_that_has_seen_labels_is_refused(tmp_path: Path) -> None:
    write_models(tmp_path, list(CLASSES))
    network = load_classifier(tmp_path / "classifier").network
    save_classifier(tmp_path / "taught", network, "test_resnet", CLASSES, 32, {"labelled_images": 5})
    params = write_tiny_params(tmp_path / "params.yaml")
    arguments = ["--model", str(tmp_path / "taught"), "--params", str(params), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(few.main, arguments)
    assert done.exit_code == 1
    assert "has learnt from labels of photos; name a model that saw renders only" in done.stderr
