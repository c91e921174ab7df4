"""Masked image consistency on CDAN (Hoyer et al. 2023, section 3.2).

The classifier must read a target image of which random blocks are hidden as an EMA teacher reads the whole
image: it learns to use what surrounds. Added to an adversarial base, ours CDAN; with `mic.confusion` and
`mic.sharpness` theirs, SDAT (Rangwani et al. 2022): CDAN and MCC, and a classifier that takes sharpness-aware
steps, climbing without the adversary.

    L_mask = mean of q * cross-entropy(C(mask * y), teacher's class of y),  q the teacher's probability of it

or q = 1 without `mic.quality`.
"""

from collections.abc import Iterator

import click
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.optim import SGD, Optimizer

from train.data.batch import Batch
from train.methods import cdan
from train.methods.alignment import Terms
from train.methods.base import Update
from train.methods.mcc import class_confusion
from train.networks.ema import Teacher
from train.networks.sam import SAM
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


def masked_consistency(masked: Tensor, whole: Tensor, weighted: bool = True) -> Tensor:
    """Return the loss above, a scalar, from logits of masked images (N, K) and the teacher's (N, K).

    Without `weighted` q is 1.

    >>> masked_consistency(torch.zeros(1, 2), torch.tensor([[0.0, 1.0986]]))          # 3/4 log 2
    tensor(0.5199)
    """
    quality, labels = whole.float().softmax(dim=1).max(dim=1)
    losses = F.cross_entropy(masked.float(), labels, reduction="none")
    return (quality * losses if weighted else losses).mean()


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

    def classifier_optimizer(self) -> Optimizer:
        plain, rho = super().classifier_optimizer(), self.params.mic.sharpness
        if not rho:
            return plain
        if not isinstance(plain, SGD):
            raise click.ClickException(
                "params.yaml: train.mic.sharpness: only SGD takes such steps; set train.optimizer.kind: sgd"
            )
        return SAM(plain.param_groups, rho)

    def step(self, batch: Batch) -> Iterator[Update]:
        mic = self.params.mic
        self.masked = batch.y * draw_mask(batch.y, mic.grid, mic.ratio, batch.rng)
        optimizer = self.optimizers["classifier"]
        if isinstance(optimizer, SAM):
            optimizer.climbing = True
            yield Update(self.loss(batch, self.own_terms)[0], ("classifier",))
            optimizer.climbing = False
        yield from super().step(batch)
        self.teacher.update(self.classifier, batch.step + 1)

    def terms(self, features: Tensor, logits: Tensor, batch: Batch) -> Terms:
        own = self.own_terms(features, logits, batch)
        return super().terms(features, logits, batch) | own

    def own_terms(self, _features: Tensor, logits: Tensor, batch: Batch) -> Terms:
        """Return all terms but the adversary's."""
        mic = self.params.mic
        masked = masked_consistency(self.classifier(self.masked), self.teacher(batch.y), mic.quality)
        terms = {"masked": (mic.weight, masked)}
        if mic.confusion:
            confusion = class_confusion(logits[len(batch.x) :], self.params.mcc.temperature)
            terms["confusion"] = (mic.confusion, confusion)
        return terms
