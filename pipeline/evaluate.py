"""Measure the trained classifier on labelled images it was not trained on.

`python -m pipeline.evaluate --model models/classifier --out reports`
"""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import click
import numpy as np

from assets.common.command import Command, path_option
from assets.common.files import write_csv, write_json
from assets.common.progress import progress
from pipeline.inference import classify, default_device
from pipeline.labels import read_labelled
from pipeline.metrics import calibration_error, confusion_matrix, coverage_curve, summarise
from pipeline.params import load_params
from pipeline.photos import report_notes, report_unreadable, utf8_name
from train.data.manifest import read_manifest
from train.model_folder import TrainedClassifier, load_classifier

SPLITS = {
    "test": "Test photos",
    "val": "Validation photos",
    "synthetic": "Rendered images kept out of training",
}
"""`test` and `val` are the target's labelled photos; `synthetic` is the val split of the rendered images."""


class Example(NamedTuple):
    """An image whose class is known; `name` is what the CSV of predictions calls it."""

    name: str
    file: Path
    label: str

    @classmethod
    def of_photo(cls, photo: Path, label: str) -> Self:
        """Return a photo as a person has it, named by its whole path."""
        return cls(utf8_name(photo), photo, label)


def list_prepared(synthetic: Path, target: Path) -> dict[str, list[Example]]:
    """Return the labelled images of two manifests by split, named by their path from the manifest."""
    listed = {"test": (target, "test"), "val": (target, "val"), "synthetic": (synthetic, "val")}
    rows = {
        synthetic: read_manifest(synthetic, "python -m pipeline.manifest"),
        target: read_manifest(target, "python -m pipeline.target"),
    }
    return {
        split: [
            Example(row["path"], manifest.parent / row["path"], row["label"])
            for row in rows[manifest]
            if row["split"] == name
        ]
        for split, (manifest, name) in listed.items()
    }


def list_originals(sources: Sequence[Path], classes: Sequence[str]) -> dict[str, list[Example]]:
    """Return the photos of each CSV or folder of class folders, as a split that goes by its name.

    Raises click.ClickException for two of one name, or one without photos.
    """
    splits: dict[str, list[Example]] = {}
    for source in sources:
        split = utf8_name(source.stem)
        if split in splits:
            raise click.ClickException(f"--images {source}: another one is called {split} too; rename it")
        photos = [Example.of_photo(photo, label) for photo, label, *_ in read_labelled(source, classes)]
        if not photos:
            raise click.ClickException(f"{source}: lists no photos")
        splits[split] = photos
    return splits


def evaluate(
    classifier: TrainedClassifier, images: dict[str, list[Example]], out: Path, resamples: int, seed: int
) -> dict[str, Any]:
    """Write metrics.json and, per split of `images`, predictions_<split>.csv into `out`; return the metrics.

    The CSV has the columns path, actual, predicted, confidence and one probability per class. A split without
    images has no metrics, and its CSV has no lines. What cannot be read is named on stderr and left out; what
    is odd about others is named there too.
    Raises click.ClickException for a label that the model does not know, or a split of which nothing can be
    read.
    """
    metrics: dict[str, Any] = {}
    with progress("img") as bar:
        for split, listed in images.items():
            for image in listed:
                _require_known(image, classifier.classes, split)
            task = bar.add_task(split, total=len(listed))
            read, scores, notes, problems = [], [], [], []
            results = classify(classifier, [image.file for image in listed])
            for image, (found, note) in zip(listed, results, strict=True):
                if found is None:
                    problems.append((image.file, note))
                else:
                    notes += [(image.file, note)] if note else []
                    read.append(image)
                    scores.append(found)
                bar.advance(task)
            report_notes(notes)
            report_unreadable(problems)
            if problems and not read:
                raise click.ClickException(f"{split}: none of its images can be read; see the reasons above")
            table = np.array(scores, dtype=np.float64).reshape(len(read), len(classifier.classes))
            actual = np.array([classifier.classes.index(image.label) for image in read], dtype=np.int64)
            names = [image.name for image in read]
            write_predictions(out / f"predictions_{split}.csv", names, actual, table, classifier.classes)
            if read:
                metrics[split] = measure(table, actual, classifier.classes, resamples, seed, split)
    write_json(out / "metrics.json", metrics)
    return metrics


