"""A folder of images and their records that survives being killed at any moment."""

import fcntl
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import click

from assets.common.files import atomic_path, write_bytes

RECORDS = "records.jsonl"
IMAGE = re.compile(r"\d{6,}\.(jpg|png)")
TEMPORARY = ".tmp-"


def image_name(index: int, suffix: str) -> str:
    """Return the file name of image `index`, e.g. `000012.jpg`."""
    return f"{index:06d}.{suffix}"


def read_records(folder: Path | str) -> Iterator[dict[str, Any]]:
    """Yield the records of a data set in the order of its file; a cut-off last line is left out.

    Raises click.ClickException if there are none or a line is not a record.
    """
    for _, record in _lines(Path(folder) / RECORDS):
        yield record


class Dataset:
    """The images of one class while they are rendered.

    An image is finished once its record is in `records.jsonl`, which happens after the image is in place.
    `resume` removes what is not finished: temporary files, images without a record, records without an image.
    Use it as a context manager: it locks the folder against a second run.
    """

    def __init__(self, folder: Path | str, fingerprint: str, suffix: str) -> None:
        self.folder, self.fingerprint, self.suffix = Path(folder), fingerprint, suffix
        self.records = self.folder / RECORDS
        self.finished: set[int] = set()
        self._lock: int | None = None
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise click.ClickException(
                f"{self.folder}: another run is writing here; wait for it or stop it"
            ) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()
        if self._lock is not None:
            os.close(self._lock)

    def resume(self, n: int, overwrite: bool) -> None:
        """Find what is finished and clear away the rest.

        Images of another fingerprint are an error, unless `overwrite`: then they go, as do those from `n` on.
        """
        kept: list[tuple[int, int]] = []
        stale = 0
        for offset, record in _lines(self.records) if self.records.exists() else ():
            index = record["index"]
            if record["fingerprint"] != self.fingerprint:
                stale += 1
            elif not (overwrite and index >= n) and index not in self.finished and self.path(index).exists():
                self.finished.add(index)
                kept.append((index, offset))
        if stale and not overwrite:
            raise click.ClickException(
                f"{self.folder}: holds {stale} images of other settings, garments or code; "
                "render into another folder with --out, or replace them with --overwrite"
            )
        known = {image_name(index, self.suffix) for index in self.finished}
        for path in self.folder.iterdir():
            if path.name.startswith(TEMPORARY) or (IMAGE.fullmatch(path.name) and path.name not in known):
                path.unlink()
        if self.records.exists():
            self._rewrite(sorted(kept))
        self._file = self.records.open("ab")

    def path(self, index: int) -> Path:
        """Return where image `index` is kept."""
        return self.folder / image_name(index, self.suffix)

    def add(self, image: bytes, record: dict[str, Any]) -> None:
        """Store an image, then its record, completed by the names of its file and of what it depends on."""
        assert self._file is not None, "resume() comes first"
        path = self.path(record["index"])
        line = {"image": path.name, "fingerprint": self.fingerprint, **record}
        write_bytes(path, image)
        self._file.write((json.dumps(line) + "\n").encode())
        self._file.flush()
        self.finished.add(record["index"])

    def finish(self) -> None:
        """Sort the records by index."""
        if self._file:
            self._file.close()
            self._file = None
        self._rewrite(sorted((record["index"], offset) for offset, record in _lines(self.records)))

    def _rewrite(self, order: list[tuple[int, int]]) -> None:
        """Keep the records that start at the given offsets, in that order, never holding more than one."""
        with (
            self.records.open("rb") as old,
            atomic_path(self.records) as temporary,
            temporary.open("wb") as new,
        ):
            for _, offset in order:
                old.seek(offset)
                new.write(old.readline())


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the offset and content of every whole line."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise click.ClickException(f"{path}: no such file; this is not a folder of rendered images") from None
    with file:
        offset = 0
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return
            try:
                record = json.loads(line)
                record["index"], record["fingerprint"]
            except (ValueError, KeyError, TypeError):
                raise click.ClickException(
                    f"{path}:{number}: not a record; delete the folder or render into another one with --out"
                ) from None
            yield offset, record
            offset += len(line)
