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

from train.data.domains import spread
from train.kernel_distance import map_statistics, mean_and_scale, polynomial_kernel
from train.networks.classifier import Classifier

PHOTOS = 2048
"""At most so many stand for all."""
RECENT = 128
"""Translations of the steps before that a step is compared with, beside its own."""
LEAST = 32
"""Pixels: an image to count features with."""


class KernelLoss(nn.Module):
    """Compares translations with the photos that `look` was shown.

    Args: backbone: timm name; it keeps its ImageNet weights. (Without `pretrained` it is random.)
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

    def __init__(self, backbone: str, pretrained: bool) -> None:
        super().__init__()
        self.backbone = Classifier(backbone, 1, pretrained).requires_grad_(False).eval()
        with torch.no_grad():
            features = map_statistics(self.backbone, torch.zeros(1, 3, LEAST, LEAST)).shape[1]
        for name, shape in {
            "mean": (features,),
            "scale": (features,),
            "photos": (PHOTOS, features),
            "shares": (PHOTOS,),
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
        """Take photos (N, 3, H, W), in batches, to compare with; N at least 2.

        Features count in units of their standard deviations among photos and renders: those of photos alone
        may be next to nothing in a shop whose pictures look alike.
        """
        theirs = torch.cat([map_statistics(self.backbone, batch) for batch in photos])
        ours = torch.cat([map_statistics(self.backbone, batch) for batch in renders])
        mean, scale = mean_and_scale(torch.cat([theirs, ours]))
        self.mean.copy_(mean)
        self.scale.copy_(scale)
        chosen = (theirs[spread(len(theirs), PHOTOS)] - mean) / scale
        count = len(chosen)
        self.photos[:count] = chosen
        self.shares[:count] = 1 / count
        kernels = polynomial_kernel(chosen, chosen)
        self.within.copy_((kernels.sum() - kernels.trace()) / (count * (count - 1)))

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
        others, first = gathered(own.detach())
        there = torch.cat([self.filled, self.filled.new_ones(len(others))])
        others = torch.cat([self.recent, others])
        kernels = polynomial_kernel(own, others) * there
        itself = kernels[:, RECENT + first :].diagonal()
        near = (kernels.sum(dim=1) - itself) / (there.sum() - 1).clamp(min=1)
        near = 2 * near - near.detach()  # each is in as many pairs as the other
        far = polynomial_kernel(own, self.photos) @ self.shares
        self.recent.copy_(others[-RECENT:])
        self.filled.copy_(there[-RECENT:])
        return (near - 2 * far).mean() + self.within


def gathered(own: Tensor) -> tuple[Tensor, int]:
    """Return the rows of all processes, (P N, F), and where this one's (N, F) begin."""
    if not (distributed.is_initialized() and distributed.get_world_size() > 1):
        return own, 0
    parts = [torch.empty_like(own) for _ in range(distributed.get_world_size())]
    distributed.all_gather(parts, own.contiguous())
    return torch.cat(parts), distributed.get_rank() * len(own)
