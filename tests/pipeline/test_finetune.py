"""The promises of pipeline.finetune: a few labels make the model better, and it says by how much."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner, Result
from PIL import Image

from pipeline.finetune import in_words, main, read_renders
from tests.helpers.pipeline_project import save_photo, write_models
from train.data.manifest import write_manifest
from train.finetune import Outcome
from train.model_folder import load_classifier

CLASSES = ["plain", "striped", "dotted"]


def write_photos(folder: Path, count: int) -> Path:
    """`count` grey and `count` coloured squares, and labels.csv: plain and striped."""
    lines = ["path,label"]
    for i in range(2 * count):
        level = np.random.default_rng(i).integers(40, 200)
        colour = (level,) * 3 if i % 2 else (level + 50, level // 4, 10)
        folder.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 40), tuple(map(int, colour))).save(folder / f"{i}.png")
        lines.append(f"{i}.png,{'striped' if i % 2 else 'plain'}")
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")
    return folder / "labels.csv"


def run(folder: Path, *more: str) -> Result:
    write_models(folder, CLASSES)
    arguments = {
        "--model": folder / "classifier",
        "--labels": folder / "photos" / "labels.csv",
        "--out": folder / "taught",
    }
    return CliRunner().invoke(main, [*(str(word) for pair in arguments.items() for word in pair), *more])


def test_a_model_learns_a_few_labels_and_says_what_that_gained(tmp_path: Path) -> None:
    write_photos(tmp_path / "photos", 8)
    done = run(tmp_path)
    assert done.exit_code == 0, done.output
    assert "Of your 16 labelled photos the model read " in done.stdout
    assert "no photo of dotted" in done.stderr
    before, after = (load_classifier(tmp_path / name) for name in ("classifier", "taught"))
    photos = [Image.open(tmp_path / "photos" / f"{i}.png") for i in range(16)]
    truth = ["striped" if i % 2 else "plain" for i in range(16)]
    right = [
        sum(a == b for a, b in zip(model.predict(photos), truth, strict=True)) for model in (before, after)
    ]
    assert right[1] > right[0]
    trained_with = after.description.trained_with
    assert trained_with["labelled_images"] == 16
    assert trained_with["finetuned"]["labels"] == {"plain": 8, "striped": 8}
    assert trained_with["finetuned"]["steps"] > 0
    for name, tensor in before.network.backbone.state_dict().items():
        assert torch.equal(tensor, after.network.backbone.state_dict()[name])


def test_labels_that_teach_nothing_leave_no_model_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_photos(tmp_path / "photos", 4)
    said = torch.zeros(8, dtype=torch.int64)

    def nothing(head: torch.nn.Linear, *_: object) -> Outcome:
        return Outcome(head, 0, said, said)

    monkeypatch.setattr("pipeline.finetune.finetune", nothing)
    done = run(tmp_path)
    assert done.exit_code == 1
    assert "makes the model no better; nothing was written" in done.stderr
    assert not list((tmp_path / "taught").iterdir())


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            "0.png,plain\n1.png,checked\n",
            "labels.csv line 3: label 'checked' is not one of plain, striped, dotted",
        ),
        ("0.png,plain\n1.png,plain\n2.png,striped\n", "labels.csv: only 1 photo of striped; label one more"),
        (
            "0.png,plain\n1.png,plain\n0.png,striped\n",
            "line 2 and .*line 4: the same photo, labelled plain and striped",
        ),
        ("9.png,plain\n", "none of its photos can be read"),
    ],
)
def test_wrong_labels_are_one_clear_line(tmp_path: Path, lines: str, message: str) -> None:
    write_photos(tmp_path / "photos", 2)
    (tmp_path / "photos" / "labels.csv").write_text("path,label\n" + lines)
    done = run(tmp_path)
    assert done.exit_code == 1
    error = [line for line in done.stderr.splitlines() if line.startswith("Error")]
    assert len(error) == 1
    assert re.search(message, error[0])


def test_the_model_itself_is_not_replaced(tmp_path: Path) -> None:
    write_photos(tmp_path / "photos", 2)
    done = run(tmp_path, "--out", str(tmp_path / "classifier"))
    assert done.exit_code == 2
    assert "is --model too" in done.stderr


def test_a_loss_in_accuracy_is_said() -> None:
    truth = torch.tensor([0] * 6 + [1] * 5)
    before = torch.tensor([0] * 6 + [0] * 5)
    after = torch.tensor([1] * 6 + [1] * 5)
    words = "\n".join(in_words(Outcome(torch.nn.Linear(1, 2), 5, before, after), truth, ("plain", "striped")))
    assert "Of your 11 labelled photos the model read 6 right." in words
    assert "it reads 5 right" in words
    assert "striped: 0 of 5, now 5" in words
    assert "0.500, now 0.500" in words
    assert "Note: 1 photos fewer are right in all" in words
    *_, note = in_words(Outcome(torch.nn.Linear(1, 2), 5, before, before), truth, ("plain", "striped"))
    assert note.startswith("Note: not one photo more is right")


def test_replayed_renders_are_of_every_class_or_one_clear_line(tmp_path: Path) -> None:
    rows = []
    for i, name in enumerate(["plain", "striped"] * 2):
        path = save_photo(tmp_path / f"{i}.jpg", i)
        rows.append({"path": path.name, "sha256": str(i), "label": name, "split": "train"})
    write_manifest(tmp_path / "m.parquet", rows)
    pixels, labels = read_renders(tmp_path / "m.parquet", ("plain", "striped"), 32)
    assert pixels.shape == (4, 32, 32, 3)
    assert labels.tolist() == [0, 0, 1, 1]
    write_photos(tmp_path / "photos", 3)
    done = run(tmp_path, "--synthetic", str(tmp_path / "m.parquet"))
    assert done.exit_code == 1
    assert "no render of dotted, which the model knows" in done.stderr
