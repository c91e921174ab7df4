"""Masked image consistency on CDAN (Hoyer et al. 2023, section 3.2).

The classifier must read a target image of which random blocks are hidden as an EMA teacher reads the whole
image: it learns to use what surrounds. Added to an adversarial base: theirs is SDAT (CDAN and MCC with
sharpness-aware steps), ours CDAN.

    L_mask = mean of q * cross-entropy(C(mask * y), teacher's class of y),  q the teacher's probability of it
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from train.data.batch import Batch
from train.methods import cdan
from train.methods.alignment import Terms
from train.methods.base import Update
from train.networks.ema import Teacher
from train.params import TrainParams


def draw_mask(images: Tensor, grid: int, ratio: float, rng: np.random.Generator) -> Tensor:
    """Draw which blocks of images (N, 3, H, W) stay visible: (N, 1, H, W) of 0 and 1.

    Each of `grid` x `grid` blocks of each image is hidden with probability `ratio`.

    >>> draw_mask(torch.zeros(1, 3, 2, 2), grid=2, ratio=0.5, rng=np.random.default_rng(0))
    tensor([[[[1., 0.],
              [0., 0.]]]])
    """
    visible = rng.random((len(images), 1, grid, grid)) > ratio
    mask = torch.from_numpy(visible.astype(np.float32)).to(images.device)
    return F.interpolate(mask, images.shape[2:], mode="nearest")


def masked_consistency(masked: Tensor, whole: Tensor) -> Tensor:
    """Return the loss above, a scalar, from logits of masked images (N, K) and the teacher's (N, K).

    >>> masked_consistency(torch.zeros(1, 2), torch.tensor([[0.0, 1.0986]]))          # 3/4 log 2
    tensor(0.5199)
    """
    quality, labels = whole.float().softmax(dim=1).max(dim=1)
    return (quality * F.cross_entropy(masked.float(), labels, reduction="none")).mean()


class Method(cdan.Method):
    """CDAN, the masked images in a forward pass of their own, and a teacher that follows after each step.

    Hidden blocks are mid-grey.

    >>> from train.params import TrainParams
    >>> params = TrainParams(method="mic", size=32, backbone="test_resnet", pretrained=False)
    >>> Method(params, classes=7).teacher.decay
    0.9
    """

    def __init__(self, params: TrainParams, classes: int) -> None:
        super().__init__(params, classes)
        self.teacher = Teacher(self.classifier, params.mic.decay)

    def terms(self, features: Tensor, logits: Tensor, batch: Batch) -> Terms:
        mic = self.params.mic
        mask = draw_mask(batch.y, mic.grid, mic.ratio, batch.rng)
        masked = masked_consistency(self.classifier(batch.y * mask), self.teacher(batch.y))
        return super().terms(features, logits, batch) | {"masked": (mic.weight, masked)}

    def step(self, batch: Batch) -> Iterator[Update]:
        yield from super().step(batch)
        self.teacher.update(self.classifier, batch.step + 1)
