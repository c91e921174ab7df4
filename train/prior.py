"""Label shift: renders come in equal numbers, a shop's garments are mostly plain."""

from collections.abc import Iterable

import torch
from torch import Tensor

from train.classifier import Classifier


@torch.no_grad()
def predicted_prior(classifier: Classifier, batches: Iterable[Tensor]) -> Tensor:
    """Return float32 (K,), the mean of the classifier's probabilities over images (N, 3, H, W) in [-1, 1].

    It lies between the even prior of the renders and the target's, since a classifier that is unsure spreads
    its probability. Iterating it (EM: Saerens et al. 2002) trusts the probabilities of photos more than they
    deserve and ends with one class.
    """
    classifier.eval()
    probabilities = [classifier(batch).float().softmax(dim=1) for batch in batches]
    return torch.cat(probabilities).mean(dim=0)


@torch.no_grad()
def shift_prior(classifier: Classifier, prior: Tensor, strength: float) -> None:
    """Move the classifier from even classes toward `prior` (K,): Bayes' rule with other class frequencies.

    Adds strength * log(K * prior) to the logits; 0 leaves them, 1 is the whole way.
    """
    classifier.head.bias.add_(strength * log_ratio(prior))


def log_ratio(prior: Tensor) -> Tensor:
    """Return log(K * prior) (K,): what Bayes' rule adds to logits of a classifier that knows even classes."""
    return (prior * len(prior)).log()
