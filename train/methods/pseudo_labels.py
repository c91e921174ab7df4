"""Labels for target images, from the classifier itself (paper, section 3)."""

import click
import torch
from torch import Tensor, nn

from train.data.batch import IGNORE
from train.methods.base import Epoch
from train.networks.evaluating import evaluating
from train.params import TrainParams
from train.prior import estimated_prior, log_ratio, logits_of


def label_photos(
    logits: Tensor, prior: Tensor, prior_strength: float, threshold: float, keep: float
) -> Tensor:
    """Return int64 (N,): the class of each of N images, or IGNORE, from float (N, K) logits.

    The classifier is moved from even classes toward `prior` (K,) first, with `prior_strength` as in
    `train.prior`: else it would name rare patterns as often as plain ones. Of each class the share `keep` is
    labelled, those that the classifier is surest of, but no more than that share of N `prior`, and at least
    one. So rare classes keep their photos, however modest their probabilities, and a class that the
    classifier has learned to name too often does not grow (class-balanced self-training, Zou et al. 2018).
    What has a probability below `threshold` is ignored in any case.

    >>> logits = torch.tensor([[4.0, 0.0], [3.0, 0.0], [0.0, 1.0]])
    >>> label_photos(logits, torch.tensor([0.5, 0.5]), prior_strength=0, threshold=0, keep=0.5).tolist()
    [0, -100, 1]
    """
    shifted = logits + prior_strength * log_ratio(prior)
    confidence, labels = shifted.softmax(dim=1).max(dim=1)
    kept = confidence >= threshold
    for name in labels.unique():
        own = (labels == name).nonzero()[:, 0]
        most = round(keep * min(len(own), float(prior[name]) * len(logits)))
        kept[own[confidence[own].argsort(descending=True, stable=True)][max(1, most) :]] = False
    return labels.masked_fill(~kept, IGNORE)


class Labeller(nn.Module):
    """Labels all photos before an epoch, with the classifier that would be saved if training ended there.

    The classes' frequencies are estimated as long as the labels train no classifier, and then held: a class
    that the classifier has learned to name too often shall not grow.
    """

    prior: Tensor
    held: Tensor

    def __init__(self, params: TrainParams, classes: int) -> None:
        super().__init__()
        self.params = params
        self.register_buffer("prior", torch.zeros(classes))
        self.register_buffer("held", torch.tensor(False))

    def forward(self, epoch: Epoch, hold: bool) -> Tensor | None:
        """Return int64 (N,) on the CPU, and say how many photos got which label; None if none did.

        Args: hold: the labels are to teach: keep the frequencies from now on.
        Raises click.ClickException if the labels are to teach and the classifier is sure enough of none.
        """
        params, logits = self.params, logits_of(epoch.classifier, epoch.photos())
        if not self.held:
            self.prior.copy_(estimated_prior(logits))
            self.held.fill_(hold)
        labels = label_photos(
            logits,
            self.prior.cpu(),
            params.pseudo_label_prior,
            params.pseudo_label_threshold,
            params.pseudo_label_keep,
        )
        counts = labels[labels != IGNORE].bincount(minlength=len(epoch.classes)).tolist()
        if not any(counts):
            if not hold:
                return None
            raise click.ClickException(
                "params.yaml: train.pseudo_label_threshold: the classifier is that sure of no photo; lower it"
            )
        named = ", ".join(f"{name} {n}" for name, n in zip(epoch.classes, counts, strict=True))
        epoch.say(f"labelled {sum(counts)} of {len(labels)} photos: {named}")
        return labels


def label_batch(classifier: nn.Module, images: Tensor, threshold: float) -> Tensor:
    """Return int64 (N,) for images (N, 3, H, W): the most probable class, or IGNORE below `threshold`.

    The classifier looks in evaluation mode, as it will later at the shop's photos.
    """
    with evaluating(classifier):
        confidence, labels = classifier(images).float().softmax(dim=1).max(dim=1)
    return labels.masked_fill(confidence < threshold, IGNORE)
