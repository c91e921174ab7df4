"""List the rendered images in one Parquet file, after checking each against its record.

`python -m pipeline.manifest --images data/synthetic --out data/manifest.parquet`
"""

import hashlib
import io
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from assets.common.command import Command, path_option
from assets.common.files import atomic_path
from assets.common.processes import cores
from assets.common.progress import progress
from pipeline.params import load_params
from sdg.dataset.folder import RECORDS, read_records

# One row per image, of the synthetic and the target set alike. `path` is relative to the manifest's folder.
SCHEMA = pa.schema(
    [
        ("path", pa.string()),
        ("sha256", pa.string()),
        ("label", pa.string()),
        ("garment", pa.string()),
        ("split", pa.string()),  # train | val | test | unlabelled
        ("width", pa.int32()),
        ("height", pa.int32()),
    ]
)


def write_manifest(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write rows with the columns of SCHEMA to `path`, atomically."""
    with atomic_path(path) as temporary:
        pq.write_table(pa.Table.from_pylist(rows, SCHEMA), temporary)


def read_manifest(path: Path, cure: str) -> list[dict[str, Any]]:
    """Return the rows of a manifest; `cure`, the command that makes one, is named in errors."""
    if path.is_dir():  # pyarrow takes an empty folder for a table without rows
        raise click.ClickException(f"{path}: a folder, not a manifest; run `{cure}`")
    try:
        rows: list[dict[str, Any]] = pq.read_table(path, schema=SCHEMA).to_pylist()
    except FileNotFoundError:
        raise click.ClickException(f"{path}: no such file; run `{cure}`") from None
    except (pa.ArrowException, OSError) as error:
        raise click.ClickException(f"{path}: not a manifest ({_one_line(error)}); run `{cure}`") from None
    return rows


def split_of(name: str, index: int) -> str:
    """Return "val" for one image in every ten consecutive ones of a class, chosen by hash, else "train".

    It depends on (class, index) alone, so no image changes sides when more are rendered, and a class of at
    least ten images always has some in val.
    """
    tens = range(index - index % 10, index - index % 10 + 10)
    chosen = min(tens, key=lambda i: hashlib.sha256(f"{name}:{i}".encode()).digest())
    return "val" if index == chosen else "train"


def build_manifest(images: Path, out: Path, classes: Sequence[str], workers: int | None = None) -> int:
    """Check all images of `classes` in `images` and write the manifest; return the number of images.

    Raises click.ClickException that names the first file which is missing, does not decode or does not
    match its record, or the class that has fewer images than the others.
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


def _records_of(images: Path, name: str) -> list[dict[str, Any]]:
    records = list(read_records(images / name)) if (images / name / RECORDS).exists() else []
    if not records:
        raise click.ClickException(
            f"{images / name}: no rendered images; run `python -m sdg.render --class {name} --out {images}`"
        )
    return records


def _check(images: Path, base: Path, name: str, record: dict[str, Any]) -> dict[str, Any]:
    path = images / name / record["image"]
    try:
        data = path.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}, but it has a record; {_again(path)}") from None
    if hashlib.sha256(data).hexdigest() != record["sha256"]:
        raise click.ClickException(f"{path}: is not the image its record describes; {_again(path)}")
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            width, height = image.size
    except Exception as error:  # damaged files make Pillow's decoders raise nearly anything
        raise click.ClickException(f"{path}: does not decode ({_one_line(error)}); {_again(path)}") from None
    return {
        "path": (base / name / record["image"]).as_posix(),
        "sha256": record["sha256"],
        "label": name,
        "garment": record["garment"]["id"],
        "split": split_of(name, record["index"]),
        "width": width,
        "height": height,
    }


def _again(path: Path) -> str:
    return f"delete it and run `python -m sdg.render --class {path.parent.name}` again"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


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
