"""What is wrong with a folder of images and records."""

import hashlib
import io
import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click
from PIL import Image

from sdg.dataset.folder import RECORDS, TEMPORARY, read_lines
from sdg.dataset.names import IMAGE, image_name, is_of_an_image, pass_file
from sdg.params import PassName


@dataclass(frozen=True)
class Fault:
    """Something wrong, in a line that names the file."""

    what: str
    index: int | None = None
    """The image to render again."""
    pass_name: PassName | None = None
    """If it is not the image, but this pass of it."""
    leftover: Path | None = None
    """The file to remove."""


def check(folder: Path, n: int | None = None) -> Iterator[Fault]:
    """Yield what is wrong with the images of one class, which should be 0..n-1.

    Without `n` they end at the highest index of a record, or of the images without one that follow it: a cut
    file of records has lost its last lines.

    Raises click.ClickException if this is no folder of images.
    """
    path = folder / RECORDS
    files = {file.name: file for file in sorted(folder.iterdir())} if folder.is_dir() else {}
    if not path.exists() and not any(IMAGE.fullmatch(name) for name in files):
        raise click.ClickException(f"{folder}: no rendered images here")
    seen: set[int] = set()
    suffix = ""
    fingerprints = set()
    known = set()
    codes: defaultdict[PassName, set[str]] = defaultdict(set)
    for _, found in read_lines(folder) if path.exists() else ():
        if isinstance(found, str):
            yield Fault(found)
            continue
        if found.index in seen:
            yield Fault(f"{path}: two records of image {found.index}")
        elif damage := damage_of(folder / found.image, found.size, found.sha256):
            yield Fault(f"{folder / found.image}: {damage}", found.index)
        for name, one in found.passes.items():
            file = folder / pass_file(found.index, name)
            if damage := damage_of(file, found.size, one.sha256):
                yield Fault(f"{file}: {damage}", found.index, name)
            known.add(file.name)
            codes[name].add(one.code)
        seen.add(found.index)
        suffix = suffix or found.format
        fingerprints.add(found.fingerprint)
    if _is_cut(path):
        yield Fault(f"{path}: its last line is cut off")
    if not seen:
        yield Fault(
            f"{path}: no record, so that nothing says how the images were rendered; render the class again"
        )
        return
    end = n or max(seen) + 1
    while n is None and image_name(end, suffix) in files:
        end += 1
    known |= {image_name(index, suffix) for index in seen | set(range(end))}
    for index in sorted(set(range(end)) - seen):
        yield Fault(f"{path}: no record of image {index}", index)
    if len(fingerprints) > 1:
        yield Fault(
            f"{path}: images of {len(fingerprints)} different settings or versions of the code; "
            "render the class again with --overwrite"
        )
    for name, versions in codes.items():
        if len(versions) > 1:
            yield Fault(
                f"{path}: {name} of {len(versions)} versions of code; render the class with --passes {name}"
            )
    for file_name, file in files.items():
        if file_name.startswith(TEMPORARY) or (is_of_an_image(file_name) and file_name not in known):
            yield Fault(f"{file}: has no record", leftover=file)


def damage_of(path: Path, size: int, sha256: str) -> str | None:
    """Return what is wrong with an image that should have `size` x `size` pixels and this hash, in words."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return f"{error.strerror}, but it has a record"
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            width, height = image.size
    except Exception as error:  # damaged files make Pillow's decoders raise nearly anything
        return f"does not decode ({' '.join(str(error).split())})"
    if (width, height) != (size, size):
        return f"is {width} x {height}, its record says {size} x {size}"
    if hashlib.sha256(data).hexdigest() != sha256:
        return "is not the image its record describes"
    return None


def _is_cut(path: Path) -> bool:
    with suppress(FileNotFoundError), path.open("rb") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            return file.read() != b"\n"
    return False
