"""Batch-norm statistics of the target domain, without labels (Li et al. 2018, AdaBN)."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


@torch.no_grad()
def adapt_batch_norm(network: nn.Module, batches: Iterable[Tensor]) -> None:
    """Replace the running mean and variance of every batch norm in `network` by the average over `batches`.

    Each batch (N, 3, H, W) weighs the same. Weights stay as they are. A network without batch norm is left
    alone.
    """
    norms = [module for module in network.modules() if isinstance(module, _BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the plain average instead of an exponential one
    network.train()
    for batch in batches:
        network(batch)
    network.eval()
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
