"""Measure the trained classifier on labelled images it was not trained on.

`python -m pipeline.evaluate --model models/classifier --out reports`
"""

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from assets.common.command import Command, path_option
from assets.common.files import write_csv, write_json
from assets.common.progress import progress
from pipeline.answer import OTHER, Answered, Choice
from pipeline.examples import POOLED, Example, list_originals, list_prepared
from pipeline.inference import classify, default_device
from pipeline.metrics import calibration_error, confusion_matrix, coverage_curve, summarise
from pipeline.open_set import CURVE, measure_open_set, risk_coverage
from pipeline.params import load_params
from pipeline.photos import report_notes, report_unreadable
from train.model_folder import TrainedClassifier, load_classifier

SPLITS = {
    "test": "Test photos",
    "val": "Validation photos",
    "synthetic": "Rendered images kept out of training",
}
"""`test` and `val` are the target's labelled photos; `synthetic` is the val split of the rendered images."""


def evaluate(
    classifier: TrainedClassifier,
    images: dict[str, list[Example]],
    out: Path,
    resamples: int,
    seed: int,
    only: str | None = None,
) -> dict[str, Any]:
    """Write metrics.json and, per split of `images`, predictions_<split>.csv and risk_coverage_<split>.csv
    into `out`; return the metrics.

    `only` names the patterns that may be answered, see `Choice.of`. A split without images has no metrics,
    and its CSVs have no lines. What cannot be read is named on stderr and left out; what is odd about others
    is named there too.
    Raises click.ClickException for a render whose class the model does not know, or a split of which nothing
    can be read.
    """
    choice = Choice.of(classifier.classes, only)
    metrics: dict[str, Any] = {}
    with progress("img") as bar:
        for split, listed in images.items():
            if split == "synthetic":
                _require_known(listed, classifier.classes)
            task = bar.add_task(split, total=len(listed))
            read, scores, logits, notes, problems = [], [], [], [], []
            results = classify(classifier, [image.file for image in listed])
            for image, found in zip(listed, results, strict=True):
                if found.scores is None:
                    problems.append((image.file, found.note))
                else:
                    notes += [(image.file, found.note)] if found.note else []
                    read.append(image)
                    scores.append(found.scores)
                    logits.append(found.logits)
                bar.advance(task)
            report_notes(notes)
            report_unreadable(problems)
            if problems and not read:
                raise click.ClickException(f"{split}: none of its images can be read; see the reasons above")
            shape = (len(read), len(classifier.classes))
            table, outputs = (np.array(rows, dtype=np.float64).reshape(shape) for rows in (scores, logits))
            answered = Answered(choice, table, outputs, [image.label for image in read])
            write_predictions(out / f"predictions_{split}.csv", read, answered)
            write_csv(out / f"risk_coverage_{split}.csv", CURVE, risk_coverage(answered))
            if read:
                metrics[split] = measure(answered, resamples, seed, split)
    write_json(out / "metrics.json", metrics)
    return metrics


def measure(answered: Answered, resamples: int, seed: int, name: str) -> dict[str, Any]:
    """Return every figure of the answers against the labels, as metrics.json holds it.

    Photos with a label that is no chosen pattern count in `open_set` alone, which is there if there are any
    or if the model can turn photos away. Without photos of a pattern there is nothing but that and `images`:
    0. The answer OTHER is wrong for a photo of a pattern. If patterns that the model knows were not chosen,
    `all_classes` counts what it answers when all its classes may be.
    """
    choice, patterns = answered.choice, len(answered.choice.patterns)
    actual, predicted = answered.actual, answered.predicted
    confidence = answered.probabilities.max(axis=1)
    known = actual < patterns
    found: dict[str, Any] = {"images": 0}
    if known.any():
        matrix = confusion_matrix(actual[known], predicted[known], patterns + 1)[:patterns]
        correct = predicted[known] == actual[known]
        found = summarise(matrix, choice.patterns, resamples, seed, name) | {
            "calibration_error": calibration_error(confidence[known], correct),
            "coverage": coverage_curve(confidence[known], correct),
        }
    if not known.all() or OTHER in choice.names:
        found["open_set"] = measure_open_set(answered, resamples, seed, name)
    if {*choice.classes} - {*choice.names}:
        rows = [label if label in choice.classes else OTHER for label in answered.labels]
        columns = [choice.classes[i] for i in answered.scores.argmax(axis=1)]
        counts = Counter(zip(rows, columns, strict=True))
        found["all_classes"] = {
            row: {column: counts[row, column] for column in choice.classes if counts[row, column]}
            for row in (*choice.classes, *({OTHER} - {*choice.classes}))
            if row in rows
        }
    return found


