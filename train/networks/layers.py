"""Building blocks that generator and discriminator share: anti-aliased resampling, initialisation."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class BlurDown(nn.Module):
    """Halve the resolution: low-pass filter [1, 2, 1] / 4 in both directions, then keep every second pixel.

    (N, C, H, W) -> (N, C, ceil(H / 2), ceil(W / 2)), reflected at the border, no parameters. From Zhang 2019,
    "Making Convolutional Networks Shift-Invariant Again", as CUT uses it.
    """

    kernel: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        row = torch.tensor([1.0, 2.0, 1.0]) / 4
        kernel = torch.outer(row, row).expand(channels, 1, 3, 3).clone()
        self.register_buffer("kernel", kernel, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        padded = F.pad(x, (1, 1, 1, 1), mode="reflect")
        return F.conv2d(padded, self.kernel.to(x.dtype), stride=2, groups=x.shape[1])


class BlurUp(nn.Module):
    """Double the resolution: insert zeros, then low-pass filter [1, 3, 3, 1] / 4 in both directions.

    (N, C, H, W) -> (N, C, 2 H, 2 W), edge pixels repeated. That filter is exactly bilinear interpolation with
    half-pixel centres, so that is what computes it.
    """

    def forward(self, x: Tensor) -> Tensor:
        return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def init_weights(network: nn.Module, gain: float = 0.02) -> None:
    """Draw the weights of convolutions and linear layers from Xavier's normal distribution (CUT's default).

    Biases become 0.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.xavier_normal_(module.weight, gain=gain)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def init_normal(network: nn.Module, std: float, bias: float = 0.0) -> None:
    """Draw the weights of linear layers from N(0, std^2); biases become `bias`."""
    for module in network.modules():
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=std)
            nn.init.constant_(module.bias, bias)
