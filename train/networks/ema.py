"""A network that follows another one slowly: the mean teacher (Tarvainen and Valpola 2017)."""

import copy
from typing import Self

import torch
from torch import Tensor, nn


class Teacher(nn.Module):
    """An exponential moving average of a network's weights, always in evaluation mode, without gradient.

    The t-th update keeps min(1 - 1/t, decay) of the old weights, so the start is forgotten at once. Buffers
    (batch-norm statistics, averages themselves) are copied.

    >>> student = nn.Linear(1, 1, bias=False)
    >>> teacher = Teacher(student, decay=0.75)
    >>> for weight in (1.0, 2.0, 4.0):
    ...     _ = student.weight.data.fill_(weight)
    ...     teacher.update(student)
    >>> teacher.network.weight.item()          # 2/3 of the mean of 1 and 2, and 1/3 of 4
    2.3333332538604736
    """

    updates: Tensor

    def __init__(self, network: nn.Module, decay: float) -> None:
        super().__init__()
        self.decay = decay
        self.network = copy.deepcopy(network).requires_grad_(False).eval()
        self.register_buffer("updates", torch.zeros((), dtype=torch.int64))

    def train(self, mode: bool = True) -> Self:
        return super().train(False)

    @torch.no_grad()
    def forward(self, images: Tensor) -> Tensor:
        return self.network(images)

    @torch.no_grad()
    def update(self, network: nn.Module) -> None:
        """Take a step toward `network`."""
        self.updates += 1
        keep = min(1 - 1 / self.updates.item(), self.decay)
        for weight, new in zip(self.network.parameters(), network.parameters(), strict=True):
            weight.lerp_(new, 1 - keep)
        for buffer, statistics in zip(self.network.buffers(), network.buffers(), strict=True):
            buffer.copy_(statistics)
