"""How far two sets of pictures are apart: the kernel distance (KID, Binkowski et al. 2018)."""

import torch
from torch import Tensor

from train.networks.classifier import Classifier

FLOOR = 0.01
"""Least standard deviation of a feature, as a share of the mean one: a constant one must not decide alone."""
TINY = 1e-8
"""Added to a variance, so that its root has a slope where a map is flat."""


def kernel_distance(x: Tensor, y: Tensor) -> float:
    """Return the unbiased squared maximum mean discrepancy of features (N, F) and (M, F), N and M at least 2.

    It is 0 on average for samples of one distribution, so it can be a
    little below. Features should be in units of their standard deviation.
    """
    x, y = x.double(), y.double()
    return float(mean_within(x) + mean_within(y) - 2 * polynomial_kernel(x, y).mean())


def mean_within(x: Tensor) -> Tensor:
    """Return the mean kernel, a scalar, of two different rows of features (N, F); 0 if there is only one."""
    kernels = polynomial_kernel(x, x)
    return (kernels.sum() - kernels.trace()) / max(1, len(x) * (len(x) - 1))


def polynomial_kernel(a: Tensor, b: Tensor) -> Tensor:
    """Return (a . b / F + 1)^3 of all pairs, (N, M), of features (N, F) and (M, F)."""
    return (a @ b.T / a.shape[1] + 1) ** 3


def map_statistics(backbone: Classifier, images: Tensor) -> Tensor:
    """Return what the feature maps show of images (N, 3, H, W) in [-1, 1], float32 (N, F).

    That is the mean and the standard deviation of every map at each resolution.
    """
    maps = [m.float().flatten(2) for m in backbone.maps(images)]
    parts = [part for m in maps for part in (m.mean(dim=2), (m.var(dim=2, correction=0) + TINY).sqrt())]
    return torch.cat(parts, dim=1)


def mean_and_scale(*groups: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mean (F,) and the standard deviation (F,) of statistics (N, F), none of them nearly 0.

    Groups weigh alike, whatever their sizes.
    """
    mean = torch.stack([group.mean(dim=0) for group in groups]).mean(dim=0)
    variances = [(group - mean).square().sum(dim=0) / max(1, len(group) - 1) for group in groups]
    scale = torch.stack(variances).mean(dim=0).sqrt()
    return mean, scale.clamp(min=FLOOR * float(scale.mean()))
