"""Instance norm that is as fast on small maps as on large ones, and keeps channels_last."""

from typing import Any

import torch
from torch import Tensor, nn

EPSILON = 1e-5


class InstanceNorm(nn.Module):
    """(N, C, H, W) -> the same, each channel of each image with mean 0 and variance 1; no parameters.

    The function of nn.InstanceNorm2d. That one copies channels_last tensors back and forth; nn.GroupNorm with
    a group per channel does not, but on a CPU takes 5 times as long as this for 16 x 32 maps of 24 x 24.
    Calculated in float32 whatever comes in, as under autocast.

    >>> InstanceNorm()(torch.tensor([[[[1.0, 3.0]]]])).round()
    tensor([[[[-1.,  1.]]]])
    """

    def forward(self, x: Tensor) -> Tensor:
        return _Normalise.apply(x.float())


class _Normalise(torch.autograd.Function):
    """Of x, the backward pass needs the output only: half of what autograd would keep."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        y = x - x.mean(dim=(2, 3), keepdim=True)
        variance = y.square().mean(dim=(2, 3), keepdim=True)  # torch.var is many times slower here
        scale = (variance + EPSILON).rsqrt()
        y.mul_(scale)
        ctx.save_for_backward(y, scale)
        return y

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        y, scale = ctx.saved_tensors
        along = (gradient * y).mean(dim=(2, 3), keepdim=True)
        return (gradient - gradient.mean(dim=(2, 3), keepdim=True)).addcmul_(y, along, value=-1).mul_(scale)
