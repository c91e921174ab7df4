"""`python -m sdg.stand_in`: render the stand-in target domain."""

import csv
import hashlib
import io
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path

import click
from PIL import Image, UnidentifiedImageError

from assets.build import build
from assets.common.files import write_bytes
from assets.common.progress import progress
from assets.library import Garment, library_hash
from sdg.stand_in.fabrics import PAINTERS
from sdg.stand_in.plan import Shot, plan

GARMENTS = 8
SEED_OFFSET = 900_000
"""Added to the seed for the stand-in's own garments, far from the seeds that a synthetic set would use."""
PRESENTATIONS = ["hung", "flat"]
MARK = "fashion-cut stand-in"
RECYCLE = 250
"""Pictures a worker process renders before it is replaced, so that Blender's leaks stay small."""


@click.command(
    epilog="Example: python -m sdg.stand_in --out data/stand_in --unlabelled 280 --labelled 15 --size 192 --samples 4"
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("data/stand_in"),
    show_default=True,
)
@click.option(
    "--unlabelled", type=click.IntRange(min=1), default=280, show_default=True, help="Pictures without label."
)
@click.option(
    "--labelled",
    type=click.IntRange(min=1),
    default=15,
    show_default=True,
    help="Pictures per class in val, and in test.",
)
@click.option(
    "--size", type=click.IntRange(32, 2048), default=192, show_default=True, help="Width and height, pixels."
)
@click.option(
    "--samples", type=click.IntRange(1, 4096), default=4, show_default=True, help="Cycles samples per pixel."
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option(
    "--workers", type=click.IntRange(min=1), default=None, help="Processes.  [default: one per core]"
)
@click.option(
    "--class",
    "classes",
    multiple=True,
    type=click.Choice(list(PAINTERS)),
    help="Only this; repeatable.  [default: all]",
)
@click.option(
    "--garments-cache",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder for the stand-in's own garments.  [default: OUT/garments]",
)
def main(
    out: Path,
    unlabelled: int,
    labelled: int,
    size: int,
    samples: int,
    seed: int,
    workers: int | None,
    classes: tuple[str, ...],
    garments_cache: Path | None,
) -> None:
    """Render a target domain for those who have no photos yet: OUT/unlabelled, OUT/val + val.csv, OUT/test + test.csv.

    Run it again to go on after an interruption: a finished picture is never rendered again, and a changed setting
    renders anew what it changes.
    """
    began = time.monotonic()
    workers = workers or cpu_count() or 1
    library = garments_cache or out / "garments"
    garments = build(library, GARMENTS, seed + SEED_OFFSET, workers, presentations=PRESENTATIONS)
    order = tuple(name for name in PAINTERS if not classes or name in classes)
    shots = plan(seed, unlabelled, labelled, order, size, samples)
    marks = _marks(shots, library_hash(library))
    todo = [shot for shot in shots if _comment(out / shot.file) != marks[shot]]
    _remove_leftovers(out, shots)
    _render_all(
        out, library, garments, {shot: marks[shot] for shot in todo}, total=len(shots), workers=workers
    )
    for split in ("val", "test"):
        _write_csv(out / f"{split}.csv", [shot for shot in shots if shot.split == split])
    click.echo(f"{out}: {len(shots)} pictures, {len(todo)} of them new, {time.monotonic() - began:.0f} s")


def _render_all(
    out: Path, library: Path, garments: list[Garment], todo: dict[Shot, str], total: int, workers: int
) -> None:
    with (
        progress("img") as bar,
        ProcessPoolExecutor(
            min(workers, len(todo) or 1), mp_context=get_context("spawn"), max_tasks_per_child=RECYCLE
        ) as pool,
    ):
        task = bar.add_task("stand-in", total=total, completed=total - len(todo))
        futures = [pool.submit(_shoot, out, library, garments, shot, mark) for shot, mark in todo.items()]
        try:
            for future in as_completed(futures):
                future.result()
                bar.advance(task)
        except (OSError, BrokenProcessPool) as error:
            raise click.ClickException(
                f"{out}: a picture could not be rendered or written ({error}); once that is cured, the same command "
                "goes on where it stopped"
            ) from None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _shoot(out: Path, library: Path, garments: list[Garment], shot: Shot, mark: str) -> None:
    """Render one picture in a worker process."""
    from sdg.stand_in.render import render

    write_bytes(out / shot.file, render(shot, library, garments, comment=mark))


def _marks(shots: list[Shot], library: str) -> dict[Shot, str]:
    """Return the JPEG comments by which finished pictures are known: hashes of all that each depends on."""
    code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    common = hashlib.sha256(code + library.encode()).hexdigest()
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


def _write_csv(path: Path, shots: list[Shot]) -> None:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["path", "label"])
    rows.writerows([shot.file, shot.label] for shot in shots)
    write_bytes(path, text.getvalue().encode())


if __name__ == "__main__":
    main()
