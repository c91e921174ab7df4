"""Batch spectral penalization on DANN (Chen et al. 2019, "Transferability vs. Discriminability", section 4).

Adversarial training makes features transferable by letting few singular vectors dominate, which costs
discriminability. BSP adds  weight * sum_{i<=k} (sigma_s,i^2 + sigma_t,i^2),  the k largest singular values of
the synthetic and of the target features of a batch. They grow with the batch, so `weight` is that of the
paper's batch of 32 images of each domain, and scaled to it.
"""

import torch
from torch import Tensor

from train.data.batch import Batch
from train.methods import dann
from train.methods.alignment import Terms

BATCH = 32
"""Images of each domain in a batch of the paper's."""


def spectral_penalty(features: Tensor, k: int) -> Tensor:
    """Return BATCH / N times the sum of the squares of the `k` largest singular values of features (N, F).

    >>> spectral_penalty(torch.diag(torch.tensor([1.0, 3.0, 2.0, 0.0])), k=2)          # 32 / 4 (9 + 4)
    tensor(104.)
    """
    return torch.linalg.svdvals(features.float())[:k].square().sum() * (BATCH / len(features))


class Method(dann.Method):
    """DANN and the penalty of each domain's features.

    >>> from train.params import TrainParams
    >>> params = TrainParams(method="bsp", size=32, backbone="test_resnet", pretrained=False)
    >>> params.bsp.weight, params.bsp.k
    (0.0001, 1)
    >>> sorted(Method(params, classes=7).optimizers)
    ['adversary', 'classifier']
    """

    def terms(self, features: Tensor, logits: Tensor, batch: Batch) -> Terms:
        bsp, n = self.params.bsp, len(batch.x)
        spectral = spectral_penalty(features[:n], bsp.k) + spectral_penalty(features[n:], bsp.k)
        return super().terms(features, logits, batch) | {"spectral": (bsp.weight, spectral)}
