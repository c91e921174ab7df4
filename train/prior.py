"""Label shift: estimate how frequent each class is among the photos, and move the classifier toward it."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from train.networks.classifier import Classifier
from train.networks.evaluating import evaluating


def logits_of(classifier: nn.Module, batches: Iterable[Tensor]) -> Tensor:
    """Return float32 (N, K) on the CPU: what the classifier says of images (N, 3, H, W) in [-1, 1]."""
    with evaluating(classifier):
        return torch.cat([classifier(batch).float().cpu() for batch in batches])


def predicted_prior(logits: Tensor) -> Tensor:
    """Return float32 (K,), the mean of the classifier's probabilities over the images of `logits` (N, K).

    It lies between the even prior of the renders and the target's, since a classifier that is unsure spreads
    its probability. Iterating it (EM: Saerens et al. 2002) trusts the probabilities of photos more than they
    deserve and ends with one class.
    """
    return logits.softmax(dim=1).mean(dim=0)


def estimated_prior(logits: Tensor) -> Tensor:
    """Return float32 (K,), nearer to the target's prior than `predicted_prior`: one step of EM from there.

    With its own predictions as the prior the classifier is surer, so that less probability is spread over
    classes that hardly occur.
    """
    return predicted_prior(logits + log_ratio(predicted_prior(logits)))


@torch.no_grad()
def shift_prior(classifier: Classifier, prior: Tensor, strength: float) -> None:
    """Move the classifier from even classes toward `prior` (K,): Bayes' rule with other class frequencies.

    Adds strength * log(K * prior) to the logits; 0 leaves them, 1 is the whole way.
    """
    classifier.head.bias.add_(strength * log_ratio(prior).to(classifier.head.bias.device))


def log_ratio(prior: Tensor) -> Tensor:
    """Return log(K * prior) (K,): what Bayes' rule adds to logits of a classifier that knows even classes.

    A class that is never seen counts as one in a million.
    """
    return (prior.clamp(min=1e-6) * len(prior)).log()
