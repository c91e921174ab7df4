"""Labels for target images, from the classifier itself (paper, section 3)."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from train.data.batch import IGNORE
from train.prior import log_ratio, logits_of, predicted_prior

MEMORY = 0.99
"""How much of the running mean of the predictions a step keeps."""


def label_photos(
    classifier: nn.Module, batches: Iterable[Tensor], prior_strength: float, threshold: float
) -> Tensor:
    """Return int64 (N,): the class of each of N images, IGNORE where its probability is below `threshold`.

    The classifier is moved toward the class frequencies that it sees in these images first, with
    `prior_strength` as in `train.prior`: else it would name rare patterns as often as plain ones.
    """
    logits = logits_of(classifier, batches)
    shifted = logits + prior_strength * log_ratio(predicted_prior(logits))
    confidence, labels = shifted.softmax(dim=1).max(dim=1)
    return labels.masked_fill(confidence < threshold, IGNORE)


class PseudoLabels(nn.Module):
    """The most probable class of each image, or IGNORE where the classifier is not sure enough.

    With `balance` b > 0 the probabilities are first divided by (their own running mean over target images)^b
    and scaled to sum to 1: a class that the classifier names too often must be surer. With b = 1 that is
    ReMixMatch's distribution alignment (Berthelot et al. 2020, section 3.1) to equally frequent classes.

    Args: threshold: least probability of a label, after balancing.
    """

    mean: Tensor

    def __init__(self, classes: int, threshold: float, balance: float) -> None:
        super().__init__()
        self.threshold, self.balance = threshold, balance
        self.register_buffer("mean", torch.full((classes,), 1 / classes))

    @torch.no_grad()
    def forward(self, classifier: nn.Module, images: Tensor) -> Tensor:
        """Return int64 (N,) for images (N, 3, H, W), without gradient.

        The classifier looks in evaluation mode, as it will later at the shop's photos, and comes back in the
        mode it was in.
        """
        training = classifier.training
        classifier.eval()
        probabilities = classifier(images).float().softmax(dim=1)
        classifier.train(training)
        self.mean.lerp_(probabilities.mean(dim=0), 1 - MEMORY)
        balanced = probabilities / self.mean**self.balance
        confidence, labels = (balanced / balanced.sum(dim=1, keepdim=True)).max(dim=1)
        return labels.masked_fill(confidence < self.threshold, IGNORE)
