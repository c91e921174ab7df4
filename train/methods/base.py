"""What a training method is: networks, optimisers, and one step. `train.loop.loop` does the rest."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

from train.networks.classifier import Classifier
from train.networks.generator import Generator
from train.params import TrainParams

GAN_BETAS = (0.5, 0.999)
"""Adam's betas for adversarial networks, as in CUT."""


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
    progress: float
    """Share of the run's steps that have ended, in [0, 1)."""
    rng: np.random.Generator
    """For whatever the step draws."""
    y_labels: Tensor | None = None
    """int64 (N,): pseudo-labels of y, once a method that `labels_photos` has begun to."""


@dataclass(frozen=True)
class Update:
    """A loss (a scalar with gradient) and the optimisers that take a step down it."""

    loss: Tensor
    optimizers: tuple[str, ...]
    metrics: dict[str, Tensor] = field(default_factory=dict)
    """Scalars to log, by name."""


class Method(nn.Module, ABC):
    """A way to train the classifier. A subclass defines its networks, `self.optimizers` and `step`.

    Every network is an attribute, so that `state_dict()` holds all that a checkpoint needs.
    """

    optimizers: dict[str, Optimizer]
    preparation: int = 0
    """Epochs before the first one that trains the classifier; the run is longer by them."""
    labels_photos: bool = False
    """Whether the loop labels all photos anew before each epoch from `pseudo_label_epoch` on."""
    generator: Generator | None
    """Translates synthetic images; None if the method has no such network."""

    def __init__(self, params: TrainParams, classes: int) -> None:
        super().__init__()
        self.params = params
        self.generator = None
        self.classifier = Classifier(params.backbone, classes, params.pretrained)

    @abstractmethod
    def step(self, batch: Batch) -> Iterator[Update]:
        """Yield one or several losses; the loop steps the optimisers of each before it asks for the next."""

    def classifier_optimizer(self) -> Optimizer:
        """Return Adam for the classifier, the same for every method."""
        return Adam(self.classifier.parameters(), lr=self.params.lr)
