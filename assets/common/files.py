"""Files that are either whole or absent."""

import csv
import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any


@contextmanager
def atomic_path(path: Path | str) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on success it replaces `path`, on any error it is removed.

    A reader never sees half a file, and a process killed while writing leaves `path` as it was.
    The temporary name starts with `.tmp-` and keeps the suffix, so that writers that look at it still work.
    A pipe or a device, such as /dev/stdout, is never replaced: what was written is then copied into it.
    An OSError of writing names `path`; a folder is one.
    """
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    stream = is_stream(path)
    temporary = _new_temporary(tempfile.gettempdir() if stream else path.parent, path.suffix)
    try:
        yield temporary
        if stream:
            with temporary.open("rb") as source, path.open("ab") as sink:
                shutil.copyfileobj(source, sink)
        else:
            temporary.chmod(0o644)
            temporary.replace(path)
    except OSError as error:
        if error.filename in (None, str(temporary)):  # None: the disk is full
            error.filename = str(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)


def is_stream(path: Path) -> bool:
    """Whether `path` is a device, a pipe, or what a shell put in the place of one (/dev/stdout > file)."""
    folder = os.path.realpath(path.parent)
    opened = folder == "/dev" or folder.startswith("/proc/")
    return path.exists() and (opened or not path.is_file())


def require_writable(folder: Path | str) -> None:
    """Make `folder`, and raise OSError that names it if it takes no files: before the work, not after it."""
    _new_temporary(folder).unlink()


def require_replaceable(path: Path, inputs: Iterable[Path] = ()) -> None:
    """Raise OSError that names `path` or its folder if it cannot be written, or is one of `inputs`."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if is_stream(path):
        return
    require_writable(path.parent)
    if path.exists() and any(_is_same(path, other) for other in inputs):
        raise FileExistsError(errno.EEXIST, "is one of the files that are read", str(path))


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except (OSError, ValueError):  # the other is not there, may not be looked at, or can be no file's name
        return False


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
        lines = SimpleNamespace(write=lambda line: file.write(line.removesuffix("\r\n") + "\n"))
        csv.writer(lines, lineterminator="\r\n").writerows([header, *rows])  # so that it quotes \r, too


def sha256(path: Path | str) -> str:
    """Return the hex SHA-256 of a file's content."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
