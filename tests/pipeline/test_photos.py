"""The promises of pipeline.photos and train.data.photo: any photo people have is found and decoded."""

import contextlib
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.photos import find_photos
from sdg.dataset.names import pass_file
from sdg.params import PASSES
from tests.helpers.disk import obeying_modes
from tests.helpers.pipeline_project import photo, save_photo
from train.data.photo import UnreadablePhoto, open_photo


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


def test_passes_of_renders_are_no_photos(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photos = [tmp_path / "plain" / name for name in ("000000.png", "000001.jpg", "mine.mask.png")]
    for path in photos:
        save_photo(path, 1)
    for name in PASSES:
        save_photo(tmp_path / "plain" / pass_file(0, name), 1)
    assert find_photos(tmp_path) == photos
    assert capsys.readouterr().err == f"{tmp_path}: left out: passes of renders: {len(PASSES)}\n"


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
        f"{photos}: left out: other endings (.txt, .jpg_large): 3, hidden: 2, links to nothing and what is "
        "no file: 1, folders that may not be read: 1\n"
    )
    find_photos(tmp_path / "elsewhere")
    assert capsys.readouterr().err == ""
