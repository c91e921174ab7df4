"""Read the pattern off photos with a trained classifier.

`python -m pipeline.predict --images DIR --out predictions.csv`
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import click
import pyarrow as pa
import pyarrow.parquet as pq

from assets.common.command import Command, path_option
from assets.common.files import atomic_path, is_stream, require_replaceable, write_bytes, write_csv
from assets.common.progress import progress
from assets.common.text import printable
from pipeline.answer import Choice
from pipeline.inference import classify, default_device
from pipeline.labels import locate, read_csv
from pipeline.photos import find_photos, report_notes, report_unreadable, utf8_name
from train.model_folder import DESCRIPTION, WEIGHTS, TrainedClassifier, load_classifier

Format = Literal["csv", "jsonl", "parquet"]


def list_images(images: Path) -> list[tuple[str, Path]]:
    """Return (name, file) for each photo of a folder (recursively) or of a CSV with a column `path`.

    A name is the path relative to the folder, or as the CSV gives it. A single photo goes by its file name.
    See `utf8_name`.
    Raises click.ClickException if there is none.
    """
    if images.is_dir():
        found = [(path.relative_to(images).as_posix(), path) for path in find_photos(images)]
    elif not images.exists():
        raise click.ClickException(f"{images}: no such file or folder")
    elif images.suffix.lower() == ".csv":
        names = [row["path"] for _, row in read_csv(images, ["path"])]
        found = list(zip(names, locate(images, names), strict=True))
    else:
        found = [(images.name, images)]
    if not found:
        raise click.ClickException(f"{images}: no photos in it; name photos or a CSV of paths")
    return [(utf8_name(name), path) for name, path in found]


def predict(
    classifier: TrainedClassifier,
    images: Sequence[tuple[str, Path]],
    choice: Choice,
    min_confidence: float = 0,
    batch_size: int | None = None,
) -> tuple[list[dict[str, Any]], list[tuple[Path, str]], list[tuple[Path, str]]]:
    """Return a row per (name, file): path, label, confidence and the probability of each answer of `choice`;
    what is unreadable; and what is odd about others.

    Below `min_confidence` the label is empty. An unreadable photo has an empty label and None in the other
    columns.
    """
    rows: list[dict[str, Any]] = []
    problems, notes = [], []
    with progress("img") as bar:
        task = bar.add_task("predict", total=len(images))
        results = classify(classifier, [file for _, file in images], batch_size)
        for (name, file), found in zip(images, results, strict=True):
            row: dict[str, Any] = {"path": name, "label": "", "confidence": None}
            if found.scores is None:
                problems.append((file, found.note))
                rows.append(row | dict.fromkeys(choice.names))
            else:
                if found.note:
                    notes.append((file, found.note))
                (answers,) = choice.probabilities(found.scores[None])
                scores = [round(float(score), 6) for score in answers]
                best = int(answers.argmax())
                row["confidence"] = scores[best]
                if scores[best] >= min_confidence:
                    row["label"] = choice.names[best]
                rows.append(row | dict(zip(choice.names, scores, strict=True)))
            bar.advance(task)
    return rows, problems, notes


def write_rows(path: Path, rows: list[dict[str, Any]], kind: Format) -> None:
    """Write the rows that `predict` returns to `path`, atomically."""
    if kind == "csv":
        write_csv(path, list(rows[0]), (row.values() for row in rows))
    elif kind == "jsonl":
        write_bytes(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode())
    else:
        text = {"path", "label"}
        schema = pa.schema([(name, pa.string() if name in text else pa.float32()) for name in rows[0]])
        with atomic_path(path) as temporary:
            pq.write_table(pa.Table.from_pylist(rows, schema), temporary)


@click.command(
    cls=Command,
    epilog="""Examples:

    \b
    python -m pipeline.predict --images photos --out predictions.csv
    python -m pipeline.predict --images photo.jpg --model models/classifier
    python -m pipeline.predict --images list.csv --format parquet --out predictions.parquet
    python -m pipeline.predict --images photos --min-confidence 0.8
    python -m pipeline.predict --images photos --only plain,striped,floral

    Exit status: 0 when at least one photo was read, however many could not be; 1 when none was, or nothing
    could be written; 2 for wrong options.
    """,
)
@path_option("--model", "models/release", "Folder of the trained classifier.")
@click.option(
    "--images",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder (searched recursively), photo, or CSV with a column `path` relative to itself.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default="predictions.csv",
    show_default=True,
    help="File to write.",
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(get_args(Format)),
    default="csv",
    show_default=True,
    help="Format of the file.",
)
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="Leave the label empty where the best answer is less probable.",
)
@click.option(
    "--only",
    metavar="PATTERNS",
    help="Patterns that you use, separated by commas; whatever shows none of them is labelled other.",
)
@click.option(
    "--batch-size",
    type=click.IntRange(min=1),
    help="Photos in one pass through the network.  [default: by the model's size, 8 of 320 px on a CPU]",
)
def main(
    model: Path,
    images: Path,
    out: Path,
    kind: Format,
    min_confidence: float,
    only: str | None,
    batch_size: int | None,
) -> None:
    """Label photos: path, label, confidence, and the probability of every answer.

    A model that knows the class other, or one that may answer some of its patterns --only, labels a photo
    `other` where it is more probable to show none of the patterns than any single one.

    Any image format that Pillow reads. A file that cannot be read is named on stderr and keeps its line,
    with an empty label and no confidence. With --min-confidence the label of an unsure photo is empty too,
    but its confidence and probabilities are there. --out /dev/stdout writes into a pipe.
    """
    require_replaceable(out)
    listed = list_images(images)
    require_replaceable(out, [*(file for _, file in listed), model / WEIGHTS, model / DESCRIPTION])
    classifier = load_classifier(model, default_device())
    choice = Choice.of(classifier.classes, only)
    rows, problems, notes = predict(classifier, listed, choice, min_confidence, batch_size)
    report_notes(notes)
    report_unreadable(problems)
    write_rows(out, rows, kind)
    labelled = sum(1 for row in rows if row["label"])
    unsure = len(rows) - len(problems) - labelled
    abstained = f"{unsure} unsure (below {min_confidence:g}), " if min_confidence else ""
    summary = f"{out}: {labelled} photos labelled, {abstained}{len(problems)} unreadable"
    click.echo(printable(summary), err=is_stream(out))
    if len(problems) == len(rows):
        raise click.ClickException(f"{images}: none of its photos can be read; see the reasons above")


if __name__ == "__main__":
    main()
