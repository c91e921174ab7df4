"""Images of both domains: decoded once, drawn and augmented as a pure function of (seed, epoch, step)."""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np
import pyarrow.parquet as pq
import torch
from torch import Tensor

from assets.common.files import atomic_path
from assets.common.processes import cores
from assets.common.progress import progress
from assets.common.rng import rng_for
from train.data.augmentation import SMALLEST_CROP, change_appearance, draw_appearance, draw_maps, transform
from train.data.images import open_prepared
from train.data.photo import square
from train.methods.losses import IGNORE
from train.params import AugmentParams, TrainParams

EVALUATION_BATCH = 64

CACHE_VERSION = 1
"""Part of a cache file's name; raise it when `train.data.photo` changes."""


@dataclass(frozen=True)
class Images:
    """A set of images of one domain.

    Attributes: `pixels` uint8 (N, S, S, 3), memory-mapped; `labels` int64 (N,), or empty if there are none;
    `digest`: hex hash of pixels and labels.
    """

    pixels: np.ndarray
    labels: np.ndarray
    digest: str

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


def load_images(
    manifest: Path | str, split: str, classes: Sequence[str] | None, size: int, cache: Path | str
) -> Images:
    """Return the images of one split of a manifest; decode them only if `cache` does not hold them yet.

    With `classes`, rows of other classes are left out and labels are positions in `classes`.

    Raises click.ClickException if the manifest is missing or not a manifest, or if an image cannot be read.
    """
    manifest = Path(manifest)
    rows = [row for row in _rows(manifest) if row["split"] == split]
    if classes is not None:
        rows = [row for row in rows if row["label"] in classes]
    labels = [classes.index(row["label"]) for row in rows] if classes is not None else []
    content = "\n".join([f"{CACHE_VERSION} {size}", *(row["sha256"] for row in rows)])
    key = hashlib.sha256(content.encode()).hexdigest()[:16]
    path = Path(cache) / f"{key}.npy"
    if not path.exists():
        _decode([manifest.parent / row["path"] for row in rows], size, path)
    pixels = np.load(path, mmap_mode="r")
    digest = hashlib.sha256(f"{key} {labels}".encode()).hexdigest()
    return Images(pixels, np.array(labels, dtype=np.int64), digest)


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
    renders = load_images(synthetic, "train", classes, params.size, cache)
    require_every_class(renders, classes, synthetic)
    unlabelled = load_images(target, "unlabelled", None, params.size, cache)
    if not len(unlabelled):
        raise click.ClickException(f"{target}: no unlabelled photos to adapt to; see target in params.yaml")
    photos = load_images(target, "unlabelled", None, params.photo_size, cache)
    return Domains(renders, load_images(synthetic, "val", classes, params.size, cache), unlabelled, photos)


def require_every_class(images: Images, classes: Sequence[str], manifest: Path | str) -> None:
    """Raise click.ClickException that names the classes without an image."""
    present = {classes[label] for label in np.unique(images.labels)}
    if missing := [name for name in classes if name not in present]:
        raise click.ClickException(
            f"{manifest}: no training image of {', '.join(missing)}; render them (python -m sdg.render "
            f"--class {missing[0]}) and make the manifest again, or remove them from `classes` in params.yaml"
        )


