"""The promises of pipeline.target: photos as people have them become a target set."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from PIL import Image

from pipeline import target as target_module
from pipeline.params import Params, load_params
from pipeline.target import build_target
from sdg.stand_in import ABOUT
from tests.helpers.pipeline_project import save_photo, write_params
from train.data.manifest import read_manifest
from train.data.photo import open_photo

CLASSES = ["plain", "striped"]


def params_for(tmp_path: Path, **target: object) -> Params:
    target = {"source": str(tmp_path / "photos"), "unlabelled": ".", **target}
    return load_params(write_params(tmp_path / "params.yaml", CLASSES, **target))


def test_a_folder_of_photos_becomes_a_target_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for seed in range(3):
        save_photo(tmp_path / "photos" / "sub" / f"a{seed}.png", seed, 40 + 10 * seed)
    Image.new("RGB", (90, 60), "red").save(tmp_path / "photos" / "wide.webp")
    (tmp_path / "photos" / "broken.jpg").write_bytes(b"not a jpeg")
    about = build_target(params_for(tmp_path), tmp_path / "out")
    rows = read_manifest(tmp_path / "out" / "manifest.parquet", "")
    assert len(rows) == 4
    assert {(row["split"], row["label"], row["garment"]) for row in rows} == {("unlabelled", None, None)}
    for row in rows:
        with Image.open(tmp_path / "out" / row["path"]) as image:
            assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (row["width"], row["height"]))
            assert min(image.size) == 32
    assert [row["width"] for row in rows if "wide" in row["path"]] == [48]
    assert "unreadable" in capsys.readouterr().err
    assert about == json.loads((tmp_path / "out" / "target.json").read_text())
    assert (about["kind"], about["name"], about["unreadable"]) == ("photos", "photos", 1)


def test_unreadable_photos_are_named_on_stderr(tmp_path: Path) -> None:
    save_photo(tmp_path / "photos" / "a.png", 1)
    (tmp_path / "photos" / "broken.jpg").write_bytes(b"")
    params_for(tmp_path)
    arguments = ["--params", str(tmp_path / "params.yaml"), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(target_module.main, arguments)
    assert done.exit_code == 0
    assert f"unreadable: {tmp_path / 'photos' / 'broken.jpg'}: empty file" in done.stderr
    assert "1 unlabelled (1 unreadable, 0 duplicates)" in done.stdout


def test_a_second_run_prepares_nothing_again_and_drops_what_is_gone(tmp_path: Path) -> None:
    for seed in range(3):
        save_photo(tmp_path / "photos" / f"{seed}.png", seed)
    params = params_for(tmp_path)
    build_target(params, tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "unlabelled").iterdir()}
    (tmp_path / "out" / "unlabelled" / ".tmp-half.jpg").write_bytes(b"half")
    (tmp_path / "photos" / "1.png").unlink()
    build_target(params, tmp_path / "out")
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "unlabelled").iterdir()}
    assert len(after) == 2
    assert after.items() <= before.items()


def test_a_second_run_says_again_what_is_odd_about_a_photo(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = tmp_path / "photos" / "odd.jpg"
    save_photo(odd, 1).write_bytes(odd.read_bytes()[:-2])
    for _ in range(2):
        build_target(params_for(tmp_path), tmp_path / "out")
        assert f"note: {odd}: cut short" in capsys.readouterr().err


def test_files_that_are_not_ours_stay_where_they_are(tmp_path: Path) -> None:
    mine = save_photo(tmp_path / "photos" / "unlabelled" / "mine.jpg", 1)
    build_target(params_for(tmp_path), tmp_path / "photos")
    assert mine.exists()


def test_photos_that_other_code_decoded_are_prepared_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_photo(tmp_path / "photos" / "a.png", 1)
    build_target(params_for(tmp_path), tmp_path / "out")
    (before,) = (tmp_path / "out" / "unlabelled").iterdir()
    monkeypatch.setattr(target_module, "code_hash", lambda *_: "other code")
    build_target(params_for(tmp_path), tmp_path / "out")
    (after,) = (tmp_path / "out" / "unlabelled").iterdir()
    assert after.name != before.name


def test_whatever_preparing_a_photo_raises_costs_that_photo_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in range(3):
        save_photo(tmp_path / "photos" / f"{seed}.png", seed)
    resize = Image.Image.resize

    def broken_once(image: Image.Image, *arguments: object) -> Image.Image:
        if not failed:
            failed.append(image)
            raise RuntimeError("nobody has thought of this")
        return resize(image, *arguments)

    failed: list[Image.Image] = []
    monkeypatch.setattr(Image.Image, "resize", broken_once)
    about = build_target(params_for(tmp_path), tmp_path / "out", workers=1)
    assert (about["images"], about["unreadable"]) == ({"unlabelled": 2}, 1)
    assert "nobody has thought of this" in capsys.readouterr().err


def test_photos_of_another_size_are_prepared_again(tmp_path: Path) -> None:
    save_photo(tmp_path / "photos" / "a.png", 1)
    build_target(params_for(tmp_path), tmp_path / "out")
    build_target(params_for(tmp_path, size=20), tmp_path / "out")
    assert [row["width"] for row in read_manifest(tmp_path / "out" / "manifest.parquet", "")] == [20]


def test_a_photo_that_is_labelled_too_is_left_out_of_the_unlabelled(tmp_path: Path) -> None:
    for seed in range(4):
        save_photo(tmp_path / "photos" / "all" / f"{seed}.png", seed)
    save_photo(tmp_path / "photos" / "all" / "copy of 3.png", 3)
    save_photo(tmp_path / "photos" / "test" / "striped" / "x.png", 0)
    save_photo(tmp_path / "photos" / "test" / "plain" / "y.png", 9)
    (tmp_path / "photos" / "val.csv").write_text("path,label\nall/0.png,striped\nall/1.png,plain\n")
    params = params_for(tmp_path, unlabelled="all", val="val.csv", test="test")
    about = build_target(params, tmp_path / "out")
    assert about["images"] == {"unlabelled": 2, "val": 1, "test": 2}
    assert about["duplicates"] == 4
    rows = read_manifest(tmp_path / "out" / "manifest.parquet", "")
    assert len({row["sha256"] for row in rows}) == len(rows)
    assert {(row["split"], row["label"]) for row in rows if row["label"]} == {
        ("val", "plain"),
        ("test", "plain"),
        ("test", "striped"),
    }


def test_labelled_photos_are_trained_on_unless_they_are_measured_on_and_stay_unlabelled_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in range(7):
        save_photo(tmp_path / "photos" / "all" / f"{seed}.png", seed)
    save_photo(tmp_path / "photos" / "val" / "plain" / "copy of 0.png", 0)
    save_photo(tmp_path / "photos" / "test" / "plain" / "copy of 1.png", 1)
    lines = [f"all/{seed}.png,{'striped' if seed > 3 else 'plain'}\n" for seed in (0, 1, 2, 2, 3, 4, 5)]
    (tmp_path / "photos" / "mine.csv").write_text("path,label\n" + "".join(lines))
    params = params_for(tmp_path, unlabelled="all", val="val", test="test", labelled="mine.csv")
    about = build_target(params, tmp_path / "out")
    assert about["images"] == {"unlabelled": 5, "val": 1, "test": 1, "labelled": 4}
    assert about["labels"]["labelled"] == {"plain": 2, "striped": 2}
    assert (
        "labelled: left out 3 photos that are there twice or in a set to measure on"
        in capsys.readouterr().err
    )
    rows = read_manifest(tmp_path / "out" / "manifest.parquet", "")
    of = {split: {r["sha256"] for r in rows if r["split"] == split} for split in about["images"]}
    assert of["labelled"] < of["unlabelled"]
    assert not of["labelled"] & (of["val"] | of["test"])
    build_target(params_for(tmp_path, unlabelled="all", val="val", test="test"), tmp_path / "out")
    assert not list((tmp_path / "out" / "labelled").iterdir())


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            "0.png,plain\n1.png,plain\n2.png,stripes\n",
            r"mine.csv line 4: label 'stripes' is not one of plain",
        ),
        ("0.png,plain\n0.png,striped\n", r"mine.csv line 2 and .*line 3: the same photo, labelled plain and"),
        ("0.png,plain\n1.png,plain\n2.png,striped\n", r"mine.csv: only 1 photo of striped; label one more"),
        (
            "3.png,striped\n",
            r"val.csv line 2 and .*mine.csv line 2: the same photo, labelled plain and striped",
        ),
        ("3.png,plain\n", "all its labelled photos are in another set too"),
    ],
)
def test_wrong_labels_to_train_on_are_one_clear_line(tmp_path: Path, lines: str, message: str) -> None:
    for seed in range(5):
        save_photo(tmp_path / "photos" / f"{seed}.png", seed)
    (tmp_path / "photos" / "val.csv").write_text("path,label\n3.png,plain\n")
    (tmp_path / "photos" / "mine.csv").write_text("path,label\n" + lines)
    with pytest.raises(click.ClickException, match=message):
        build_target(params_for(tmp_path, val="val.csv", labelled="mine.csv"), tmp_path / "out")


def test_classes_without_a_photo_to_train_on_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed in range(3):
        save_photo(tmp_path / "photos" / f"{seed}.png", seed)
    (tmp_path / "photos" / "mine.csv").write_text("path,label\n0.png,plain\n1.png,plain\n")
    build_target(params_for(tmp_path, labelled="mine.csv"), tmp_path / "out")
    assert "mine.csv: no photo of striped; what these look like, renders alone say" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("csv", "message"),
    [
        (
            "path,label\na.png,plain\na.png,stripped\n",
            r"val.csv line 3: label 'stripped' .* did you mean 'striped'",
        ),
        ("path,label\na.png,\n", "line 2: label is empty"),
        ("file,label\na.png,plain\n", "line 1: no column path"),
        ("", "line 1: no column path, label"),
        ("path,label\n", "lists no photos"),
        ("path,label\nnone.png,plain\n", "none of its val photos can be read"),
        (
            "path,label\na.png,plain\nb.png,striped\n",
            r"val.csv line 2 and .*val.csv line 3: the same photo, labelled plain and striped; correct one",
        ),
    ],
)
def test_a_wrong_label_file_is_one_clear_line(tmp_path: Path, csv: str, message: str) -> None:
    save_photo(tmp_path / "photos" / "a.png", 1)
    save_photo(tmp_path / "photos" / "b.png", 1)
    save_photo(tmp_path / "photos" / "c.png", 2)
    (tmp_path / "photos" / "val.csv").write_text(csv)
    with pytest.raises(click.ClickException, match=message):
        build_target(params_for(tmp_path, val="val.csv"), tmp_path / "out")


def test_a_csv_saved_by_a_spreadsheet_is_read(tmp_path: Path) -> None:
    save_photo(tmp_path / "photos" / "a.png", 1)
    save_photo(tmp_path / "photos" / "b.png", 2)
    (tmp_path / "photos" / "val.csv").write_bytes(b"\xef\xbb\xbflabel, path,note\r\nplain, a.png,x\r\n\r\n")
    assert build_target(params_for(tmp_path, val="val.csv"), tmp_path / "out")["images"]["val"] == 1


def test_what_lies_beside_class_folders_is_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_photo(tmp_path / "photos" / "a.png", 1)
    save_photo(tmp_path / "photos" / "val" / "plain" / "b.png", 2)
    save_photo(tmp_path / "photos" / "val" / "c.png", 3)
    build_target(params_for(tmp_path, unlabelled=".", val="val"), tmp_path / "out")
    assert f"{tmp_path / 'photos' / 'val'}: left out: beside the class folders: 1" in capsys.readouterr().err


def test_a_csv_from_windows_is_read_and_paths_of_another_computer_get_a_hint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_photo(tmp_path / "photos" / "sub" / "a.png", 1)
    save_photo(tmp_path / "photos" / "b.png", 2)
    (tmp_path / "photos" / "val.csv").write_text("path,label\nsub\\a.png,plain\nC:\\me\\b.png,striped\n")
    assert build_target(params_for(tmp_path, val="val.csv"), tmp_path / "out")["images"]["val"] == 1
    said = capsys.readouterr().err
    assert f"1 of its 2 photos are not there, such as C:\\me\\b.png; paths are relative to {tmp_path}" in said


def test_val_and_test_of_the_same_photos_are_refused(tmp_path: Path) -> None:
    for seed in range(3):
        save_photo(tmp_path / "photos" / f"{seed}.png", seed)
    for name in ("val.csv", "copy.csv"):
        (tmp_path / "photos" / name).write_text("path,label\n0.png,plain\n")
    with pytest.raises(click.ClickException, match=r"target\.val and target\.test are the same"):
        build_target(params_for(tmp_path, val="val.csv", test="./val.csv"), tmp_path / "out")
    with pytest.raises(click.ClickException, match=r"target\.test and target\.labelled are the same"):
        build_target(params_for(tmp_path, test="val.csv", labelled="val.csv"), tmp_path / "out")
    with pytest.raises(click.ClickException, match=r"all its val photos are in another set too"):
        build_target(params_for(tmp_path, val="val.csv", test="copy.csv"), tmp_path / "out")


def test_the_home_folder_may_be_written_as_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    save_photo(tmp_path / "photos" / "a.png", 1)
    (tmp_path / "labels.csv").write_text("path,label\nphotos/a.png,plain\n")
    save_photo(tmp_path / "photos" / "b.png", 2)
    params = params_for(tmp_path, source="~/photos", val="~/labels.csv")
    assert build_target(params, tmp_path / "out")["images"] == {"unlabelled": 1, "val": 1}
    with pytest.raises(click.ClickException, match="~nobody-here/photos: no such folder"):
        build_target(params_for(tmp_path, source="~nobody-here/photos"), tmp_path / "out")


def test_a_half_written_prepared_photo_is_prepared_again(tmp_path: Path) -> None:
    save_photo(tmp_path / "photos" / "a.png", 1)
    build_target(params_for(tmp_path), tmp_path / "out")
    (prepared,) = (tmp_path / "out" / "unlabelled").iterdir()
    prepared.write_bytes(b"half")
    build_target(params_for(tmp_path), tmp_path / "out")
    assert open_photo(prepared).image.width == 32


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"source": "nowhere"}, "nowhere: no such folder; set target.source"),
        ({"unlabelled": "nowhere"}, "set target.unlabelled"),
        ({"unlabelled": "empty"}, "no photos in it"),
        ({"val": "nowhere.csv"}, "set target.val to null"),
        ({"test": "classes"}, "label 'stripy' is not one of plain, striped; did you mean 'striped'"),
        ({"unlabelled": "broken"}, "none of its unlabelled photos can be read"),
    ],
)
def test_a_wrong_source_is_one_clear_line(tmp_path: Path, target: dict[str, str], message: str) -> None:
    save_photo(tmp_path / "photos" / "a.png", 1)
    save_photo(tmp_path / "photos" / "classes" / "stripy" / "a.png", 1)
    (tmp_path / "photos" / "empty").mkdir()
    (tmp_path / "photos" / "broken").mkdir()
    (tmp_path / "photos" / "broken" / "a.jpg").write_bytes(b"x")
    with pytest.raises(click.ClickException, match=message):
        build_target(params_for(tmp_path, **target), tmp_path / "out")


def test_a_folder_of_stand_in_photos_is_said_to_be_one(tmp_path: Path) -> None:
    save_photo(tmp_path / "domain" / "a.jpg", 1)
    params = params_for(tmp_path, source=str(tmp_path / "domain"), unlabelled=".")
    assert build_target(params, tmp_path / "target")["kind"] == "photos"
    (tmp_path / "domain" / ABOUT).write_text("{}")
    assert build_target(params, tmp_path / "target")["kind"] == "stand-in"
