"""`python -m assets.build`: sew the garment library."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import click

from assets.common.code import code_hash
from assets.common.command import Command
from assets.common.files import require_writable, sha256, write_json
from assets.common.processes import cores, in_processes
from assets.common.progress import progress
from assets.library import (
    INDEX,
    OWN,
    PRESENTATIONS,
    Garment,
    Presentation,
    entry_for,
    read_library,
    write_index,
)
from assets.patterns import PATTERNS
from assets.sewing.rejected import Rejected

RECYCLE = 15
"""Garments a worker process sews before all are replaced, so that Blender's leaks stay small."""


class Task(NamedTuple):
    """Which garment: `number` counts those of one type and presentation."""

    type: str
    presentation: Presentation
    number: int

    @property
    def id(self) -> str:
        return f"{self.type}-{self.presentation}-{self.number:03d}"


def plan(n: int, types: Sequence[str], presentations: Sequence[Presentation]) -> list[Task]:
    """Return the first `n` garments, cycling over types and presentations; a longer plan only adds to it."""
    tasks = []
    for i in range(n):
        turn, t = divmod(i, len(types))
        number = turn // len(presentations)
        tasks.append(Task(types[t], presentations[(turn + t) % len(presentations)], number))
    return tasks


def build(
    out: Path,
    n: int,
    seed: int = 0,
    workers: int | None = None,
    types: Sequence[str] = (),
    presentations: Sequence[Presentation] = (),
) -> list[Garment]:
    """Bring the library in `out` to the first `n` garments of the plan and return its index.

    Finished garments are kept, so an interrupted build goes on where it stopped. Raises click.ClickException
    if a garment fails its checks in every attempt.
    """
    tasks = plan(n, types or tuple(PATTERNS), presentations or PRESENTATIONS)
    require_writable(out)
    done = {task: entry for task in tasks if (entry := _kept(out, task, seed))}
    todo = [task for task in tasks if task not in done]
    rejected: Counter[str] = Counter()
    workers = workers or cores()
    with progress("garment") as bar:
        bar_task = bar.add_task("garments", total=len(tasks), completed=len(done))
        try:
            for task, (entry, reasons) in in_processes(partial(_sew, out, seed), todo, workers, RECYCLE):
                done[task] = entry
                rejected.update(reasons)
                bar.advance(bar_task)
        except Rejected as reason:
            raise click.ClickException(f"{reason}; give another --seed") from None
        except BrokenProcessPool:
            raise click.ClickException(
                f"{out}: a worker process died (out of memory?); what is finished is kept: "
                "run the same command again, perhaps with fewer --workers"
            ) from None
    own = (
        [garment for garment in read_library(out) if garment.id.startswith(OWN)]
        if (out / INDEX).exists()
        else []
    )
    garments = sorted([*done.values(), *own], key=lambda garment: garment.id)
    write_index(out, garments)
    for garment in garments:
        _note(out, garment.id).unlink(missing_ok=True)
    if rejected:
        click.echo(f"{rejected.total()} attempts failed their checks and were drawn again:")
        for why, count in rejected.most_common():
            click.echo(f"  {count} x {why}")
    return garments


def _note(out: Path, id: str) -> Path:
    return out / f"{id}.json"


def _kept(out: Path, task: Task, seed: int) -> Garment | None:
    """Return the entry of a garment that an earlier build finished, if its file and code are unchanged."""
    code = sewing_code(task.type)
    entries = []
    if _note(out, task.id).exists():
        entries.append(json.loads(_note(out, task.id).read_text()))
    if (out / INDEX).exists():
        entries += json.loads((out / INDEX).read_text())["garments"]
    for entry in entries:
        path = out / entry["file"]
        if (
            entry["id"] == task.id
            and entry["seed"] == seed
            and entry.get("code") == code
            and path.exists()
            and sha256(path) == entry["sha256"]
        ):
            return Garment.model_validate(entry)
    return None


def sewing_code(type: str) -> str:
    """Return what decides how a garment of `type` comes out: the hash of the code, and Blender's version."""
    return f"{code_hash('assets.sewing.make', PATTERNS[type])} {version('bpy')}"


def _sew(out: Path, seed: int, task: Task) -> tuple[Garment, tuple[str, ...]]:
    """Make one garment in a worker process and write its mesh and, beside it, its entry."""
    from assets.sewing.make import make

    made = make(task.type, task.presentation, seed, task.number)
    path = out / f"{task.id}.npz"
    made.mesh.save(path)
    entry = entry_for(
        path,
        made.mesh,
        type=task.type,
        presentation=task.presentation,
        seed=seed,
        slots=made.slots,
        code=sewing_code(task.type),
    )
    write_json(_note(out, task.id), entry.model_dump(mode="json"))
    return entry, made.rejected


@click.command(
    cls=Command,
    epilog="Example: python -m assets.build --out data/garments --n 30 --types dress --types skirt",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("data/garments"),
    show_default=True,
    help="Garment library.",
)
@click.option("--n", type=click.IntRange(min=1), default=30, show_default=True, help="Garments.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Other seeds give other garments.",
)
@click.option(
    "--workers", type=click.IntRange(min=1), default=None, help="Processes.  [default: one per core]"
)
@click.option("--types", multiple=True, type=click.Choice(list(PATTERNS)), help="Only these.  [default: all]")
@click.option(
    "--presentations", multiple=True, type=click.Choice(PRESENTATIONS), help="Only these.  [default: all]"
)
def main(
    out: Path,
    n: int,
    seed: int,
    workers: int | None,
    types: tuple[str, ...],
    presentations: tuple[Presentation, ...],
) -> None:
    """Sew N garments from parametric patterns by cloth simulation; run it again to go on after a break."""
    began = time.monotonic()
    garments = build(out, n, seed, workers, types, presentations)
    click.echo(f"{out}: {len(garments)} garments, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
