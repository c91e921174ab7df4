"""Labels for target images, from the classifier itself (paper, section 3)."""

import torch
from torch import Tensor

from train.classifier import Classifier
from train.losses import IGNORE


@torch.no_grad()
def pseudo_labels(classifier: Classifier, images: Tensor, threshold: float) -> Tensor:
    """Return the most probable class of each image (N, 3, H, W): int64 (N,), without gradient.

    The classifier looks in evaluation mode, as it will later at the shop's photos. An image whose highest
    probability is below `threshold` gets IGNORE. The classifier comes back in the mode it was in.
    """
    training = classifier.training
    classifier.eval()
    confidence, labels = classifier(images).float().softmax(dim=1).max(dim=1)
    classifier.train(training)
    return labels.masked_fill(confidence < threshold, IGNORE)
