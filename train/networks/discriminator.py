"""D: says for every patch of an image how real it looks. CUT's PatchGAN with anti-aliased downsampling."""

import math

from torch import Tensor, nn

from train.networks.instance_norm import InstanceNorm
from train.networks.layers import BlurDown, init_weights
from train.params import DiscriminatorParams


class Discriminator(nn.Module):
    """Images (N, 3, H, W) in [-1, 1] -> scores (N, 1, h, w), one per overlapping patch; real is 1, fake 0.

    Args: size: pixels of the images' side.

    >>> import torch
    >>> Discriminator(DiscriminatorParams(width=4, patch=0.3), size=256)(torch.zeros(2, 3, 64, 64)).shape
    torch.Size([2, 1, 6, 6])
    """

    def __init__(self, params: DiscriminatorParams, size: int) -> None:
        super().__init__()
        strided = strided_layers(params.patch * size)
        widths = [params.width * min(2**n, 8) for n in range(strided + 1)]
        layers: list[nn.Module] = [
            nn.Conv2d(3, widths[0], 4, padding=1),
            nn.LeakyReLU(0.2, inplace=True),
            BlurDown(widths[0]),
        ]
        for n in range(1, strided):
            layers += [*_block(widths[n - 1], widths[n]), BlurDown(widths[n])]
        layers += [*_block(widths[-2], widths[-1]), nn.Conv2d(widths[-1], 1, 4, padding=1)]
        self.layers = nn.Sequential(*layers)
        init_weights(self)

    def forward(self, images: Tensor) -> Tensor:
        return self.layers(images)


def patch_side(strided: int) -> int:
    """Return the pixels that a score sees after `strided` strided convolutions.

    >>> [patch_side(n) for n in (1, 2, 3, 4)]
    [18, 40, 84, 172]
    """
    return 22 * 2 ** (strided - 1) - 4


def strided_layers(side: float) -> int:
    """Return with how many strided convolutions a score sees a patch most like `side` pixels, by ratio."""
    return min(range(1, 8), key=lambda n: abs(math.log(patch_side(n) / side)))


def _block(inputs: int, outputs: int) -> list[nn.Module]:
    return [
        nn.Conv2d(inputs, outputs, 4, padding=1, bias=False),
        InstanceNorm(),
        nn.LeakyReLU(0.2),
    ]
