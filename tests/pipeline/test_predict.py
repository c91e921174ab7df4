"""The promises of pipeline.predict."""

import csv
import json
import os
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from pipeline import predict
from pipeline.inference import batch_for, classify
from tests.helpers.disk import obeying_modes
from tests.helpers.pipeline_project import photo, save_photo, write_models
from train.model_folder import load_classifier

CLASSES = ["plain", "striped", "dotted"]
COLUMNS = ["path", "label", "confidence", *CLASSES]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_models(folder, CLASSES)
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(predict.main, [str(argument) for argument in arguments])


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_good_and_broken_files_each_get_their_line(models: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    save_photo(photos / "a.png", 1)
    save_photo(photos / "deep" / "b ü, c.JPG", 2)
    photo(3).convert("CMYK").save(photos / "c.tif")
    (photos / "broken.jpg").write_bytes((photos / "a.png").read_bytes()[:90])
    (photos / "notes.txt").write_text("not a photo")
    done = run("--model", models / "classifier", "--images", photos, "--out", tmp_path / "out.csv")
    assert done.exit_code == 0, done.output
    rows = lines(tmp_path / "out.csv")
    assert list(rows[0]) == COLUMNS
    assert [row["path"] for row in rows] == ["a.png", "broken.jpg", "c.tif", "deep/b ü, c.JPG"]
    assert f"unreadable: {photos / 'broken.jpg'}" in done.stderr
    for row in rows:
        if row["path"] == "broken.jpg":
            assert [row[column] for column in COLUMNS[1:]] == ["", "", "", "", ""]
            continue
        scores = {name: float(row[name]) for name in CLASSES}
        assert sum(scores.values()) == pytest.approx(1, abs=1e-5)
        assert row["label"] == max(scores, key=lambda name: scores[name])
        assert float(row["confidence"]) == max(scores.values())
    assert "3 photos labelled, 1 unreadable" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="file names must be Unicode here")
@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_a_file_name_that_is_not_utf_8_is_no_obstacle(models: Path, tmp_path: Path, kind: str) -> None:
    save_photo(tmp_path / "photos" / "a.png", 1).rename(tmp_path / "photos" / os.fsdecode(b"caf\xe9.png"))
    out = tmp_path / f"out.{kind}"
    done = run(
        "--model", models / "classifier", "--images", tmp_path / "photos", "--out", out, "--format", kind
    )
    assert done.exit_code == 0, done.output
    assert "caf\ufffd.png".encode() in out.read_bytes()


def test_every_format_holds_the_same(models: Path, tmp_path: Path) -> None:
    save_photo(tmp_path / "photos" / "a.png", 1)
    (tmp_path / "photos" / "b.png").write_bytes(b"")
    for kind in ("csv", "jsonl", "parquet"):
        out = tmp_path / f"out.{kind}"
        done = run(
            "--model", models / "classifier", "--images", tmp_path / "photos", "--out", out, "--format", kind
        )
        assert done.exit_code == 0, done.output
    from_csv = lines(tmp_path / "out.csv")
    from_json = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    from_parquet = pq.read_table(tmp_path / "out.parquet").to_pylist()
    for ours, json_row, parquet_row in zip(from_csv, from_json, from_parquet, strict=True):
        assert list(ours) == list(json_row) == list(parquet_row) == COLUMNS
        assert (ours["path"], ours["label"]) == (json_row["path"], json_row["label"])
        assert (ours["path"], ours["label"]) == (parquet_row["path"], parquet_row["label"])
        for column in COLUMNS[2:]:
            expected = float(ours[column]) if ours[column] else None
            assert json_row[column] == expected
            assert parquet_row[column] == (None if expected is None else pytest.approx(expected))


def test_one_photo_and_a_list_of_photos_are_read_too(models: Path, tmp_path: Path) -> None:
    save_photo(tmp_path / "a.png", 1)
    save_photo(tmp_path / "sub" / "b.png", 2)
    (tmp_path / "list.csv").write_text("path,price\nsub/b.png,9\nnone.png,9\n")
    run("--model", models / "classifier", "--images", tmp_path / "a.png", "--out", tmp_path / "one.csv")
    run("--model", models / "classifier", "--images", tmp_path / "list.csv", "--out", tmp_path / "two.csv")
    assert [row["path"] for row in lines(tmp_path / "one.csv")] == ["a.png"]
    two = lines(tmp_path / "two.csv")
    assert [(row["path"], bool(row["label"])) for row in two] == [("sub/b.png", True), ("none.png", False)]


