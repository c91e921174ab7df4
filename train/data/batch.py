"""What passes from the data to a network: a mini-batch to learn from, or images in order to look at."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

IGNORE = -100
"""The label of an image that must not count in the classifier's loss."""

EVALUATION_BATCH = 64


@dataclass(frozen=True)
class Pairs:
    """What a translation is learned from: images (N, 3, H, W), moved and mirrored, not resampled."""

    x: Tensor
    """Synthetic images, N of them: the classifier may be shown their translations."""
    labels: Tensor
    """int64 (N,): their classes."""
    y: Tensor
    """Target images, M of them, at most N."""
    maps: Tensor
    """float32 (N, 2, 3): how the N translations are cropped and turned before the classifier sees them.

    As strongly as `Batch.x`. Their looks stay: they are the photos', and what a translation is for.
    """
    source: Tensor
    """Synthetic images, M of them: their translations shall be like y."""
    aligned: bool
    """Whether `source` was drawn in the classes' proportions among photos; else it is the first M of x."""


@dataclass(frozen=True)
class Batch:
    """One mini-batch; images are float32 (N, 3, H, W) in [-1, 1], augmented, channels_last."""

    x: Tensor
    """Synthetic images. (CUT's notation; the text under the paper's equation (1) swaps X and Y.)"""
    labels: Tensor
    """int64 (N,): their classes."""
    y: Tensor
    """Target images, unlabelled."""
    epoch: int
    """Epochs that have ended."""
    step: int
    """Steps of the run that have ended."""
    progress: float
    """Share of the run's steps that have ended, in [0, 1)."""
    rng: np.random.Generator
    """For whatever the step draws."""
    y_labels: Tensor | None = None
    """int64 (N,): pseudo-labels of y, once the method has `photo_labels`."""
    pairs: Pairs | None = None
    """For methods that translate; its x are the renders of `x`, in the same order."""
    labelled: tuple[Tensor, Tensor] | None = None
    """Photos (M, 3, H, W) to learn from beside x, and their true classes int64 (M,), if there are any."""
    patches: tuple[Tensor, ...] = ()
    """int64 (P_l,): where PatchNCE looks in the l-th feature map; the method draws it before the step."""


def to_network(pixels: np.ndarray, device: torch.device | str = "cpu") -> Tensor:
    """uint8 (N, S, S, 3) -> float32 (N, 3, S, S) in [-1, 1], channels_last."""
    return upload(torch.from_numpy(np.array(pixels)), device).permute(0, 3, 1, 2) / 127.5 - 1


def upload(tensor: Tensor, device: torch.device | str) -> Tensor:
    """Copy to a device; a GPU does so while the host goes on, which takes memory that stays where it is."""
    if torch.device(device).type == "cuda" and tensor.device.type == "cpu":
        tensor = tensor.pin_memory()
    return tensor.to(device, non_blocking=True)


def at_once(size: int) -> int:
    """Return how many images of `size` pixels are looked at together: fewer of those above 512 pixels."""
    return max(1, min(EVALUATION_BATCH, EVALUATION_BATCH * 512**2 // size**2))


def in_batches(
    pixels: np.ndarray, device: torch.device | str = "cpu", chosen: np.ndarray | None = None
) -> Iterator[Tensor]:
    """Yield uint8 (N, S, S, 3) in order, or those with the indices `chosen`, as batches for a network."""
    count = at_once(pixels.shape[1])
    for start in range(0, len(pixels) if chosen is None else len(chosen), count):
        now = slice(start, start + count)
        yield to_network(pixels[now if chosen is None else chosen[now]], device)
