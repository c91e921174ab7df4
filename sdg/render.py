"""`python -m sdg.render`: render labelled images of garments."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click
from rich.progress import Progress

from assets.common.command import Command
from assets.common.progress import progress
from assets.library import INDEX
from materials.others.kinds import KINDS
from materials.patterns import CLASSES, GROUPS, expand
from materials.textures import read_textures
from sdg.farm.coordinator import Failure, Picture, farm, render_orders
from sdg.params import MIN_SIZE, PASSES, SAMPLES, PassName, Quality, RenderParams, pass_names
from sdg.plan import ClassRun, plan

TOO_MANY_FAILURES = 10
MOST_INDICES = 1_000_000
"""Of one command."""
SAMPLES_HELP = ", ".join(f"{preset} {samples}" for preset, samples in SAMPLES.items())

EXAMPLES = """\b
Examples:
  python -m sdg.render --class floral --n 5000
  python -m sdg.render --class striped --class dotted --n 100 --size 128 --out look
  python -m sdg.render --class all --n 300 --workers 2
  python -m sdg.render --class all --n 300 --passes mask,depth,normal,parts   # adds them to images there are
  python -m sdg.render --class floral --index 12 --index 40-49 --out again
  python -m sdg.render --class all --n 5000 --scheduler tcp://10.0.0.1:8786

