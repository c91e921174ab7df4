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


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos of patterns in val.csv, of none of them in others.csv; one is in both."""
    folder = tmp_path_factory.mktemp("mixed")
    for seed in range(8):
        save_photo(folder / f"{seed}.png", seed)
    save_photo(folder / "copy of 0.png", 0)
    (folder / "val.csv").write_text("path,label\n0.png,plain\n1.png,dotted\n2.png,striped\n")
    others = "3.png,graphic\n4.png,graphic\n5.png,checked\n6.png,other\ncopy of 0.png,plain\n"
    (folder / "others.csv").write_text("path,label\n" + others)
    return folder


def run_on(mixed: Path, model: Path, out: Path, *more: str) -> Result:
    arguments = [
        "--model",
        model,
        "--out",
        out,
        "--images",
        mixed / "val.csv",
        "--images",
        mixed / "others.csv",
    ]
    return CliRunner().invoke(evaluate.main, [*(str(argument) for argument in arguments), *more])


def test_photos_of_none_of_the_patterns_are_measured_apart_and_said_in_one_line(
    models: Path, mixed: Path, tmp_path: Path
) -> None:
    done = run_on(mixed, models / "classifier", tmp_path, "--pool")
    assert done.exit_code == 0, done.output
    assert (
        f"{mixed / 'others.csv'}: 4 photos show none of the patterns and count as other, "
        "labelled graphic (2), checked (1), other (1)\n"
    ) in done.stderr
    assert "photos: 3 images, accuracy" in done.stdout
    assert (
        "photos: 4 images of none of the patterns, turned away 0.000 (0.000 to 0.490), stream" in done.stdout
    )
    assert "AUROC none probability 0.500, max probability" in done.stdout
    rows = lines(tmp_path / "predictions_photos.csv")
    assert list(rows[0]) == ["path", "actual", "predicted", "confidence", *CLASSES, "label"]
    assert [row["actual"] for row in rows] == ["plain", "dotted", "striped", *["other"] * 4]
    assert [row["label"] for row in rows[3:]] == ["graphic", "graphic", "checked", "other"]
    found = json.loads((tmp_path / "metrics.json").read_text())["photos"]
    right = sum(row["predicted"] == row["actual"] for row in rows)
    assert found["open_set"]["stream_accuracy"] == pytest.approx(right / 7, abs=1e-4)
    assert found["accuracy"] == pytest.approx(right / 3, abs=1e-4)
    curve = lines(tmp_path / "risk_coverage_photos.csv")
    assert float(curve[-1]["accuracy"]) == pytest.approx(right / 7, abs=1e-4)


def test_the_answer_other_is_what_predict_says(mixed: Path, tmp_path: Path) -> None:
    """With a model that has the class, and with only some of its patterns."""
    write_models(tmp_path, [*CLASSES, "other"])
    for only in ([], ["--only", "dotted,striped"]):
        done = run_on(mixed, tmp_path / "classifier", tmp_path / "out", "--pool", *only)
        assert done.exit_code == 0, done.output
        rows = lines(tmp_path / "out" / "predictions_photos.csv")
        arguments = [
            "--model",
            tmp_path / "classifier",
            "--images",
            mixed,
            "--out",
            tmp_path / "p.csv",
            *only,
        ]
        assert CliRunner().invoke(predict.main, [str(argument) for argument in arguments]).exit_code == 0
        predicted = {row["path"]: row for row in lines(tmp_path / "p.csv")}
        for row in rows:
            said = predicted[Path(row["path"]).name]
            assert row["predicted"] == said["label"]
            assert float(row["other"]) == pytest.approx(float(said["other"]), abs=1e-4)
        assert ("plain" in rows[0]) == (not only)
    assert [row["actual"] for row in rows] == ["other", "dotted", "striped", *["other"] * 4]
    assert "other" in {row["predicted"] for row in rows}
    assert "all_classes" in json.loads((tmp_path / "out" / "metrics.json").read_text())["photos"]


def test_other_photos_alone_are_measured_too(models: Path, mixed: Path, tmp_path: Path) -> None:
    csv_file = mixed / "none.csv"
    csv_file.write_text("path,label\n3.png,graphic\n")
    arguments = ["--model", models / "classifier", "--images", csv_file, "--out", tmp_path / "out"]
    done = CliRunner().invoke(evaluate.main, [str(argument) for argument in arguments])
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("none: 1 images of none of the patterns, turned away 0.000")


def test_without_pooling_each_file_is_a_split_and_pooling_needs_files(
    models: Path, mixed: Path, tmp_path: Path
) -> None:
    assert run_on(mixed, models / "classifier", tmp_path).exit_code == 0
    assert json.loads((tmp_path / "metrics.json").read_text()).keys() == {"val", "others"}
    done = CliRunner().invoke(evaluate.main, ["--model", str(models / "classifier"), "--pool"])
    assert done.exit_code == 2
    assert "--pool: puts several --images together" in done.stderr


def test_a_photo_with_two_labels_in_two_files_is_refused(models: Path, mixed: Path, tmp_path: Path) -> None:
    (mixed / "two.csv").write_text("path,label\n0.png,plain\n")
    (mixed / "three.csv").write_text("path,label\ncopy of 0.png,graphic\n")
    arguments = ["--model", models / "classifier", "--out", tmp_path, "--pool"]
    arguments += ["--images", mixed / "two.csv", "--images", mixed / "three.csv"]
    done = CliRunner().invoke(evaluate.main, [str(argument) for argument in arguments])
    assert done.exit_code == 1
    assert "three.csv line 2: the same photo, labelled plain and graphic; correct one" in done.stderr
