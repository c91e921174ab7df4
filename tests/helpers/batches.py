"""Images and mini-batches of noise, with what a method may ask of one."""

import numpy as np
import torch

from train.data.augmentation import in_place
from train.data.batch import Batch, Pairs
from train.data.domains import Images


def random_images(count: int, labels: list[int], size: int = 32) -> Images:
    pixels = np.random.default_rng(0).integers(0, 256, (count, size, size, 3), dtype=np.uint8)
    return Images(pixels, np.array(labels, dtype=np.int64), "")


def make_batch(
    n: int = 4,
    epoch: int = 0,
    progress: float = 0.5,
    pairs: int | None = None,
    classes: int = 3,
    aligned: bool = False,
) -> Batch:
    """A batch of n of each domain at 32 px; its first `pairs` x have a y, or all. No two images are alike.

    If `aligned`, other renders are paired with y.
    """
    draw = torch.Generator().manual_seed(1)
    x, y, paired_x, paired_y = (torch.rand(n, 3, 32, 32, generator=draw) * 2 - 1 for _ in range(4))
    labels = torch.arange(n) % classes
    other_x = torch.rand(n, 3, 32, 32, generator=draw) * 2 - 1
    source = (other_x if aligned else paired_x)[:pairs]
    paired = Pairs(paired_x, labels, paired_y[:pairs], in_place(n), source, aligned)
    return Batch(x, labels, y, epoch, 0, progress, np.random.default_rng(0), pairs=paired)
