"""Photos listed by a person: CSV files and folders of class folders."""

import csv
import difflib
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import click

from assets.common.text import printable
from pipeline.photos import find_photos


class Labelled(NamedTuple):
    """A photo, its label, and where a person said so: a line of a CSV, or a class folder."""

    photo: Path
    label: str
    where: str


def read_labelled(path: Path, classes: Sequence[str]) -> list[Labelled]:
    """Return every line of a CSV `path,label` or every photo in a folder of class folders.

    Raises click.ClickException that names the line or folder whose label is none of `classes`.
    """
    if path.is_dir():
        return _read_class_folders(path, classes)
    rows = read_csv(path, ["path", "label"])
    photos = locate(path, [row["path"] for _, row in rows])
    labelled = []
    for (line, row), photo in zip(rows, photos, strict=True):
        where = f"{path} line {line}"
        _check_label(row["label"], classes, where)
        labelled.append(Labelled(photo, row["label"], where))
    return labelled


def refuse_two_labels(label: str | None, where: str, other_label: str | None, other_where: str) -> None:
    """Raise click.ClickException if two lines or folders say different things of the same photo."""
    if label != other_label:
        raise click.ClickException(
            f"{where} and {other_where}: the same photo, labelled {label} and {other_label}; correct one"
        )


def require_two(path: Path, labels: Sequence[str], classes: Sequence[str]) -> None:
    """Say on stderr which classes labels to train on lack; raise click.ClickException for a single photo.

    It would be shown over and over, and leaves nothing to check it by.
    """
    counts = Counter(labels)
    if single := [name for name in classes if counts[name] == 1]:
        raise click.ClickException(
            f"{path}: only 1 photo of {', '.join(single)}; label one more of each, or leave such a label out"
        )
    if none := [name for name in classes if not counts[name]]:
        click.echo(
            f"{path}: no photo of {', '.join(none)}; what these look like, renders alone say", err=True
        )


def locate(path: Path, names: Sequence[str]) -> list[Path]:
    r"""Return the files that a CSV names, relative to itself; a\b.jpg is a/b.jpg where there is only that.

    What is not there is counted in one line on stderr.
    """
    found = []
    missing = []
    for name in names:
        ways = [path.parent / name, path.parent / name.replace("\\", "/")]
        there = [photo for photo in ways if os.path.exists(photo)]  # noqa: PTH110  Path.exists may raise
        if not there:
            missing.append(name)
        found.append((there or ways)[0])
    if missing:
        click.echo(
            printable(
                f"{path}: {len(missing)} of its {len(names)} photos are not there, such as {missing[0]}; "
                f"paths are relative to {path.parent.resolve()}"
            ),
            err=True,
        )
    return found


def read_csv(path: Path, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """Return (line number, row) for each line of a CSV file with a header; `columns` must be filled."""
    rows = []
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, skipinitialspace=True)
            names = [name.strip() for name in reader.fieldnames or []]
            missing = [column for column in columns if column not in names]
            if missing:
                raise click.ClickException(
                    f"{path} line 1: no column {', '.join(missing)}; the first line must name the columns "
                    f"{','.join(columns)} (found {','.join(names) or 'an empty file'})"
                )
            reader.fieldnames = names
            for row in reader:
                cells = {column: (row[column] or "").strip() for column in columns}
                for column, cell in cells.items():
                    if not cell:
                        raise click.ClickException(
                            f"{path} line {reader.line_num}: {column} is empty; fill it in"
                        )
                rows.append((reader.line_num, cells))
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise click.ClickException(f"{path}: not a CSV file in UTF-8 ({error}); save it as one") from None
    return rows


def _read_class_folders(path: Path, classes: Sequence[str]) -> list[Labelled]:
    labelled = []
    folders = sorted(p for p in path.iterdir() if p.is_dir() and not p.name.startswith("."))
    if beside := sum(1 for _ in path.iterdir()) - len(folders):
        click.echo(printable(f"{path}: left out: beside the class folders: {beside}"), err=True)
    for folder in folders:
        _check_label(folder.name, classes, str(folder))
        labelled += [Labelled(photo, folder.name, printable(photo)) for photo in find_photos(folder)]
    if not labelled:
        raise click.ClickException(f"{path}: no class folders with photos; name them {', '.join(classes)}")
    return labelled


def _check_label(label: str, classes: Sequence[str], where: str) -> None:
    if label not in classes:
        close = difflib.get_close_matches(label.lower(), classes, 1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise click.ClickException(f"{where}: label {label!r} is not one of {', '.join(classes)}{hint}")
