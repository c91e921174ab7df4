"""Which regions of a photo speak for a class: Grad-CAM (Selvaraju et al. 2017)."""

import torch
from torch import Tensor

from train.model_folder import TrainedClassifier


def evidence(classifier: TrainedClassifier, image: Tensor, label: int) -> Tensor | None:
    """Preprocessed image (3, size, size) -> float32 (h, w) in [0, 1], 1 where class `label` gains the most.

    The last feature maps, each weighted with the mean gradient of the class's logit; what speaks against the
    class is 0, and so is all of it if nothing speaks for it. None for a backbone without feature maps.
    """
    network = classifier.network
    with torch.no_grad():
        normalised = (image[None].to(classifier.device) - network.mean) / network.std
        features = network.backbone.forward_features(normalised)
    if features.ndim != 4 or features.shape[1] != network.backbone.num_features:
        return None
    features.requires_grad_()
    with torch.enable_grad():
        logit = network.classify(network.bottleneck(network.backbone.forward_head(features)))[0, label]
        (gradient,) = torch.autograd.grad(logit, features)
    weights = gradient.mean(dim=(2, 3), keepdim=True)
    gain = (weights * features.detach()).sum(dim=1)[0].clamp(min=0)
    return (gain / gain.max().clamp(min=1e-12)).float().cpu()
