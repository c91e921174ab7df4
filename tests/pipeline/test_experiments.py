"""The paper's tables and figures from finished runs."""

import csv
import json
from pathlib import Path

import click
import numpy as np
import pytest
import yaml
from click.testing import CliRunner
from PIL import Image

from assets.common.rng import rng_for
from pipeline.experiments import figure5, figure7, results, table1
from pipeline.experiments.results import read_seeds, resample
from pipeline.experiments.rows import ROWS
from pipeline.experiments.run import first_of_each_class, run_experiment, settings_of
from pipeline.manifest import build_manifest
from pipeline.params import Params, load_params
from tests.helpers.pipeline_project import (
    ROOT,
    save_photo,
    write_models,
    write_params,
    write_project,
    write_synthetic,
)
from train.data.domains import Domains, Images
from train.data.manifest import write_manifest
from train.methods import METHODS
from train.networks.classifier import Classifier
from train.params import TrainParams

CLASSES = ["plain", "striped"]


def write_run(folder: Path, predicted: list[str], seconds: float = 60.0) -> None:
    """A finished run on four photos, the first three plain."""
    actual = ["plain", "plain", "plain", "striped"]
    right = np.array(actual) == np.array(predicted)
    balanced = (right[:3].mean() + right[3]) / 2
    metrics = {"accuracy": right.mean(), "balanced_accuracy": balanced, "macro_f1": 0.5}
    folder.mkdir(parents=True)
    (folder / "metrics.json").write_text(json.dumps({"val": metrics}))
    lines = [f"{i}.jpg,{a},{p}" for i, (a, p) in enumerate(zip(actual, predicted, strict=True))]
    (folder / "predictions_val.csv").write_text("\n".join(["path,actual,predicted", *lines]) + "\n")
    (folder / "predictions_test.csv").write_text("path,actual,predicted\n")
    (folder / "cost.json").write_text(json.dumps({"seconds": seconds, "peak_mb": 1000}))


def params(folder: Path, **experiments) -> Params:
    path = write_params(folder / "params.yaml", CLASSES)
    data = yaml.safe_load(path.read_text())
    data["experiments"] |= experiments
    path.write_text(yaml.safe_dump(data))
    return load_params(path)


def test_every_method_is_a_row_and_every_published_figure_is_there():
    assert set(METHODS) <= set(ROWS)
    published = [row.published for row in ROWS.values() if row.published]
    assert sorted(published) == [0.441, 0.499, 0.540, 0.578, 0.613, 0.628]
    assert set(load_params(ROOT / "params.yaml").experiments.methods) <= set(ROWS)


def test_rows_differ_from_train_only_in_what_they_name():
    base = TrainParams(epochs=3, pseudo_label_epoch=2)
    names = dict(settings_of("fashion_cut", base)), dict(settings_of("fashion_cut_pseudo", base))
    assert {key for key in names[0] if names[0][key] != names[1][key]} == {"pseudo_label_epoch"}


def test_pseudo_labels_that_would_never_come_are_one_clear_line():
    with pytest.raises(click.ClickException, match=r"train\.pseudo_label_epoch: 2 leaves no epoch"):
        settings_of("fashion_cut_pseudo", TrainParams(epochs=2, pseudo_label_epoch=2))


def test_the_table_holds_means_spreads_intervals_and_the_papers_figures(tmp_path):
    settings = params(tmp_path, methods=["source_only_sgd", "mdd"], seeds=[0, 1])
    runs = tmp_path / "runs"
    write_run(runs / "source_only_sgd-0", ["plain", "plain", "striped", "plain"])  # 2 of 4
    write_run(runs / "source_only_sgd-1", ["plain", "plain", "plain", "plain"])  # 3 of 4
    write_run(runs / "mdd-0", ["plain", "plain", "plain", "striped"], seconds=30)
    write_run(runs / "mdd-1", ["plain", "plain", "plain", "striped"], seconds=90)
    base, mdd = table1.table(runs, settings)
    assert base["accuracy"] == pytest.approx(0.625)
    assert base["accuracy_sd"] == pytest.approx(np.std([0.5, 0.75], ddof=1))
    assert base["accuracy_low"] <= 0.625 <= base["accuracy_high"]
    assert (mdd["accuracy"], mdd["accuracy_low"], mdd["accuracy_high"]) == (1, 1, 1)
    assert mdd["gain"] == pytest.approx(0.375)
    assert mdd["minutes"] == pytest.approx(1)
    text = table1.markdown([base, mdd], settings.experiments.train)
    assert "| MDD | 1.000 ± 0.000 (1.000 to 1.000) | +0.375" in text
    assert "| 0.540 |" in text
    assert "| method | plain (3) | striped (1) | mean | gain |" in text


