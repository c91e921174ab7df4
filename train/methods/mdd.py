"""Margin disparity discrepancy (Zhang et al. 2019, "Bridging Theory and Algorithm", section 4).

    min over features psi and head f:  cross-entropy(f(psi(synthetic))) + weight * D(f', psi)
    max over the second head f':       D = E_target log(1 - s') - gamma E_synthetic (-log s')

s' is the probability that f' gives to the class that f predicts: f' shall agree with f on synthetic images
and disagree on target images, and the features shall leave it no way to. gamma is the exponential of the
margin. A gradient reversal layer, warmed up, makes this one descent.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from train.data.batch import Batch
from train.methods.alignment import Alignment, Terms
from train.networks.classifier import hidden_layer
from train.networks.gradient_reversal import reverse_gradient
from train.networks.layers import init_normal
from train.params import TrainParams


def margin_disparity(adversary: Tensor, predicted: Tensor, synthetic: int, gamma: float) -> Tensor:
    """Return -D, which the second head lowers.

    Args: adversary (N, K): logits of the second head; predicted int64 (N,): the classes that the first head
    names; the first `synthetic` rows are of synthetic images. Returns: a scalar.

    >>> margin_disparity(torch.zeros(2, 2), torch.tensor([0, 1]), synthetic=1, gamma=4.0)    # 5 log 2
    tensor(3.4657)
    """
    adversary = adversary.float()
    agree = F.cross_entropy(adversary[:synthetic], predicted[:synthetic])
    chosen = F.one_hot(predicted[synthetic:], adversary.shape[1]).bool()
    others = adversary[synthetic:].masked_fill(chosen, -torch.inf).logsumexp(dim=1)
    disagree = (adversary[synthetic:].logsumexp(dim=1) - others).mean()  # -log(1 - s'), never of 0
    return gamma * agree + disagree


class Method(Alignment):
    """f is what the classifier has behind its features, f' a network with one hidden layer on the same.

    With `bottleneck.hidden` both have one. A bottleneck and both heads then start as in TLlib.

    >>> from train.params import TrainParams
    >>> params = TrainParams(method="mdd", size=32, backbone="test_resnet", pretrained=False)
    >>> Method(params, classes=7).second_head(torch.zeros(2, 96)).shape
    torch.Size([2, 7])
    """

    def __init__(self, params: TrainParams, classes: int) -> None:
        super().__init__(params, classes)
        classifier, width = self.classifier, params.adversary.width
        self.second_head = nn.Sequential(
            *hidden_layer(classifier.num_features, width, dropout=0.5), nn.Linear(width, classes)
        )
        if params.bottleneck.width:
            init_normal(classifier.bottleneck, std=0.005, bias=0.1)
            for head in (classifier.hidden, classifier.head, self.second_head):
                init_normal(head, std=0.01)
        self.add_adversary(self.second_head)

    def terms(self, features: Tensor, logits: Tensor, batch: Batch) -> Terms:
        mdd = self.params.mdd
        adversary = self.second_head(reverse_gradient(features, mdd.strength * self.reversal(batch)))
        disparity = margin_disparity(adversary, logits.argmax(dim=1), len(batch.x), mdd.gamma)
        return {"disparity": (self.params.adversary.weight, disparity)}
