"""`python -m sdg.stand_in`: render the stand-in target domain."""

import time
from pathlib import Path
from typing import Literal

import click

from assets.build import build
from assets.common.command import Command
from assets.common.files import write_csv, write_json
from assets.common.processes import cores
from materials.patterns import GROUPS, expand
from sdg.stand_in import ABOUT
from sdg.stand_in.fabrics import PAINTERS
from sdg.stand_in.pictures import render_all
from sdg.stand_in.plan import Shot, plan

TYPES = ["t-shirt", "long-sleeve", "dress", "shirt", "skirt", "trousers", "sweater", "shorts"]
PRESENTATIONS: list[Literal["hung", "flat"]] = ["hung", "flat"]
SEED_OFFSET = 900_000
"""Added to the seed for the stand-in's own garments, far from the seeds a synthetic set would use."""


@click.command(
    cls=Command, epilog="Example: python -m sdg.stand_in --out data/stand_in --unlabelled 280 --labelled 15"
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("data/stand_in"),
    show_default=True,
    help="Folder to fill.",
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
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Other seeds give other pictures.",
)
@click.option(
    "--workers", type=click.IntRange(min=1), default=None, help="Processes.  [default: one per core]"
)
@click.option(
    "--class",
    "classes",
    multiple=True,
    type=click.Choice([*PAINTERS, *GROUPS]),
    default=["paper"],
    show_default=True,
    help="Pattern; all: every one, paper: the paper's seven. Repeatable.",
)
@click.option(
    "--n-garments",
    type=click.IntRange(min=1),
    default=len(TYPES),
    show_default=True,
    help="Garments to sew, its own.",
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
    n_garments: int,
) -> None:
    """Render a target domain for those who have no photos yet.

    OUT/unlabelled, OUT/val with OUT/val.csv, OUT/test with OUT/test.csv; lines of a CSV are path,label.
    OUT/stand_in.json says how it was made.

    Run it again to go on after an interruption: a finished picture is never rendered again, and a changed
    setting renders anew what it changes.
    """
    began = time.monotonic()
    workers = workers or cores()
    library = out / "garments"
    garments = build(library, n_garments, seed + SEED_OFFSET, workers, TYPES, PRESENTATIONS)
    order = tuple(sorted(expand(classes), key=list(PAINTERS).index))
    shots = plan(seed, unlabelled, labelled, order, size, samples)
    rendered = render_all(out, shots, library, garments, workers)
    write_json(
        out / ABOUT,
        {
            "what": "a stand-in for photos, rendered with Cycles",
            "seed": seed,
            "unlabelled": unlabelled,
            "labelled": labelled,
            "size": size,
            "samples": samples,
            "garments": n_garments,
            "classes": order,
        },
    )
    for split in ("val", "test"):
        _write_csv(out / f"{split}.csv", [shot for shot in shots if shot.split == split])
    click.echo(f"{out}: {len(shots)} pictures, {rendered} of them new, {time.monotonic() - began:.0f} s")


def _write_csv(path: Path, shots: list[Shot]) -> None:
    write_csv(path, ["path", "label"], [(shot.file, shot.label) for shot in shots])


if __name__ == "__main__":
    main()
