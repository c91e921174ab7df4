"""A folder of images and their records that survives being killed at any moment."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

import click

from assets.common.files import atomic_path, sha256, write_bytes
from sdg.dataset.names import IMAGE, image_name, is_of_an_image, pass_file
from sdg.dataset.record import Record, RecordedPass
from sdg.params import PASSES, PassName

RECORDS = "records.jsonl"
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


def class_folders(folder: Path) -> list[Path]:
    """Return the folders below `folder` that hold images or records; itself if there are none."""
    below = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    return [path for path in below if _rendered(path)] or [folder]


def _rendered(folder: Path) -> bool:
    return any(path.name == RECORDS or IMAGE.fullmatch(path.name) for path in folder.iterdir())


class _Image(NamedTuple):
    """An image that is there, and its passes."""

    sha256: str
    passes: dict[PassName, RecordedPass]


class Dataset:
    """The images of one class while they are rendered or mended.

    An image is finished once its record is in `records.jsonl`, which happens after the image is in place, and
    names the `passes` that are wanted, each with the hash of the code that draws it. `resume` removes what is
    not finished: temporary files, files without a record, records without an image. An image that lacks
    passes stays, and later has a second record, which counts. Use it as a context manager: it locks the
    folder against a second run.
    """

    def __init__(
        self, folder: Path | str, fingerprint: str, suffix: str, passes: Mapping[PassName, str] | None = None
    ) -> None:
        self.folder, self.fingerprint, self.suffix = Path(folder), fingerprint, suffix
        self.passes = passes or {}
        self.records = self.folder / RECORDS
        self.finished: set[int] = set()
        self._lacking: dict[int, _Image] = {}
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
        kept: dict[int, tuple[int, str]] = {}
        known: set[str] = set()
        stale, wrong = 0, ""
        for offset, found in read_lines(self.folder) if self.records.exists() else ():
            if isinstance(found, str):
                wrong = wrong or found
            elif found.fingerprint != self.fingerprint:
                stale += 1
            elif self._counts(found, kept) and not (overwrite and found.index >= n):
                self._note(found)
                kept[found.index] = offset, found.sha256
                known.update([found.image, *(pass_file(found.index, name) for name in found.passes)])
        if wrong and not overwrite:
            raise click.ClickException(
                f"{wrong}; `python -m sdg.verify {self.folder} --repair` or --overwrite renders it again"
            )
        if stale and not overwrite:
            raise click.ClickException(
                f"{self.folder}: holds {stale} images of other settings, garments or code; "
                "render into another folder with --out, or replace them with --overwrite"
            )
        for path in self.folder.iterdir():
            if path.name.startswith(TEMPORARY) or (is_of_an_image(path.name) and path.name not in known):
                path.unlink()
        if self.records.exists():
            self._rewrite(kept)
        self._append()

    def path(self, index: int) -> Path:
        """Return where image `index` is kept."""
        return self.folder / image_name(index, self.suffix)

    def missing(self, index: int) -> tuple[str | None, dict[PassName, str]]:
        """Return the hash of image `index` if it is there, and those of the wanted passes that are not."""
        if image := self._lacking.get(index):
            return image.sha256, self._missing(index, image.passes)
        return None, dict(self.passes)

    def add(self, image: bytes | None, record: Record, passes: Mapping[PassName, bytes]) -> None:
        """Store an image, unless it is there already (None), and passes of it, then its record."""
        assert self._file is not None, "resume() or tidy() comes first"
        index = record.index
        if image is not None:
            write_bytes(self.path(index), image)
        else:
            both = self._lacking[index].passes | record.passes
            record = record.model_copy(
                update={"passes": {name: both[name] for name in PASSES if name in both}}
            )
        for name, png in passes.items():
            write_bytes(self.folder / pass_file(index, name), png)
        self._file.write(record.line)
        self._file.flush()
        self._note(record)

    def tidy(self) -> None:
        """Rewrite the records: sorted, whole lines only, one an image: the last that describes its file."""
        kept: dict[int, tuple[int, str]] = {}
        for offset, found in read_lines(self.folder):
            if isinstance(found, Record):
                index, new = found.index, found.sha256
                if index not in kept or new == kept[index][1] or new == self._hash(index):
                    kept[index] = offset, new
        self._rewrite(kept)
        self._append()

    def _append(self) -> None:
        if self._file:
            self._file.close()
        self._file = self.records.open("ab")

    def _counts(self, found: Record, kept: Mapping[int, tuple[int, str]]) -> bool:
        """Whether `found` is the first record of its image, or a later one of the same, with more passes."""
        index = found.index
        return found.sha256 == kept[index][1] if index in kept else self.path(index).exists()

    def _note(self, record: Record) -> None:
        if self._missing(record.index, record.passes):
            self._lacking[record.index] = _Image(record.sha256, record.passes)
        else:
            self._lacking.pop(record.index, None)
            self.finished.add(record.index)

    def _missing(self, index: int, recorded: Mapping[PassName, RecordedPass]) -> dict[PassName, str]:
        def there(name: PassName, code: str) -> bool:
            fresh = name in recorded and recorded[name].code == code
            return fresh and (self.folder / pass_file(index, name)).exists()

        return {name: code for name, code in self.passes.items() if not there(name, code)}

    def _hash(self, index: int) -> str:
        return sha256(self.path(index)) if self.path(index).is_file() else ""

    def _rewrite(self, kept: Mapping[int, tuple[int, str]]) -> None:
        """Keep the records at the offsets in `kept`, ordered by index, never holding more than one."""
        with (
            self.records.open("rb") as old,
            atomic_path(self.records) as temporary,
            temporary.open("wb") as new,
        ):
            for _, (offset, _) in sorted(kept.items()):
                old.seek(offset)
                new.write(old.readline())