def balanced_order(labels: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return `count` indices into `labels`, int64, the classes in equal numbers wherever one cuts a batch.

    It goes round the classes, each time in a new order, and through all of a class, in random order, before
    one of its images comes again.

    >>> order = balanced_order(np.array([0, 0, 0, 1]), 6, np.random.default_rng(0))
    >>> np.bincount(np.array([0, 0, 0, 1])[order]).tolist()
    [3, 3]
    """
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    rounds = -(-count // len(groups))
    columns = [
        np.concatenate([rng.permutation(group) for _ in range(-(-rounds // len(group)))])[:rounds]
        for group in groups
    ]
    return rng.permuted(np.stack(columns, axis=1), axis=1).reshape(-1)[:count]


def labelled_order(labels: np.ndarray, count: int, balance: float, rng: np.random.Generator) -> np.ndarray:
    """Draw `count` indices into `labels`, int64, with replacement, none of a label that is IGNORE.

    A class of n images is drawn in proportion to n^(1 - balance): 0 leaves the classes as frequent as they
    are, 1 makes them equally frequent.
    """
    sure = np.flatnonzero(labels != IGNORE)
    weights = np.bincount(labels[sure])[labels[sure]] ** -balance
    return rng.choice(sure, count, p=weights / weights.sum())


def stream_order(size: int, start: int, count: int, seed: int) -> np.ndarray:
    """Return positions [start, start + count) of an endless stream of indices below `size`.

    Every index comes once before any comes again, each time round in a new order.
    """
    rounds = range(start // size, -(-(start + count) // size))
    stream = np.concatenate([rng_for(seed, "target", r).permutation(size) for r in rounds])
    return stream[start - rounds[0] * size :][:count]


def to_network(pixels: np.ndarray, device: torch.device | str = "cpu") -> Tensor:
    """uint8 (N, S, S, 3) -> float32 (N, 3, S, S) in [-1, 1], channels_last."""
    return torch.from_numpy(np.array(pixels)).to(device).permute(0, 3, 1, 2) / 127.5 - 1


def in_batches(pixels: np.ndarray, device: torch.device | str = "cpu") -> Iterator[Tensor]:
    """Yield uint8 (N, S, S, 3) in order as batches for a network; see `to_network`."""
    for start in range(0, len(pixels), EVALUATION_BATCH):
        yield to_network(pixels[start : start + EVALUATION_BATCH], device)


@dataclass(frozen=True)
class Sampler:
    """Draws the mini-batches of an epoch.

    An epoch is one pass over the synthetic images, classes in equal numbers. Target images go on from epoch
    to epoch where the last one stopped. Batch `step` of epoch `epoch` depends on `seed` and these two alone.
    """

    synthetic: Images
    target: Images
    batch_size: int
    seed: int
    augment: AugmentParams = field(default_factory=AugmentParams)
    """What synthetic images get beyond what both domains get."""
    balance: float = 0.0
    """How even the classes of labelled photos come; see `labelled_order`."""

    @property
    def steps(self) -> int:
        """Steps of an epoch."""
        return -(-len(self.synthetic) // self.batch_size)

    def batches(
        self,
        epoch: int,
        first: int = 0,
        rank: int = 0,
        world: int = 1,
        device: torch.device | str = "cpu",
        photo_labels: Tensor | None = None,
    ) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor | None]]:
        """Yield (x, labels, y, y_labels) for the steps from `first` on; see train.methods.base.Batch.

        Process `rank` of `world` gets every `world`-th image, augmented as a single process would. With
        `photo_labels` int64 (len(target),), y is drawn by `labelled_order` and augmented as x is.
        """
        count = self.steps * self.batch_size
        order_x = balanced_order(self.synthetic.labels, count, rng_for(self.seed, "synthetic", epoch))
        if photo_labels is None:
            order_y = stream_order(len(self.target), epoch * count, count, self.seed)
        else:
            rng = rng_for(self.seed, "photos", epoch)
            order_y = labelled_order(photo_labels.numpy(), count, self.balance, rng)
        mine = slice(rank, None, world)
        crop_y = SMALLEST_CROP if photo_labels is None else self.augment.crop
        smallest = np.repeat([self.augment.crop, crop_y], self.batch_size)
        for step in range(first, self.steps):
            now = slice(step * self.batch_size, (step + 1) * self.batch_size)
            maps_x, maps_y = draw_maps(smallest, rng_for(self.seed, "augment", epoch, step)).chunk(2)
            rng = rng_for(self.seed, "appearance", epoch, step)
            looks = draw_appearance(self.batch_size, self.augment, rng)
            ix, iy = order_x[now][mine], order_y[now][mine]
            x = transform(to_network(self.synthetic.pixels[ix], device), maps_x[mine])
            y = transform(to_network(self.target.pixels[iy], device), maps_y[mine])
            if photo_labels is not None:
                y = change_appearance(y, draw_appearance(self.batch_size, self.augment, rng)[mine])
            yield (
                change_appearance(x, looks[mine]),
                torch.from_numpy(self.synthetic.labels[ix]).to(device),
                y,
                None if photo_labels is None else photo_labels[iy].to(device),
            )


def _rows(manifest: Path) -> list[dict]:
    try:
        table = pq.read_table(manifest, columns=["path", "sha256", "label", "split"])
    except FileNotFoundError:
        raise click.ClickException(
            f"{manifest}: no such file; the pipeline makes it: `dvc repro train` runs all that is missing"
        ) from None
    except Exception as error:  # pyarrow raises several unrelated types for files that are no Parquet
        reason = str(error).strip().splitlines()[0][:120]
        raise click.ClickException(f"{manifest}: not a manifest ({reason}); make it again") from None
    return table.to_pylist()


def _decode(paths: Sequence[Path], size: int, destination: Path) -> None:
    """Write the images as one .npy file. A full disk is an error here, not a crash later."""
    with (
        atomic_path(destination) as temporary,
        temporary.open("wb") as file,
        ThreadPoolExecutor(cores()) as pool,
        progress("img") as bar,
    ):
        header = {"descr": "|u1", "fortran_order": False, "shape": (len(paths), size, size, 3)}
        np.lib.format.write_array_header_1_0(file, header)
        for pixels in bar.track(pool.map(lambda p: _read(p, size), paths), len(paths), description="decode"):
            file.write(pixels.tobytes())


def _read(path: Path, size: int) -> np.ndarray:
    return square(open_prepared(path), size)