def _require_known(images: Sequence[Example], classes: tuple[str, ...]) -> None:
    """Renders are of the classes that a model is trained on, or it is an old one."""
    for image in images:
        if image.label not in classes:
            raise click.ClickException(
                f"synthetic: the model does not know the label {image.label!r} of {image.name} "
                f"(only {', '.join(classes)}); train it again"
            )


def write_predictions(path: Path, images: Sequence[Example], answered: Answered) -> None:
    """Write one line per image: path, actual, predicted, confidence and the probability of each answer.

    `actual` is a chosen pattern or OTHER; if it is that of any image, a last column `label` holds what a
    person called each.
    """
    choice, names = answered.choice, [*answered.choice.patterns, OTHER]
    with_labels = (answered.actual == len(choice.patterns)).any()
    rows = []
    said = zip(images, answered.actual, answered.predicted, answered.probabilities, strict=True)
    for image, label, best, row in said:
        line = [image.name, names[label], names[best], *(f"{p:.4f}" for p in (row[best], *row))]
        rows.append([*line, image.label] if with_labels else line)
    header = ["path", "actual", "predicted", "confidence", *choice.names]
    write_csv(path, [*header, "label"] if with_labels else header, rows)


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
    python -m pipeline.evaluate --images photos/val.csv --images photos/other_val.csv --pool
    python -m pipeline.evaluate --images photos/val.csv --only plain,striped,floral
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
@click.option("--pool", is_flag=True, help=f"Measure all --images together, as one split {POOLED}.")
@click.option(
    "--only",
    metavar="PATTERNS",
    help="Patterns that may be answered, separated by commas; all else counts as none of them.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for metrics.json and predictions_<split>.csv.  [default: reports; with --images: "
    "reports/photos]",
)
@path_option("--params", "params.yaml", "Its `evaluate` and `seed` are used.")
def main(
    model: Path,
    synthetic: Path,
    target: Path,
    images: tuple[Path, ...],
    pool: bool,
    only: str | None,
    out: Path | None,
    params: Path,
) -> None:
    """Measure accuracy, mean recall and macro-F1, each with its 95 % interval.

    On the target's labelled test and val photos, as far as there are any, and on rendered images kept out of
    training; with --images, on these photos, read as `predict` reads them. Balanced accuracy is the mean
    recall of all classes, common recall that of classes with at least 5 images. metrics.json also tells how
    far confidence is from accuracy, and how accurate the surest images are.

    Photos whose label is none of the patterns show none of them. They do not count in the figures above, but
    in those of the stream, in which both kinds are as frequent as in the files: how many get no pattern, how
    many of all photos get the right answer, and how well P(none of the patterns) tells the two kinds apart.
    """
    if pool and not images:
        raise click.UsageError("--pool: puts several --images together; name them")
    settings = load_params(params)
    classifier = load_classifier(model, default_device())
    splits = list_originals(images, classifier.classes, pool)
    metrics = evaluate(
        classifier,
        splits or list_prepared(synthetic, target),
        out or Path("reports/photos" if images else "reports"),
        settings.evaluate.bootstrap,
        settings.seed,
        only,
    )
    for split in splits or SPLITS:
        if split not in metrics:
            where = "render.n" if split == "synthetic" else f"target.{split}"
            click.echo(f"{split}: no labelled images ({where} in params.yaml)")
            continue
        for line in in_words(split, metrics[split]):
            click.echo(line)


def in_words(split: str, found: dict[str, Any]) -> list[str]:
    """Return the figures of a split, a line for the photos of patterns and one for the stream."""

    def figures(part: dict[str, Any], *names: str) -> str:
        return ", ".join(
            "{} {:.3f} ({:.3f} to {:.3f})".format(name.replace("_", " "), part[name], *part[f"{name}_95"])
            for name in names
            if name in part
        )

    lines = []
    if found["images"]:
        names = ("accuracy", "balanced_accuracy", "common_recall", "macro_f1")
        lines.append(f"{split}: {found['images']} images, {figures(found, *names)}")
    if part := found.get("open_set"):
        areas = [f"{way.replace('_', ' ')} {area:.3f}" for way, area in part.get("auroc", {}).items()]
        told = [
            figures(part, "turned_away", "stream_accuracy"),
            *([f"AUROC {', '.join(areas)}"] if areas else []),
        ]
        lines.append(f"{split}: {part['others']} images of none of the patterns, {', '.join(told)}")
    return lines


if __name__ == "__main__":
    main()
