"""Conditional domain-adversarial network with entropy conditioning, CDAN+E (Long et al. 2018).

As DANN, but the discriminator sees features f and predicted probabilities g together, through the multilinear
map f (x) g, or a random projection of it where that has more than 4096 values (section 3.2); and images that
the classifier is sure about count more, by 1 + exp(-H(g)), H the entropy of g (section 3.3), unless
`adversary.entropy` is off.
"""

import math

import torch
from torch import Tensor, nn

from train.data.batch import Batch
from train.methods.alignment import Alignment, Terms
from train.methods.losses import certainty
from train.networks.domain_discriminator import DomainDiscriminator, domain_loss
from train.networks.gradient_reversal import reverse_gradient
from train.params import TrainParams

LARGEST_PRODUCT = 4096
RANDOM_WIDTH = 1024


class MultilinearMap(nn.Module):
    """Features (N, F) and probabilities (N, K) -> (N, F K), or (N, RANDOM_WIDTH) if F K > LARGEST_PRODUCT.

    Then it is (R_f f) * (R_g g) / sqrt(RANDOM_WIDTH), R_f and R_g fixed Gaussian matrices; its inner products
    are in expectation those of f (x) g.

    >>> MultilinearMap(2, 2)(torch.tensor([[1.0, 2.0]]), torch.tensor([[0.25, 0.75]]))
    tensor([[0.2500, 0.7500, 0.5000, 1.5000]])
    """

    of_features: Tensor
    of_classes: Tensor

    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        self.random = features * classes > LARGEST_PRODUCT
        self.width = RANDOM_WIDTH if self.random else features * classes
        if self.random:
            self.register_buffer("of_features", torch.randn(features, RANDOM_WIDTH))
            self.register_buffer("of_classes", torch.randn(classes, RANDOM_WIDTH))

    def forward(self, features: Tensor, probabilities: Tensor) -> Tensor:
        if self.random:
            return (features @ self.of_features) * (probabilities @ self.of_classes) / math.sqrt(self.width)
        return (features.unsqueeze(2) * probabilities.unsqueeze(1)).flatten(1)


class Method(Alignment):
    """The reversed gradient reaches the features only; the probabilities are a condition, without gradient.

    >>> from train.params import TrainParams
    >>> params = TrainParams(method="cdan", size=32, backbone="test_resnet", pretrained=False)
    >>> Method(params, classes=7).map.width
    672
    """

    def __init__(self, params: TrainParams, classes: int) -> None:
        super().__init__(params, classes)
        self.map = MultilinearMap(self.classifier.num_features, classes)
        own = params.adversary
        self.discriminator = DomainDiscriminator(self.map.width, own.width, own.batch_norm)
        self.add_adversary(self.discriminator)

    def terms(self, features: Tensor, logits: Tensor, batch: Batch) -> Terms:
        own, probabilities = self.params.adversary, logits.detach().float().softmax(dim=1)
        reversed_features = reverse_gradient(features, self.reversal(batch))
        scores = self.discriminator(self.map(reversed_features, probabilities))
        domain = domain_loss(scores, len(batch.x), certainty(probabilities) if own.entropy else None)
        return {"domain": (own.weight, domain)}
