"""F: projects patches of the generator's feature maps into the space where PatchNCE compares them."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from train.networks.layers import init_weights

TINY = 1e-7
"""What CUT adds to a length before it divides by it."""


def draw_patches(positions: Sequence[int], patches: int, rng: np.random.Generator) -> list[Tensor]:
    """Draw positions for each feature map, of H_l W_l: int64 (P_l,), P_l = min(patches, H_l W_l).

    No position comes twice, and all images of a batch share them, as in CUT.
    """
    return [torch.from_numpy(rng.choice(n, size=min(patches, n), replace=False)) for n in positions]


class PatchSampler(nn.Module):
    """One 2-layer MLP per layer: features (N, C_l, H_l, W_l) at the drawn positions -> (N, P_l, width).

    The vectors have length 1, but for TINY, which shows while CUT's initial weights are so small. Queries and
    keys must be taken at the same positions.

    >>> sampler = PatchSampler([8], width=16)
    >>> features = [torch.randn(2, 8, 4, 4)]
    >>> ids = draw_patches([16], 5, np.random.default_rng(0))
    >>> sampler(features, ids)[0].shape
    torch.Size([2, 5, 16])
    """

    def __init__(self, channels: Sequence[int], width: int) -> None:
        super().__init__()
        self.projections = nn.ModuleList(
            nn.Sequential(nn.Linear(c, width), nn.ReLU(inplace=True), nn.Linear(width, width))
            for c in channels
        )
        init_weights(self)

    def forward(self, features: Sequence[Tensor], ids: Sequence[Tensor]) -> list[Tensor]:
        return [
            _normalise(project(_pick(feature, chosen)))
            for project, feature, chosen in zip(self.projections, features, ids, strict=True)
        ]


def _normalise(vectors: Tensor) -> Tensor:
    """(..., C) divided by their length + TINY, as in CUT's Normalize."""
    return vectors / (vectors.float().norm(dim=-1, keepdim=True) + TINY)


def _pick(feature: Tensor, chosen: Tensor) -> Tensor:
    """(N, C, H, W) -> (N, P, C); copies no more than the P vectors if `feature` is channels_last."""
    return feature.permute(0, 2, 3, 1).flatten(1, 2).index_select(1, chosen)
