"""Teach a trained classifier a shop's few labels: its linear layer learns, the rest is looked through once.

Every image is seen in several augmented views whose features are kept. Learning then takes seconds, and how
long to learn is chosen by cross-validation on the labels themselves. Renders are replayed, so that patterns
of which the shop labelled few or none are not forgotten.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import Adam

from train.data.augmentation import change_appearance, draw_appearance, draw_maps, transform
from train.data.batch import in_batches
from train.networks.classifier import Classifier
from train.params import AugmentParams

VIEWS = 3
"""Of each image: itself, and changed twice."""
FOLDS = 5
STEPS = (0, 5, 10, 20, 40, 80, 160)
"""After how many steps learning may stop; 0 leaves the classifier as it is."""
LR = 1e-3
BALANCE = 0.5
"""A class of n labels weighs n^(1 - BALANCE): between as frequent as they are and equally frequent."""
SHARE = 0.5
"""Of the labels in the loss; the rest is renders'."""
PULL = 1.0
"""Without renders: weight of the squared distance to the weights before."""


@dataclass(frozen=True)
class Examples:
    """Features float32 (V, N, F) of V views of N images, the first one not changed; labels int64 (N,)."""

    features: Tensor
    labels: Tensor

    def __getitem__(self, chosen: Tensor) -> "Examples":
        return Examples(self.features[:, chosen], self.labels[chosen])


@torch.no_grad()
def look(
    network: Classifier,
    pixels: np.ndarray,
    augment: AugmentParams,
    rng: np.random.Generator,
    views: int = VIEWS,
) -> Tensor:
    """Return the features float32 (views, N, F), on the CPU, of images uint8 (N, S, S, 3)."""
    network.eval()
    device = network.mean.device
    seen = []
    for view in range(views):
        features = []
        for images in in_batches(pixels, device):
            if view:
                maps = draw_maps(np.full(len(images), augment.crop), rng)
                looks = draw_appearance(len(images), augment, rng)
                images = change_appearance(transform(images, maps), looks)
            features.append(network.features(images).float().cpu())
        seen.append(torch.cat(features))
    return torch.stack(seen)


def weights(labels: Tensor, balance: float) -> Tensor:
    """Return float32 (N,), sum 1: a class of n images weighs n^(1 - balance).

    >>> weights(torch.tensor([0, 0, 0, 1]), balance=1.0)
    tensor([0.1667, 0.1667, 0.1667, 0.5000])
    """
    weight = labels.bincount()[labels].float() ** -balance
    return weight / weight.sum()


def learn(head: nn.Linear, labelled: Examples, renders: Examples | None) -> Iterator[nn.Linear]:
    """Yield the linear layer as it is after each of STEPS: Adam on the weighted cross-entropy."""
    learning = copy.deepcopy(head).requires_grad_(True)
    optimizer = Adam(learning.parameters(), lr=LR)
    for step in range(STEPS[-1] + 1):
        if step in STEPS:
            yield copy.deepcopy(learning)
        loss = _loss(learning, labelled, BALANCE)
        if renders is None:
            loss = loss + PULL * (learning.weight - head.weight.detach()).square().sum()
        else:
            loss = SHARE * loss + (1 - SHARE) * _loss(learning, renders, 1.0)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def _loss(head: nn.Linear, examples: Examples, balance: float) -> Tensor:
    views, count, width = examples.features.shape
    logits = head(examples.features.reshape(views * count, width))
    losses = F.cross_entropy(logits, examples.labels.repeat(views), reduction="none")
    return (losses.view(views, count).mean(dim=0) * weights(examples.labels, balance)).sum()


def folds(labels: Tensor, rng: np.random.Generator) -> Tensor:
    """Return which of FOLDS each image is in, int64 (N,): each class is spread as evenly as it goes.

    >>> folds(torch.tensor([0, 0, 0, 0, 0, 1, 1]), np.random.default_rng(0)).bincount().tolist()
    [2, 2, 1, 1, 1]
    """
    order = rng.permutation(len(labels))
    order = torch.from_numpy(order[np.argsort(labels.numpy()[order], kind="stable")])
    fold = torch.empty_like(labels)
    fold[order] = torch.arange(len(labels)) % FOLDS
    return fold


@dataclass(frozen=True)
class Outcome:
    """What learning came to.

    Attributes: `head`; `steps` it learnt for, one of STEPS; `before` and `after` int64 (N,): what the
    classifier said of each labelled photo, and what it says having learnt from the other folds' photos only.
    """

    head: nn.Linear
    steps: int
    before: Tensor
    after: Tensor


@torch.no_grad()
def finetune(
    head: nn.Linear, labelled: Examples, renders: Examples | None, rng: np.random.Generator
) -> Outcome:
    """Learn from the labels for as long as cross-validation on them finds best.

    That is where the weighted cross-entropy of photos that were not learnt from is least.
    """
    fold = folds(labelled.labels, rng)
    logits = torch.empty(len(STEPS), len(fold), head.out_features)
    for number in fold.unique():
        held = fold == number
        with torch.enable_grad():
            heads = list(learn(head, labelled[~held], renders))
        for i, learnt in enumerate(heads):
            logits[i, held] = learnt(labelled.features[0, held])
    weight = weights(labelled.labels, BALANCE)
    losses = [
        float((F.cross_entropy(one, labelled.labels, reduction="none") * weight).sum()) for one in logits
    ]
    best = int(np.argmin(losses))
    with torch.enable_grad():
        learnt = list(learn(head, labelled, renders))[best]
    predicted = logits.argmax(dim=2)
    return Outcome(learnt.requires_grad_(False), STEPS[best], predicted[0], predicted[best])