@pytest.mark.skipif(sys.platform != "linux", reason="such names are not allowed everywhere")
def test_a_name_with_control_characters_stays_one_row_and_never_reaches_the_terminal(
    models: Path, tmp_path: Path
) -> None:
    names = ["a\rb.png", "c\nd.png", "e\x1b[2Jf.png"]
    for seed, name in enumerate(names):
        save_photo(tmp_path / "photos" / name, seed)
    (tmp_path / "photos" / "broken\x1b]0;\n.png").write_bytes(b"x")
    arguments = ["--model", models / "classifier", "--images", tmp_path / "photos"]
    done = run(*arguments, "--out", tmp_path / "out.csv")
    assert done.exit_code == 0, done.output
    assert "unreadable: " in done.stderr
    assert "broken\\x1b]0;\\n.png" in done.stderr
    assert "\x1b]" not in done.output
    found = {"broken\x1b]0;\n.png", *names}
    assert set(pa_csv.read_csv(tmp_path / "out.csv")["path"].to_pylist()) == found
    assert {row["path"] for row in lines(tmp_path / "out.csv")} == found
    listed = tmp_path / "photos" / "list.csv"
    listed.write_bytes((tmp_path / "out.csv").read_bytes())
    again = run(*arguments[:2], "--images", listed, "--out", tmp_path / "again.csv")
    assert "3 photos labelled, 1 unreadable" in again.stdout


