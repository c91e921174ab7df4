"""What a trained classifier sees of images, looked at once: the features that its linear layer reads."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from train.data.augmentation import draw_augmentation
from train.data.batch import in_batches
from train.networks.classifier import Classifier
from train.params import AugmentParams

VIEWS = 3
"""Of each image: itself, and changed twice."""


@dataclass(frozen=True)
class Examples:
    """Features float32 (V, N, F) of V views of N images, the first one not changed; labels int64 (N,)."""

    features: Tensor
    labels: Tensor

    def __getitem__(self, chosen: Tensor) -> "Examples":
        return Examples(self.features[:, chosen], self.labels[chosen])


@torch.no_grad()
def look(
    network: Classifier,
    pixels: np.ndarray,
    augment: AugmentParams,
    rng: np.random.Generator,
    views: int = VIEWS,
) -> Tensor:
    """Return what `network.head` reads, float32 (views, N, F), on the CPU, of images uint8 (N, S, S, 3)."""
    network.eval()
    device = network.mean.device
    seen = []
    for view in range(views):
        features = []
        for images in in_batches(pixels, device):
            if view:
                images = draw_augmentation(len(images), augment, rng)(images)
            features.append(network.hidden(network.features(images)).float().cpu())
        seen.append(torch.cat(features))
    return torch.stack(seen)
