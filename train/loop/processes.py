"""Where batch norms take their statistics from: from all processes, or from the target domain."""

from collections.abc import Iterable
from typing import Any

import torch
from timm.layers import convert_sync_batchnorm
from torch import Tensor, nn
from torch.distributed.nn.functional import all_reduce
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm


def share_statistics(network: nn.Module, rank: int, processes: int) -> None:
    """Let batch norms in training normalise by the images of all processes, as if one process had them all.

    PyTorch's SyncBatchNorm runs on GPUs only. On CPUs every process normalises all images, and keeps its own.
    """
    if next(network.parameters()).is_cuda:
        convert_sync_batchnorm(network)
        return

    def gather(norm: nn.Module, inputs: tuple[Tensor]) -> Tensor | None:
        (own,) = inputs
        around = [0] * (2 * own.dim() - 2) + [rank * len(own), (processes - 1 - rank) * len(own)]
        return all_reduce(F.pad(own, around)) if norm.training else None

    def keep_own(norm: nn.Module, _inputs: Any, output: Tensor) -> Tensor | None:
        count = len(output) // processes
        return output.narrow(0, rank * count, count) if norm.training else None

    for module in network.modules():
        if isinstance(module, _BatchNorm):
            module.register_forward_pre_hook(gather)
            module.register_forward_hook(keep_own)


@torch.no_grad()
def adapt_batch_norm(network: nn.Module, batches: Iterable[Tensor]) -> None:
    """Replace the running mean and variance of every batch norm in `network` by the average over `batches`
    of the target domain, without labels (AdaBN, Li et al. 2018).

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
