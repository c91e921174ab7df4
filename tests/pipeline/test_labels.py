"""The promises of pipeline.labels: what a label that is none of the patterns means."""

from pathlib import Path

import click
import pytest

from pipeline.labels import class_of, each_once, read_labelled
from pipeline.params import Params, load_params
from pipeline.target import build_target, list_photos
from tests.helpers.pipeline_project import save_photo, write_params
from train.data.manifest import read_manifest

CLASSES = ["plain", "striped", "dotted"]
OPEN = [*CLASSES, "other"]


def params_for(tmp_path: Path, **target: object) -> Params:
    target = {"source": str(tmp_path / "photos"), "unlabelled": ".", **target}
    return load_params(write_params(tmp_path / "params.yaml", CLASSES, **target))


def write(folder: Path, *labels: str, name: str = "val.csv") -> Path:
    """Photos 0.png, 1.png, ... with these labels."""
    for seed in range(len(labels)):
        save_photo(folder / f"{seed}.png", seed)
    lines = [f"{seed}.png,{label}" for seed, label in enumerate(labels)]
    (folder / name).write_text("\n".join(["path,label", *lines]) + "\n")
    return folder / name


def labels_of(path: Path, classes: list[str], measured: bool) -> list[str]:
    return [one.label for one in read_labelled(path, classes, measured=measured)]


def test_photos_to_measure_on_keep_labels_that_are_no_class_and_one_line_counts_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["plain", "graphic", "lace", "herringbone", "graphic", "other", "striped"]
    path = write(tmp_path, *given)
    assert labels_of(path, CLASSES, measured=True) == given
    assert capsys.readouterr().err == (
        f"{path}: 5 photos show none of the patterns and count as other, "
        "labelled graphic (2), lace (1), herringbone (1), other (1)\n"
    )
    for number, label in enumerate(given):
        save_photo(tmp_path / "folders" / label / f"{number}.png", number)
    assert sorted(labels_of(tmp_path / "folders", CLASSES, measured=True)) == sorted(given)
    assert "folders: 5 photos show none of the patterns" in capsys.readouterr().err


def test_known_labels_alone_say_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for classes, measured in ((CLASSES, True), (CLASSES, False), (OPEN, True)):
        labels_of(write(tmp_path, "plain", "striped"), classes, measured)
    labels_of(write(tmp_path, "plain", "other"), OPEN, measured=False)
    assert capsys.readouterr().err == ""


def test_to_be_learnt_from_they_are_other_if_that_is_a_class_and_wrong_if_not(tmp_path: Path) -> None:
    path = write(tmp_path, "plain", "graphic", "herringbone", "other")
    assert labels_of(path, OPEN, measured=False) == ["plain", "other", "other", "other"]
    with pytest.raises(click.ClickException, match=r"val.csv line 3: label 'graphic' is not one of plain"):
        labels_of(path, CLASSES, measured=False)
    assert [class_of(label, OPEN) for label in ("plain", "lace", "other")] == ["plain", "other", "other"]
    assert [class_of(label, CLASSES) for label in ("plain", "lace", "other")] == ["plain", None, None]


@pytest.mark.parametrize("label", ["stripped", "Plain", "dots", "herringbon"])
def test_a_misspelt_pattern_is_never_taken_for_none_of_them(tmp_path: Path, label: str) -> None:
    path = write(tmp_path, "plain", label)
    for classes, measured in ((CLASSES, True), (OPEN, True), (OPEN, False)):
        with pytest.raises(
            click.ClickException, match=r"line 3: label .*did you mean .*is labelled 'other'$"
        ):
            labels_of(path, classes, measured)


def test_a_photo_counts_once_by_its_content_and_has_one_label(tmp_path: Path) -> None:
    path = write(tmp_path, "plain", "dotted")
    save_photo(tmp_path / "more" / "copy.png", 0)
    (tmp_path / "more.csv").write_text("path,label\nmore/copy.png,plain\n1.png,dotted\nnone.png,plain\n")
    both = [*read_labelled(path, CLASSES), *read_labelled(tmp_path / "more.csv", CLASSES)]
    assert [one.photo.name for one in each_once(both)] == ["0.png", "1.png", "none.png"]
    with pytest.raises(
        click.ClickException, match=r"val.csv line 2 and .*: the same photo, labelled plain and"
    ):
        each_once([both[0], both[2]._replace(label="dotted")])


def test_val_may_be_several_files_and_hold_photos_of_none_of_the_patterns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A photo in two of them counts once; none is among the unlabelled, whatever its file's name."""
    for seed in range(6):
        save_photo(tmp_path / "photos" / "all" / f"{seed}.png", seed)
    save_photo(tmp_path / "photos" / "val" / "checked 2.png", 2)
    (tmp_path / "photos" / "val.csv").write_text("path,label\nall/0.png,plain\nall/1.png,striped\n")
    others = "all/1.png,striped\nval/checked 2.png,checked\nall/3.png,graphic\n"
    (tmp_path / "photos" / "other_val.csv").write_text("path,label\n" + others)
    params = params_for(tmp_path, unlabelled="all", val=["val.csv", "other_val.csv"])
    about = build_target(params, tmp_path / "out")
    assert about["images"] == {"unlabelled": 2, "val": 4}
    assert about["labels"]["val"] == {"plain": 1, "striped": 1, "checked": 1, "graphic": 1}
    assert "other_val.csv: 2 photos show none of the patterns and count as other" in capsys.readouterr().err
    rows = read_manifest(tmp_path / "out" / "manifest.parquet", "")
    of = {split: {r["sha256"] for r in rows if r["split"] == split} for split in about["images"]}
    assert not of["unlabelled"] & of["val"]

    (tmp_path / "photos" / "other_val.csv").write_text("path,label\nall/0.png,graphic\n")
    with pytest.raises(click.ClickException, match="the same photo, labelled plain and graphic; correct one"):
        build_target(params, tmp_path / "out")
    with pytest.raises(click.ClickException, match=r"target\.val and target\.test are the same"):
        build_target(
            params_for(tmp_path, val=["val.csv", "other_val.csv"], test="other_val.csv"), tmp_path / "out"
        )


def test_photos_to_train_on_with_labels_that_are_no_class_are_other(tmp_path: Path) -> None:
    for name in ("val.csv", "mine.csv"):
        write(tmp_path / "photos", "plain", "graphic", "plain", "lace", name=name)
    target = params_for(tmp_path, val=["val.csv"], labelled="mine.csv").target
    jobs = list_photos(tmp_path / "photos", target, OPEN)
    assert [job.label for job in jobs if job.split == "labelled"] == ["plain", "other", "plain", "other"]
    assert [job.label for job in jobs if job.split == "val"] == ["plain", "graphic", "plain", "lace"]
    with pytest.raises(click.ClickException, match=r"mine.csv line 3: label 'graphic' is not one of plain"):
        list_photos(tmp_path / "photos", target, CLASSES)
