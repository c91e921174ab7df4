"""The promises of pipeline.photos and pipeline.target: any photo people have becomes a target set."""

import contextlib
import io
import json
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.params import Params, load_params
from pipeline.photos import find_photos
from pipeline.target import build_target
from pipeline.target import main as target_command
from sdg.stand_in import ABOUT
from tests.helpers.disk import obeying_modes
from tests.helpers.pipeline_project import photo, save_photo, write_params
from train.data.manifest import read_manifest
from train.data.photo import UnreadablePhoto, open_photo

CLASSES = ["plain", "striped"]


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("a.jpg", "RGB"), ("a.jpg", "CMYK"), ("a.jpg", "L"), ("a.JPEG", "RGB"), ("a", "RGB"),
        ("a.png", "RGBA"), ("a.png", "P"), ("a.png", "1"), ("a.gif", "P"), ("a.webp", "RGBA"),
        ("a.tif", "CMYK"), ("a.bmp", "RGB"),
    ],
)  # fmt: skip
def test_every_format_and_mode_opens_as_rgb(tmp_path: Path, name: str, mode: str) -> None:
    image = photo(1).convert(mode)
    image.save(tmp_path / name, "JPEG" if name == "a" else None)
    assert find_photos(tmp_path) == [tmp_path / name]
    opened = open_photo(tmp_path / name).image
    assert (opened.mode, opened.size) == ("RGB", image.size)
    if mode not in ("1", "L"):
        difference = np.abs(np.asarray(opened, float) - np.asarray(photo(1), float)).mean()
        assert difference < 30


def test_exif_rotation_is_applied(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it rotated by 90 degrees clockwise
    image = Image.new("RGB", (40, 20), "white")
    image.paste("black", (0, 0, 20, 20))
    image.save(tmp_path / "a.jpg", exif=exif, quality=100)
    upright = np.asarray(open_photo(tmp_path / "a.jpg").image.convert("L"))
    assert upright.shape == (40, 20)
    assert upright[:15].mean() < 10
    assert upright[25:].mean() > 245


def test_transparent_parts_become_white_and_16_bits_become_8(tmp_path: Path) -> None:
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    Image.fromarray(np.full((20, 20), 40000, np.uint16)).save(tmp_path / "deep.png")
    assert np.asarray(open_photo(tmp_path / "clear.png").image).min() == 255
    assert abs(int(np.asarray(open_photo(tmp_path / "deep.png").image).max()) - 40000 // 257) <= 1


def test_an_animation_is_its_first_frame(tmp_path: Path) -> None:
    Image.new("RGB", (20, 20), "red").save(
        tmp_path / "a.gif", save_all=True, append_images=[Image.new("RGB", (20, 20), "blue")]
    )
    assert open_photo(tmp_path / "a.gif").image.getpixel((0, 0)) == (255, 0, 0)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_unreadable_or_rgb_but_never_another_error(
    data: st.DataObject, tmp_path_factory
) -> None:
    kind = data.draw(st.sampled_from(["PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP"]))
    buffer = io.BytesIO()
    photo(1).save(buffer, kind)
    content = bytearray(buffer.getvalue())
    for position in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=6)):
        content[position] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    with contextlib.suppress(UnreadablePhoto):
        assert open_photo(path).image.mode == "RGB"


def test_a_bomb_and_a_strip_are_refused_before_they_fill_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("train.data.photo.MAX_PIXELS", 1000)
    save_photo(tmp_path / "big.png", 1, 40)
    Image.new("RGB", (100, 2)).save(tmp_path / "strip.png")
    with pytest.raises(UnreadablePhoto, match="megapixels"):
        open_photo(tmp_path / "big.png")
    with pytest.raises(UnreadablePhoto, match="too narrow"):
        open_photo(tmp_path / "strip.png")


def test_postscript_is_never_run(tmp_path: Path) -> None:
    (tmp_path / "a.eps").write_text(
        "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n"
    )
    (tmp_path / "a.jpg").write_bytes((tmp_path / "a.eps").read_bytes())
    assert find_photos(tmp_path) == [tmp_path / "a.jpg"]
    with pytest.raises(UnreadablePhoto):
        open_photo(tmp_path / "a.jpg")


def test_hidden_files_and_other_files_are_no_photos(tmp_path: Path) -> None:
    save_photo(tmp_path / "deep" / "er" / "b.png", 1)
    save_photo(tmp_path / ".thumbs" / "a.png", 1)
    (tmp_path / "notes.txt").write_text("hello")
    assert find_photos(tmp_path) == [tmp_path / "deep" / "er" / "b.png"]


def test_linked_folders_are_searched_once_and_what_is_left_out_is_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = tmp_path / "photos"
    save_photo(photos / "b" / "mine.png", 1)
    save_photo(tmp_path / "elsewhere" / "theirs.png", 2)
    (photos / "a-link").symlink_to(tmp_path / "elsewhere")
    (photos / "a-loop").symlink_to(photos)
    (photos / "a-second-way").symlink_to(photos / "b")
    (photos / "linked.png").symlink_to(tmp_path / "elsewhere" / "theirs.png")
    (photos / "dangling.png").symlink_to(tmp_path / "nowhere.png")
    (photos / "tweet.jpg_large").write_bytes(b"x")
    (photos / "notes.txt").write_text("x")
    (photos / "more.txt").write_text("x")
    save_photo(photos / ".hidden" / "a.png", 3)
    save_photo(photos / ".b.png", 4)
    (photos / "locked").mkdir(0o000)
    with obeying_modes():
        found = find_photos(photos)
    assert found == [photos / "a-link" / "theirs.png", photos / "b" / "mine.png", photos / "linked.png"]
    assert capsys.readouterr().err == (
        f"{photos}: left out: 3 of no image's suffix (.txt, .jpg_large), 2 hidden, 1 no files, or links to "
        "nothing, 1 folders that may not be read\n"
    )
    find_photos(tmp_path / "elsewhere")
    assert capsys.readouterr().err == ""


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
    done = CliRunner().invoke(target_command, arguments)
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


def test_files_that_are_not_ours_stay_where_they_are(tmp_path: Path) -> None:
    mine = save_photo(tmp_path / "photos" / "unlabelled" / "mine.jpg", 1)
    build_target(params_for(tmp_path), tmp_path / "photos")
    assert mine.exists()


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