def test_the_table_tells_recalls_and_leaves_rare_patterns_out_of_their_mean(tmp_path, monkeypatch):
    settings = params(tmp_path, methods=["source_only_sgd", "mdd"], seeds=[0, 1])
    runs = tmp_path / "runs"
    write_run(runs / "source_only_sgd-0", ["plain", "plain", "striped", "striped"])
    write_run(runs / "source_only_sgd-1", ["striped", "plain", "striped", "striped"])
    for seed in "01":
        write_run(runs / f"mdd-{seed}", ["plain", "plain", "plain", "plain"])
    monkeypatch.setattr(results, "COMMON", 3)
    base, mdd = table1.table(runs, settings)
    assert (base["recall_plain"], base["recall_striped"], base["photos_plain"]) == (0.5, 1.0, 3)
    assert (mdd["recall_plain"], mdd["recall_striped"]) == (1.0, 0.0)
    assert base["common_recall"] == 0.5
    assert mdd["common_gain"] == 0.5
    assert mdd["common_gain_low"] < 0.5 < mdd["common_gain_high"]


def test_photos_of_none_of_the_patterns_do_not_count(tmp_path):
    runs = tmp_path / "runs"
    for split in ("val", "test"):
        write_run(runs / split / "mdd-0", ["plain", "plain", "plain", "plain"])
    with (runs / "val" / "mdd-0" / "predictions_val.csv").open("a") as file:
        file.write("8.jpg,other,plain\n9.jpg,other,other\n")
    settings = params(tmp_path, methods=["mdd"], seeds=[0])
    mixed, known = (table1.table(runs / split, settings) for split in ("val", "test"))
    shared = settings.experiments.train
    assert table1.markdown(mixed, shared) == table1.markdown(known, shared)
    (runs / "val" / "mdd-0" / "predictions_val.csv").write_text("path,actual,predicted\n9.jpg,other,other\n")
    assert read_seeds([runs / "val" / "mdd-0"], "val") is None


def test_equal_runs_gain_exactly_nothing_over_each_other(tmp_path):
    for name in "ab":
        write_run(tmp_path / name, ["plain", "striped", "plain", "plain"])
    one, two = (resample(read_seeds([tmp_path / name], "val"), 200, 0) for name in "ab")
    assert np.array_equal(one[0], two[0])
    assert len(np.unique(one[0])) > 1


def test_the_bootstrap_keeps_the_class_counts(tmp_path):
    write_run(tmp_path / "a", ["plain", "plain", "plain", "plain"])
    accuracy, balanced, _ = resample(read_seeds([tmp_path / "a"], "val"), 100, 0)
    assert np.allclose(accuracy, 0.75)
    assert np.allclose(balanced, 0.5)


def test_gains_are_over_no_adaptation_trained_alike(tmp_path):
    names = ["source_only", "source_only_sgd", "dann", "fashion_cut"]
    read = [["striped"] * 4, ["plain", "plain", "striped", "plain"], ["plain"] * 4, ["plain"] * 4]
    for name, predicted in zip(names, read, strict=True):
        write_run(tmp_path / "runs" / f"{name}-0", predicted)
    lines = table1.table(tmp_path / "runs", params(tmp_path, methods=names, seeds=[0]))
    assert [line.get("gain") for line in lines] == [None, None, 0.25, 0.5]