def test_the_output_never_replaces_a_photo_that_is_read_nor_the_model(models: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(models / "classifier", model)
    first = save_photo(tmp_path / "photos" / "a.png", 1)
    (tmp_path / "list.csv").write_text("path\nphotos/a.png\n")
    for images, out in [
        (first, first),
        (first.parent, first),
        (tmp_path / "list.csv", first),
        (tmp_path / "list.csv", tmp_path / "list.csv"),
        (first.parent, first.parent),
        (first, model / "model.safetensors"),
    ]:
        before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        done = run("--model", model, "--images", images, "--out", out)
        assert done.exit_code in (1, 2), (images, out)
        assert "Error: " in done.stderr
        assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_a_photo_in_a_locked_folder_is_one_line(models: Path, tmp_path: Path) -> None:
    locked = save_photo(tmp_path / "locked" / "a.png", 1)
    locked.parent.chmod(0)
    with obeying_modes():
        done = run("--model", models / "classifier", "--images", locked, "--out", tmp_path / "out.csv")
    assert done.exit_code == 1
    assert done.stderr.startswith(f"Error: {locked}: Permission denied; give yourself the right to it")


@pytest.mark.parametrize("kind", ["alone", "folder", "csv"])
def test_a_locked_photo_is_said_to_be_locked(models: Path, tmp_path: Path, kind: str) -> None:
    locked = save_photo(tmp_path / "photos" / "locked" / "a.png", 1)
    save_photo(tmp_path / "photos" / "b.png", 2).chmod(0)
    listed = tmp_path / "photos" / "list.csv"
    listed.write_text(f"path\nlocked/a.png\nb.png\n{'x' * 5000}\nc\td.png\n")
    locked.parent.chmod(0)
    images = {"alone": tmp_path / "photos" / "b.png", "folder": tmp_path / "photos", "csv": listed}[kind]
    with obeying_modes():
        done = run("--model", models / "classifier", "--images", images, "--out", tmp_path / "out.csv")
    assert done.exit_code == 1
    assert f"unreadable: {tmp_path / 'photos' / 'b.png'}: Permission denied" in done.stderr
    assert "make room" not in done.stderr
    assert len(lines(tmp_path / "out.csv")) == (4 if kind == "csv" else 1)


def test_an_empty_path_is_one_line(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save_photo(tmp_path / "a.png", 1)
    for option in ("--images", "--model", "--out"):
        given = {"--images": "a.png", "--model": models / "classifier", "--out": "o.csv"} | {option: ""}
        done = run(*(part for pair in given.items() for part in pair))
        assert done.exit_code == 2
        assert f"Invalid value for '{option}': the path is empty" in done.stderr


def test_a_large_model_gets_small_batches(models: Path, tmp_path: Path) -> None:
    classifier = load_classifier(models / "classifier")
    for size, expected in ((32, 64), (224, 16), (320, 8), (4096, 1)):
        classifier.size = size
        assert batch_for(classifier) == expected


def test_unsure_photos_keep_their_probabilities_but_get_no_label(models: Path, tmp_path: Path) -> None:
    for seed in range(8):
        save_photo(tmp_path / "photos" / f"{seed}.png", seed)
    (tmp_path / "photos" / "broken.png").write_bytes(b"broken")
    arguments = ["--model", models / "classifier", "--images", tmp_path / "photos"]
    run(*arguments, "--out", tmp_path / "all.csv")
    sure = lines(tmp_path / "all.csv")[:8]
    threshold = sorted(float(row["confidence"]) for row in sure)[4]
    done = run(*arguments, "--out", tmp_path / "some.csv", "--min-confidence", threshold)
    assert done.exit_code == 0
    assert "4 photos labelled, 4 unsure" in done.stdout
    for before, after in zip(sure, lines(tmp_path / "some.csv")[:8], strict=True):
        label = before["label"] if float(before["confidence"]) >= threshold else ""
        assert after == before | {"label": label}


def test_only_some_patterns_are_answered_and_whatever_shows_none_of_them_is_other(
    models: Path, tmp_path: Path
) -> None:
    """Even by a model without the class: what it gives to patterns that were not chosen is P(none)."""
    for seed in range(8):
        save_photo(tmp_path / "photos" / f"{seed}.png", seed)
    (tmp_path / "photos" / "broken.png").write_bytes(b"broken")
    arguments = ["--model", models / "classifier", "--images", tmp_path / "photos"]
    run(*arguments, "--out", tmp_path / "all.csv")
    for kind in ("csv", "jsonl", "parquet"):
        out = tmp_path / f"some.{kind}"
        done = run(*arguments, "--only", "dotted,striped", "--out", out, "--format", kind)
        assert done.exit_code == 0, done.output
    rows = lines(tmp_path / "some.csv")
    for before, after in zip(lines(tmp_path / "all.csv"), rows, strict=True):
        assert list(after) == ["path", "label", "confidence", "striped", "dotted", "other"]
        if after["path"] == "broken.png":
            assert set(after.values()) == {"broken.png", ""}
            continue
        assert (after["striped"], after["dotted"]) == (before["striped"], before["dotted"])
        assert float(after["other"]) == pytest.approx(float(before["plain"]), abs=1e-6)
        answers = {name: float(after[name]) for name in ("striped", "dotted", "other")}
        assert after["label"] == max(answers, key=lambda name: answers[name])
        assert float(after["confidence"]) == max(answers.values())
    assert "other" in {row["label"] for row in rows}
    for other in (
        [json.loads(line) for line in (tmp_path / "some.jsonl").read_text().splitlines()],
        pq.read_table(tmp_path / "some.parquet").to_pylist(),
    ):
        assert [row["label"] for row in other] == [row["label"] for row in rows]
        assert list(other[0]) == list(rows[0])


def test_a_pattern_that_the_model_does_not_know_cannot_be_chosen(models: Path, tmp_path: Path) -> None:
    save_photo(tmp_path / "a.png", 1)
    arguments = [
        "--model",
        models / "classifier",
        "--images",
        tmp_path / "a.png",
        "--out",
        tmp_path / "o.csv",
    ]
    done = run(*arguments, "--only", "plain,checked")
    assert done.exit_code == 1
    assert (
        done.stderr
        == "Error: --only: the model knows no pattern 'checked'; it knows plain, striped, dotted\n"
    )
    assert not (tmp_path / "o.csv").exists()


def test_not_one_readable_photo_is_a_failure_that_still_writes_its_lines(
    models: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"broken")
    out = tmp_path / "out.csv"
    done = run("--model", models / "classifier", "--images", tmp_path / "broken.jpg", "--out", out)
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1].startswith("Error: ")
    assert [row["path"] for row in lines(out)] == ["broken.jpg"]


def test_the_speed_is_shown(models: Path, tmp_path: Path) -> None:
    save_photo(tmp_path / "a.png", 1)
    done = run("--model", models / "classifier", "--images", tmp_path / "a.png", "--out", tmp_path / "out")
    assert re.search(r"predict: 1 img in [\d.]+ s \([\d.]+ img/s\)", done.stderr)


def test_without_a_model_the_cure_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    save_photo(tmp_path / "a.png", 1)
    done = run("--images", "a.png")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: models/release: no trained model here")
    assert "models/classifier" in done.stderr


def test_the_batch_size_changes_nothing(models: Path, tmp_path: Path) -> None:
    paths = [save_photo(tmp_path / f"{seed}.png", seed) for seed in range(7)]
    paths[4].write_bytes(b"broken")
    classifier = load_classifier(models / "classifier")
    whole = list(classify(classifier, paths))
    for size in (1, 3, 7):
        for path, one, other in zip(paths, classify(classifier, paths, size), whole, strict=True):
            assert (one.scores is None) == (other.scores is None) == (path == paths[4])
            if one.scores is not None and other.scores is not None:
                np.testing.assert_allclose(one.scores, other.scores, atol=1e-5)


@pytest.mark.parametrize("wrong", ["empty", "nowhere", "list", "model"])
def test_wrong_input_is_one_clear_line(models: Path, tmp_path: Path, wrong: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "list.csv").write_text("path\n")
    save_photo(tmp_path / "a.png", 1)
    images = {"empty": "empty", "nowhere": "nowhere", "list": "list.csv", "model": "a.png"}[wrong]
    model = tmp_path if wrong == "model" else models / "classifier"
    done = run("--model", model, "--images", tmp_path / images, "--out", tmp_path / "out.csv")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "out.csv").exists()
