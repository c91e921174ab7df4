"""Promises of `sdg.verify`: whatever state a folder of images was left in is mended, or told in a line.

The farm is real, the pixels are noise (`stub_blender.py`); the first test alone renders.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from assets.common.files import sha256
from assets.library import INDEX, read_library, write_index
from materials.others.kinds import KINDS
from sdg.dataset.check import check
from sdg.dataset.folder import RECORDS
from sdg.farm import coordinator
from sdg.params import Quality
from sdg.render import render
from sdg.verify import main
from tests.helpers.stub_blender import render_order
from tests.helpers.tiny_garments import files_of

N = 5


def test_the_record_alone_renders_the_image_again(rendered: Path, garments: Path, tmp_path: Path) -> None:
    copy = tmp_path / "striped"
    shutil.copytree(rendered, copy)
    records = (copy / RECORDS).read_text()
    records = re.sub(r'("index": \d), "seed": 0', r'\1, "seed": 99', records)  # would draw other scenes
    (copy / RECORDS).write_text(records)
    (copy / "000001.png").write_bytes(b"not an image")
    (copy / "000003.png").unlink()
    result = subprocess.run(
        [sys.executable, "-m", "sdg.verify", str(copy), "--repair", "--garments", str(garments)],
        capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert files_of(copy) == files_of(rendered) | {RECORDS: records.encode()}


@pytest.fixture(scope="module")
def whole(garments: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """N images of one class. Read only."""
    out = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coordinator, "render_order", render_order)
        render(["plain"], N, out, 0, Quality(size=48, format="png"), garments, workers=1)
    return out / "plain"


@pytest.fixture
def folder(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy to spoil, whose name is not that of its class."""
    monkeypatch.setattr(coordinator, "render_order", render_order)
    shutil.copytree(whole, tmp_path / "synthetic" / "copy")
    return tmp_path / "synthetic" / "copy"


def repair(folder: Path, garments: Path, *more: str) -> Result:
    result = CliRunner().invoke(main, [str(folder), "--repair", "--garments", str(garments), *more])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def lines_of(folder: Path) -> list[str]:
    return (folder / RECORDS).read_text().splitlines(keepends=True)


def rewrite(folder: Path, change: Callable[[list[str]], list[str]]) -> None:
    (folder / RECORDS).write_text("".join(change(lines_of(folder))))


def cut_last_line(folder: Path) -> None:
    (folder / RECORDS).write_bytes((folder / RECORDS).read_bytes()[:-100])


def lose_last_lines(folder: Path) -> None:
    rewrite(folder, lambda lines: lines[:-2])


def lose_a_record(folder: Path) -> None:
    rewrite(folder, lambda lines: lines[:2] + lines[3:])


def garble_a_record(folder: Path) -> None:
    rewrite(folder, lambda lines: [*lines[:2], "\0\0garbage\n", *lines[3:]])


def keep_a_record_of_other_code(folder: Path) -> None:
    rewrite(folder, lambda lines: [*lines[:2], lines[2].replace("focal_mm", "focal_inches"), *lines[3:]])


def repeat_a_record(folder: Path) -> None:
    rewrite(folder, lambda lines: [*lines, lines[1]])


def add_a_record_of_another_image(folder: Path) -> None:
    wrong = json.loads(lines_of(folder)[1]) | {"sha256": "0" * 64}
    rewrite(folder, lambda lines: [json.dumps(wrong) + "\n", *lines])


def lose_an_image(folder: Path) -> None:
    (folder / "000002.png").unlink()


def damage_an_image(folder: Path) -> None:
    path = folder / "000002.png"
    path.write_bytes(path.read_bytes()[:200])


def swap_two_images(folder: Path) -> None:
    one, other = folder / "000002.png", folder / "000003.png"
    data = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(data)


def lose_an_image_and_its_record(folder: Path) -> None:
    lose_an_image(folder)
    lose_a_record(folder)


def leave_files_of_killed_runs(folder: Path) -> None:
    for name in (".tmp-half.png", "000777.png", "000001.jpg"):
        (folder / name).write_bytes(b"half")


@pytest.mark.parametrize(
    "spoil",
    [
        cut_last_line,
        lose_last_lines,
        lose_a_record,
        garble_a_record,
        keep_a_record_of_other_code,
        repeat_a_record,
        add_a_record_of_another_image,
        lose_an_image,
        damage_an_image,
        swap_two_images,
        lose_an_image_and_its_record,
        leave_files_of_killed_runs,
    ],
    ids=lambda spoil: spoil.__name__,
)
def test_a_folder_left_in_this_state_is_mended_to_the_byte(
    spoil: Callable[[Path], None], folder: Path, whole: Path, garments: Path
) -> None:
    spoil(folder)
    (folder / "notes.txt").write_text("mine")
    faults = list(check(folder))
    assert faults
    assert all(fault.what.startswith(str(folder)) and "\n" not in fault.what for fault in faults)
    result = repair(folder, garments)
    assert result.exit_code == 0, result.output
    assert files_of(folder) == files_of(whole) | {"notes.txt": b"mine"}


def lose_the_records(folder: Path, garments: Path) -> None:
    (folder / RECORDS).unlink()


def empty_the_records(folder: Path, garments: Path) -> None:
    (folder / RECORDS).write_text("")


def lose_the_garments(folder: Path, garments: Path) -> None:
    lose_an_image(folder)
    index = read_library(garments)
    write_index(garments, [one.model_copy(update={"id": "other", "sha256": "0" * 64}) for one in index[:1]])


