"""List the rendered images in one Parquet file, after checking each against its record.

`python -m pipeline.manifest --images data/synthetic --out data/manifest.parquet`
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from assets.common.command import Command, path_option
from assets.common.processes import cores
from assets.common.progress import progress
from pipeline.params import load_params
from sdg.dataset.check import damage_of
from sdg.dataset.folder import RECORDS, read_records
from sdg.dataset.split import split_of
from train.data.manifest import mask_of, write_manifest


def build_manifest(images: Path, out: Path, classes: Sequence[str], workers: int | None = None) -> int:
    """Check all images of `classes` in `images` and write the manifest; return the number of images.

    Raises click.ClickException that names the first file, image or mask, which is missing, does not
    decode or does not match its record, or the class that has fewer images than the others.
    """
    records = {name: _records_of(images, name) for name in classes}
    largest = max(records, key=lambda name: len(records[name]))
    for name, found in records.items():
        if len(found) < len(records[largest]):
            raise click.ClickException(
                f"{images / name}: {len(found)} images, but {largest} has {len(records[largest])}; "
                f"run `python -m sdg.render --class {name} --n {len(records[largest])} --out {images}`"
            )
    base = Path(os.path.relpath(images, out.parent))
    jobs = [(name, record) for name, found in records.items() for record in found]
    rows = []
    with progress("img") as bar, ThreadPoolExecutor(workers or cores()) as pool:
        task = bar.add_task("manifest", total=len(jobs))
        for row in pool.map(lambda job: _check(images, base, *job), jobs):
            rows.append(row)
            bar.advance(task)
    write_manifest(out, rows)
    return len(rows)


@dataclass(frozen=True, slots=True)
class _Rendered:
    """What the manifest needs of a record."""

    index: int
    image: str
    size: int
    sha256: str
    garment: str
    mask: str | None


def _records_of(images: Path, name: str) -> list[_Rendered]:
    found = read_records(images / name) if (images / name / RECORDS).exists() else ()
    records = [
        _Rendered(
            one.index,
            one.image,
            one.size,
            one.sha256,
            one.garment.id,
            one.passes["mask"].sha256 if "mask" in one.passes else None,
        )
        for one in found
    ]
    if not records:
        raise click.ClickException(
            f"{images / name}: no rendered images; run `python -m sdg.render --class {name} --out {images}`"
        )
    return records


def _check(images: Path, base: Path, name: str, record: _Rendered) -> dict[str, Any]:
    path = images / name / record.image
    if damage := damage_of(path, record.size, record.sha256):
        again = f"delete it and run `python -m sdg.render --class {name}` again"
        raise click.ClickException(f"{path}: {damage}; {again}")
    mask = mask_of(path)
    if record.mask and (damage := damage_of(mask, record.size, record.mask)):
        raise click.ClickException(f"{mask}: {damage}; run `python -m sdg.verify {images} --repair`")
    return {
        "path": (base / name / record.image).as_posix(),
        "sha256": record.sha256,
        "label": name,
        "garment": record.garment,
        "split": split_of(name, record.index),
        "width": record.size,
        "height": record.size,
        "mask": record.mask,
    }


@click.command(
    cls=Command,
    epilog="Example: python -m pipeline.manifest --images data/synthetic --out data/manifest.parquet",
)
@path_option(
    "--images", "data/synthetic", "Folder with one folder per class, as `python -m sdg.render` writes it."
)
@path_option("--out", "data/manifest.parquet", "Parquet file to write.")
@path_option("--params", "params.yaml", "Its `classes` are listed.")
@click.option("--workers", type=click.IntRange(min=1), help="Threads.  [default: one per core]")
def main(images: Path, out: Path, params: Path, workers: int | None) -> None:
    """Check every rendered image against its record, and list them all in one Parquet file.

    One image in ten goes to the split `val`, the rest to `train`. Nothing is written unless every image
    decodes and all classes have equally many.
    """
    count = build_manifest(images, out, load_params(params).classes, workers)
    click.echo(f"{out}: {count} images")


if __name__ == "__main__":
    main()
