"""Promises of `sdg.export`: what pycocotools and Hugging Face's datasets read is what was rendered."""

import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from sdg.dataset.coco import run_lengths
from sdg.dataset.folder import RECORDS, Dataset
from sdg.dataset.record import RecordedPass
from sdg.dataset.split import split_of
from sdg.export import main
from tests.helpers.records import record_of

CLASSES = ("striped", "plain")
N, SIZE = 10, 48


def png(pixels: np.ndarray) -> bytes:
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG")
    return data.getvalue()


def mask_of(name: str, index: int) -> np.ndarray:
    """An ellipse with a hole and soft edges, another one for every image."""
    y, x = np.mgrid[:SIZE, :SIZE] - np.array([20 + index, 26 - index]).reshape(2, 1, 1)
    distance = np.hypot(x / (8 + index), y / (14 if name == "plain" else 9))
    return (255 * np.clip(4 * (1 - distance), 0, 1) * (distance > 0.2)).astype(np.uint8)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two classes of N images with masks; "striped" have depth, too. Read only."""
    folder = tmp_path_factory.mktemp("data")
    for name in CLASSES:
        with Dataset(folder / name, "f", "png") as data:
            data.resume(N, overwrite=False)
            for index in range(N):
                image = png(np.full((SIZE, SIZE, 3), index, np.uint8))
                record = record_of(image, name, index, format="png")
                passes = {"mask": png(mask_of(name, index))}
                if name == "striped":
                    passes["depth"] = png(np.full((SIZE, SIZE), 9, np.uint16))
                recorded = {one: RecordedPass(sha256="", code="") for one in passes}
                data.add(image, record.model_copy(update={"passes": recorded}), passes)  # type: ignore[arg-type]
    return folder


def export(data: Path, kind: str, out: Path) -> Result:
    return CliRunner().invoke(main, [str(data), "--format", kind, "--out", str(out)])


def test_coco_holds_the_masks_boxes_and_classes(data: Path, tmp_path: Path) -> None:
    from pycocotools import mask as rle
    from pycocotools.coco import COCO

    assert export(data, "coco", tmp_path / "coco").exit_code == 0
    seen = []
    for split in ("train", "val"):
        coco = COCO(tmp_path / "coco" / "annotations" / f"instances_{split}.json")
        assert [coco.cats[i]["name"] for i in sorted(coco.cats)] == ["plain", "striped"], "in the usual order"
        for found in coco.loadAnns(coco.getAnnIds()):
            (image,) = coco.loadImgs(found["image_id"])
            path = tmp_path / "coco" / split / image["file_name"]
            name, index = path.parent.name, int(path.stem)
            shown = mask_of(name, index) >= 128
            assert np.array_equal(coco.annToMask(found), shown)
            assert found["bbox"] == rle.toBbox(coco.annToRLE(found)).tolist()
            assert found["area"] == rle.area(coco.annToRLE(found)) == shown.sum()
            assert coco.cats[found["category_id"]]["name"] == name
            assert found["attributes"]["garment_type"] == "t-shirt"
            assert path.read_bytes() == (data / name / path.name).read_bytes()
            assert Image.open(path).size == (image["width"], image["height"])
            assert split == split_of(name, index)
            seen.append((name, index))
    assert sorted(seen) == sorted((name, index) for name in CLASSES for index in range(N))


def test_an_image_folder_is_read_with_labels_splits_and_the_passes_that_all_have(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"):
        monkeypatch.setenv(name, "1")
    import datasets

    datasets.disable_progress_bars()
    assert export(data, "imagefolder", tmp_path / "out").exit_code == 0
    found = datasets.load_dataset(
        "imagefolder", data_dir=str(tmp_path / "out"), cache_dir=str(tmp_path / "cache")
    )
    assert {split: len(rows) for split, rows in found.items()} == {"train": 2 * (N - 1), "validation": 2}
    assert "depth" not in found["train"].column_names
    for split, rows in found.items():
        for row in rows:
            assert np.array_equal(np.asarray(row["mask"]), mask_of(row["label"], row["index"]))
            assert (np.asarray(row["image"]) == row["index"]).all()
            assert split_of(row["label"], row["index"]) == split[: len("train")].replace("valid", "val")
            assert row["presentation"] == "worn"


def test_one_class_alone_is_exported_and_nothing_takes_the_room_twice(data: Path, tmp_path: Path) -> None:
    assert export(data / "plain", "imagefolder", tmp_path / "out").exit_code == 0
    files = sorted(path.name for path in (tmp_path / "out").rglob("*.png"))
    assert len(files) == 2 * N
    one = tmp_path / "out" / "train" / "plain" / "000000.mask.png"
    assert one.samefile(data / "plain" / "000000.mask.png")


def test_a_disk_without_links_gets_copies(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    assert export(data, "coco", tmp_path / "out").exit_code == 0
    assert len(list((tmp_path / "out").rglob("*.png"))) == 2 * N


def lose_a_mask(folder: Path) -> None:
    (folder / "000003.mask.png").unlink()


def damage_a_mask(folder: Path) -> None:
    (folder / "000003.mask.png").write_bytes(b"no image")


def empty_a_mask(folder: Path) -> None:
    (folder / "000003.mask.png").write_bytes(png(np.zeros((SIZE, SIZE), np.uint8)))


def lose_an_image(folder: Path) -> None:
    (folder / "000003.png").unlink()


def empty_the_records(folder: Path) -> None:
    (folder / RECORDS).write_text("")


def lose_the_records(folder: Path) -> None:
    (folder / RECORDS).unlink()


def forget_the_masks(folder: Path) -> None:
    lines = [json.loads(line) | {"passes": {}} for line in (folder / RECORDS).read_text().splitlines()]
    (folder / RECORDS).write_text("".join(json.dumps(line) + "\n" for line in lines))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lose_a_mask, "000003.mask.png: No such file or directory; `python -m sdg.verify"),
        (damage_a_mask, "000003.mask.png: cannot identify image file"),
        (empty_a_mask, "000003.mask.png: the mask is empty; `python -m sdg.verify"),
        (lose_an_image, "000003.png: No such file or directory; `python -m sdg.verify"),
        (forget_the_masks, "000000.png: has no mask; render the images again with `--passes mask`"),
        (empty_the_records, "no rendered images here"),
        (lose_the_records, "records.jsonl: no such file"),
    ],
)
def test_what_is_missing_is_told_in_a_line(
    spoil: Callable[[Path], None], told: str, data: Path, tmp_path: Path
) -> None:
    shutil.copytree(data / "plain", tmp_path / "plain")
    spoil(tmp_path / "plain")
    result = export(tmp_path / "plain", "coco", tmp_path / "out")
    assert result.exit_code == 1
    assert told in result.output.splitlines()[-1]
    assert "Traceback" not in result.output


def test_an_export_never_mixes_with_what_is_there(data: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for out in (tmp_path, tmp_path / "mine.txt", data):
        result = export(data, "coco", out)
        assert result.exit_code == 1
        assert "is not an empty folder; name a new one with --out" in result.output


def test_two_folders_of_one_class_are_told_and_neither_is_written_to(data: Path, tmp_path: Path) -> None:
    for name in ("plain", "again"):
        shutil.copytree(data / "plain", tmp_path / "data" / name)
    (tmp_path / "data" / "again" / "000000.png").write_bytes(b"another image")
    result = export(tmp_path / "data", "coco", tmp_path / "out")
    assert result.exit_code == 1
    assert "another folder has 000000.png of this class, too; export one" in result.output
    for name in ("plain", "again"):
        same = name == "plain"
        there = (tmp_path / "data" / name / "000000.png").read_bytes()
        assert (there == (data / "plain" / "000000.png").read_bytes()) == same


@pytest.mark.parametrize("first", [False, True])
def test_run_lengths_begin_with_what_is_not_shown(first: bool) -> None:
    shown = np.array([[first, True], [False, True], [False, False]])
    assert run_lengths(shown) == ([0, 1, 2, 2, 1] if first else [3, 2, 1])
