"""`python -m assets.add`: put one's own meshes into the garment library."""

import itertools
import re
import tempfile
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from assets.common.command import Command
from assets.common.files import require_replaceable, require_writable, sha256
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
from assets.own.formats import READERS
from assets.own.pose import TURNS
from assets.own.prepare import Prepared, Wanted, prepare_alone
from assets.own.size import UNITS
from assets.own.words import plain
from assets.sheet import contact_sheet, coverage

LONGEST_NAME = 40
SEEN = 0.005
"""Share of a picture that a garment has to cover."""


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


@dataclass(frozen=True)
class Staged:
    """A garment that waits to enter the library, with the file and the hash of the file that it came from."""

    entry: Garment
    path: Path
    file_hash: str
    remarks: tuple[str, ...]

    @property
    def replaces(self) -> re.Pattern[str]:
        """The ids that garments of the same file may have had before."""
        return re.compile(f"{re.escape(_slug(self.path.stem))}(-.*)?-{self.file_hash}")


def stage(folder: Path, prepared: Sequence[tuple[Path, Prepared]], wanted: Wanted) -> list[Staged]:
    """Write the garments into `folder` and return what is known of them; nothing is in a library yet.

    An id is the file's name, the object's where there are several, and a hash of the file. Of files that are
    alike in name and content only the first counts.
    """
    staged: dict[str, Staged] = {}
    first: dict[tuple[str, str], Path] = {}
    for path, garment in prepared:
        file_hash = sha256(path)[:8]
        if first.setdefault((path.stem, file_hash), path) != path:
            continue
        several = sum(other == path for other, _ in prepared) > 1
        name = _slug(f"{path.stem} {garment.name}" if several else path.stem)
        numbers = itertools.chain([""], (f"-{n}" for n in itertools.count(2)))
        ids = (f"{name}{number}-{file_hash}" for number in numbers)
        file = folder / f"{next(id for id in ids if id not in staged)}.npz"
        garment.mesh.save(file)
        entry = entry_for(
            file,
            garment.mesh,
            type=wanted.type,
            presentation=wanted.presentation,
            seed=0,
            slots=garment.slots,
        )
        staged[entry.id] = Staged(entry, path, file_hash, garment.remarks)
    return list(staged.values())


def _slug(name: str) -> str:
    return OWN + (re.sub(r"[^a-z0-9]+", "-", name.lower())[:LONGEST_NAME].strip("-") or "garment")


def refuse_unseen(folder: Path, staged: Sequence[Staged]) -> None:
    """Raise click.ClickException for a garment that a small picture does not show."""
    for item, share in zip(staged, coverage(folder, [item.entry for item in staged]), strict=True):
        if share < SEEN:
            raise click.ClickException(
                f"{item.path}: a picture of {item.entry.id} shows nothing of it; look at the mesh"
            )


def accept(folder: Path, staged: Sequence[Staged], out: Path) -> str:
    """Put what lies in `folder` into the library in `out` and say what that changed.

    Garments that the same file gave before are replaced. An OSError leaves the library as it was.
    """
    before = read_library(out) if (out / INDEX).exists() else []
    new = {item.entry.id: item.entry for item in staged}
    stale = [old for old in before if any(item.replaces.fullmatch(old.id) for item in staged)]
    kept = [old for old in before if old not in stale]
    write_index(out, [*kept, *new.values()], meshes=[folder / entry.file for entry in new.values()])
    for old in stale:
        if old.id not in new:
            (out / old.file).unlink(missing_ok=True)
    return f"{len(new)} added" + f", {len(stale)} of the same file replaced" * bool(stale)


def new_to(out: Path, staged: Sequence[Staged]) -> list[Staged]:
    """Return the garments of the files of which the library in `out` lacks one, and say which it has."""
    before = read_library(out) if (out / INDEX).exists() else []
    lacks = {item.path for item in staged if item.entry not in before}
    for item in staged:
        if item.path not in lacks:
            click.echo(f"{item.entry.id}: already in {out}")
    return [item for item in staged if item.path in lacks]


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
@click.option("--unit", type=click.Choice(list(UNITS)), help="Unit of the file, whatever it states.")
@click.option(
    "--up",
    type=click.Choice(list(TURNS)),
    help="Axis to the neck: of the numbers in an .obj, .stl or .ply; in others z is what they call up.  "
    "[default: by the type's shape]",
)
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
    unit: str | None,
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
    if height and unit:
        raise click.UsageError("--height and --unit both say the size; give one of them")
    require_writable(out)
    require_replaceable(sheet)
    wanted = Wanted(type, presentation, height, unit, up, fabric_slot, budget, per_object)
    prepared = read_alone(paths, wanted)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        staged = new_to(out, stage(folder, prepared, wanted))
        if not staged:
            return
        refuse_unseen(folder, staged)
        contact_sheet(folder, [item.entry for item in staged], sheet)
        for item in staged:
            x, y, z = item.entry.dimensions_m
            slots = ", ".join(slot.name + " (pattern)" * slot.fabric for slot in item.entry.slots)
            click.echo(
                f"{item.entry.id}: {x:.2f} x {y:.2f} x {z:.2f} m, {item.entry.vertices} vertices; {slots}"
            )
            for remark in item.remarks:
                click.echo(f"  {plain(item.path.name)}: {remark}")
        click.echo(f"{sheet}: look at them")
        if not yes and not click.confirm(f"Put {len(staged)} into {out}?", default=True):
            raise click.ClickException(
                "nothing was added; see --help for --unit, --height, --up, --fabric-slot"
            )
        click.echo(f"{out}: {accept(folder, staged, out)}")


if __name__ == "__main__":
    main()
