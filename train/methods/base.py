"""What a training method is: networks, optimisers, and one step. `train.loop.loop` does the rest."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn
from torch.optim import SGD, Adam, Optimizer

from train.data.batch import Batch
from train.methods.losses import classification
from train.networks.classifier import Classifier
from train.networks.generator import Generator
from train.params import TrainParams

GAN_BETAS = (0.5, 0.999)
"""Adam's betas for adversarial networks, as in CUT."""


SOME = 2048
"""At most so many images stand for all of a domain."""


@dataclass(frozen=True)
class Update:
    """A loss (a scalar with gradient) and the optimisers that take a step down it."""

    loss: Tensor
    optimizers: tuple[str, ...]
    metrics: dict[str, Tensor] = field(default_factory=dict)
    """Scalars to log, by name."""


@dataclass(frozen=True)
class Epoch:
    """What a method can look at before an epoch."""

    ended: int
    """Epochs that have ended."""
    classifier: nn.Module
    """The one that would be saved if training ended now; not to be changed."""
    photos: Callable[[], Iterable[Tensor]]
    """Makes a pass over all target images, in order, not augmented: float32 (N, 3, S, S) in [-1, 1]."""
    some_photos: Callable[[], Iterable[Tensor]]
    """Makes a pass over at most SOME of them, evenly spread."""
    some_renders: Callable[[], Iterable[Tensor]]
    """As many synthetic images, in the same way."""
    classes: Sequence[str]
    say: Callable[[str], None]
    """Prints a line above the progress bar."""


class Method(nn.Module, ABC):
    """A way to train the classifier. A subclass defines its networks, `self.optimizers` and `step`.

    Every network is an attribute, so that `state_dict()` holds all that a checkpoint needs.
    """

    optimizers: dict[str, Optimizer]
    preparation: int = 0
    """Epochs before the first one that trains the classifier; the run is longer by them."""
    photo_labels: Tensor | None = None
    """int64 (target images,) on the CPU, IGNORE for those to leave out. Once they are there, target images
    are drawn by them, as evenly as `photo_balance` says, and a batch has `y_labels`."""
    paired: bool = False
    """Whether batches shall have `pairs`, to learn a translation from."""
    translating: tuple[float, float] = (0.0, 1.0)
    """Shares of a run between which the generator learns."""
    classifier_weight: float = 1.0
    """Of the cross-entropy of the synthetic images in the loss that trains the classifier."""
    replayable: bool = False
    """Whether `step` does the same with every batch of an epoch: it draws nothing, reads no value of a tensor
    and uses neither `step` nor `progress`. A GPU can then replay it without Python."""
    generator: Generator | None
    """Translates synthetic images; None if the method has no such network."""

    def __init__(self, params: TrainParams, classes: int) -> None:
        super().__init__()
        self.params = params
        self.generator = None
        self.classifier = Classifier(params.backbone, classes, params.pretrained, params.bottleneck)
        self.classifier.freeze(params.frozen_stages)

    @abstractmethod
    def step(self, batch: Batch) -> Iterator[Update]:
        """Yield one or several losses; the loop steps the optimisers of each before it asks for the next."""

    def with_labelled(self, update: Update, batch: Batch) -> Update:
        """Add the batch's labelled photos, if any, to an update that trains the classifier.

        Each weighs as much as a synthetic image. They pass the network on their own, as photos do later.
        """
        if batch.labelled is None or "classifier" not in update.optimizers:
            return update
        images, labels = batch.labelled
        loss = classification(self.classifier(images), labels)
        weight = self.classifier_weight * len(images) / len(batch.x)
        return Update(update.loss + weight * loss, update.optimizers, update.metrics | {"labelled": loss})

    def draw(self, batch: Batch) -> Batch:
        """Return the batch with what `step` would else have to draw from `batch.rng`."""
        return batch

    def before_epoch(self, epoch: Epoch) -> None:
        """Do what comes once before an epoch, e.g. set `photo_labels`.

        A run that goes on in the middle of an epoch does not call it again.
        """

    def get_extra_state(self) -> Tensor | None:
        return self.photo_labels

    def set_extra_state(self, state: Tensor | None) -> None:
        self.photo_labels = state

    def classifier_optimizer(self) -> Optimizer:
        """Return the optimiser of the classifier, the same for every method."""
        rate = self.params.lr
        backbone = list(self.classifier.backbone.parameters())
        new = [p for name, p in self.classifier.named_parameters() if not name.startswith("backbone.")]
        return self.optimizer(
            [{"params": backbone, "lr": self.params.optimizer.backbone * rate}, {"params": new, "lr": rate}]
        )

    def optimizer(self, groups: list[dict[str, Any]]) -> Optimizer:
        """Return an optimiser as `train.optimizer` says; a group has `params` and `lr`."""
        own = self.params.optimizer
        if own.kind == "adam":
            return Adam(groups, weight_decay=own.weight_decay)
        nesterov = own.nesterov and own.momentum > 0
        return SGD(groups, momentum=own.momentum, nesterov=nesterov, weight_decay=own.weight_decay)