Stop it at any time: the same command continues where it stopped. Exit status: 0 all rendered, 1 an error,
2 wrong options, 130 stopped by Ctrl-C, 143 by SIGTERM.
"""


class Stopped(Exception):
    """A signal, `number`, asked the run to stop."""

    def __init__(self, number: int) -> None:
        self.number = number


def _passes(ctx: click.Context, param: click.Parameter, text: str) -> tuple[PassName, ...]:
    try:
        return pass_names(text)
    except ValueError as error:
        raise click.BadParameter(str(error), ctx, param) from None


@click.command(
    cls=Command, epilog=EXAMPLES, context_settings={"show_default": True, "max_content_width": 110}
)
@click.option(
    "--class",
    "names",
    type=click.Choice([*CLASSES, *GROUPS]),
    multiple=True,
    required=True,
    help="Pattern; paper: the paper's seven. Repeatable.",
)
@click.option("--n", type=click.IntRange(min=1), default=RenderParams().n, help="Images per class.")
@click.option(
    "--index",
    "ranges",
    multiple=True,
    metavar="I|I-J",
    help="Only this image, or these, whatever N is. Repeatable.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("data/synthetic"), help="OUT/CLASS/000000.jpg ..."
)
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Other seeds give other images.")
@click.option("--size", type=click.IntRange(MIN_SIZE, 4096), default=256, help="Width and height, pixels.")
@click.option(
    "--preset",
    type=click.Choice(list(SAMPLES)),
    default="cpu",
    help="cpu: OpenGL draws light worked out beforehand; gpu: EEVEE with lamps, real shadows; cycles: paths.",
)
@click.option("--samples", type=click.IntRange(min=1), help=f"Samples per pixel.  [default: {SAMPLES_HELP}]")
@click.option(
    "--format", "suffix", type=click.Choice(["jpg", "png"]), default="jpg", help="Image file format."
)
@click.option(
    "--passes",
    default="",
    metavar="NAMES",
    callback=_passes,
    show_default="none",
    help=f"Write these beside every image: {', '.join(PASSES)}; with commas between.",
)
@click.option(
    "--garments",
    type=click.Path(path_type=Path),
    default=Path("data/garments"),
    help="Garment library; built if absent.",
)
@click.option(
    "--texture-dir",
    default="",
    metavar="DIR",
    help="Floral: your own square, seamless tiles, for some images.",
)
@click.option(
    "--without",
    type=click.Choice(list(KINDS)),
    multiple=True,
    metavar="KIND",
    help="Other: never this kind. Repeatable.",
)
@click.option("--workers", type=click.IntRange(1), help="Processes on this machine.  [default: one per core]")
@click.option(
    "--scheduler", metavar="ADDRESS", help="Render on the Dask cluster with this scheduler instead."
)
@click.option("--overwrite", is_flag=True, help="Replace images of other settings, remove those beyond n.")
def main(
    names: tuple[str, ...],
    n: int,
    ranges: tuple[str, ...],
    out: Path,
    seed: int,
    garments: Path,
    texture_dir: str,
    without: tuple[str, ...],
    workers: int | None,
    scheduler: str | None,
    overwrite: bool,
    suffix: str,
    passes: tuple[PassName, ...],
    preset: str,
    samples: int | None,
    size: int,
) -> None:
    """Render N images of garments that carry a pattern, with one record each in records.jsonl."""
    wanted = sorted(expand(names), key=CLASSES.index)
    quality = {"size": size, "preset": preset, "samples": samples or SAMPLES[preset], "format": suffix}
    render(
        wanted, n, out, seed, Quality.parse(quality, "sdg.render"), garments,
        only=indices(ranges), passes=passes, texture_dir=texture_dir, without=without, workers=workers,
        scheduler=scheduler, overwrite=overwrite,
    )  # fmt: skip


def indices(ranges: Sequence[str]) -> list[int]:
    """Return the image numbers that `ranges` ask for, e.g. ("3", "10-12") -> [3, 10, 11, 12]."""
    found: set[int] = set()
    for text in ranges:
        match = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", text)
        if not match:
            raise click.BadParameter(
                f"{text!r} is no number of up to nine digits and no range such as 10-19", param_hint="--index"
            )
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise click.BadParameter(f"{text!r} does not go upwards", param_hint="--index")
        if len(found) + last - first >= MOST_INDICES:
            raise click.BadParameter(
                f"{text!r} makes it more than {MOST_INDICES:,} images; render them in several runs",
                param_hint="--index",
            )
        found.update(range(first, last + 1))
    return sorted(found)


def render(
    names: Sequence[str],
    n: int,
    out: Path,
    seed: int,
    quality: Quality,
    garments: Path,
    *,
    only: Sequence[int] = (),
    passes: tuple[PassName, ...] = (),
    texture_dir: str = "",
    without: Sequence[str] = (),
    workers: int | None = None,
    scheduler: str | None = None,
    overwrite: bool = False,
) -> None:
    """Render images 0..n-1 of each class, or those in `only`, into OUT/CLASS, and `passes` beside them.

    What is finished is kept, and an image that lacks passes gets those.

    Raises click.ClickException for whatever went wrong; what is finished stays and counts next time.
    """
    if not (garments / INDEX).exists():
        build_library(garments)
    tiles = read_textures(texture_dir) if texture_dir and "floral" in names else ()
    runs = plan(names, only or range(n), out, seed, quality, garments, tiles, without, passes)
    with _stoppable(out), progress("img") as bar, ExitStack() as stack:
        for one in runs:
            stack.enter_context(one.data)
            one.data.resume(sys.maxsize if only else n, overwrite)
        failures = run(runs, garments, bar, workers, scheduler)
    if failures:
        raise _failed(failures, out)


def run(
    runs: Sequence[ClassRun],
    garments: Path,
    bar: Progress,
    workers: int | None,
    scheduler: str | None,
) -> list[Failure]:
    """Render what is not finished yet; return what failed. After TOO_MANY_FAILURES it stops."""
    failures: list[Failure] = []
    todo = []
    for one in runs:
        missing = [index for index in one.wanted if index not in one.data.finished]
        done = len(one.wanted) - len(missing)
        task = bar.add_task(one.data.folder.name, total=len(one.wanted), completed=done)
        if missing:
            todo.append((one, missing, task))
    if not todo:
        return []
    with farm(sum(len(missing) for _, missing, _ in todo), workers, scheduler) as client:
        for one, missing, task in todo:
            for result in render_orders(client, map(one.order, missing), garments):
                if isinstance(result, Picture):
                    image, drawn, record = result.rendered
                    one.data.add(image, record, drawn)
                    bar.advance(task)
                    continue
                failures.append(result)
                if len(failures) >= TOO_MANY_FAILURES:
                    return failures
            one.data.tidy()
    return failures


@contextmanager
def _stoppable(out: Path) -> Iterator[None]:
    """While in it, Ctrl-C and SIGTERM end the run with one line, as does a disk that refuses."""
    before = {number: signal.signal(number, _stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except OSError as error:
        where = error.filename or out
        raise click.ClickException(
            f"{where}: {error.strerror or error}; what is rendered is kept: make room "
            "or choose another --out, then run the same command again"
        ) from None
    except Stopped as stop:
        click.echo(f"Stopped; what is rendered is kept in {out}: resume with the same command", err=True)
        raise SystemExit(128 + stop.number) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def build_library(folder: Path) -> None:
    """Sew the default garment library, saying so."""
    click.echo(f"{folder}: no garment library yet, sewing one", err=True)
    if subprocess.run([sys.executable, "-m", "assets.build", "--out", str(folder)]).returncode:
        raise click.ClickException(f"{folder}: sewing the garment library failed; see above")


def _failed(failures: list[Failure], out: Path) -> click.ClickException:
    listed = "\n".join(
        f"  {order.name} {order.index} (seed {order.seed}, garment {order.garment.id}): {reason.strip()}"
        for order, reason in failures
    )
    return click.ClickException(
        f"{len(failures)} images failed (the rest is in {out}; the same command tries these again):\n{listed}"
    )


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise Stopped(number)


if __name__ == "__main__":
    main()
