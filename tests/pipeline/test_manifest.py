"""The promises of pipeline.manifest."""

from collections import Counter
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from assets.common.files import sha256
from pipeline.manifest import build_manifest, main
from sdg.dataset.folder import RECORDS, read_records
from sdg.dataset.names import pass_file
from sdg.dataset.record import RecordedPass
from sdg.dataset.split import split_of
from tests.helpers.pipeline_project import save_photo, write_params, write_synthetic
from train.data.manifest import SCHEMA, mask_of, read_manifest

CLASSES = ["plain", "striped"]


def test_every_rendered_image_has_a_row(tmp_path: Path) -> None:
    write_synthetic(tmp_path / "synthetic", CLASSES, 20)
    write_synthetic(tmp_path / "synthetic", ["dotted"], 3)  # of an earlier run: not among the classes
    assert build_manifest(tmp_path / "synthetic", tmp_path / "manifest.parquet", CLASSES) == 40
    rows = read_manifest(tmp_path / "manifest.parquet", "")
    assert list(rows[0]) == SCHEMA.names
    assert Counter((row["label"], row["split"]) for row in rows) == {
        (name, split): count for name in CLASSES for split, count in (("train", 18), ("val", 2))
    }
    for row in rows:
        assert row["path"].startswith(f"synthetic/{row['label']}/")
        assert sha256(tmp_path / row["path"]) == row["sha256"]
        assert (row["width"], row["height"]) == (48, 48)
        assert row["garment"].startswith("t-shirt-")


@given(st.sampled_from(CLASSES), st.integers(0, 10**6))
def test_one_image_in_every_ten_is_for_validation(name: str, ten: int) -> None:
    splits = [split_of(name, 10 * ten + i) for i in range(10)]
    assert splits.count("val") == 1
    assert splits.count("train") == 9


def test_classes_do_not_share_the_places_of_their_validation_images() -> None:
    places = [[i for i in range(200) if split_of(name, i) == "val"] for name in CLASSES]
    assert places[0] != places[1]


def spoil_pixels(folder: Path) -> None:
    save_photo(folder / "plain" / "000003.jpg", 99, 48)


def shrink_pixels(folder: Path) -> None:
    save_photo(folder / "plain" / "000003.jpg", 99)


def spoil_file(folder: Path) -> None:
    path = folder / "plain" / "000003.jpg"
    path.write_bytes(path.read_bytes()[:200])
    records = folder / "plain" / "records.jsonl"
    lines = records.read_text().splitlines()
    start = lines[3].index('"sha256": "') + len('"sha256": "')
    lines[3] = lines[3][:start] + sha256(path) + lines[3][start + 64 :]
    records.write_text("\n".join(lines) + "\n")


def remove_file(folder: Path) -> None:
    (folder / "plain" / "000003.jpg").unlink()


def shorten_class(folder: Path) -> None:
    records = folder / "plain" / "records.jsonl"
    records.write_text("\n".join(records.read_text().splitlines()[:2]) + "\n")


def empty_class(folder: Path) -> None:
    (folder / "plain" / "records.jsonl").unlink()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (spoil_pixels, r"plain/000003.jpg: is not the image its record describes; .* --class plain"),
        (spoil_file, r"plain/000003.jpg: does not decode .* --class plain"),
        (shrink_pixels, r"plain/000003.jpg: is 40 x 40, its record says 48 x 48; delete it and run"),
        (remove_file, r"plain/000003.jpg: No such file or directory, but it has a record"),
        (shorten_class, r"plain: 2 images, but striped has 5; run .* --class plain --n 5"),
        (empty_class, r"plain: no rendered images; run .* --class plain"),
    ],
)
def test_whatever_is_wrong_is_named_with_its_cure_and_nothing_is_written(
    tmp_path: Path, spoil, message: str
) -> None:
    write_synthetic(tmp_path / "synthetic", CLASSES, 5)
    spoil(tmp_path / "synthetic")
    with pytest.raises(click.ClickException, match=message) as error:
        build_manifest(tmp_path / "synthetic", tmp_path / "manifest.parquet", CLASSES)
    assert "\n" not in error.value.message
    assert not (tmp_path / "manifest.parquet").exists()


def add_masks(folder: Path) -> None:
    """Add a mask to each image of a class but the last."""
    lines = []
    for record in [*read_records(folder)]:
        if record.index < 4:
            mask = save_photo(folder / pass_file(record.index, "mask"), record.index, 48)
            passes = {"mask": RecordedPass(sha256=sha256(mask), code="")}
            record = record.model_copy(update={"passes": passes})
        lines.append(record.line)
    (folder / RECORDS).write_bytes(b"".join(lines))


def test_the_mask_of_an_image_is_listed_with_it(tmp_path: Path) -> None:
    write_synthetic(tmp_path / "synthetic", CLASSES, 5)
    add_masks(tmp_path / "synthetic" / "plain")
    build_manifest(tmp_path / "synthetic", tmp_path / "manifest.parquet", CLASSES)
    rows = read_manifest(tmp_path / "manifest.parquet", "")
    masks = [mask_of(tmp_path / row["path"]) for row in rows]
    assert [row["mask"] for row in rows] == [sha256(mask) if mask.exists() else None for mask in masks]
    assert [mask.exists() for mask in masks] == [True] * 4 + [False] * 6


def test_a_damaged_mask_is_named_with_its_cure(tmp_path: Path) -> None:
    write_synthetic(tmp_path / "synthetic", CLASSES, 5)
    add_masks(tmp_path / "synthetic" / "plain")
    save_photo(tmp_path / "synthetic" / "plain" / "000003.mask.png", 99, 48)
    message = r"plain/000003\.mask\.png: is not the image its record describes; run .* --repair"
    with pytest.raises(click.ClickException, match=message):
        build_manifest(tmp_path / "synthetic", tmp_path / "manifest.parquet", CLASSES)


def test_the_command_lists_the_classes_of_the_params(tmp_path: Path) -> None:
    write_synthetic(tmp_path / "synthetic", CLASSES, 3)
    params = write_params(tmp_path / "params.yaml", CLASSES)
    arguments = [
        "--images",
        str(tmp_path / "synthetic"),
        "--out",
        str(tmp_path / "m.parquet"),
        "--params",
        str(params),
    ]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    assert "m.parquet: 6 images" in done.stdout


def test_a_file_that_is_no_manifest_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "m.parquet").write_bytes(b"nonsense")
    with pytest.raises(click.ClickException, match=r"m.parquet: not a manifest .* run `cure`"):
        read_manifest(tmp_path / "m.parquet", "cure")
    with pytest.raises(click.ClickException, match="no such file; run `cure`"):
        read_manifest(tmp_path / "none.parquet", "cure")
