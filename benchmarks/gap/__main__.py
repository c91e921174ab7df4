"""How far are renders from photos, and which part of a scene keeps them away?

    python -m benchmarks.gap data/synthetic photos --labels photos/val.csv
    python -m benchmarks.gap data/synthetic photos --without all --garments data/garments

The distance is the unbiased squared maximum mean discrepancy with a cubic kernel (KID, Binkowski et al. 2018)
of what a frozen ImageNet backbone shows of each picture, in units of the photos' standard deviations. First
all pictures become squares of one size and JPEGs of one quality. Classes of renders weigh alike. The floor
is that of two halves of the photos: the gap is what is above it. Each interval is a bootstrap
over pictures. `garment` is the middle of each picture (`benchmarks.gap.looks.VIEWS`).

--without renders scenes with all ingredients and without one: how much the distance then grows (+: it brings
renders nearer to photos) or falls (-: it hurts).
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click
import numpy as np
from rich.progress import Progress

from assets.common.command import Command, path_option
from assets.common.files import write_json
from assets.common.progress import progress
from benchmarks.gap.distances import Comparison, Groups, Interval
from benchmarks.gap.ingredients import INGREDIENTS, NOTHING, folder_of, render_without
from benchmarks.gap.looks import VIEWS, Looks, View, looks
from materials.patterns import CLASSES, GROUPS, expand
from pipeline.labels import each_once, read_labelled
from pipeline.photos import find_photos
from sdg.dataset.names import IMAGE
from sdg.params import MIN_SIZE

LEAST = 15
"""Photos that a class must have to be compared on its own."""
SPLITS = 3
"""Halvings of the photos, whose distances are averaged."""

Pictures = dict[str, list[Path]]
"""Class -> its pictures."""


@click.command(cls=Command, context_settings={"show_default": True})
@click.argument("renders", type=click.Path(path_type=Path))
@click.argument("photos", type=click.Path(path_type=Path))
@click.option(
    "--class",
    "names",
    type=click.Choice([*CLASSES, *GROUPS]),
    multiple=True,
    help="Pattern; paper: the paper's seven. Repeatable.  [default: all that RENDERS has]",
)
@click.option("--n", default=350, type=click.IntRange(2), help="Renders per class, at most.")
@click.option(
    "--labels",
    type=click.Path(path_type=Path, exists=True),
    multiple=True,
    help="CSV path,label of photos, of PHOTOS or not: then each class is compared, too. Repeatable.",
)
@click.option(
    "--seed", default=0, type=click.IntRange(0), help="Of halves, of draws, and of --without's scenes."
)
@click.option("--resamples", default=200, type=click.IntRange(20), help="Draws for the intervals.")
@click.option(
    "--without",
    type=click.Choice([*list(INGREDIENTS)[1:], "all"]),
    multiple=True,
    help="Take this out of scenes and compare. Repeatable.",
)
@click.option("--scenes", default=7, type=click.IntRange(2), help="Of each class, for --without.")
@click.option(
    "--size", default=256, type=click.IntRange(MIN_SIZE, 4096), help="Pixels of the renders of --without."
)
@path_option("--garments", "data/garments", "Garment library, for --without.")
@path_option("--cache", "data/cache/gap", "What pictures show, and the renders of --without, are kept here.")
@click.option("--out", type=click.Path(path_type=Path), help="Write all figures here, as JSON.")
def main(
    renders: Path,
    photos: Path,
    names: tuple[str, ...],
    n: int,
    labels: tuple[Path, ...],
    seed: int,
    resamples: int,
    without: tuple[str, ...],
    scenes: int,
    size: int,
    garments: Path,
    cache: Path,
    out: Path | None,
) -> None:
    """Print how far the renders in the folders RENDERS/CLASS are from the photos in PHOTOS, in Markdown."""
    images = find_renders(renders, sorted(expand(names), key=CLASSES.index), n)
    target = find_target(photos)
    labelled = read_labels(labels, list(images))
    taken = [one for one in INGREDIENTS if one == NOTHING or one in without or "all" in without]
    without_each: dict[str, Pictures] = {}
    if without:
        render_without(taken, list(images), scenes, seed, size, garments, cache / "without")
        for one in taken:
            without_each[one] = find_renders(cache / "without" / folder_of(one), list(images), scenes)
    sets = [{"": target}, *without_each.values(), labelled, images]
    seen = looks([paths for one in sets for paths in one.values()], cache)
    target = [path for path in target if path in seen]
    labelled = {name: [path for path in paths if path in seen] for name, paths in labelled.items()}
    require_readable(
        [path for one in (images, *without_each.values()) for paths in one.values() for path in paths], seen
    )
    views = {name: View(seen, number, target) for number, name in enumerate(VIEWS)}
    with progress("draw") as bar:
        found = {
            name: compare(view, images, target, labelled, resamples, seed, bar)
            for name, view in views.items()
        }
        ranking = {
            name: rank(view, without_each, target, resamples, seed, bar)
            for name, view in views.items()
            if without
        }
    count = sum(map(len, images.values()))
    click.echo(f"{date.today()}, {count} renders of {len(images)} classes, {len(target)} photos\n")
    click.echo(table("distance", found))
    if without:
        click.echo(
            f"\n{scenes} scenes of each class, {size} px: the distance without minus the distance with\n"
        )
        click.echo(table("without", ranking))
    if out:
        write_json(out, {"date": str(date.today()), "seed": seed, "distance": found, "without": ranking})


def find_renders(folder: Path, names: Sequence[str], n: int) -> Pictures:
    """Return the first `n` images of each class, by default of all that have a folder in `folder`."""
    names = names or [name for name in CLASSES if (folder / name).is_dir()]
    found = {}
    for name in names:
        here = folder / name
        images = sorted(
            path for path in (here.iterdir() if here.is_dir() else ()) if IMAGE.fullmatch(path.name)
        )
        if len(images) < 2:
            raise click.ClickException(
                f"{here}: {len(images)} images, and it takes 2; render some with `python -m sdg.render "
                f"--class {name} --out {folder}`"
            )
        found[name] = images[:n]
    if not found:
        raise click.ClickException(f"{folder}: no folder of a class; name what sdg.render wrote (its --out)")
    return found


def find_target(folder: Path) -> list[Path]:
    """Return the photos of a folder, at least enough for two halves."""
    found = find_photos(folder) if folder.is_dir() else []
    if len(found) < 2 * LEAST:
        raise click.ClickException(
            f"{folder}: {len(found)} photos, and it takes {2 * LEAST}; name a folder of photos of clothes"
        )
    return found


def read_labels(files: Sequence[Path], classes: Sequence[str]) -> Pictures:
    """Return the labelled photos of each class, of those that have at least LEAST."""
    labelled = each_once([one for path in files for one in read_labelled(path, CLASSES, measured=True)])
    found = {name: [one.photo for one in labelled if one.label == name] for name in classes}
    return {name: paths for name, paths in found.items() if len(paths) >= LEAST}


def require_readable(renders: Sequence[Path], seen: Looks) -> None:
    """Raise click.ClickException for a render that is damaged."""
    for path in renders:
        if path not in seen:
            raise click.ClickException(
                f"{path}: damaged; `python -m sdg.verify {path.parent} --repair` renders it again"
            )


def compare(
    view: View,
    images: Pictures,
    target: list[Path],
    labelled: Pictures,
    resamples: int,
    seed: int,
    bar: Progress,
) -> dict[str, Interval]:
    """Return the distances of all renders to all photos, of halves, and of each class to its photos."""
    groups, rng = Groups(), np.random.default_rng(seed)
    rendered = {name: groups.add(f"renders {name}", paths) for name, paths in images.items()}
    photos = groups.add("photos", target)
    apart = Comparison(list(rendered.values()), [photos])
    floor = [(1 / SPLITS, groups.halve([photos], rng)) for _ in range(SPLITS)]
    figures: dict[str, list[tuple[float, Comparison]]] = {
        "gap": [(1, apart), *((-share, halves) for share, halves in floor)],
        "renders to photos": [(1, apart)],
        "photos to photos (floor)": floor,
        "renders to renders": [(1, groups.halve(list(rendered.values()), rng))],
    }
    alone = {
        name: Comparison([rendered[name]], [groups.add(f"photos {name}", paths)])
        for name, paths in labelled.items()
    }
    if alone:
        figures["mean of the classes below"] = [(1 / len(alone), one) for one in alone.values()]
        of_photos = [group for one in alone.values() for group in one.y]
        figures["photos, the classes below alike, to photos"] = [(1, Comparison(of_photos, [photos]))]
    figures |= {f"{name} ({len(labelled[name])} photos)": [(1, one)] for name, one in alone.items()}
    return groups.measure(view(list(groups.rows)), figures, resamples, seed, bar)


def rank(
    view: View, without: dict[str, Pictures], target: list[Path], resamples: int, seed: int, bar: Progress
) -> dict[str, Interval]:
    """Return how much the distance to the photos grows without each ingredient, the most harmful first."""
    groups = Groups()
    photos = groups.add("photos", target)
    sides = {
        one: [groups.add(f"{name} without {one}", paths, name) for name, paths in images.items()]
        for one, images in without.items()
    }
    to_photos = {one: Comparison(side, [photos]) for one, side in sides.items()}
    growth = {
        one: [(1.0, apart), (-1.0, to_photos[NOTHING])] for one, apart in to_photos.items() if one != NOTHING
    }
    found = groups.measure(view(list(groups.rows)), growth, resamples, seed, bar)
    return dict(sorted(found.items(), key=lambda item: item[1].value))


def table(what: str, found: dict[str, dict[str, Interval]]) -> str:
    """Return figures by view in Markdown, the rows in the order of the first view."""
    first, *_ = found.values()
    lines = [[what, *(f"{view} (95 %)" for view in found)], ["---"] * (1 + len(found))]
    lines += [[name, *(str(figures[name]) for figures in found.values())] for name in first]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
