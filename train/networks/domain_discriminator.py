"""Tells synthetic features from target features, for the adversarial methods."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class DomainDiscriminator(nn.Sequential):
    """Features (N, F) -> logits (N,); positive means synthetic. Two hidden layers, as DANN has for Office.

    TLlib's has a batch norm before each ReLU.

    >>> DomainDiscriminator(8, width=16, batch_norm=True)(torch.randn(4, 8)).shape
    torch.Size([4])
    """

    def __init__(self, features: int, width: int, batch_norm: bool) -> None:
        layers: list[nn.Module] = []
        for inputs in (features, width):
            layers += [nn.Linear(inputs, width), *([nn.BatchNorm1d(width)] if batch_norm else []), nn.ReLU()]
        super().__init__(*layers, nn.Linear(width, 1), nn.Flatten(0))


def domain_loss(logits: Tensor, synthetic: int, weights: Tensor | None = None) -> Tensor:
    """Binary cross-entropy of the domains: the mean of a synthetic and a target half.

    Args: logits (N,), the first `synthetic` of them of synthetic images; weights (N,), scaled here to sum to
    1 over each half; None: all alike. Returns: a scalar.

    >>> domain_loss(torch.zeros(4), synthetic=2)          # log 2
    tensor(0.6931)
    """
    real = torch.ones_like(logits, dtype=torch.float32)
    real[synthetic:] = 0
    losses = F.binary_cross_entropy_with_logits(logits.float(), real, reduction="none")
    weights = torch.ones_like(losses) if weights is None else weights
    halves = zip(losses.tensor_split([synthetic]), weights.tensor_split([synthetic]), strict=True)
    return torch.stack([(half * w).sum() / w.sum() for half, w in halves]).mean()
