"""D: says for every patch of an image how real it looks. CUT's PatchGAN with anti-aliased downsampling."""

from torch import Tensor, nn

from train.networks.instance_norm import InstanceNorm
from train.networks.layers import BlurDown, init_weights
from train.params import DiscriminatorParams


class Discriminator(nn.Module):
    """Images (N, 3, H, W) in [-1, 1] -> scores (N, 1, h, w), one per overlapping patch; real is 1, fake 0.

    >>> import torch
    >>> Discriminator(DiscriminatorParams(width=4, layers=3))(torch.zeros(2, 3, 64, 64)).shape
    torch.Size([2, 1, 6, 6])
    """

    def __init__(self, params: DiscriminatorParams) -> None:
        super().__init__()
        widths = [params.width * min(2**n, 8) for n in range(params.layers + 1)]
        layers: list[nn.Module] = [
            nn.Conv2d(3, widths[0], 4, padding=1),
            nn.LeakyReLU(0.2, inplace=True),
            BlurDown(widths[0]),
        ]
        for n in range(1, params.layers):
            layers += [*_block(widths[n - 1], widths[n]), BlurDown(widths[n])]
        layers += [*_block(widths[-2], widths[-1]), nn.Conv2d(widths[-1], 1, 4, padding=1)]
        self.layers = nn.Sequential(*layers)
        init_weights(self)

    def forward(self, images: Tensor) -> Tensor:
        return self.layers(images)


def _block(inputs: int, outputs: int) -> list[nn.Module]:
    return [
        nn.Conv2d(inputs, outputs, 4, padding=1, bias=False),
        InstanceNorm(),
        nn.LeakyReLU(0.2),
    ]