def sew_the_garments_anew(folder: Path, garments: Path) -> None:
    damage_an_image(folder)
    write_index(garments, [one.model_copy(update={"sha256": "0" * 64}) for one in read_library(garments)])


def lose_the_mesh_files(folder: Path, garments: Path) -> None:
    lose_an_image(folder)
    for path in garments.glob("*.npz"):
        path.unlink()


def lose_the_library(folder: Path, garments: Path) -> None:
    lose_an_image(folder)
    shutil.rmtree(garments)


def lose_a_record_before_the_code_changed(folder: Path, garments: Path) -> None:
    lose_a_record(folder)
    now = json.loads(lines_of(folder)[0])["fingerprint"]
    rewrite(folder, lambda lines: [line.replace(now, "before") for line in lines])


def lose_a_record_and_the_garment_of_another(folder: Path, garments: Path) -> None:
    (folder / "000001.png").unlink()
    lose_a_record_before_the_code_changed(folder, garments)
    sew_the_garments_anew(folder, garments)


def mix_two_versions(folder: Path, garments: Path) -> None:
    now = json.loads(lines_of(folder)[0])["fingerprint"]
    rewrite(folder, lambda lines: [lines[0].replace(now, "before"), *lines[1:]])


def lose_an_image_that_renders_in_another_way_now(folder: Path, garments: Path) -> None:
    rewrite(folder, lambda lines: [line.replace(sha256(folder / "000002.png"), "0" * 64) for line in lines])
    lose_an_image(folder)


def lose_an_image_of_an_unknown_class(folder: Path, garments: Path) -> None:
    rewrite(folder, lambda lines: [line.replace('"class": "plain"', '"class": "velvet"') for line in lines])
    lose_an_image(folder)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lose_the_records, "no record, so that nothing says how the images were rendered; render"),
        (empty_the_records, "no record, so that nothing says how the images were rendered; render"),
        (lose_the_garments, "1 images: the garment library does not hold square-"),
        (sew_the_garments_anew, "name the library it was rendered from with --garments"),
        (lose_the_mesh_files, ".npz: garment file cannot be read"),
        (lose_the_library, "no garment library here; name with --garments the one"),
        (lose_a_record_before_the_code_changed, "1 images: no record, and garments, settings or code"),
        (lose_a_record_and_the_garment_of_another, "1 images: the garment library does not hold square-"),
        (mix_two_versions, "images of 2 different settings or versions of the code; render the class again"),
        (lose_an_image_of_an_unknown_class, "images of 'velvet', which is no class of this version (plain, "),
        (lose_an_image_that_renders_in_another_way_now, "1 images: Blender or the code draws the record"),
    ],
)
def test_what_cannot_be_mended_is_told_in_a_line_and_nothing_else_is_lost_or_sewn(
    spoil: Callable[[Path, Path], None], told: str, folder: Path, garments: Path, tmp_path: Path
) -> None:
    library = tmp_path / "garments"
    shutil.copytree(garments, library)
    spoil(folder, library)
    before, sewn = files_of(folder), (library / INDEX).exists()
    result = repair(folder, library)
    assert result.exit_code == 1
    assert sum(told in line for line in result.output.splitlines()) == 1, result.output
    assert files_of(folder) == before
    assert (library / INDEX).exists() == sewn


def test_images_drawn_with_tiles_of_a_user_are_drawn_again_with_them(
    garments: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coordinator, "render_order", render_order)
    tiles, out = tmp_path / "tiles", tmp_path / "out"
    tiles.mkdir()
    Image.new("RGB", (64, 64), "red").save(tiles / "a.png")
    quality = Quality(size=48, format="png")
    render(["floral"], 3, out, 0, quality, garments, texture_dir=str(tiles), workers=1)
    whole = files_of(out / "floral")
    rewrite(out / "floral", lambda lines: [lines[0], lines[2]])
    spoilt = files_of(out / "floral")
    result = repair(out / "floral", garments)
    assert result.exit_code == 1
    assert "if they were drawn with tiles of your own, name those with --texture-dir" in result.output
    assert files_of(out / "floral") == spoilt
    result = repair(out / "floral", garments, "--texture-dir", str(tiles))
    assert result.exit_code == 0, result.output
    assert files_of(out / "floral") == whole


def test_images_drawn_without_some_kinds_are_drawn_again_without_them(
    garments: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coordinator, "render_order", render_order)
    quality, kinds = Quality(size=128, format="png"), sorted(KINDS)[1:]
    render(["other"], 3, tmp_path, 0, quality, garments, without=kinds[::-1], workers=1)
    folder = tmp_path / "other"
    assert {json.loads(line)["material"]["kind"] for line in lines_of(folder)} == {min(KINDS)}
    whole = files_of(folder)
    render(["other"], 3, tmp_path, 0, quality, garments, without=kinds, workers=1)
    rewrite(folder, lambda lines: [lines[0], lines[2]])
    assert repair(folder, garments).exit_code == 0
    assert files_of(folder) == whole


def test_one_class_that_cannot_be_mended_does_not_hold_up_the_others(
    folder: Path, whole: Path, garments: Path
) -> None:
    for name in ("before", "lost"):
        shutil.copytree(folder, folder.parent / name)
    (folder.parent / "lost" / RECORDS).unlink()
    lose_an_image(folder)
    result = repair(folder.parent, garments)
    assert result.exit_code == 1
    assert f"{folder.parent / 'lost'}: 0 images, 1 faults" in result.output
    assert files_of(folder) == files_of(whole)
