"""The manifest: a Parquet file that lists the images of a data set."""

from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pyarrow.parquet as pq

from assets.common.files import atomic_path

SCHEMA = pa.schema(
    [
        ("path", pa.string()),
        ("sha256", pa.string()),
        ("label", pa.string()),
        ("garment", pa.string()),
        ("split", pa.string()),  # train | val | test | unlabelled | labelled
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("mask", pa.string()),  # SHA-256 of the mask beside a render, see `mask_of`; null if there is none
    ]
)
"""One row per image, of the synthetic and the target set alike; `path` is relative to the file's folder."""


def mask_of(image: Path) -> Path:
    """Return where the mask of a render lies.

    >>> mask_of(Path("plain/000012.jpg")).as_posix()
    'plain/000012.mask.png'
    """
    return image.with_suffix(".mask.png")


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
        reason = " ".join(str(error).split())
        raise click.ClickException(f"{path}: not a manifest ({reason}); run `{cure}`") from None
    return rows
