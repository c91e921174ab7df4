"""Promises of a folder of images and their records."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from sdg.dataset.folder import RECORDS, Dataset, read_records
from sdg.dataset.record import Record
from sdg.params import Quality
from tests.helpers.records import record_of


def fill(folder: Path, indices: list[int]) -> None:
    with Dataset(folder, "now", "png") as data:
        data.resume(100, overwrite=False)
        for index in indices:
            add(data, index)


def add(data: Dataset, index: int) -> None:
    data.add(b"image", record_of(b"image", "plain", index, fingerprint="now", format="png"), {})


def test_overwriting_removes_stale_and_surplus_images_only(tmp_path: Path) -> None:
    fill(tmp_path, [3, 0, 1])
    with (tmp_path / RECORDS).open("ab") as file:
        file.write(record_of(b"image", "plain", 2, fingerprint="before", format="png").line)
    (tmp_path / "000002.png").write_bytes(b"stale")
    with Dataset(tmp_path, "now", "png") as data:
        data.resume(3, overwrite=True)
        assert data.finished == {0, 1}
        add(data, 2)
        data.tidy()
    assert [r.index for r in read_records(tmp_path)] == [0, 1, 2]
    assert len(list(tmp_path.glob("*.png"))) == 3


def test_a_record_without_its_image_does_not_count(tmp_path: Path) -> None:
    fill(tmp_path, [0, 1])
    (tmp_path / "000000.png").unlink()
    with Dataset(tmp_path, "now", "png") as data:
        data.resume(2, overwrite=False)
        assert data.finished == {1}


def test_two_runs_do_not_write_to_one_folder(tmp_path: Path) -> None:
    with (
        Dataset(tmp_path, "now", "png"),
        pytest.raises(Exception, match="another run"),
        Dataset(tmp_path, "now", "png"),
    ):
        pass


def test_a_record_is_read_as_it_was_written() -> None:
    record = record_of(b"image", "floral", 7, preset="gpu", samples=5, format="png")
    again = Record.from_line(record.line, "")
    assert again == record
    assert again.line == record.line
    assert again.quality == Quality(size=48, preset="gpu", samples=5, format="png")


@pytest.mark.parametrize(
    ("was", "becomes", "reason"),
    [
        (b'"index"', b'"number"', r"index: Field required"),
        (b'"seed": 0', b'"seed": "zero"', r"seed: .* integer"),
        (b'"focal_mm": ', b'"focal_mm": 9', r"camera.focal_mm: .* less than or equal to 200"),
        (b'"kind": ', b'"kind": "moon", "was": ', r"lights.0.kind: .*area"),
        (b'"blender"', b'"version": 1, "blender"', r"version: Extra inputs"),
        (b'"image": "000002', b'"image": "../000002', r"image 2 is 000002.png, not ../000002.png"),
        (b'{"image"', b'"image"', r"Invalid JSON"),
    ],
)
def test_a_wrong_line_is_told_with_its_file_its_number_and_its_key(
    was: bytes, becomes: bytes, reason: str, tmp_path: Path
) -> None:
    fill(tmp_path, [0, 1, 2])
    path = tmp_path / RECORDS
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], lines[2].replace(was, becomes, 1)]))
    with pytest.raises(click.ClickException, match=reason) as error:
        list(read_records(tmp_path))
    assert error.value.message.startswith(f"{path}:3: not a record (")
    assert "\n" not in error.value.message

    with Dataset(tmp_path, "now", "png") as data:
        with pytest.raises(click.ClickException, match=rf":3: not a record .*{reason}.* --overwrite"):
            data.resume(3, overwrite=False)
        data.resume(3, overwrite=True)
        assert data.finished == {0, 1}


def test_records_are_read_and_renders_are_ordered_without_blender() -> None:
    code = "import sys; sys.modules['bpy'] = None; import sdg.dataset.record, sdg.render, sdg.verify"
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr
