"""A folder of images and their records that survives being killed at any moment."""

import fcntl
import os
import re
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import click

from assets.common.files import atomic_path, sha256, write_bytes
from sdg.dataset.record import Record, image_name

RECORDS = "records.jsonl"
IMAGE = re.compile(r"\d{6,}\.(jpg|png)")
TEMPORARY = ".tmp-"


def read_records(folder: Path | str) -> Iterator[Record]:
    """Yield the records of a data set in the order of its file; a cut-off last line is left out.

    Raises click.ClickException if there are none or a line is not a record.
    """
    for _, found in read_lines(folder):
        if isinstance(found, str):
            raise click.ClickException(f"{found}; `python -m sdg.verify {folder} --repair` cures it")
        yield found


def read_lines(folder: Path | str) -> Iterator[tuple[int, Record | str]]:
    """Yield the offset of every whole line of the records, and its record or what is wrong with it.

    Raises click.ClickException if there are none.
    """
    path = Path(folder) / RECORDS
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
                yield offset, Record.from_line(line, f"{path}:{number}")
            except click.ClickException as error:
                yield offset, error.message
            offset += len(line)


class Dataset:
    """The images of one class while they are rendered or mended.

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
        stale, wrong = 0, ""
        for offset, found in read_lines(self.folder) if self.records.exists() else ():
            if isinstance(found, str):
                wrong = wrong or found
            elif found.fingerprint != self.fingerprint:
                stale += 1
            elif self._counts(found.index) and not (overwrite and found.index >= n):
                self.finished.add(found.index)
                kept.append((found.index, offset))
        if wrong and not overwrite:
            raise click.ClickException(
                f"{wrong}; `python -m sdg.verify {self.folder} --repair` or --overwrite renders it again"
            )
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
        self._append()

    def path(self, index: int) -> Path:
        """Return where image `index` is kept."""
        return self.folder / image_name(index, self.suffix)

    def add(self, image: bytes, record: Record) -> None:
        """Store an image, then its record."""
        assert self._file is not None, "resume() or tidy() comes first"
        write_bytes(self.path(record.index), image)
        self._file.write(record.line)
        self._file.flush()
        self.finished.add(record.index)

    def tidy(self) -> None:
        """Rewrite the records: sorted, whole lines only, one an image: the one that describes its file."""
        kept: dict[int, tuple[int, str]] = {}
        for offset, found in read_lines(self.folder):
            if isinstance(found, Record):
                index = found.index
                if index not in kept or kept[index][1] != self._hash(index) == found.sha256:
                    kept[index] = offset, found.sha256
        self._rewrite(sorted((index, offset) for index, (offset, _) in kept.items()))
        self._append()

    def _append(self) -> None:
        if self._file:
            self._file.close()
        self._file = self.records.open("ab")

    def _counts(self, index: int) -> bool:
        return index not in self.finished and self.path(index).exists()

    def _hash(self, index: int) -> str:
        return sha256(self.path(index)) if self.path(index).is_file() else ""

    def _rewrite(self, order: list[tuple[int, int]]) -> None:
        """Keep the records at the second numbers of `order`, offsets, never holding more than one."""
        with (
            self.records.open("rb") as old,
            atomic_path(self.records) as temporary,
            temporary.open("wb") as new,
        ):
            for _, offset in order:
                old.seek(offset)
                new.write(old.readline())
