"""Promises of passes in a data set: added to images there are, resumed, verified and mended.

The farm is real, the pixels are noise (`stub_blender.py`).
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from assets.common.files import sha256
from sdg import render as rendering
from sdg.dataset import folder as folders
from sdg.dataset.check import check
from sdg.dataset.folder import RECORDS, read_records
from sdg.farm import coordinator
from sdg.params import PassName, Quality
from sdg.sheet import main as sheet
from sdg.verify import main as verify
from tests.helpers.stub_blender import render_order
from tests.helpers.tiny_garments import files_of

N = 4


def render(out: Path, garments: Path, *passes: PassName, overwrite: bool = False) -> Path:
    quality = Quality(size=48, format="png")
    rendering.render(["plain"], N, out, 0, quality, garments, passes=passes, workers=1, overwrite=overwrite)
    return out / "plain"


@pytest.fixture(autouse=True)
def _noise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coordinator, "render_order", render_order)


@pytest.fixture(scope="module")
def whole(garments: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """N images with two passes. Read only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coordinator, "render_order", render_order)
        return render(tmp_path_factory.mktemp("whole"), garments, "mask", "depth")


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    shutil.copytree(whole, tmp_path / "plain")
    return tmp_path / "plain"


def times(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir() if path.name != RECORDS}


def repair(folder: Path, garments: Path) -> Result:
    return CliRunner().invoke(verify, [str(folder), "--repair", "--garments", str(garments)])


def test_passes_added_later_are_those_drawn_at_once_and_the_images_stay(
    whole: Path, garments: Path, tmp_path: Path
) -> None:
    folder = render(tmp_path, garments)
    images, records = times(folder), list(read_records(folder))
    render(tmp_path, garments, "depth")
    render(tmp_path, garments, "mask", "depth")
    assert files_of(folder) == files_of(whole)
    assert times(folder).items() >= images.items()
    plain = [record.model_copy(update={"passes": {}}) for record in read_records(folder)]
    assert plain == records


