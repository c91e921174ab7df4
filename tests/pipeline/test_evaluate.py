"""The promises of pipeline.evaluate."""

import csv
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from pipeline import evaluate, predict
from tests.helpers.pipeline_project import photo, save_photo, write_models, write_project

CLASSES = ["plain", "striped", "dotted"]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_models(folder, CLASSES)
    return folder


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Manifest, target with a labelled val set but no test set."""
    folder = tmp_path_factory.mktemp("project")
    labels = "0.png,plain\n1.png,dotted\n2.png,plain\n"
    write_project(folder, CLASSES, 10, folder / "photos", 4, val=labels)
    return folder


def run_evaluate(project: Path, model: Path, out: Path) -> Result:
    data = project / "data"
    arguments = ["--model", model, "--synthetic", data / "manifest.parquet", "--out", out]
    arguments += ["--target", data / "target" / "manifest.parquet", "--params", project / "params.yaml"]
    return CliRunner().invoke(evaluate.main, [str(argument) for argument in arguments])


def test_the_evaluation_says_what_the_predictions_say(models: Path, project: Path, tmp_path: Path) -> None:
    done = run_evaluate(project, models / "classifier", tmp_path)
    assert done.exit_code == 0, done.output
    assert "test: no labelled images (target.test" in done.stdout
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert set(metrics) == {"val", "synthetic"}
    for split, count in (("val", 3), ("synthetic", 3), ("test", 0)):
        rows = lines(tmp_path / f"predictions_{split}.csv")
        assert len(rows) == count
        if rows:
            assert list(rows[0]) == ["path", "actual", "predicted", "confidence", *CLASSES]
            right = sum(row["actual"] == row["predicted"] for row in rows)
            assert metrics[split]["accuracy"] == pytest.approx(right / count, abs=1e-4)
            assert metrics[split]["images"] == count
    assert metrics["val"]["support"] == {"plain": 2, "striped": 0, "dotted": 1}


def test_evaluating_twice_gives_the_same_files(models: Path, project: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        run_evaluate(project, models / "classifier", tmp_path / name)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_a_csv_of_labels_is_measured_on_what_predict_says(models: Path, tmp_path: Path) -> None:
    labels = [("big.png", "plain"), ("small.png", "dotted"), ("broken.jpg", "plain")]
    for seed, (name, _) in enumerate(labels[:2]):
        save_photo(tmp_path / name, seed, 300)
    (tmp_path / "broken.jpg").write_bytes(b"no photo")
    csv_file = tmp_path / "mine.csv"
    csv_file.write_text("path,label\n" + "".join(f"{name},{label}\n" for name, label in labels))
    arguments = ["--model", models / "classifier", "--images", csv_file, "--out", tmp_path / "out"]
    done = CliRunner().invoke(evaluate.main, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    assert "mine: 2 images, accuracy" in done.stdout
    assert f"unreadable: {tmp_path / 'broken.jpg'}" in done.stderr
    arguments[-1] = tmp_path / "p.csv"
    assert CliRunner().invoke(predict.main, [str(argument) for argument in arguments]).exit_code == 0
    predicted = [row["label"] for row in lines(tmp_path / "p.csv")][:2]
    rows = lines(tmp_path / "out" / "predictions_mine.csv")
    assert [row["predicted"] for row in rows] == predicted
    right = np.mean([label == answer for (_, label), answer in zip(labels, predicted, strict=False)])
    assert json.loads((tmp_path / "out" / "metrics.json").read_text())["mine"]["accuracy"] == right


@pytest.mark.skipif(sys.platform != "linux", reason="file names must be Unicode here")
def test_a_photo_or_folder_whose_name_is_not_utf_8_is_measured(models: Path, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9s")
    save_photo(folder / "plain" / "a.png", 1).rename(folder / "plain" / os.fsdecode(b"caf\xe9.png"))
    arguments = ["--model", models / "classifier", "--images", folder, "--out", tmp_path / "out"]
    done = CliRunner().invoke(evaluate.main, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    (row,) = lines(tmp_path / "out" / "predictions_caf\ufffds.csv")
    assert row["path"].endswith("plain/caf\ufffd.png")
    assert "caf\ufffds: 1 images, accuracy" in done.stdout


def test_what_is_odd_about_a_measured_photo_is_said(models: Path, tmp_path: Path) -> None:
    odd = tmp_path / "mine" / "plain" / "odd.jpg"
    odd.parent.mkdir(parents=True)
    photo(1).save(odd, exif=b"Exif\0\0junkjunk")
    arguments = ["--model", models / "classifier", "--images", tmp_path / "mine", "--out", tmp_path / "out"]
    done = CliRunner().invoke(evaluate.main, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    assert f"note: {odd}: damaged EXIF, so it may not be upright" in done.stderr


@pytest.mark.parametrize(
    ("names", "said"),
    [(["a/mine.csv", "b/mine.csv"], "another one is called mine"), (["empty.csv"], "lists no photos")],
)
def test_labelled_photos_that_cannot_be_told_apart_or_are_none_are_refused(
    names: list[str], said: str, models: Path, tmp_path: Path
) -> None:
    arguments = ["--model", str(models / "classifier"), "--out", str(tmp_path / "out")]
    for name in names:
        save_photo(tmp_path / Path(name).parent / "0.png", 0)
        (tmp_path / name).write_text("path,label\n" + ("" if "empty" in name else "0.png,plain\n"))
        arguments += ["--images", str(tmp_path / name)]
    done = CliRunner().invoke(evaluate.main, arguments)
    assert done.exit_code == 1
    assert said in done.stderr


def test_a_folder_in_the_place_of_a_manifest_is_one_clear_line(
    models: Path, project: Path, tmp_path: Path
) -> None:
    options = ["--target", tmp_path, "--params", project / "params.yaml", "--out", tmp_path / "out"]
    options += ["--synthetic", project / "data" / "manifest.parquet", "--model", models / "classifier"]
    done = CliRunner().invoke(evaluate.main, [str(option) for option in options])
    assert done.exit_code == 1
    assert "a folder, not a manifest; run `python -m pipeline.target`" in done.stderr


def test_a_model_of_other_classes_is_one_clear_line(project: Path, tmp_path: Path) -> None:
    write_models(tmp_path, ["floral", "striped"])
    done = run_evaluate(project, tmp_path / "classifier", tmp_path / "out")
    assert done.exit_code == 1
    assert "the model does not know the label 'plain'" in done.stderr