def test_the_table_tells_the_settings_and_source_of_a_rival(tmp_path):
    write_run(tmp_path / "runs" / "mcc-0", ["plain"] * 4)
    settings = params(tmp_path, methods=["mcc"], seeds=[0])
    lines = table1.table(tmp_path / "runs", settings)
    text = table1.markdown(lines, settings.experiments.train)
    assert "All rows share `{size: 32, batch_size: 4," in text
    (row,) = [line for line in text.splitlines() if "mcc.py" in line]
    assert "batch_size: 36, lr: 0.002" in row
    assert "mcc: {weight: 1.0, temperature: 3.0}" in row


def test_a_row_with_a_batch_of_its_own_makes_as_many_updates(tmp_path, monkeypatch):
    settings = params(tmp_path)
    shared = settings.experiments.train.model_copy(update={"batch_size": 4, "epochs": 9, "updates": 180})
    experiments = settings.experiments.model_copy(update={"train": shared})
    settings = settings.model_copy(update={"experiments": experiments})
    images = Images(np.zeros((80, 1)), np.arange(80) % 2, "")
    asked = []

    def stop(run):
        asked.append(run.params)
        raise StopIteration

    monkeypatch.setattr("pipeline.experiments.run.load_domains", lambda *_: Domains(*[images] * 4))
    monkeypatch.setattr("pipeline.experiments.run.train", stop)
    for row in ("source_only_sgd", "mcc"):
        with pytest.raises(StopIteration):
            run_experiment(row, 0, None, tmp_path / row, settings, Path("a"), Path("b"))
    assert [(p.batch_size, p.epochs, p.updates) for p in asked] == [(4, 9, 180), (36, 9, 180)]


def test_an_unfinished_run_is_named(tmp_path):
    with pytest.raises(click.ClickException, match=r"mdd-0.*has not finished"):
        read_seeds([tmp_path / "mdd-0"], "val")


def test_a_size_takes_equally_many_images_of_each_class():
    images = Images(np.arange(10)[:, None], np.array([0, 1] * 5), "d", np.arange(10))
    chosen = first_of_each_class(images, 2)
    assert chosen.labels.tolist() == [0, 0, 1, 1]
    assert chosen.pixels[:, 0].tolist() == chosen.layers.tolist() == [0, 2, 1, 3]
    assert chosen.digest != images.digest
    with pytest.raises(click.ClickException, match="has only 5 to train on"):
        first_of_each_class(images, 6)


