"""Adam as the device runs it best."""

from typing import Any

import torch
from torch.optim import Adam, Optimizer

OWN = ("lr", "fused", "capturable")
"""Options that belong to the device, not to the checkpoint."""


def suited_to(device: torch.device, optimizer: Optimizer) -> Optimizer:
    """Return an optimiser that has taken no step yet as `device` runs it best.

    On a CPU that is as it was: there the fused kernel differs from it in the last bits.
    """
    return fused(device, optimizer) if device.type == "cuda" and isinstance(optimizer, Adam) else optimizer


def fused(device: torch.device, optimizer: Optimizer) -> Optimizer:
    """Return the Adam as one kernel for all parameters, whose learning rate a CUDA graph looks up."""
    groups = [
        group | {"fused": True, "capturable": True, "lr": torch.tensor(group["lr"], device=device)}
        for group in optimizer.param_groups
    ]
    return Adam(groups, fused=True, capturable=True)


def set_rate(group: dict[str, Any], rate: float) -> None:
    """Change the learning rate of a param group, where it is."""
    if isinstance(group["lr"], torch.Tensor):
        group["lr"].fill_(rate)
    else:
        group["lr"] = rate


def load_state(optimizer: Optimizer, state: dict[str, Any]) -> None:
    """Take over a checkpoint's state, whatever device it was written on."""
    for saved, own in zip(state["param_groups"], optimizer.param_groups, strict=True):
        saved |= {key: own[key] for key in OWN if key in own}
    optimizer.load_state_dict(state)