def measure(
    scores: np.ndarray, actual: np.ndarray, classes: tuple[str, ...], resamples: int, seed: int, name: str
) -> dict[str, Any]:
    """Return every figure of probabilities (N, K) against true classes int (N,), as metrics.json holds it."""
    predicted, confidence = scores.argmax(axis=1), scores.max(axis=1)
    correct = predicted == actual
    return summarise(confusion_matrix(actual, predicted, len(classes)), classes, resamples, seed, name) | {
        "calibration_error": calibration_error(confidence, correct),
        "coverage": coverage_curve(confidence, correct),
    }


def _require_known(image: Example, classes: tuple[str, ...], split: str) -> None:
    if image.label not in classes:
        raise click.ClickException(
            f"{split}: the model does not know the label {image.label!r} of {image.name} "
            f"(only {', '.join(classes)}); train it again"
        )


def write_predictions(
    path: Path, paths: list[str], actual: np.ndarray, scores: np.ndarray, classes: tuple[str, ...]
) -> None:
    """Write one line per image; `actual` int (N,) indexes `classes`, `scores` (N, K) are probabilities."""
    rows = []
    for image, label, row in zip(paths, actual, scores, strict=True):
        best = int(row.argmax())
        rows.append([image, classes[label], classes[best], *(f"{p:.4f}" for p in (row[best], *row))])
    write_csv(path, ["path", "actual", "predicted", "confidence", *classes], rows)


def read_predictions(folder: Path, split: str) -> list[dict[str, str]]:
    """Return the lines of predictions_<split>.csv, the surest first."""
    with (folder / f"predictions_{split}.csv").open(newline="", encoding="utf-8") as file:
        return sorted(csv.DictReader(file), key=lambda row: -float(row["confidence"]))


@click.command(
    cls=Command,
    epilog="""Examples:

    \b
    python -m pipeline.evaluate --model models/classifier --out reports
    python -m pipeline.evaluate --model models/release --images photos/val.csv
    """,
)
@path_option("--model", "models/classifier", "Folder of the trained classifier.")
@path_option("--synthetic", "data/manifest.parquet", "Manifest of the rendered images.")
@path_option("--target", "data/target/manifest.parquet", "Manifest of the target photos.")
@click.option(
    "--images",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Labelled photos as they are, instead of the two manifests: a CSV path,label or a folder of class "
    "folders. Repeatable.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for metrics.json and predictions_<split>.csv.  [default: reports; with --images: "
    "reports/photos]",
)
@path_option("--params", "params.yaml", "Its `evaluate` and `seed` are used.")
def main(
    model: Path, synthetic: Path, target: Path, images: tuple[Path, ...], out: Path | None, params: Path
) -> None:
    """Measure accuracy, mean recall and macro-F1, each with its 95 % interval.

    On the target's labelled test and val photos, as far as there are any, and on rendered images kept out of
    training; with --images, on these photos, read as `predict` reads them. Balanced accuracy is the mean
    recall of all classes, common recall that of classes with at least 5 images. metrics.json also tells how
    far confidence is from accuracy, and how accurate the surest images are.
    """
    settings = load_params(params)
    classifier = load_classifier(model, default_device())
    splits = list_originals(images, classifier.classes)
    metrics = evaluate(
        classifier,
        splits or list_prepared(synthetic, target),
        out or Path("reports/photos" if images else "reports"),
        settings.evaluate.bootstrap,
        settings.seed,
    )
    for split in splits or SPLITS:
        if split not in metrics:
            where = "render.n" if split == "synthetic" else f"target.{split}"
            click.echo(f"{split}: no labelled images ({where} in params.yaml)")
            continue
        found = metrics[split]
        figures = []
        for name in ("accuracy", "balanced_accuracy", "common_recall", "macro_f1"):
            if name in found:
                low, high = found[f"{name}_95"]
                figures.append(f"{name.replace('_', ' ')} {found[name]:.3f} ({low:.3f} to {high:.3f})")
        click.echo(f"{split}: {found['images']} images, {', '.join(figures)}")


if __name__ == "__main__":
    main()
