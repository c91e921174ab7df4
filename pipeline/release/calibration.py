"""Calibrate a classifier's confidence (temperature scaling) on rendered images, without labelled photos."""

import numpy as np
import torch
from scipy.optimize import minimize_scalar
from torch import Tensor
from torch.nn import functional as F

from assets.common.rng import rng_for
from train.data.augmentation import draw_augmentation
from train.data.batch import in_batches
from train.data.domains import Images
from train.model_folder import TrainedClassifier
from train.params import AugmentParams

VIEWS = 6
"""Each rendered image is seen so many times, always changed otherwise."""
LIMITS = (0.2, 5.0)


def fit_temperature(logits: Tensor, labels: np.ndarray, weights: np.ndarray) -> float:
    """Return the temperature in 0.2..5 that minimises the cross-entropy (Guo et al. 2017, section 4.2).

    `logits` float (N, K), `labels` int64 (N,), `weights` float (N,): how much each image counts.
    """
    target, weight = torch.from_numpy(labels), torch.from_numpy(weights)

    def loss(log_temperature: float) -> float:
        losses = F.cross_entropy(logits.double() / np.exp(log_temperature), target, reduction="none")
        return float((losses * weight).mean())

    found = minimize_scalar(loss, bounds=np.log(LIMITS), method="bounded")
    return float(np.exp(found.x))


def calibrate(
    classifier: TrainedClassifier, images: Images, augment: AugmentParams, prior: np.ndarray, seed: int
) -> float:
    """Return the temperature for `classifier`, from rendered images that it was not trained on.

    `images` are of the size at which it will read photos: at another size it is sure in other measure.

    They are changed as training images are, since clean renders are far easier than photos, and count as
    often as their class does in `prior` (K,), the class frequencies among the photos.
    """
    rng = rng_for(seed, "calibration")
    scores = []
    with torch.inference_mode():
        for _ in range(VIEWS):
            for pixels in in_batches(images.pixels, classifier.device):
                change = draw_augmentation(len(pixels), augment, rng)
                scores.append(classifier.network(change(pixels)).cpu())
    labels = np.tile(images.labels, VIEWS)
    return fit_temperature(torch.cat(scores), labels, prior[labels])
