"""Minimum class confusion (Jin et al. 2020, section 3).

A classifier that adapts badly confuses pairs of classes. The loss is the mean share of a class's predictions
that goes to other classes, estimated without labels from the probabilities of a batch of target images.
"""

from torch import Tensor

from train.data.batch import Batch
from train.methods.alignment import Alignment, Terms
from train.methods.losses import certainty


def class_confusion(logits: Tensor, temperature: float) -> Tensor:
    """Return the class confusion of logits (N, K), a scalar between 0 (none) and 1 - 1/K.

    Probabilities p at a temperature (equation 2); weights w of the images by 1 + exp(-entropy), mean 1
    (equations 4 and 5); confusion matrix C = p^T diag(w) p (equation 6), its rows scaled to sum to 1
    (equation 7); the loss is the sum of what lies off the diagonal, divided by K (equation 8).

    >>> import torch
    >>> class_confusion(torch.tensor([[0.0, 0.0]]), temperature=1.0)
    tensor(0.5000)
    """
    probabilities = (logits.float() / temperature).softmax(dim=1)
    weights = certainty(probabilities.detach())
    weights = weights / weights.mean()
    confusion = (probabilities * weights.unsqueeze(1)).T @ probabilities
    confusion = confusion / confusion.sum(dim=1, keepdim=True)
    return 1 - confusion.diagonal().mean()


class Method(Alignment):
    """Cross-entropy on synthetic images and the confusion on target images.

    >>> from train.params import TrainParams
    >>> params = TrainParams(method="mcc", size=32, backbone="test_resnet", pretrained=False)
    >>> sorted(Method(params, classes=7).optimizers)
    ['classifier']
    """

    def terms(self, features: Tensor, logits: Tensor, batch: Batch) -> Terms:
        confusion = class_confusion(logits[len(batch.x) :], self.params.mcc.temperature)
        return {"confusion": (self.params.mcc.weight, confusion)}
