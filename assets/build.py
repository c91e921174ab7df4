"""`python -m assets.build`: sew the garment library."""

import json
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from importlib.metadata import version
from pathlib import Path

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
    Failed,
    Garment,
    Presentation,
    entry_for,
    read_index,
    write_index,
)
from assets.patterns import PATTERNS
from assets.plan import Task, choose, plan
from assets.sewing.rejected import Rejected

RECYCLE = 15
"""Garments a worker process sews before all are replaced, so that Blender's leaks stay small."""


def build(
    out: Path,
    n: int,
    seed: int = 0,
    workers: int | None = None,
    types: Sequence[str] = (),
    presentations: Sequence[Presentation] = (),
) -> list[Garment]:
    """Bring the library in `out` to the first `n` garments of the plan and return its garments.

    A garment that cannot be made is replaced by the next number of its kind, so that a kind has the first
    numbers that can be made, whatever the order and number of workers. What an earlier build finished or gave
    up is kept, so an interrupted build goes on where it stopped. Raises click.ClickException if hardly
    anything of a kind can be made (SPARE).
    """
    tasks = plan(
        n, tuple(dict.fromkeys(types or PATTERNS)), tuple(dict.fromkeys(presentations or PRESENTATIONS))
    )
    require_writable(out)
    own, known = _finished(out, seed)
    rejected: Counter[str] = Counter()
    workers = workers or cores()
    with progress("garment") as bar:
        bar_task = bar.add_task("garments", total=len(tasks))
        while True:
            chosen, given_up = choose(
                tasks, {task for task, entry in known.items() if isinstance(entry, Failed)}
            )
            todo = [task for task in chosen if task not in known]
            bar.update(bar_task, completed=len(chosen) - len(todo))
            if not todo:
                break
            try:
                for task, (entry, reasons) in in_processes(partial(_sew, out, seed), todo, workers, RECYCLE):
                    known[task] = entry
                    rejected.update(map(_kind_of, reasons))
                    bar.advance(bar_task, isinstance(entry, Garment))
            except BrokenProcessPool:
                raise click.ClickException(
                    f"{out}: a worker process died (out of memory?); what is finished is kept: "
                    "run the same command again, perhaps with fewer --workers"
                ) from None
    _say_rejected(rejected)
    if given_up:
        raise click.ClickException(_hopeless(given_up, known))
    made = [entry for task in chosen if isinstance(entry := known[task], Garment)]
    last = {task.kind: task.number for task in chosen}
    failed = {
        task: entry
        for task, entry in sorted(known.items())
        if isinstance(entry, Failed) and task.number < last.get(task.kind, 0)
    }
    garments = sorted([*made, *own], key=lambda garment: garment.id)
    write_index(out, garments, list(failed.values()))
    _remove_others(out, garments)
    _say_replaced(tasks, chosen, list(failed))
    return garments


def _hopeless(failed: Sequence[Task], known: Mapping[Task, Garment | Failed]) -> str:
    """Say which kinds could not be made, and what most often went wrong."""
    kinds = ", ".join(dict.fromkeys(f"{task.type} {task.presentation}" for task in failed))
    reasons = Counter(
        _kind_of(reason)
        for task in failed
        if isinstance(entry := known[task], Failed)
        for reason in entry.reasons
    )
    (why, times), *_ = reasons.most_common(1)
    return (
        f"{kinds}: {len(failed)} garments could not be made; in {times} of {reasons.total()} attempts {why}. "
        "All others are kept: give another seed; `python -m assets.build` can also leave these kinds out, "
        "by --types and --presentations"
    )


def _kind_of(reason: str) -> str:
    """Return a reason without its figures, so that equal ones can be counted."""
    return re.sub(r"\d+(\.\d+)?", "N", reason)


def _say_rejected(rejected: Counter[str]) -> None:
    if not rejected:
        return
    click.echo(f"{rejected.total()} attempts failed their checks and were drawn again:")
    for why, times in rejected.most_common():
        click.echo(f"  {times} x {why}")


def _say_replaced(tasks: Sequence[Task], chosen: Sequence[Task], failed: Sequence[Task]) -> None:
    """Say which garments could not be made and which, of the same kind, stand in for them."""
    missing = [task for task in failed if task in tasks]
    spare = sorted(set(chosen) - set(tasks))
    for task, instead in zip(missing, spare, strict=True):
        click.echo(f"{task.id} could not be made; {instead.id} stands in for it")


def _note(out: Path, id: str) -> Path:
    """What a worker says of one garment, until the index says it."""
    return out / f"{id}.json"


def _finished(out: Path, seed: int) -> tuple[list[Garment], dict[Task, Garment | Failed]]:
    """Return the user's own garments, and what earlier builds with this seed and code made or gave up."""
    garments, failed = read_index(out) if (out / INDEX).exists() else ([], [])
    entries: list[Garment | Failed] = [*garments, *failed]
    for path in sorted(out.glob("*.json")):
        if Task.of(path.stem):
            data = json.loads(path.read_text())
            entries.append((Failed if "reasons" in data else Garment).parse(data, str(path)))
    known = {
        task: entry
        for entry in entries
        if (task := Task.of(entry.id)) and entry.seed == seed and entry.code == sewing_code(task.type)
        if isinstance(entry, Failed) or _is_whole(out, entry)
    }
    return [garment for garment in garments if garment.id.startswith(OWN)], known


def _is_whole(out: Path, entry: Garment) -> bool:
    path = out / entry.file
    return path.exists() and sha256(path) == entry.sha256


def _remove_others(out: Path, garments: Sequence[Garment]) -> None:
    """Remove notes, now in the index, and sewn meshes that are not: of another plan or a broken run."""
    files = {garment.file for garment in garments}
    for path in [*out.glob("*.npz"), *out.glob("*.json")]:
        if Task.of(path.stem) and path.name not in files:
            path.unlink()


def sewing_code(type: str) -> str:
    """Return what decides how a garment of `type` comes out: the hash of the code, and Blender's version."""
    return f"{code_hash('assets.sewing.make', PATTERNS[type])} {version('bpy')}"


def _sew(out: Path, seed: int, task: Task) -> tuple[Garment | Failed, tuple[str, ...]]:
    """Make one garment in a worker process; write its mesh and a note of it, or of why it cannot be made.

    Returns the note and why attempts failed.
    """
    from assets.sewing.make import make

    code, path = sewing_code(task.type), out / f"{task.id}.npz"
    try:
        made = make(task.type, task.presentation, seed, task.number)
    except Rejected as rejected:
        failed = Failed(id=task.id, seed=seed, code=code, reasons=rejected.args)
        write_json(_note(out, task.id), failed.model_dump(mode="json"))
        return failed, failed.reasons
    made.mesh.save(path)
    try:
        entry = entry_for(
            path,
            made.mesh,
            type=task.type,
            presentation=task.presentation,
            seed=seed,
            slots=made.slots,
            code=code,
        )
        write_json(_note(out, task.id), entry.model_dump(mode="json"))
    except OSError:  # a full disk: no mesh without a note
        path.unlink()
        raise
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
