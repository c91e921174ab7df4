"""Adaptive feature norm (Xu et al. 2019, "Larger Norm More Transferable").

Target features are weak: their norms are small. The hard form (HAFN, section 3.3) pulls the mean norm of each
domain to a radius R; the stepwise form (SAFN, section 3.4) raises the norm of every image by a little, step
after step. Dropout before the last layer preserves the L2 norm, not the mean (section 3.5).
"""

import math

from torch import Tensor
from torch.nn import functional as F

from train.data.batch import Batch
from train.methods.alignment import Alignment, Terms
from train.networks.layers import init_normal
from train.params import TrainParams


def hard_norm(features: Tensor, radius: float) -> Tensor:
    """Return (mean norm - R)^2 of the features (N, F) of one domain, a scalar.

    >>> import torch
    >>> hard_norm(torch.tensor([[3.0, 4.0], [0.0, 1.0]]), radius=5.0)          # (3 - 5)^2
    tensor(4.)
    """
    return (features.float().norm(dim=1).mean() - radius).square()


def stepwise_norm(features: Tensor, step: float) -> Tensor:
    """Return the mean of (norm - (norm before + step))^2; "before" is the same norm without gradient.

    Args: features (N, F) of one domain. Returns: a scalar, always step^2; what counts is its gradient, which
    lengthens all.

    >>> import torch
    >>> features = torch.tensor([[3.0, 4.0]], requires_grad=True)
    >>> stepwise_norm(features, step=1.0).backward()
    >>> features.grad                                                           # -2 step f / |f|
    tensor([[-1.2000, -1.6000]])
    """
    norms = features.float().norm(dim=1)
    return (norms - (norms.detach() + step)).square().mean()


def l2_dropout(features: Tensor, p: float, training: bool) -> Tensor:
    """Dropout whose survivors are scaled by 1 / sqrt(1 - p), so that the expected squared norm stays.

    >>> import torch
    >>> sorted(set(l2_dropout(torch.ones(100), p=0.75, training=True).tolist()))
    [0.0, 2.0]
    """
    return F.dropout(features, p, training) * math.sqrt(1 - p) if training else features


class Method(Alignment):
    """The norm is that of the features before the last layer; both domains' losses are added (authors' code).

    A bottleneck starts as in TLlib, but for its biases, there N(0, 0.01^2).

    >>> from train.params import AFNParams, TrainParams
    >>> params = TrainParams(method="afn", size=32, backbone="test_resnet", pretrained=False)
    >>> params.afn.form, params.model_copy(update={"afn": AFNParams(form="hard")}).afn.radius
    ('stepwise', 25.0)
    >>> sorted(Method(params, classes=7).optimizers)
    ['classifier']
    """

    def __init__(self, params: TrainParams, classes: int) -> None:
        super().__init__(params, classes)
        if params.bottleneck.width:
            init_normal(self.classifier.bottleneck, std=0.01)
            init_normal(self.classifier.head, std=0.01)

    def features(self, images: Tensor) -> Tensor:
        return l2_dropout(super().features(images), self.params.afn.dropout, self.training)

    def terms(self, features: Tensor, logits: Tensor, batch: Batch) -> Terms:
        afn, n = self.params.afn, len(batch.x)
        if afn.form == "stepwise":
            norm = stepwise_norm(features[:n], afn.step) + stepwise_norm(features[n:], afn.step)
        else:
            norm = hard_norm(features[:n], afn.radius) + hard_norm(features[n:], afn.radius)
        return {"norm": (afn.weight, norm)}
