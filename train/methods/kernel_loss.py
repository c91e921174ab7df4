"""The kernel distance between translations and photos, as a loss of the generator.

A discriminator sees a few pictures a step and needs thousands of steps before it finds what tells renders
from photos. The features of a network that ImageNet taught show it from the first step on. Their squared
maximum mean discrepancy is what a generative moment matching network learns from (Li et al. 2015); kernel and
estimate are those of KID (Binkowski et al. 2018).
"""

from collections.abc import Iterable
from typing import Self

import torch
from torch import Tensor, distributed, nn

from train.kernel_distance import map_statistics, mean_and_scale, mean_within, polynomial_kernel
from train.methods.base import SOME
from train.networks.classifier import Classifier

RECENT = 128
"""Translations of the steps before that a step is compared with, beside its own."""


class KernelLoss(nn.Module):
    """Compares translations with the photos that `look` was shown.

    Args: backbone: timm name; it keeps its ImageNet weights, or is random without `pretrained`. size: pixels
    of an image.
    """

    mean: Tensor
    scale: Tensor
    photos: Tensor
    shares: Tensor
    """Of each row of `photos` in a mean: 0 where there is none."""
    recent: Tensor
    filled: Tensor
    """1 for each row of `recent` that holds a translation, else 0."""
    within: Tensor
    """Mean kernel of two different photos."""

    def __init__(self, backbone: str, pretrained: bool, size: int) -> None:
        super().__init__()
        self.backbone = Classifier(backbone, 1, pretrained).requires_grad_(False).eval()
        with torch.no_grad():
            features = map_statistics(self.backbone, torch.zeros(1, 3, size, size)).shape[1]
        for name, shape in {
            "mean": (features,),
            "scale": (features,),
            "photos": (SOME, features),
            "shares": (SOME,),
            "recent": (RECENT, features),
            "filled": (RECENT,),
            "within": (),
        }.items():
            self.register_buffer(name, torch.zeros(shape))

    def train(self, mode: bool = True) -> Self:
        """Stay in evaluation mode."""
        return super().train(False)

    @torch.no_grad()
    def look(self, photos: Iterable[Tensor], renders: Iterable[Tensor]) -> None:
        """Take photos (N, 3, H, W), in batches, to compare with; N at most SOME.

        Features count in units of their standard deviations among photos and renders, which weigh alike:
        those of photos alone may be next to nothing in a shop whose pictures look alike.
        """
        theirs, ours = (
            torch.cat([map_statistics(self.backbone, batch) for batch in images])
            for images in (photos, renders)
        )
        mean, scale = mean_and_scale(theirs, ours)
        self.mean.copy_(mean)
        self.scale.copy_(scale)
        count = len(theirs)
        self.photos[:count] = standard = (theirs - mean) / scale
        self.shares[:count] = 1 / count
        self.within.copy_(mean_within(standard))

    @property
    def looked(self) -> bool:
        """Whether there are photos to compare with."""
        return bool(self.shares.any())

    def forward(self, translated: Tensor) -> Tensor:
        """Return the squared distance (a scalar) of translations (N, 3, H, W) in [-1, 1] from the photos.

        It is unbiased, 0 on average for photos: by the translations of this step and some before, all of
        which the gradient takes for given but the one that it changes.
        """
        statistics = map_statistics(self.backbone, translated)
        with torch.autocast(statistics.device.type, enabled=False):
            return self.compared((statistics - self.mean) / self.scale)

    def compared(self, own: Tensor) -> Tensor:
        """Return the distance of standardised features (N, F), and remember them."""
        others, mine = gathered(own.detach())
        there = torch.cat([self.filled, self.filled.new_ones(len(others))])
        others = torch.cat([self.recent, others])
        kernels = polynomial_kernel(own, others) * there
        itself = kernels[:, RECENT:][:, mine].diagonal()
        near = (kernels.sum(dim=1) - itself) / (there.sum() - 1).clamp(min=1)
        near = 2 * near - near.detach()  # each is in as many pairs as the other
        far = polynomial_kernel(own, self.photos) @ self.shares
        self.recent.copy_(others[-RECENT:])
        self.filled.copy_(there[-RECENT:])
        return (near - 2 * far).mean() + self.within


def gathered(own: Tensor) -> tuple[Tensor, slice]:
    """Return the rows (P N, F) of P processes, as one would have them, and which are this one's, `own`."""
    if not (distributed.is_initialized() and distributed.get_world_size() > 1):
        return own, slice(None)
    world = distributed.get_world_size()
    parts = [torch.empty_like(own) for _ in range(world)]
    distributed.all_gather(parts, own.contiguous())
    return torch.stack(parts, dim=1).flatten(0, 1), slice(distributed.get_rank(), None, world)