def test_a_run_leaves_models_metrics_predictions_and_its_cost(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_synthetic(tmp_path / "data", CLASSES, 10)
    build_manifest(tmp_path / "data", tmp_path / "manifest.parquet", CLASSES)
    rows = []
    for i, (split, label) in enumerate([("unlabelled", None)] * 3 + [("val", "plain"), ("val", "striped")]):
        path = save_photo(tmp_path / f"{i}.jpg", i)
        row = {"path": path.name, "sha256": str(i), "label": label, "garment": None, "split": split}
        rows.append(row | {"width": 40, "height": 40})
    write_manifest(tmp_path / "target.parquet", rows)
    settings = params(tmp_path)
    tiny = {"epochs": 1, "updates": 3, "batch_size": 8}
    shared = settings.experiments.train.model_copy(update=tiny)
    experiments = settings.experiments.model_copy(update={"train": shared})
    settings = settings.model_copy(update={"experiments": experiments})
    out = tmp_path / "runs" / "source_only-0"
    run_experiment("source_only", 0, 4, out, settings, Path("manifest.parquet"), Path("target.parquet"))
    found = read_seeds([out], "val")
    assert found.right.shape == (1, 2)
    cost = json.loads((out / "cost.json").read_text())
    assert cost["seconds"] > 0
    assert cost["peak_mb"] > 100
    trained = json.loads((out / "models" / "classifier" / "model.json").read_text())["trained_with"]
    assert trained["synthetic_images"] == 8
    assert trained["params"]["updates"] == 3

    monkeypatch.setattr("train.loop.loop._Trainer.step", None)
    run_experiment("source_only", 0, 4, out, settings, Path("manifest.parquet"), Path("target.parquet"))
    assert json.loads((out / "cost.json").read_text()) == cost


def test_figure_7_has_a_line_per_size_and_a_picture(tmp_path):
    settings = params(tmp_path, seeds=[0], images=[5, 10])
    write_run(tmp_path / "runs" / "5-0", ["striped"] * 4)
    write_run(tmp_path / "runs" / "10-0", ["plain", "plain", "plain", "striped"])
    lines = figure7.points(tmp_path / "runs", settings)
    assert [(line["images"], line["accuracy"]) for line in lines] == [(10, 0.25), (20, 1.0)]
    figure7.draw(tmp_path / "figure7.png", lines)
    with Image.open(tmp_path / "figure7.png") as picture:
        assert picture.width > 600


def test_figure_5_tells_what_each_translator_keeps_with_an_interval(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_project(tmp_path, CLASSES, 20, tmp_path / "photos", 4)
    params(tmp_path, seeds=[0, 1])
    for name in figure5.WAYS.values():
        for seed in (0, 1):
            write_models(tmp_path / "runs" / f"{name}-{seed}" / "models", CLASSES)
    options = ["--runs", "runs", "--out", "out", "--reader", "test_resnet"]
    monkeypatch.setattr(figure5, "Classifier", lambda name, k, pretrained: Classifier(name, k, False))
    done = CliRunner().invoke(figure5.main, [*options, "--held-out", "data/manifest.parquet"])
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "out" / "figure5.json").read_text())
    assert found["images"] == 40
    assert list(found["ways"]) == list(figure5.WAYS)
    for way in found["ways"].values():
        assert len(way["moved"]) == len(way["distance"]) == 2
        assert way["moved"][0] > 0.01
    gains = {way["gain"][0] for way in found["ways"].values() if "gain" in way}
    assert gains == {0.0}  # all have the same generator
    with Image.open(tmp_path / "out" / "figure5.png") as picture:
        assert picture.height == 5 * (figure5.TILE + figure5.CAPTION)


def test_what_is_kept_counts_only_what_was_read_right_and_pairs_the_ways():
    right = np.array([True] * 8 + [False] * 2)
    ours = np.ones((3, 10), bool)
    theirs = np.array([[True] * 6 + [False] * 2 + [True] * 2] * 3)
    found = figure5.compared(right, {"CUT": theirs, figure5.OURS: ours}, 500, 0)
    assert found[figure5.OURS] == {"kept": [1.0, 1.0, 1.0]}
    assert found["CUT"]["kept"][0] == 0.75
    mean, low, high = found["CUT"]["gain"]
    assert mean == 0.25
    assert low <= 0.0 < 0.5 <= high + 0.01
    many = {"CUT": theirs[:, :8].repeat(100, 1), figure5.OURS: np.ones((3, 800), bool)}
    steadier = figure5.compared(np.ones(800, bool), many, 500, 0)
    assert steadier["CUT"]["gain"][1] > 0.2


def test_an_interval_is_over_seeds_too():
    differ = np.array([[1.0] * 50, [0.0] * 50])
    mean, low, high = figure5.interval(differ, 500, rng_for(0))
    assert (mean, low, high) == (0.5, 0.0, 1.0)


def test_the_table_is_written_as_csv_and_markdown(tmp_path):
    params(tmp_path, methods=["source_only"], seeds=[0])
    write_run(tmp_path / "runs" / "source_only-0", ["plain"] * 4)
    table1.main.callback(tmp_path / "runs", tmp_path / "out", tmp_path / "params.yaml")
    with (tmp_path / "out" / "table1.csv").open() as file:
        (line,) = csv.DictReader(file)
    assert line["accuracy"] == "0.75"
    assert line["published"] == "0.441"
    assert "No adaptation" in (tmp_path / "out" / "table1.md").read_text()