def test_images_are_not_read_when_passes_are_added(
    garments: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    render(tmp_path, garments)
    read: list[Path] = []
    monkeypatch.setattr(folders, "sha256", lambda path: read.append(path) or sha256(path))
    folder = render(tmp_path, garments, "mask")
    assert len(list(folder.glob("*.mask.png"))) == N
    assert not read


def test_only_the_passes_that_are_missing_are_drawn(folder: Path, whole: Path, garments: Path) -> None:
    (folder / "000001.mask.png").unlink()
    before = times(folder)
    render(folder.parent, garments, "mask", "depth")
    assert files_of(folder) == files_of(whole)
    assert {name for name, time in times(folder).items() if before.get(name) != time} == {"000001.mask.png"}


def test_passes_of_other_code_are_drawn_again_and_the_images_stay(
    folder: Path, whole: Path, garments: Path
) -> None:
    records = (folder / RECORDS).read_text()
    code = json.loads(records.splitlines()[0])["passes"]["depth"]["code"]
    (folder / RECORDS).write_text(records.replace(code, "before"))
    (folder / "000002.depth.png").write_bytes(b"of another code")
    image = (folder / "000002.png").stat().st_mtime_ns
    render(folder.parent, garments, "mask", "depth")
    assert files_of(folder) == files_of(whole)
    assert (folder / "000002.png").stat().st_mtime_ns == image


def test_a_run_killed_while_it_adds_passes_goes_on(whole: Path, garments: Path, tmp_path: Path) -> None:
    folder = render(tmp_path, garments)
    kept = (folder / RECORDS).read_bytes()
    finished = (whole / RECORDS).read_bytes().splitlines(keepends=True)
    (folder / RECORDS).write_bytes(kept + finished[0] + finished[1][:40])
    for name in ("000000.mask.png", "000000.depth.png", "000001.mask.png"):
        shutil.copy(whole / name, folder)
    before = times(folder)
    render(tmp_path, garments, "mask", "depth")
    assert files_of(folder) == files_of(whole)
    assert times(folder)["000000.mask.png"] == before["000000.mask.png"], "was finished"


def test_rendering_without_passes_keeps_those_there_are(folder: Path, whole: Path, garments: Path) -> None:
    render(folder.parent, garments)
    assert files_of(folder) == files_of(whole)


def test_passes_go_with_an_image_that_is_overwritten(folder: Path, garments: Path) -> None:
    records = (folder / RECORDS).read_text()
    now = json.loads(records.splitlines()[0])["fingerprint"]
    (folder / RECORDS).write_text(records.replace(now, "before"))
    render(folder.parent, garments, overwrite=True)
    assert {path.suffix for path in folder.iterdir()} == {".png", ".jsonl"}
    assert not list(folder.glob("*.*.png"))


def lose(folder: Path) -> None:
    (folder / "000001.mask.png").unlink()


def damage(folder: Path) -> None:
    (folder / "000001.mask.png").write_bytes(b"no image")


def shrink(folder: Path) -> None:
    Image.new("L", (24, 24)).save(folder / "000001.mask.png")


def swap(folder: Path) -> None:
    shutil.copy(folder / "000002.mask.png", folder / "000001.mask.png")


def leave_one(folder: Path) -> None:
    shutil.copy(folder / "000001.mask.png", folder / "000001.normal.png")


def lose_the_image_too(folder: Path) -> None:
    lose(folder)
    (folder / "000001.png").unlink()


def lose_the_record(folder: Path) -> None:
    lines = (folder / RECORDS).read_text().splitlines(keepends=True)
    (folder / RECORDS).write_text("".join([lines[0], *lines[2:]]))


def be_killed_while_passes_are_added(folder: Path) -> None:
    lines = (folder / RECORDS).read_text().splitlines(keepends=True)
    before = [json.dumps(json.loads(line) | {"passes": {}}) + "\n" for line in lines]
    (folder / RECORDS).write_text("".join([*before, *lines]))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (be_killed_while_passes_are_added, "two records of image 1"),
        (lose, "000001.mask.png: No such file or directory, but it has a record"),
        (damage, "000001.mask.png: does not decode"),
        (shrink, "000001.mask.png: is 24 x 24, its record says 48 x 48"),
        (swap, "000001.mask.png: is not the image its record describes"),
        (leave_one, "000001.normal.png: has no record"),
        (lose_the_image_too, "000001.png: No such file"),
        (lose_the_record, "no record of image 1"),
    ],
)
def test_whatever_is_wrong_with_a_pass_is_told_and_mended(
    spoil: Callable[[Path], None], told: str, folder: Path, whole: Path, garments: Path
) -> None:
    spoil(folder)
    assert any(told in fault.what for fault in check(folder))
    kept = {name: time for name, time in times(folder).items() if not name.startswith("000001")}
    result = repair(folder, garments)
    assert result.exit_code == 0, result.output
    assert files_of(folder) == files_of(whole)
    assert times(folder).items() >= kept.items()


def test_a_pass_that_is_drawn_in_another_way_now_is_told_and_not_replaced(
    folder: Path, garments: Path
) -> None:
    records = (folder / RECORDS).read_text()
    was = json.loads(records.splitlines()[1])["passes"]["mask"]["sha256"]
    (folder / RECORDS).write_text(records.replace(was, "0" * 64))
    lose(folder)
    before = files_of(folder)
    result = repair(folder, garments)
    assert result.exit_code == 1
    assert "1 images: Blender or the code draws the record in another way than it did" in result.output
    assert "--passes mask" in result.output
    assert files_of(folder) == before


def test_passes_of_two_versions_of_the_code_are_told(folder: Path) -> None:
    lines = (folder / RECORDS).read_text().splitlines(keepends=True)
    code = json.loads(lines[0])["passes"]["depth"]["code"]
    (folder / RECORDS).write_text("".join([lines[0].replace(code, "before"), *lines[1:]]))
    told = [fault.what for fault in check(folder)]
    assert any("depth of 2 versions of code; render the class with --passes depth" in what for what in told)


def test_a_contact_sheet_shows_images_and_no_passes(folder: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(sheet, [str(folder), "--out", str(tmp_path / "sheet.png")])
    assert f"{N} of {N} images" in result.output
