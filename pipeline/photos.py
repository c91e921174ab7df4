"""Other people's photos: find them, and say plainly what is left out and what is wrong with the others."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from PIL import Image

from assets.common.text import printable
from sdg.params import PASS
from train.data.photo import FORMATS

EXTENSIONS = frozenset(
    extension for extension, name in Image.registered_extensions().items() if name in FORMATS
) | {".mpo", ".heic", ".heif", ".jxl"}
SUFFIXES_NAMED = 5  # of the files that are left out


def find_photos(folder: Path) -> list[Path]:
    """Return the image files in `folder` and below, sorted; links to folders are followed, each folder once.

    A file counts as an image by its extension; one without an extension counts too. What is left out, hidden
    files and folders and passes of renders among it, is counted in one line on stderr.
    """
    photos: list[Path] = []
    hidden = passes = denied = dangling = 0
    others: Counter[str] = Counter()
    for path in _walk(folder):
        if path is None:
            denied += 1
        elif path.name.startswith("."):
            hidden += 1
        elif path.suffix and path.suffix.lower() not in EXTENSIONS:
            others[path.suffix.lower()] += 1
        elif PASS.fullmatch(path.name):
            passes += 1
        elif os.path.isfile(path):  # noqa: PTH113  Path.is_file raises in a folder that may not be searched
            photos.append(path)
        else:
            dangling += 1
    suffixes = ", ".join(suffix for suffix, _ in others.most_common(SUFFIXES_NAMED))
    counts = {
        f"other endings ({suffixes}{', ...' if len(others) > SUFFIXES_NAMED else ''})": others.total(),
        "hidden": hidden,
        "passes of renders": passes,
        "links to nothing and what is no file": dangling,
        "folders that may not be read": denied,
    }
    if left_out := ", ".join(f"{what}: {count}" for what, count in counts.items() if count):
        click.echo(printable(f"{folder}: left out: {left_out}"), err=True)
    return sorted(photos)


def _walk(folder: Path) -> Iterator[Path | None]:
    """Yield every file in `folder` and below, hidden folders as if they were files, and None for each folder
    that may not be read. Linked folders come last, so that a photo goes by its own path if it has one.
    """
    denied: list[OSError] = []
    seen: set[tuple[int, int]] = set()
    tops = [folder]
    for top in tops:
        for here, folders, files in os.walk(top, onerror=denied.append):
            status = Path(here).stat()
            if (status.st_dev, status.st_ino) in seen:
                folders.clear()
                continue
            seen.add((status.st_dev, status.st_ino))
            paths = [Path(here, name) for name in folders]
            yield from (path for path in paths if path.name.startswith("."))
            tops += [path for path in paths if path.is_symlink() and not path.name.startswith(".")]
            folders[:] = [name for name in folders if not name.startswith(".")]
            yield from (Path(here, name) for name in files)
    yield from (None for _ in denied)


def utf8_name(path: Path | str) -> str:
    """Return a file's name as any output format can hold it: bytes that are not UTF-8 become U+FFFD."""
    return os.fsencode(path).decode("utf-8", "replace")


def report_unreadable(problems: Iterable[tuple[Path, str]]) -> None:
    """Name each unreadable file and its reason on stderr, one line each."""
    _report("unreadable", problems)


def report_notes(notes: Iterable[tuple[Path, str]]) -> None:
    """Name each file that was read though something is odd about it, and what, on stderr, one line each."""
    _report("note", notes)


def _report(kind: str, lines: Iterable[tuple[Path, str]]) -> None:
    for path, reason in lines:
        click.echo(f"{kind}: {printable(path)}: {printable(reason)}", err=True)
