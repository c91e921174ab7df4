"""CUT's generator, a ResNet that paints the picture anew (Park et al. 2020)."""

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from train.networks.generator import Generator
from train.networks.instance_norm import InstanceNorm
from train.networks.layers import BlurDown, BlurUp, init_weights
from train.params import GeneratorParams

ALMOST_ONE = 0.99
"""Keeps atanh finite for pure black and white."""


class ResidualBlock(nn.Module):
    """x + IN(conv(ReLU(IN(conv(x))))): (N, C, H, W) -> (N, C, H, W)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3, bias=False),
            InstanceNorm(),
            nn.ReLU(),
            nn.ReflectionPad2d(1),
            nn.Conv2d(channels, channels, 3, bias=False),
            InstanceNorm(),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class ResnetGenerator(Generator):
    """A `Generator` for images whose H and W are multiples of 4.

    The first half of the network is also the encoder of PatchNCE. Its taps are CUT's layers 0, 4, 8, 12, 16:
    the pixels, the two downsampling convolutions before their norm, the first and the fifth residual block
    (the last one if there are fewer). CUT taps the pixels after padding; ours are unpadded, so no pixel is
    its own negative. Where a norm follows at once, CUT's bias is left out: the norm would cancel it.

    With `residual` the last layer's output is added to the image before the final tanh. Since initial weights
    are small, training then starts near the identity.

    >>> generator = ResnetGenerator(GeneratorParams(width=4, blocks=2))
    >>> image, features = generator.forward_with_features(torch.zeros(1, 3, 32, 32))
    >>> image.shape, [tuple(f.shape[1:]) for f in features]
    (torch.Size([1, 3, 32, 32]), [(3, 32, 32), (8, 32, 32), (16, 16, 16), (16, 8, 8), (16, 8, 8)])
    """

    def __init__(self, params: GeneratorParams) -> None:
        super().__init__(params)
        width = params.width
        self.stem = nn.Sequential(
            nn.ReflectionPad2d(3),
            nn.Conv2d(3, width, 7, bias=False),
            InstanceNorm(),
            nn.ReLU(),
        )
        self.down = nn.ModuleList([nn.Conv2d(c, 2 * c, 3, padding=1) for c in (width, 2 * width)])
        self.after_down = nn.ModuleList(
            [nn.Sequential(InstanceNorm(), nn.ReLU(), BlurDown(c)) for c in (2 * width, 4 * width)]
        )
        self.blocks = nn.ModuleList([ResidualBlock(4 * width) for _ in range(params.blocks)])
        self.tapped_blocks = sorted({0, min(4, params.blocks - 1)})
        self.decoder = nn.ModuleList(
            nn.Sequential(
                BlurUp(),
                nn.Conv2d(c, c // 2, 3, padding=1, bias=False),
                InstanceNorm(),
                nn.ReLU(),
            )
            for c in (4 * width, 2 * width)
        )
        self.decoder.append(nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7)))
        self.residual = params.residual
        self.checkpoint = params.checkpoint
        self.feature_channels = [3, 2 * width, 4 * width, *(4 * width for _ in self.tapped_blocks)]
        self.feature_strides = [1, 1, 2, *(4 for _ in self.tapped_blocks)]
        init_weights(self)

    def encode(self, x: Tensor) -> list[Tensor]:
        """Return the tapped feature maps of `x`; stop after the last one."""
        return self._encode(x, self.tapped_blocks[-1] + 1)[1]

    def forward_with_features(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        h, features = self._encode(x, len(self.blocks))
        for stage in self.decoder:
            h = self._run(stage, h)
        output = h
        if self.residual:
            output = output + torch.atanh(ALMOST_ONE * x)
        return torch.tanh(output), features

    def _encode(self, x: Tensor, blocks: int) -> tuple[Tensor, list[Tensor]]:
        features = [x]
        h = self._run(self.stem, x)
        for convolution, after in zip(self.down, self.after_down, strict=True):
            h = convolution(h)
            features.append(h)
            h = self._run(after, h)
        for index in range(blocks):
            h = self._run(self.blocks[index], h)
            if index in self.tapped_blocks:
                features.append(h)
        return h, features

    def _run(self, stage: nn.Module, h: Tensor) -> Tensor:
        if self.checkpoint and torch.is_grad_enabled():
            return checkpoint(stage, h, use_reentrant=False, preserve_rng_state=False)
        return stage(h)
