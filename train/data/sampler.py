"""Mini-batches of both domains, drawn and augmented as a pure function of (seed, epoch, step)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from assets.common.rng import rng_for
from train.data.augmentation import (
    SMALLEST_CROP,
    Augmentation,
    change_appearance,
    draw_appearance,
    draw_augmentation,
    draw_maps,
    shift_and_flip,
    transform,
)
from train.data.backdrops import paste
from train.data.batch import IGNORE, Batch, Pairs, to_network, upload
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


SHIFT = 1 / 16
"""How far a picture for the translation is moved at most, as a share of its side."""


def ordered_as(labels: np.ndarray, others: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw `count` indices into `labels`, int64, with replacement, as often of a class as `others` have it.

    Others that are IGNORE, or of a class without an image, do not count; if none does, all are drawn alike.

    >>> order = ordered_as(np.array([0, 1, 1]), np.array([0, 0, 0, IGNORE]), 4, np.random.default_rng(0))
    >>> order.tolist()
    [0, 0, 0, 0]
    """
    own = np.bincount(labels)
    wanted = np.bincount(others[others != IGNORE], minlength=len(own))[: len(own)]
    weights = (wanted / own.clip(min=1))[labels]
    if not weights.any():
        weights = np.ones(len(labels))
    return rng.choice(len(labels), count, p=weights / weights.sum())


def labelled_order(
    labels: np.ndarray, count: int, balance: float, repeats: float, rng: np.random.Generator
) -> np.ndarray:
    """Draw `count` indices into `labels`, int64, with replacement, as often as `labelled_shares` says."""
    return rng.choice(len(labels), count, p=labelled_shares(labels, balance, repeats))


