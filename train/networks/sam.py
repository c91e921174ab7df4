"""Sharpness-aware minimisation (Foret et al. 2021): go down the gradient of the worst point near by."""

from typing import Any

import torch
from torch import Tensor
from torch.optim import SGD


class SAM(SGD):
    """SGD that steps twice: `climbing` up to w + rho g / |g|, then from w down the gradient found there.

    |g| is the norm over all weights. A step down without one up before it is SGD's.

    >>> w = torch.tensor([3.0], requires_grad=True)
    >>> optimizer = SAM([w], rho=0.5, lr=0.1)
    >>> for optimizer.climbing in (True, False):
    ...     w.grad = None
    ...     w.square().sum().backward()
    ...     optimizer.step()
    >>> w                                                       # 3 - 0.1 * 2 * 3.5
    tensor([2.3000], requires_grad=True)
    """

    def __init__(self, params: Any, rho: float, **sgd: Any) -> None:
        super().__init__(params, **sgd)
        self.rho, self.climbing = rho, False
        self.left: dict[Tensor, Tensor] = {}

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        if not self.climbing:
            for weight, before in self.left.items():
                weight.copy_(before)
            self.left = {}
            return super().step(closure)
        weights = [p for group in self.param_groups for p in group["params"] if p.grad is not None]
        norm = torch.nn.utils.get_total_norm([p.grad for p in weights])
        self.left = {p: p.clone() for p in weights}
        for weight in weights:
            weight.add_(weight.grad * (self.rho / (norm + 1e-12)))
        return None
