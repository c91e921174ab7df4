"""A generator that cannot redraw a pattern: it changes colours place by place and adds a fine texture.

What tells renders from photos is mostly light, colour, noise and cloth. A small network looks at the picture
and fills a coarse bilateral grid with affine changes of colour (Gharbi et al. 2017, "Deep Bilateral Learning
for Real-Time Image Enhancement"): one change for each place and each brightness. Every pixel takes the change
of its own place and brightness, so edges stay where they are. A second branch of three small convolutions,
whose reach is 7 pixels and whose output is bounded, adds noise and sharpness.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from train.networks.generator import Generator
from train.params import GeneratorParams

DEPTH = 8
"""Levels of brightness in the grid."""
MATRIX = 12
"""Numbers of an affine change of RGB: 3 x 4."""
GUIDE_WIDTH = 16
FINE = 0.25
"""Most that the fine branch adds to a value in [-1, 1]."""
LUMA = (0.299, 0.587, 0.114)
START = 0.002
"""Standard deviation of the last layers' initial weights: training starts next to the identity."""
LEAK = 0.01
"""Slope outside of [-1, 1], so that what is clipped can come back."""


class BilateralGenerator(Generator):
    """A `Generator` for images of any H and W of at least 8.

    PatchNCE compares the pixels and the three maps of the network that fills the grid. In evaluation the
    noise is the same for every image, so that a translation can be made again.

    >>> generator = BilateralGenerator(GeneratorParams(width=8))
    >>> image, features = generator.forward_with_features(torch.zeros(1, 3, 32, 48))
    >>> image.shape, [tuple(f.shape[1:]) for f in features]
    (torch.Size([1, 3, 32, 48]), [(3, 32, 48), (8, 16, 24), (16, 8, 12), (32, 4, 6)])
    """

    def __init__(self, params: GeneratorParams) -> None:
        super().__init__(params)
        width = params.width
        widths = [3, width, 2 * width, 4 * width]
        self.down = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(inputs, outputs, 3, stride=2, padding=1, padding_mode="replicate"),
                nn.Identity() if inputs == 3 else nn.GroupNorm(4, outputs),
                nn.ReLU(),
            )
            for inputs, outputs in pairwise(widths)
        )
        top = widths[-1]
        self.local = nn.Sequential(
            nn.Conv2d(top, top, 3, padding=1, padding_mode="replicate"),
            nn.ReLU(),
            nn.Conv2d(top, top, 3, padding=1, padding_mode="replicate"),
        )
        self.whole = nn.Sequential(nn.Linear(top, top), nn.ReLU(), nn.Linear(top, top))
        self.to_grid = nn.Conv2d(top, MATRIX * DEPTH, 1)
        self.guide = nn.Sequential(nn.Conv2d(3, GUIDE_WIDTH, 1), nn.ReLU(), nn.Conv2d(GUIDE_WIDTH, 1, 1))
        to_texture = nn.Conv2d(width, 3, 3, padding=1, padding_mode="reflect")
        self.fine = nn.Sequential(
            nn.Conv2d(4, width, 3, padding=1, padding_mode="reflect"),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, width, 3, padding=1, padding_mode="reflect"),
            nn.LeakyReLU(0.2),
            to_texture,
        )
        for last in (self.to_grid, to_texture):
            nn.init.normal_(last.weight, std=START)
        for bias in (self.to_grid.bias, to_texture.bias):
            nn.init.zeros_(bias)  # type: ignore[arg-type]
        self.feature_channels, self.feature_strides = widths, [1, 2, 4, 8]

    def encode(self, x: Tensor) -> list[Tensor]:
        features = [x]
        for stage in self.down:
            features.append(stage(features[-1]))
        return features

    def forward_with_features(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        features = self.encode(x)
        change = self.slice(self.grid(features[-1]), x)
        recoloured = x + (change[:, :, :3] * x.unsqueeze(1)).sum(dim=2) + change[:, :, 3]
        texture = self.fine(torch.cat([recoloured, self.noise(x)], dim=1))
        return clip(recoloured + FINE * torch.tanh(texture)), features

    def grid(self, top: Tensor) -> Tensor:
        """Return (N, MATRIX, DEPTH, h, w): the changes for each brightness and place."""
        seen = F.relu(self.local(top) + self.whole(top.mean(dim=(2, 3)))[:, :, None, None])
        return self.to_grid(seen).unflatten(1, (MATRIX, DEPTH))

    def slice(self, grid: Tensor, x: Tensor) -> Tensor:
        """Return (N, 3, 4, H, W): each pixel's change, interpolated at its place and brightness."""
        n, _, height, width = x.shape
        luma = (x * x.new_tensor(LUMA).view(1, 3, 1, 1)).sum(dim=1, keepdim=True)
        brightness = torch.tanh(luma + self.guide(x))[:, 0]
        rows, columns = (torch.linspace(-1, 1, count, device=x.device) for count in (height, width))
        down, across = torch.meshgrid(rows, columns, indexing="ij")
        places = torch.stack([across.expand(n, -1, -1), down.expand(n, -1, -1), brightness.float()], dim=3)
        changes = F.grid_sample(
            grid.float().contiguous(), places.unsqueeze(1), padding_mode="border", align_corners=False
        )
        return changes.squeeze(2).unflatten(1, (3, 4))

    def noise(self, x: Tensor) -> Tensor:
        """Return one standard normal value per pixel, (N, 1, H, W)."""
        n, _, height, width = x.shape
        if self.training:
            return torch.randn(n, 1, height, width, device=x.device)
        fixed = torch.randn(1, 1, height, width, generator=torch.Generator().manual_seed(0))
        return fixed.to(x.device).expand(n, -1, -1, -1)


def clip(x: Tensor) -> Tensor:
    """Return x within [-1, 1], with a slope of LEAK beyond for the gradient only."""
    leaky = x.clamp(-1, 1) + LEAK * (x - x.clamp(-1, 1))
    return leaky + (x.clamp(-1, 1) - leaky).detach()
