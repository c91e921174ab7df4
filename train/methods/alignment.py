"""What the methods that align features have in common: one step, in which only the extra terms differ."""

from abc import abstractmethod
from collections.abc import Iterator

import torch
from torch import Tensor

from train.data.batch import Batch
from train.methods.base import Method, Update
from train.methods.losses import classification
from train.params import TrainParams

Terms = dict[str, tuple[float, Tensor]]
"""Name -> (weight, scalar)."""


class Alignment(Method):
    """Cross-entropy on synthetic images, plus terms on the features and logits of both domains.

    Both domains pass the network as one batch and so share its batch-norm statistics.
    """

    def __init__(self, params: TrainParams, classes: int) -> None:
        super().__init__(params, classes)
        self.optimizers = {"classifier": self.classifier_optimizer()}

    @abstractmethod
    def terms(self, features: Tensor, logits: Tensor, batch: Batch) -> Terms:
        """Return what to add to the cross-entropy.

        Args: features (2N, F) and logits (2N, K): N synthetic images, then N target images.
        """

    def features(self, images: Tensor) -> Tensor:
        """Return the features (N, F) of images that the linear layer classifies."""
        return self.classifier.features(images)

    def step(self, batch: Batch) -> Iterator[Update]:
        features = self.features(torch.cat([batch.x, batch.y]))
        logits = self.classifier.head(features)
        classifier = classification(logits[: len(batch.x)], batch.labels)
        terms = self.terms(features, logits, batch)
        loss = classifier + sum(weight * value for weight, value in terms.values())
        metrics = {"classifier": classifier} | {name: value for name, (_, value) in terms.items()}
        yield Update(loss, tuple(self.optimizers), metrics)
