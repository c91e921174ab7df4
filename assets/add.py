"""`python -m assets.add`: put one's own meshes into the garment library."""

import itertools
import re
import tempfile
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path

import click

from assets.common.command import Command
from assets.common.files import write_bytes
from assets.common.processes import in_processes
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
from assets.own.importing import READERS
from assets.own.prepare import Prepared, Wanted, prepare_alone
from assets.sheet import contact_sheet


def read_alone(paths: Sequence[Path], wanted: Wanted) -> list[tuple[Path, Prepared]]:
    """Return the garments of all files, each file read in a process of its own.

    Raises click.ClickException that names the file and the cure for the first that is of no use.
    """
    found = []
    for path in paths:
        try:
            for _, garments in in_processes(partial(prepare_alone, wanted), [path], workers=1, recycle=1):
                found += [(path, garment) for garment in garments]
        except (BrokenProcessPool, MemoryError):
            raise click.ClickException(
                f"{path}: Blender died of it or ran out of memory or time; export only the garment, "
                "best as .glb"
            ) from None
    return found


def stage(folder: Path, prepared: Sequence[tuple[Path, Prepared]], wanted: Wanted) -> list[Garment]:
    """Write the garments into `folder` and return their entries; nothing is in a library yet."""
    entries: dict[str, Garment] = {}
    for path, garment in prepared:
        several = sum(other == path for other, _ in prepared) > 1
        name = id = _slug(f"{path.stem} {garment.name}" if several else path.stem)
        for count in itertools.count(2):
            if id not in entries:
                break
            id = f"{name}-{count}"
        file = folder / f"{id}.npz"
        garment.mesh.save(file)
        entries[id] = entry_for(
            file,
            garment.mesh,
            type=wanted.type,
            presentation=wanted.presentation,
            seed=0,
            slots=garment.slots,
        )
    return list(entries.values())


def _slug(name: str) -> str:
    return OWN + (re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "garment")


def accept(staged: Path, entries: Sequence[Garment], out: Path) -> None:
    """Put what was staged into the library in `out`; garments of the same id are replaced."""
    others = read_library(out) if (out / INDEX).exists() else []
    new = {entry.id for entry in entries}
    for entry in entries:
        write_bytes(out / entry.file, (staged / entry.file).read_bytes())
    write_index(out, [*(other for other in others if other.id not in new), *entries])


@click.command(
    cls=Command,
    epilog="Example: python -m assets.add my_dress.glb --type dress --height 1.05. "
    f"Reads {' '.join(READERS)}; scripts inside .blend files never run.",
)
@click.argument("paths", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("data/garments"),
    show_default=True,
    help="Garment library.",
)
@click.option(
    "--type",
    default="other",
    show_default=True,
    help="Type of garment; one that assets.build knows also tells the unit of an .obj, .stl or .ply.",
)
@click.option(
    "--presentation",
    type=click.Choice(PRESENTATIONS),
    default="worn",
    show_default=True,
    help="How the garment is shown, for the index.",
)
@click.option(
    "--height",
    type=click.FloatRange(0.1, 3.0),
    help="Metres from hem to neck, of the largest in a file.  [default: guess the unit]",
)
@click.option("--up", type=click.Choice(["x", "y", "z"]), help="Axis to the neck.  [default: guess]")
@click.option("--fabric-slot", help="Material that carries the pattern.  [default: the largest]")
@click.option("--per-object", is_flag=True, help="Each object is a garment, even where they touch.")
@click.option(
    "--budget", type=click.IntRange(500, 200_000), default=12_000, show_default=True, help="Vertices."
)
@click.option(
    "--sheet",
    type=click.Path(path_type=Path),
    default=Path("added.png"),
    show_default=True,
    help="Picture of what is about to be added.",
)
@click.option("--yes", is_flag=True, help="Accept without asking.")
def main(
    paths: tuple[Path, ...],
    out: Path,
    type: str,
    presentation: Presentation,
    height: float | None,
    up: str | None,
    fabric_slot: str | None,
    per_object: bool,
    budget: int,
    sheet: Path,
    yes: bool,
) -> None:
    """Draw the garments in mesh files to look at and, if you accept them, put them into the library.

    Objects of a file that touch are one garment; those that stand apart are several.
    """
    wanted = Wanted(type, presentation, height, up, fabric_slot, budget, per_object)
    prepared = read_alone(paths, wanted)
    with tempfile.TemporaryDirectory() as temporary:
        entries = stage(Path(temporary), prepared, wanted)
        contact_sheet(Path(temporary), entries, sheet)
        for entry, (path, garment) in zip(entries, prepared, strict=True):
            x, y, z = entry.dimensions_m
            slots = ", ".join(slot.name + " (pattern)" * slot.fabric for slot in entry.slots)
            click.echo(f"{entry.id}: {x:.2f} x {y:.2f} x {z:.2f} m, {entry.vertices} vertices; {slots}")
            for remark in garment.remarks:
                click.echo(f"  {path}: {remark}")
        click.echo(f"{sheet}: look at them")
        if not yes and not click.confirm(f"Put {len(entries)} into {out}?", default=True):
            raise click.ClickException("nothing was added; see --help for --height, --up, --fabric-slot")
        accept(Path(temporary), entries, out)
    click.echo(f"{out}: {len(entries)} added")


if __name__ == "__main__":
    main()
