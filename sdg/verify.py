"""`python -m sdg.verify DIR`: check rendered images against their records, and render damaged ones again."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from PIL import Image

from assets.common.command import Command
from assets.common.files import sha256
from sdg.dataset.folder import IMAGE, RECORDS, TEMPORARY, read_records
from sdg.params import Quality
from sdg.render import render


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
    help="Garment library, for --repair.",
)
def main(folder: Path, n: int | None, repair: bool, garments: Path) -> None:
    """Check the images in FOLDER: one class, or a folder of classes."""
    folders = sorted(path.parent for path in folder.glob(f"*/{RECORDS}")) or [folder]
    wrong = 0
    for one in folders:
        faults = list(check(one, n))
        for _, fault in faults:
            click.echo(fault, err=True)
        if faults and repair:
            mend(one, [index for index, _ in faults if index is not None], n, garments)
            faults = list(check(one, n))
        wrong += len(faults)
        click.echo(f"{one}: {sum(1 for _ in read_records(one))} images, {len(faults)} faults")
    if wrong:
        raise click.ClickException(
            f"{wrong} faults; `python -m sdg.verify {folder} --repair` renders those again"
        )


def check(folder: Path, n: int | None = None) -> Iterator[tuple[int | None, str]]:
    """Yield each fault as (index of the image to render again or None, what is wrong)."""
    seen: set[int] = set()
    fingerprints: set[str] = set()
    for record in read_records(folder):
        index, path = record["index"], folder / record["image"]
        if index in seen:
            yield None, f"{folder / RECORDS}: two records of image {index}"
        seen.add(index)
        fingerprints.add(record["fingerprint"])
        if fault := _fault(path, record):
            yield index, f"{path}: {fault}"
    for index in sorted(set(range(n if n is not None else max(seen, default=-1) + 1)) - seen):
        yield index, f"{folder}: no record of image {index}"
    if len(fingerprints) > 1:
        yield (
            None,
            f"{folder / RECORDS}: images of {len(fingerprints)} different settings or versions of the code",
        )
    for path in sorted(folder.iterdir()):
        stray = path.name.startswith(TEMPORARY) or (IMAGE.fullmatch(path.name) and int(path.stem) not in seen)
        if stray:
            yield None, f"{path}: has no record"


def mend(folder: Path, broken: list[int], n: int | None, garments: Path) -> None:
    """Render the images `broken` of `folder` again, with the settings of its records.

    Raises click.ClickException if the records were made by other code or from other garments.
    """
    first = next(read_records(folder), None)
    if first is None:
        raise click.ClickException(f"{folder / RECORDS}: no records to repair from; render the class again")
    highest = max((record["index"] for record in read_records(folder)), default=0)
    for index in broken:
        (folder / f"{index:06d}.{first['format']}").unlink(missing_ok=True)
    quality = Quality(**{key: first[key] for key in Quality.model_fields})
    render([first["class"]], n or max(highest, *broken) + 1, folder.parent, first["seed"], quality, garments)


def _fault(path: Path, record: dict[str, Any]) -> str | None:
    try:
        data = path.read_bytes()
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            size = image.size
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return f"does not decode ({error})"
    if size != (record["size"], record["size"]):
        return f"is {size[0]} x {size[1]}, its record says {record['size']} x {record['size']}"
    if sha256(path) != record["sha256"]:
        return "is not the file its record describes"
    return None


if __name__ == "__main__":
    main()
