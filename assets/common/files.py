"""Files that are either whole or absent."""

import csv
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def atomic_path(path: Path | str) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on success it replaces `path`, on any error it is removed.

    A reader never sees half a file, and a process killed while writing leaves `path` as it was.
    The temporary name starts with `.tmp-` and keeps the suffix, so that writers that look at it still work.
    An OSError of writing names `path`.
    """
    path = Path(path)
    temporary = _new_temporary(path.parent, path.suffix)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        if error.filename in (None, str(temporary)):  # None: the disk is full
            error.filename = str(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)


def require_writable(folder: Path | str) -> None:
    """Make `folder`, and raise OSError that names it if it takes no files: before the work, not after it."""
    _new_temporary(folder).unlink()


def _new_temporary(folder: Path | str, suffix: str = "") -> Path:
    Path(folder).mkdir(parents=True, exist_ok=True)
    try:
        handle, name = tempfile.mkstemp(prefix=".tmp-", suffix=suffix, dir=folder)
    except OSError as error:
        error.filename = str(folder)
        raise
    os.close(handle)
    return Path(name)


def write_bytes(path: Path | str, data: bytes | memoryview) -> None:
    """Write `data` to `path` atomically."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)


def write_json(path: Path | str, value: Any) -> None:
    """Write `value` to `path` as indented JSON, atomically."""
    write_bytes(path, (json.dumps(value, indent=2) + "\n").encode())


def write_csv(path: Path | str, header: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
    """Write `path` as CSV in UTF-8 with lines that end in \\n, atomically. None becomes an empty cell."""
    with atomic_path(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def sha256(path: Path | str) -> str:
    """Return the hex SHA-256 of a file's content."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
