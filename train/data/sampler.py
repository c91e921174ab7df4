"""Mini-batches of both domains, drawn and augmented as a pure function of (seed, epoch, step)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from assets.common.rng import rng_for
from train.data.augmentation import SMALLEST_CROP, change_appearance, draw_appearance, draw_maps, transform
from train.data.batch import IGNORE, Batch, to_network, upload
from train.data.domains import Images
from train.params import TrainParams


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


@dataclass(frozen=True)
class Sampler:
    """Draws the mini-batches of a run of `epochs` epochs.

    An epoch is one pass over the synthetic images, classes in equal numbers. Target images go on from epoch
    to epoch where the last one stopped. A batch depends on `seed`, its epoch and its step alone.
    """

    synthetic: Images
    target: Images
    params: TrainParams
    seed: int
    epochs: int

    @property
    def steps(self) -> int:
        """Steps of an epoch."""
        return -(-len(self.synthetic) // self.params.batch_size)

    def batches(
        self,
        epoch: int,
        first: int = 0,
        rank: int = 0,
        world: int = 1,
        device: torch.device | str = "cpu",
        photo_labels: Tensor | None = None,
    ) -> Iterator[Batch]:
        """Yield the batches of the steps from `first` on.

        Process `rank` of `world` gets every `world`-th image, augmented as a single process would. With
        `photo_labels` int64 (len(target),), y is drawn by `labelled_order` and augmented as x is.
        """
        size, augment = self.params.batch_size, self.params.augment
        order_x = balanced_order(
            self.synthetic.labels, self.steps * size, rng_for(self.seed, "synthetic", epoch)
        )
        order_y = self._target_order(epoch, photo_labels)
        crop_y = SMALLEST_CROP if photo_labels is None else augment.crop
        smallest = np.repeat([augment.crop, crop_y], size)
        mine = slice(rank, None, world)
        where = device if augment.jpeg is None else "cpu"  # a JPEG is the host's to write and read
        for step in range(first, self.steps):
            now = slice(step * size, (step + 1) * size)
            maps_x, maps_y = draw_maps(smallest, rng_for(self.seed, "augment", epoch, step)).chunk(2)
            rng = rng_for(self.seed, "appearance", epoch, step)
            looks = draw_appearance(size, augment, rng)
            ix, iy = order_x[now][mine], order_y[now][mine]
            x = transform(to_network(self.synthetic.pixels[ix], where), maps_x[mine])
            y = transform(to_network(self.target.pixels[iy], where), maps_y[mine])
            if photo_labels is not None:
                y = change_appearance(y, draw_appearance(size, augment, rng)[mine])
            ended = epoch * self.steps + step
            yield Batch(
                upload(change_appearance(x, looks[mine]), device),
                upload(torch.from_numpy(self.synthetic.labels[ix]), device),
                upload(y, device),
                epoch,
                ended,
                ended / (self.epochs * self.steps),
                rng_for(self.seed, "step", epoch, step),
                None if photo_labels is None else upload(photo_labels[iy], device),
            )

    def _target_order(self, epoch: int, photo_labels: Tensor | None) -> np.ndarray:
        count = self.steps * self.params.batch_size
        if photo_labels is None:
            return stream_order(len(self.target), epoch * count, count, self.seed)
        rng = rng_for(self.seed, "photos", epoch)
        return labelled_order(photo_labels.numpy(), count, self.params.photo_balance, rng)
