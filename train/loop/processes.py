"""What several processes do together. With one process all of it is nothing."""

from typing import Any

import torch
from accelerate import Accelerator  # type: ignore[import-untyped]
from timm.layers import convert_sync_batchnorm
from torch import Tensor, nn
from torch.distributed.nn.functional import all_reduce
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm


def share_statistics(network: nn.Module, rank: int, processes: int) -> None:
    """Let batch norms in training normalise by the images of all processes, as if one process had them all.

    PyTorch's SyncBatchNorm runs on GPUs only. On CPUs every process normalises all images, and keeps its own.
    """
    if processes == 1:
        return
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


def average_gradients(accelerator: Accelerator, optimizer: torch.optim.Optimizer) -> None:
    """Make every process step down the mean gradient.

    Done by hand: a step runs several networks several times, more than DistributedDataParallel handles.
    """
    if accelerator.num_processes == 1:
        return
    gradients = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
    flat = accelerator.reduce(torch.cat([g.flatten() for g in gradients]), reduction="mean")
    for gradient, mean in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
        gradient.copy_(mean.view_as(gradient))


def average_values(accelerator: Accelerator, values: dict[str, float]) -> dict[str, float]:
    """Return the means over the processes of values that each has under the same names."""
    if accelerator.num_processes == 1:
        return values
    own = torch.tensor(list(values.values()), device=accelerator.device)
    return dict(zip(values, accelerator.reduce(own, reduction="mean").tolist(), strict=True))


def in_any(accelerator: Accelerator, flag: int) -> bool:
    """Whether any process has the flag set, so that all stop at the same step."""
    if accelerator.num_processes == 1:
        return bool(flag)
    return bool(accelerator.reduce(torch.tensor(float(flag), device=accelerator.device)).item())
