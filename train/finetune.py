"""Teach a trained classifier a shop's few labels: its linear layer learns, the rest is looked through once.

Every image is seen in several augmented views whose features are kept. Learning then takes seconds, and how
long to learn is chosen by cross-validation on the labels themselves. Renders are replayed and the weights
held near those before, so that patterns of which the shop labelled few or none are not forgotten.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from scipy.optimize import minimize
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from train.features import Examples

FOLDS = 5
STEPS = (0, 1, 2, 3, 5, 8, 12, 20)
"""After how many steps learning may stop; 0 leaves the classifier as it is."""
SHARE = 0.5
"""Of the labels in the loss; the rest is renders', if there are any."""
PULL = 5e-4
"""How strongly the weights are held where they were; see `learn`."""


def learn(
    head: nn.Linear, labelled: Examples, renders: Examples | None, pull: float = PULL
) -> Iterator[nn.Linear]:
    """Yield the linear layer as it is after each of STEPS of L-BFGS down

    share * L(labels) + (1 - share) * L(renders) + pull * |h|^2 * |W - W before|^2

    L is the cross-entropy of all views, |h|^2 the mean squared length of the labelled photos' features: so
    `pull` means the same whatever their scale (L2-SP: Li et al. 2018).
    """
    learning = copy.deepcopy(head).requires_grad_(True)
    parameters, before = list(learning.parameters()), head.weight.detach()
    strength = pull * labelled.features.square().sum(dim=2).mean()

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        _set(learning, point)
        total = _cross_entropy(learning, labelled)
        if renders is not None:
            total = SHARE * total + (1 - SHARE) * _cross_entropy(learning, renders)
        total = total + strength * (learning.weight - before).square().sum()
        gradient = parameters_to_vector(torch.autograd.grad(total, parameters))
        return total.item(), gradient.double().numpy()

    points = [parameters_to_vector(parameters).detach().double().numpy()]
    with torch.enable_grad():
        options = {"maxiter": STEPS[-1]}
        minimize(
            loss,
            points[0],
            jac=True,
            method="L-BFGS-B",
            callback=lambda x: points.append(x.copy()),
            options=options,
        )
    for step in STEPS:
        _set(learning, points[min(step, len(points) - 1)])
        yield copy.deepcopy(learning)


def _set(head: nn.Linear, point: np.ndarray) -> None:
    vector_to_parameters(torch.from_numpy(point).float(), head.parameters())


def _cross_entropy(head: nn.Linear, examples: Examples) -> Tensor:
    return F.cross_entropy(
        head(examples.features.flatten(0, 1)), examples.labels.repeat(len(examples.features))
    )


def shuffled_by_class(labels: Tensor, rng: np.random.Generator) -> Tensor:
    """Return the positions of labels int64 (N,), one class after the other, each in random order."""
    order = rng.permutation(len(labels))
    return torch.from_numpy(order[np.argsort(labels.numpy()[order], kind="stable")])


def folds(labels: Tensor, rng: np.random.Generator) -> Tensor:
    """Return which of FOLDS each image is in, int64 (N,): each class is spread as evenly as it goes.

    >>> folds(torch.tensor([0, 0, 0, 0, 0, 1, 1]), np.random.default_rng(0)).bincount().tolist()
    [2, 2, 1, 1, 1]
    """
    fold = torch.empty_like(labels)
    fold[shuffled_by_class(labels, rng)] = torch.arange(len(labels)) % FOLDS
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
    head: nn.Linear,
    labelled: Examples,
    renders: Examples | None,
    rng: np.random.Generator,
    pull: float = PULL,
) -> Outcome:
    """Learn from the labels for as long as cross-validation on them finds best.

    That is where the cross-entropy of photos that were not learnt from is least.
    """
    fold = folds(labelled.labels, rng)
    logits = torch.empty(len(STEPS), len(fold), head.out_features)
    for number in fold.unique():
        held = fold == number
        heads = list(learn(head, labelled[~held], renders, pull))
        for i, learnt in enumerate(heads):
            logits[i, held] = learnt(labelled.features[0, held])
    losses = [float(F.cross_entropy(one, labelled.labels)) for one in logits]
    best = int(np.argmin(losses))
    learnt = list(learn(head, labelled, renders, pull))[best]
    predicted = logits.argmax(dim=2)
    return Outcome(learnt.requires_grad_(False), STEPS[best], predicted[0], predicted[best])
