"""What the methods that align features have in common: one step, in which only the extra terms differ."""

from abc import abstractmethod
from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from train.data.batch import Batch
from train.methods.base import Method, Update
from train.methods.losses import classification
from train.networks.gradient_reversal import warm_up
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

    def add_adversary(self, network: nn.Module) -> None:
        """Let `network` learn with the classifier, at a rate of its own."""
        adversary = {"params": list(network.parameters()), "lr": self.params.adversary.lr}
        self.optimizers["adversary"] = self.optimizer([adversary])

    def reversal(self, batch: Batch) -> float:
        """Return the strength of the reversed gradient in this step, from 0 to almost 1."""
        steps = self.params.adversary.warm_up
        return warm_up(batch.step / steps if steps else batch.progress)

    @abstractmethod
    def terms(self, features: Tensor, logits: Tensor, batch: Batch) -> Terms:
        """Return what to add to the cross-entropy.

        Args: features (2N, F) and logits (2N, K): N synthetic images, then N target images.
        """

    def features(self, images: Tensor) -> Tensor:
        """Return the features (N, F) of images that `Classifier.classify` takes."""
        return self.classifier.features(images)

    def step(self, batch: Batch) -> Iterator[Update]:
        loss, metrics = self.loss(batch, self.terms)
        yield Update(loss, tuple(self.optimizers), metrics)

    def loss(
        self, batch: Batch, terms_of: Callable[[Tensor, Tensor, Batch], Terms]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Return cross-entropy plus terms as one scalar, and what it is made of."""
        features = self.features(torch.cat([batch.x, batch.y]))
        logits = self.classifier.classify(features)
        classifier = classification(logits[: len(batch.x)], batch.labels)
        terms = terms_of(features, logits, batch)
        loss = classifier + sum(weight * value for weight, value in terms.values())
        return loss, {"classifier": classifier} | {name: value for name, (_, value) in terms.items()}
