"""The images of both domains: read from manifests, decoded once, kept in a cache that all runs share."""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np

from assets.common.code import code_hash
from assets.common.files import atomic_path
from assets.common.processes import cores
from assets.common.progress import progress
from train.data.backdrops import CHANNELS, read_layers
from train.data.images import open_prepared
from train.data.manifest import read_manifest
from train.data.photo import square
from train.params import TrainParams

Reader = Callable[[Path], np.ndarray]

DECODED_AHEAD = 256
"""Images decoded before they are written: else a disk slower than the cores fills the memory with them."""


@dataclass(frozen=True)
class Images:
    """A set of images of one domain.

    Attributes: `pixels` uint8 (N, S, S, 3), memory-mapped; `labels` int64 (N,), or empty if there are none;
    `digest`: hex hash of all there is; `layers`: of renders whose backdrops are to be swapped, uint8
    (N, S, S, 5), memory-mapped: see `train.data.backdrops.layers_of`.
    """

    pixels: np.ndarray
    labels: np.ndarray
    digest: str
    layers: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.pixels)


class Domains(NamedTuple):
    """The images of a run."""

    synthetic: Images
    validation: Images
    """Held-back synthetic images, possibly none."""
    target: Images
    photos: Images
    """The target at the size that the saved classifier sees: `TrainParams.photo_size`."""
    labelled: Images | None = None
    """Photos to train on with their labels; most shops have none."""


def load_images(
    manifest: Path | str,
    split: str,
    classes: Sequence[str] | None,
    size: int,
    cache: Path | str,
    layered: bool = False,
) -> Images:
    """Return the images of one split of a manifest; decode them only if `cache` does not hold them yet.

    With `classes`, rows of other classes are left out and labels are positions in `classes`. With `layered`,
    images come with their layers.

    Raises click.ClickException if the manifest is missing or not a manifest, or if an image, or its mask if
    that is needed, is not there or cannot be read.
    """
    manifest = Path(manifest)
    rows = [row for row in read_manifest(manifest, "dvc repro train") if row["split"] == split]
    if classes is not None:
        rows = [row for row in rows if row["label"] in classes]
    labels = [classes.index(row["label"]) for row in rows] if classes is not None else []
    paths = [manifest.parent / row["path"] for row in rows]
    content = [f"{code_hash('train.data.images')} {size}", *(row["sha256"] for row in rows)]
    pixels, key = _decoded(paths, content, partial(_read, size=size), (size, size, 3), Path(cache))
    layers = None
    if layered:
        if unmasked := next((path for path, row in zip(paths, rows, strict=True) if not row["mask"]), None):
            raise click.ClickException(
                f"{unmasked}: has no mask, which train.augment.swap_backdrop needs; set render.passes: mask "
                "in params.yaml and run `dvc repro train`, which adds masks to the images that are there"
            )
        masks = [f"{code_hash('train.data.backdrops')}", *(row["mask"] for row in rows)]
        shape = (size, size, CHANNELS)
        layers, own = _decoded(paths, content + masks, partial(read_layers, size=size), shape, Path(cache))
        key += own
    digest = hashlib.sha256(f"{key} {labels}".encode()).hexdigest()
    return Images(pixels, np.array(labels, dtype=np.int64), digest, layers)


def load_domains(
    synthetic: Path | str,
    target: Path | str,
    classes: Sequence[str],
    params: TrainParams,
    cache: Path | str,
) -> Domains:
    """Return what a run needs from two manifests.

    Raises click.ClickException as `load_images`, or if there is no image of a class, or no photo.
    """
    swapped = params.augment.swap_backdrop > 0
    renders = load_images(synthetic, "train", classes, params.size, cache, layered=swapped)
    require_every_class(renders, classes, synthetic)
    unlabelled = load_images(target, "unlabelled", None, params.size, cache)
    if not len(unlabelled):
        raise click.ClickException(f"{target}: no unlabelled photos to adapt to; see target in params.yaml")
    photos = load_images(target, "unlabelled", None, params.photo_size, cache)
    validation = load_images(synthetic, "val", classes, params.size, cache)
    labelled = load_images(target, "labelled", classes, params.size, cache)
    return Domains(renders, validation, unlabelled, photos, labelled if len(labelled) else None)


def spread(count: int, most: int) -> np.ndarray:
    """Return at most `most` indices below `count`, int64, evenly spread from the first to the last.

    >>> spread(10, 4).tolist(), spread(2, 4).tolist()
    ([0, 3, 6, 9], [0, 1])
    """
    return np.unique(np.linspace(0, count - 1, min(most, count)).round().astype(int))


def require_every_class(images: Images, classes: Sequence[str], manifest: Path | str) -> None:
    """Raise click.ClickException that names the classes without an image."""
    present = {classes[label] for label in np.unique(images.labels)}
    if missing := [name for name in classes if name not in present]:
        raise click.ClickException(
            f"{manifest}: no training image of {', '.join(missing)}; render them (python -m sdg.render "
            f"--class {missing[0]}) and make the manifest again, or remove them from `classes` in params.yaml"
        )


def _decoded(
    paths: Sequence[Path], content: Sequence[str], read: Reader, shape: tuple[int, ...], cache: Path
) -> tuple[np.ndarray, str]:
    """Return what `read` makes of each file, uint8 (N, *shape), memory-mapped, and the hash of `content`."""
    key = hashlib.sha256("\n".join(content).encode()).hexdigest()[:16]
    path = cache / f"{key}.npy"
    if not path.exists():
        _decode(paths, read, shape, path)
    return np.load(path, mmap_mode="r"), key


def _decode(paths: Sequence[Path], read: Reader, shape: tuple[int, ...], destination: Path) -> None:
    """Write what is read as one .npy file. A full disk is an error here, not a crash later."""
    with (
        atomic_path(destination) as temporary,
        temporary.open("wb") as file,
        ThreadPoolExecutor(cores()) as pool,
        progress("img") as bar,
    ):
        header = {"descr": "|u1", "fortran_order": False, "shape": (len(paths), *shape)}
        np.lib.format.write_array_header_1_0(file, header)
        task = bar.add_task("decode", total=len(paths))
        for start in range(0, len(paths), DECODED_AHEAD):
            for pixels in pool.map(read, paths[start : start + DECODED_AHEAD]):
                file.write(pixels.tobytes())
                bar.advance(task)


def _read(path: Path, size: int) -> np.ndarray:
    return square(open_prepared(path), size)
