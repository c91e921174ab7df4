"""Measure the trained classifier on labelled images it was not trained on.

`python -m pipeline.evaluate --model models/classifier --out reports`
"""

import csv
from pathlib import Path
from typing import Any

import click
import numpy as np

from assets.common.command import Command, path_option
from assets.common.files import write_csv, write_json
from assets.common.progress import progress
from pipeline.inference import classify, default_device
from pipeline.manifest import read_manifest
from pipeline.metrics import calibration_error, confusion_matrix, coverage_curve, summarise
from pipeline.params import load_params
from train.model_folder import TrainedClassifier, load_classifier

SPLITS = {
    "test": "Test photos",
    "val": "Validation photos",
    "synthetic": "Rendered images kept out of training",
}
"""`test` and `val` are the target's labelled photos; `synthetic` is the val split of the rendered images."""


def evaluate(
    classifier: TrainedClassifier, synthetic: Path, target: Path, out: Path, resamples: int, seed: int
) -> dict[str, Any]:
    """Write metrics.json and, per split, predictions_<split>.csv into `out`; return the metrics.

    `synthetic` and `target` are manifests. The CSV has the columns path (relative to the manifest), actual,
    predicted, confidence and one probability per class. A split without labelled images has no metrics, and
    its CSV has no lines.
    """
    listed = {"val": (target, "val"), "test": (target, "test"), "synthetic": (synthetic, "val")}
    manifests = {
        synthetic: read_manifest(synthetic, "python -m pipeline.manifest"),
        target: read_manifest(target, "python -m pipeline.target"),
    }
    metrics: dict[str, Any] = {}
    with progress("img") as bar:
        for split in SPLITS:
            manifest, name = listed[split]
            rows = [row for row in manifests[manifest] if row["split"] == name]
            actual = np.array([_index(classifier, row["label"], manifest) for row in rows], dtype=np.int64)
            task = bar.add_task(split, total=len(rows))
            scores = np.zeros((len(rows), len(classifier.classes)))
            photos = [manifest.parent / row["path"] for row in rows]
            for number, (found, note) in enumerate(classify(classifier, photos)):
                if found is None:
                    raise click.ClickException(f"{photos[number]}: {note}; prepare the images again")
                scores[number] = found
                bar.advance(task)
            paths = [row["path"] for row in rows]
            write_predictions(out / f"predictions_{split}.csv", paths, actual, scores, classifier.classes)
            if rows:
                predicted = scores.argmax(axis=1)
                matrix = confusion_matrix(actual, predicted, len(classifier.classes))
                metrics[split] = summarise(matrix, classifier.classes, resamples, seed, split)
                confidence, correct = scores.max(axis=1), predicted == actual
                metrics[split]["calibration_error"] = calibration_error(confidence, correct)
                metrics[split]["coverage"] = coverage_curve(confidence, correct)
    write_json(out / "metrics.json", metrics)
    return metrics


def _index(classifier: TrainedClassifier, label: str, manifest: Path) -> int:
    if label not in classifier.classes:
        raise click.ClickException(
            f"{manifest}: the model does not know the label {label!r} "
            f"(only {', '.join(classifier.classes)}); train it again"
        )
    return classifier.classes.index(label)


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
    cls=Command, epilog="Example: python -m pipeline.evaluate --model models/classifier --out reports"
)
@path_option("--model", "models/classifier", "Folder of the trained classifier.")
@path_option("--synthetic", "data/manifest.parquet", "Manifest of the rendered images.")
@path_option("--target", "data/target/manifest.parquet", "Manifest of the target photos.")
@path_option("--out", "reports", "Folder for metrics.json and predictions_<split>.csv.")
@path_option("--params", "params.yaml", "Its `evaluate` and `seed` are used.")
def main(model: Path, synthetic: Path, target: Path, out: Path, params: Path) -> None:
    """Measure accuracy, balanced accuracy, macro-F1 and recall, each with its 95 % interval.

    On the target's labelled test and val photos, as far as there are any, and on rendered images kept out of
    training. metrics.json also tells how far confidence is from accuracy, and how accurate the surest images
    are.
    """
    settings = load_params(params)
    classifier = load_classifier(model, default_device())
    metrics = evaluate(classifier, synthetic, target, out, settings.evaluate.bootstrap, settings.seed)
    for split in SPLITS:
        if split not in metrics:
            where = "render.n" if split == "synthetic" else f"target.{split}"
            click.echo(f"{split}: no labelled images ({where} in params.yaml)")
            continue
        found = metrics[split]
        figures = []
        for name in ("accuracy", "balanced_accuracy", "macro_f1"):
            low, high = found[f"{name}_95"]
            figures.append(f"{name.replace('_', ' ')} {found[name]:.3f} ({low:.3f} to {high:.3f})")
        click.echo(f"{split}: {found['images']} images, {', '.join(figures)}")


if __name__ == "__main__":
    main()
