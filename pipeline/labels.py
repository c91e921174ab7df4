"""Photos listed by a person: CSV files and folders of class folders."""

import csv
import difflib
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import click

from assets.common.files import sha256
from assets.common.text import printable
from materials.patterns import PATTERNS
from pipeline.answer import OTHER
from pipeline.photos import find_photos

LABELS_NAMED = 8  # of those that are none of the patterns


class Labelled(NamedTuple):
    """A photo, its label, and where a person said so: a line of a CSV, or a class folder."""

    photo: Path
    label: str
    where: str


def read_labelled(path: Path, classes: Sequence[str], *, measured: bool = False) -> list[Labelled]:
    """Return every line of a CSV `path,label` or every photo in a folder of class folders.

    A label that is none of `classes` says that a photo shows none of the patterns, and these are counted in
    one line on stderr. It stays as it is if the photos are only `measured` on; to be learnt from, it becomes
    OTHER.

    Raises click.ClickException that names the line or folder whose label is misspelt, or is none of `classes`
    where OTHER is none of them either and the photos are to be learnt from.
    """
    if path.is_dir():
        labelled = _read_class_folders(path, classes, measured)
    else:
        rows = read_csv(path, ["path", "label"])
        photos = locate(path, [row["path"] for _, row in rows])
        labelled = []
        for (line, row), photo in zip(rows, photos, strict=True):
            where = f"{path} line {line}"
            _check_label(row["label"], classes, where, measured)
            labelled.append(Labelled(photo, row["label"], where))
    if others := Counter(one.label for one in labelled if one.label not in classes):
        named = [f"{label} ({count})" for label, count in others.most_common(LABELS_NAMED)]
        more = ", ..." if len(others) > LABELS_NAMED else ""
        photos_show = "1 photo shows" if others.total() == 1 else f"{others.total()} photos show"
        click.echo(
            printable(
                f"{path}: {photos_show} none of the patterns and count as {OTHER}, "
                f"labelled {', '.join(named)}{more}"
            ),
            err=True,
        )
    if measured:
        return labelled
    return [one._replace(label=class_of(one.label, classes) or one.label) for one in labelled]


def class_of(label: str, classes: Sequence[str]) -> str | None:
    """Return which of `classes` a label means: itself, or OTHER if that is one, or none of them."""
    return next((name for name in (label, OTHER) if name in classes), None)


def each_once(labelled: Sequence[Labelled]) -> list[Labelled]:
    """Return the photos without those whose file has the content of an earlier one's.

    Raises click.ClickException for a photo with two labels.
    """
    first: dict[str, Labelled] = {}
    for one in labelled:
        try:
            content = sha256(one.photo)
        except (OSError, ValueError):  # is said where it is read
            content = str(one.photo)
        other = first.setdefault(content, one)
        refuse_two_labels(other.label, other.where, one.label, one.where)
    return list(first.values())


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


def _read_class_folders(path: Path, classes: Sequence[str], measured: bool) -> list[Labelled]:
    labelled = []
    folders = sorted(p for p in path.iterdir() if p.is_dir() and not p.name.startswith("."))
    if beside := sum(1 for _ in path.iterdir()) - len(folders):
        click.echo(printable(f"{path}: left out: beside the class folders: {beside}"), err=True)
    for folder in folders:
        _check_label(folder.name, classes, str(folder), measured)
        labelled += [Labelled(photo, folder.name, printable(photo)) for photo in find_photos(folder)]
    if not labelled:
        raise click.ClickException(f"{path}: no class folders with photos; name them {', '.join(classes)}")
    return labelled


def _check_label(label: str, classes: Sequence[str], where: str, measured: bool) -> None:
    others_allowed = measured or OTHER in classes
    known = {*classes, *PATTERNS, OTHER} if others_allowed else {*classes}
    if label in known:
        return
    close = difflib.get_close_matches(label.lower(), sorted(known), 1)
    if close or not others_allowed:
        hint = f"; did you mean {close[0]!r}?" if close else ""
        cure = f" A photo that shows none of the patterns is labelled {OTHER!r}" if others_allowed else ""
        raise click.ClickException(f"{where}: label {label!r} is not one of {', '.join(classes)}{hint}{cure}")
