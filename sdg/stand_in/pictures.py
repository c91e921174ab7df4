"""Render many shots over processes: what is finished stays, and a killed run loses nothing."""

import hashlib
from functools import partial
from importlib.metadata import version
from pathlib import Path

import click
from PIL import Image, UnidentifiedImageError

from assets.common.files import write_bytes
from assets.common.processes import in_processes
from assets.common.progress import progress
from assets.library import Garment, library_hash
from sdg.stand_in.plan import Shot

PICTURE_CODE = ("fabrics", "swatch", "grounds", "props", "rooms", "camera", "render")
"""Modules that decide what a picture looks like: when one changes, every picture is rendered again."""
MARK = "fashion-cut stand-in"
RECYCLE = 250
"""Pictures a worker process renders before it is replaced, so that Blender's leaks stay small."""


def render_all(out: Path, shots: list[Shot], library: Path, garments: list[Garment], workers: int) -> int:
    """Bring the pictures in `out` to `shots` and return how many had to be rendered.

    Raises click.ClickException if a picture cannot be rendered or written.
    """
    marks = _marks(shots, library_hash(library))
    todo = {shot: mark for shot, mark in marks.items() if _comment(out / shot.file) != mark}
    _remove_leftovers(out, shots)
    shoot = partial(_shoot, out, library, garments)
    with progress("img") as bar:
        task = bar.add_task("stand-in", total=len(shots), completed=len(shots) - len(todo))
        try:
            for _ in in_processes(shoot, list(todo.items()), workers, RECYCLE):
                bar.advance(task)
        except (OSError, RuntimeError) as error:
            raise click.ClickException(
                f"{out}: a picture could not be rendered or written ({error}); once that is cured, "
                "the same command goes on where it stopped"
            ) from None
    return len(todo)


def _shoot(out: Path, library: Path, garments: list[Garment], order: tuple[Shot, str]) -> None:
    """Render one picture in a worker process."""
    from sdg.stand_in.render import render

    shot, mark = order
    write_bytes(out / shot.file, render(shot, library, garments, comment=mark))


def _marks(shots: list[Shot], library: str) -> dict[Shot, str]:
    """Return the JPEG comments by which finished pictures are known: hashes of all that each depends on."""
    code = b"".join((Path(__file__).parent / f"{name}.py").read_bytes() for name in PICTURE_CODE)
    common = hashlib.sha256(code + library.encode() + version("bpy").encode()).hexdigest()
    hashes = {shot: hashlib.sha256((common + shot.model_dump_json()).encode()).hexdigest() for shot in shots}
    return {shot: f"{MARK} {digest[:16]}" for shot, digest in hashes.items()}


def _comment(path: Path) -> str:
    """Return the comment of a JPEG, empty if there is none."""
    try:
        with Image.open(path) as image:
            return bytes(image.info.get("comment", b"")).decode(errors="replace")
    except (FileNotFoundError, UnidentifiedImageError):
        return ""


def _remove_leftovers(out: Path, shots: list[Shot]) -> None:
    """Delete pictures that an earlier, longer run made (only such as carry our mark)."""
    wanted = {out / shot.file for shot in shots}
    for split in ("unlabelled", "val", "test"):
        for path in (out / split).glob("*.jpg"):
            if path not in wanted and _comment(path).startswith(MARK):
                path.unlink()