def labelled_shares(labels: np.ndarray, balance: float, repeats: float) -> np.ndarray:
    """Return how often each of N images is drawn, float64 (N,), summing to 1; 0 where the label is IGNORE.

    A class of n images is drawn in proportion to n^(1 - balance): 0 leaves the classes as frequent as they
    are, 1 makes them equally frequent. No image is drawn more than `repeats` (at least 1) times as often as
    a labelled one on average; what that takes from rare classes the others get, in the same proportions.

    >>> labelled_shares(np.array([0, 0, 0, 1, IGNORE]), balance=1.0, repeats=1.6).round(2).tolist()
    [0.2, 0.2, 0.2, 0.4, 0.0]
    """
    sure = np.flatnonzero(labels != IGNORE)
    weights = np.bincount(labels[sure])[labels[sure]] ** -balance
    most = repeats / len(sure)
    capped = np.zeros(len(sure), bool)
    while True:
        own = np.where(capped, 0.0, weights)
        own *= (1 - most * capped.sum()) / max(own.sum(), np.finfo(float).tiny)
        own[capped] = most
        if not (over := own > most * (1 + 1e-9)).any():
            break
        capped |= over
    shares = np.zeros(len(labels))
    shares[sure] = own / own.sum()
    return shares


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

    An epoch is one pass over the synthetic images, classes in equal numbers, or its part of `updates`. Target
    images go on from epoch to epoch where the last one stopped. A batch depends on `seed`, its epoch and its
    step alone.
    """

    synthetic: Images
    target: Images
    params: TrainParams
    seed: int
    epochs: int
    labelled: Images | None = None
    paired: bool = False
    """Whether batches have `pairs`, from the end of the warm-up on."""

    @property
    def steps(self) -> int:
        """Steps of an epoch."""
        if self.params.updates:
            return max(1, round(self.params.updates / self.params.epochs))
        return -(-len(self.synthetic) // self.params.batch_size)

    def labelled_count(self, world: int) -> int:
        """Return how many labelled photos make up `labelled_share` beside a step's synthetic images.

        Equally many for each of `world` processes, two at least: batch norm needs them.
        """
        share, own = self.params.labelled_share, self.params.batch_size // world
        return world * max(2, round(own * share / (1 - share)))

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
        `photo_labels` int64 (len(target),), y is drawn by `labelled_order` and augmented as x is; they only
        align the pairs if a method that translates labels the photos of a step itself.
        """
        size, augment = self.params.batch_size, self.params.augment
        translates = self.paired and epoch >= self.params.warm_up
        order_x = balanced_order(
            self.synthetic.labels, self.steps * size, rng_for(self.seed, "synthetic", epoch)
        )
        aligned = self.params.aligned > 0 and photo_labels is not None
        order_pairs = (
            self._paired_order(epoch, order_x, photo_labels if aligned else None) if translates else None
        )
        if self.paired and self.params.pseudo_labels == "step":  # then they only align
            photo_labels = None
        order_y = self._target_order(epoch, photo_labels)
        crop_y = SMALLEST_CROP if photo_labels is None else augment.crop
        smallest = np.repeat([augment.crop, crop_y], size)
        labelled = self._labelled_batches(epoch, first, rank, world, device)
        mine = slice(rank, None, world)
        where = self._changed_on(device)
        for step in range(first, self.steps):
            now = slice(step * size, (step + 1) * size)
            maps_x, maps_y = draw_maps(smallest, rng_for(self.seed, "augment", epoch, step)).chunk(2)
            rng = rng_for(self.seed, "appearance", epoch, step)
            change = Augmentation(maps_x, draw_appearance(size, augment, rng))[mine]
            ix, iy = order_x[now][mine], order_y[now][mine]
            x = to_network(self.synthetic.pixels[ix], where)
            if augment.swap_backdrop:
                x = self._swapped(x, ix, rng_for(self.seed, "backdrops", epoch, step), mine)
            x = change(x)
            y = transform(to_network(self.target.pixels[iy], where), maps_y[mine])
            if photo_labels is not None:
                y = change_appearance(y, draw_appearance(size, augment, rng)[mine])
            pairs = None
            if order_pairs is not None:
                rng = rng_for(self.seed, "pairs", epoch, step)
                sources, photos = (order[step][mine] for order in order_pairs)
                pairs = self._pairs(ix, sources, photos, aligned, rng, mine, device)
            ended = epoch * self.steps + step
            yield Batch(
                upload(x, device),
                upload(torch.from_numpy(self.synthetic.labels[ix]), device),
                upload(y, device),
                epoch,
                ended,
                ended / (self.epochs * self.steps),
                rng_for(self.seed, "step", epoch, step),
                None if photo_labels is None else upload(photo_labels[iy], device),
                pairs,
                next(labelled, None),
            )

    def _changed_on(self, device: torch.device | str) -> torch.device | str:
        """Return where images are changed: a JPEG is the host's to write and read."""
        return device if self.params.augment.jpeg is None else "cpu"

    def _swapped(self, x: Tensor, renders: np.ndarray, rng: np.random.Generator, mine: slice) -> Tensor:
        """Return `renders` x (N, 3, S, S), a share `swap_backdrop` of them before a backdrop of another.

        The others are drawn from all renders alike. What is drawn is drawn for all processes.
        """
        layers, size = self.synthetic.layers, self.params.batch_size
        assert layers is not None
        swapped = rng.random(size) < self.params.augment.swap_backdrop
        others = (renders + rng.integers(1, len(layers), size)[mine]) % len(layers)
        chosen = np.flatnonzero(swapped[mine])
        own, new = (
            upload(torch.from_numpy(np.array(part)), x.device)
            for part in (layers[renders[chosen]], layers[others[chosen], ..., :3])
        )
        where = upload(torch.from_numpy(chosen), x.device)
        return x.index_copy(0, where, paste(x[where], own, new))

    def _labelled_batches(
        self, epoch: int, first: int, rank: int, world: int, device: torch.device | str
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield the labelled photos of each step, if there are any, classes evened out, augmented as x is."""
        if self.labelled is None:
            return
        size, augment, mine = self.labelled_count(world), self.params.augment, slice(rank, None, world)
        where = self._changed_on(device)
        order = balanced_order(self.labelled.labels, self.steps * size, rng_for(self.seed, "labelled", epoch))
        for step in range(first, self.steps):
            change = draw_augmentation(size, augment, rng_for(self.seed, "labelled step", epoch, step))[mine]
            chosen = order[step * size : (step + 1) * size][mine]
            images = change(to_network(self.labelled.pixels[chosen], where))
            labels = torch.from_numpy(self.labelled.labels[chosen])
            yield upload(images, device), upload(labels, device)

    def _paired_order(
        self, epoch: int, order_x: np.ndarray, photo_labels: Tensor | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the renders and the photos of an epoch's pairs, int64 (steps, pairs) each.

        Renders are the first of each step in `order_x`; a share `aligned` of them is drawn anew, as often of
        each class as photos have its label.
        """
        shape = (self.steps, self.params.pairs)
        count = self.steps * self.params.pairs
        photos = stream_order(len(self.target), epoch * count, count, self.seed).reshape(shape)
        renders = order_x.reshape(self.steps, -1)[:, : self.params.pairs]
        if photo_labels is None:
            return renders, photos
        rng = rng_for(self.seed, "aligned", epoch)
        like_photos = ordered_as(self.synthetic.labels, photo_labels.numpy(), count, rng).reshape(shape)
        return np.where(rng.random(shape) < self.params.aligned, like_photos, renders), photos

    def _pairs(
        self,
        renders: np.ndarray,
        source: np.ndarray,
        photos: np.ndarray,
        aligned: bool,
        rng: np.random.Generator,
        mine: slice,
        device: torch.device | str,
    ) -> Pairs:
        """Return the pairs of these images; what is drawn is drawn for all processes, and `mine` is used.

        Args: source: the renders that are paired with `photos`, indices as `renders` are.
        """
        size = self.params.batch_size
        reach = int(self.params.size * SHIFT)
        shifts = rng.integers(-reach, reach + 1, (2, size, 2))
        flipped = rng.random((2, size)) < 0.5
        maps = draw_maps(np.full(size, self.params.augment.crop), rng)[mine]
        x = to_network(self.synthetic.pixels[renders], device)
        y = to_network(self.target.pixels[photos], device)
        count = len(y)
        x = shift_and_flip(x, shifts[0][mine], flipped[0][mine])
        paired = x[:count]
        if aligned:
            paired = to_network(self.synthetic.pixels[source], device)
            paired = shift_and_flip(paired, shifts[0][mine][:count], flipped[0][mine][:count])
        return Pairs(
            x,
            upload(torch.from_numpy(self.synthetic.labels[renders]), device),
            shift_and_flip(y, shifts[1][mine][:count], flipped[1][mine][:count]),
            upload(maps, device),
            paired,
            aligned,
        )

    def _target_order(self, epoch: int, photo_labels: Tensor | None) -> np.ndarray:
        count = self.steps * self.params.batch_size
        if photo_labels is None:
            return stream_order(len(self.target), epoch * count, count, self.seed)
        rng = rng_for(self.seed, "photos", epoch)
        params = self.params
        return labelled_order(photo_labels.numpy(), count, params.photo_balance, params.photo_repeats, rng)
