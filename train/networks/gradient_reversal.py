"""The gradient reversal layer of adversarial domain adaptation (Ganin et al. 2016, section 4.2)."""

import math
from typing import Any

import torch
from torch import Tensor

GAMMA = 10.0
"""How steeply the strength rises (Ganin et al. 2016, section 5.2.2)."""


def warm_up(progress: float) -> float:
    """Return 2 / (1 + exp(-GAMMA progress)) - 1: from 0 at the start of the warm-up to almost 1 at its end.

    It silences the adversary while the features mean nothing yet.

    >>> warm_up(0.0), round(warm_up(0.1), 3), round(warm_up(1.0), 3)
    (0.0, 0.462, 1.0)
    """
    return 2 / (1 + math.exp(-GAMMA * progress)) - 1


def reverse_gradient(features: Tensor, strength: float) -> Tensor:
    """Return `features` as they are; their gradient comes back multiplied by -strength.

    What follows then learns to lower a loss, and what came before to raise it.

    >>> features = torch.ones(2, requires_grad=True)
    >>> reverse_gradient(features, 0.5).sum().backward()
    >>> features.grad
    tensor([-0.5000, -0.5000])
    """
    return _Reverse.apply(features, strength)


class _Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, features: Tensor, strength: float) -> Tensor:
        ctx.strength = strength
        return features.view_as(features)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return -ctx.strength * gradient, None
