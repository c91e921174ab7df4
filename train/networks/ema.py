"""A network that follows another one slowly: the mean teacher (Tarvainen and Valpola 2017)."""

from typing import Self

import torch
from timm.utils import ModelEmaV3
from torch import Tensor, nn


class Teacher(ModelEmaV3):
    """An exponential moving average of a network's weights, always in evaluation mode, without gradient.

    `update(network, t)` for t = 1, 2, ... keeps min(1 - 1/t, decay) of the old weights, so the start is
    forgotten at once. Buffers (batch-norm statistics, averages themselves) are copied. `module` is the
    average.

    >>> student = nn.Linear(1, 1, bias=False)
    >>> teacher = Teacher(student, decay=0.75)
    >>> for t, weight in enumerate((1.0, 2.0, 4.0), start=1):
    ...     _ = student.weight.data.fill_(weight)
    ...     teacher.update(student, t)
    >>> teacher.module.weight.item()          # 2/3 of the mean of 1 and 2, and 1/3 of 4
    2.3333332538604736
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        super().__init__(network, decay, use_warmup=True, warmup_power=1, exclude_buffers=True)
        self.requires_grad_(False)

    def train(self, mode: bool = True) -> Self:
        return super().train(False)

    @torch.no_grad()
    def forward(self, images: Tensor) -> Tensor:
        return self.module(images)
