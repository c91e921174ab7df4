"""`python -m sdg.verify DIR`: check rendered images against their records, and render damaged ones again."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path

import click

from assets.common.command import Command
from assets.common.files import write_bytes
from assets.common.progress import progress
from assets.library import INDEX, Garment, read_library
from materials.patterns import CLASSES
from materials.textures import read_textures
from sdg.dataset.check import check
from sdg.dataset.folder import RECORDS, Dataset, class_folders, read_lines
from sdg.dataset.names import pass_file
from sdg.dataset.record import Record
from sdg.farm.coordinator import Failure, Picture, farm, render_orders
from sdg.farm.order import Order
from sdg.params import PassName
from sdg.plan import plan

CHANGED = (
    "no record, and garments, settings or code have changed since the others were rendered; render the class "
    "again with --overwrite"
)
OTHERWISE = "Blender or the code draws the record in another way than it did"
TILES = "; if they were drawn with tiles of your own, name those with --texture-dir"


@click.command(
    cls=Command,
    context_settings={"show_default": True},
    epilog="\b\nExamples:\n  python -m sdg.verify data/synthetic\n"
    "  python -m sdg.verify data/synthetic/floral --n 5000 --repair",
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--n",
    type=click.IntRange(min=1),
    help="Images that each class should hold.  [default: up to the highest index]",
)
@click.option("--repair", is_flag=True, help="Render what is missing or damaged again.")
@click.option(
    "--garments",
    type=click.Path(path_type=Path),
    default=Path("data/garments"),
    help="Garment library that the images were rendered from, for --repair.",
)
@click.option(
    "--texture-dir",
    default="",
    metavar="DIR",
    help="Floral: the tiles of your own that the images were rendered with, for --repair.",
)
def main(folder: Path, n: int | None, repair: bool, garments: Path, texture_dir: str) -> None:
    """Check the images and their passes in FOLDER: one class, or a folder of classes.

    --repair renders an image from its record, or draws it again where the record is lost; it removes what
    killed runs left, and keeps whatever is in order.
    """
    if repair and not (garments / INDEX).exists():
        raise click.ClickException(
            f"{garments}: no garment library here; name with --garments the one that the images are of"
        )
    wrong = 0
    for one in class_folders(folder):
        faults = list(check(one, n))
        for fault in faults:
            click.echo(fault.what, err=True)
        if faults and repair:
            try:
                mend(one, n, garments, texture_dir)
            except click.ClickException as error:
                click.echo(error.message, err=True)
            faults = list(check(one, n))
        wrong += len(faults)
        click.echo(f"{one}: {sum(1 for _ in _records(one))} images, {len(faults)} faults")
    if wrong and repair:
        raise click.ClickException(f"{wrong} faults are left; see above")
    if wrong:
        raise click.ClickException(
            f"{wrong} faults; `python -m sdg.verify {folder} --repair` renders those again"
        )


def mend(folder: Path, n: int | None, garments: Path, texture_dir: str = "") -> None:
    """Bring the images and records of `folder` in order, from what its records say.

    Raises click.ClickException if they say too little, or garments, Blender or code have changed since.
    """
    first = next(_records(folder), None)
    if first is None:
        return  # `check` has said so
    if first.name not in CLASSES:
        raise click.ClickException(
            f"{folder}: images of {first.name!r}, which is no class of this version ({', '.join(CLASSES)})"
        )
    complaints: Counter[str] = Counter()
    with Dataset(folder, first.fingerprint, first.format) as data:
        data.tidy()
        faults = list(check(folder, n))
        for fault in faults:
            if fault.leftover:
                fault.leftover.unlink()
        broken: defaultdict[int, set[PassName | None]] = defaultdict(set)  # None: the image itself
        for fault in faults:
            if fault.index is not None:
                broken[fault.index].add(fault.pass_name)
        recorded = {record.index: record for record in _records(folder) if record.index in broken}
        orders = []
        library = read_library(garments)
        for record in recorded.values():
            try:
                orders.append(_again(record, broken[record.index], library))
            except click.ClickException as error:
                complaints[error.message] += 1
        lost = sorted(broken.keys() - recorded.keys())
        if lost:
            floral = first.name == "floral"
            tiles = read_textures(texture_dir) if floral and texture_dir else ()
            (again,) = plan(
                [first.name], lost, folder.parent, first.seed, first.quality, garments, tiles,
                first.without, tuple(first.passes),
            )  # fmt: skip
            if again.data.fingerprint == first.fingerprint:
                orders += map(again.order, lost)
            else:
                complaints[CHANGED + TILES if floral else CHANGED] += len(lost)
        if orders:
            with progress("img") as bar, farm(len(orders)) as client:
                results = render_orders(client, orders, garments)
                for result in bar.track(results, len(orders), description=folder.name):
                    if complaint := _store(data, result, recorded):
                        complaints[complaint] += 1
        data.tidy()
    if complaints:
        raise click.ClickException(
            "\n".join(f"{folder}: {count} images: {complaint}" for complaint, count in complaints.items())
        )


def _again(record: Record, broken: Collection[PassName | None], library: list[Garment]) -> Order:
    """Return the order for what is `broken` of a recorded image: passes, and, if it is None, the image."""
    scene = record.scene(library)
    return Order(
        name=record.name, index=record.index, seed=record.seed, quality=record.quality, garment=scene.garment,
        fingerprint=record.fingerprint, scene=scene, image=None if None in broken else record.sha256,
        passes={name: one.code for name, one in record.passes.items() if name in broken},
    )  # fmt: skip


def _store(data: Dataset, result: Picture | Failure, recorded: dict[int, Record]) -> str | None:
    """Put an image and passes where they belong, unless its record describes others: say why."""
    if isinstance(result, Failure):
        return result.reason.strip()
    image, passes, drawn = result.rendered
    record = recorded.get(drawn.index)
    if record is None:
        data.add(image, drawn, passes)
        return None
    if drawn.sha256 != record.sha256:
        return OTHERWISE
    if image is not None:
        write_bytes(data.path(record.index), image)
    for name, png in passes.items():
        if drawn.passes[name].sha256 != record.passes[name].sha256:
            return f"{OTHERWISE}; `python -m sdg.render --passes {name}` draws that pass of all images anew"
        write_bytes(data.folder / pass_file(record.index, name), png)
    return None


def _records(folder: Path) -> Iterator[Record]:
    """Yield what can be read."""
    if (folder / RECORDS).exists():
        yield from (found for _, found in read_lines(folder) if isinstance(found, Record))


if __name__ == "__main__":
    main()
