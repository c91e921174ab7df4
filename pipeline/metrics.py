"""Classification metrics and their uncertainty.

Most come from the confusion matrix (K, L): the true class picks the row, the predicted one the column. More
columns than rows hold answers that are wrong for every class.
"""

import math
from typing import Any

import numpy as np
from scipy.stats import binomtest

from assets.common.rng import rng_for

LEVEL = 0.95
COMMON = 5
"""A class with fewer images says too little: the mean recall of the common ones leaves it out."""
CONFIDENCE_BINS = 10
COVERAGES = (1.0, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5)


def confusion_matrix(actual: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Count int64 (classes, classes) from class indices (N,) and (N,)."""
    matrix = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(matrix, (actual, predicted), 1)
    return matrix


def accuracy(matrix: np.ndarray) -> np.ndarray:
    """Share of images on the diagonal; (..., K, L) -> (...)."""
    return _diagonal(matrix).sum(-1) / matrix.sum((-2, -1))


def recall(matrix: np.ndarray) -> np.ndarray:
    """Share of each class's images that are recognised, NaN if it has none; (..., K, L) -> (..., K)."""
    with np.errstate(invalid="ignore"):
        return _diagonal(matrix) / matrix.sum(-1)


def balanced_accuracy(matrix: np.ndarray) -> np.ndarray:
    """Mean recall over the classes that have images; (..., K, L) -> (...)."""
    return np.nanmean(recall(matrix), axis=-1)


def common_recall(matrix: np.ndarray) -> np.ndarray:
    """Mean recall over the classes with at least COMMON images, if there are any; (..., K, L) -> (...)."""
    return np.nanmean(np.where(matrix.sum(-1) >= COMMON, recall(matrix), np.nan), axis=-1)


def macro_f1(matrix: np.ndarray) -> np.ndarray:
    """Mean F1 over the classes that have images or predictions; (..., K, L) -> (...)."""
    with np.errstate(invalid="ignore"):
        f1 = 2 * _diagonal(matrix) / (matrix.sum(-1) + matrix.sum(-2)[..., : matrix.shape[-2]])
    return np.nanmean(f1, axis=-1)


def summarise(
    matrix: np.ndarray, classes: tuple[str, ...], resamples: int, seed: int, name: str
) -> dict[str, Any]:
    """Return every figure of a confusion matrix with at least one image, as metrics.json holds it.

    `<metric>_95` are [low, high]. Accuracy, balanced accuracy, macro-F1 and common recall (left out where no
    class is common): percentiles of a bootstrap over images, stratified by true class (every resample keeps
    the class counts). Recall: Wilson's interval, because a bootstrap of a class that is always right would
    claim certainty however few its images. `name` seeds the resampling together with `seed`.
    """
    resampled = bootstrap(matrix, resamples, rng_for(seed, "bootstrap", name))
    summary: dict[str, Any] = {"images": int(matrix.sum())}
    metrics = {"accuracy": accuracy, "balanced_accuracy": balanced_accuracy, "macro_f1": macro_f1}
    if (matrix.sum(1) >= COMMON).any():
        metrics["common_recall"] = common_recall
    for key, metric in metrics.items():
        summary[key] = round(float(metric(matrix)), 4)
        summary[f"{key}_95"] = interval(metric(resampled))
    support = matrix.sum(1)
    present = [i for i in range(len(classes)) if support[i]]
    summary["recall"] = {classes[i]: round(float(recall(matrix)[i]), 4) for i in present}
    summary["recall_95"] = {classes[i]: wilson(matrix[i, i], support[i]) for i in present}
    summary["support"] = {classes[i]: int(support[i]) for i in range(len(classes))}
    return summary


def calibration_error(confidence: np.ndarray, correct: np.ndarray) -> float:
    """Return the expected calibration error (Guo et al. 2017) of float (N,) confidences and bool (N,).

    The distance between mean confidence and accuracy in each of ten equal bins, weighted by its images.

    >>> calibration_error(np.array([0.95, 0.95, 0.55, 0.55]), np.array([True, True, True, False]))
    0.05
    """
    bins = np.minimum((confidence * CONFIDENCE_BINS).astype(int), CONFIDENCE_BINS - 1)
    gaps = np.bincount(bins, weights=confidence - correct, minlength=CONFIDENCE_BINS)
    return round(float(np.abs(gaps).sum()) / len(confidence), 4)


def coverage_curve(confidence: np.ndarray, correct: np.ndarray) -> list[dict[str, float]]:
    """Return how accurate the surest images are: what abstaining below `min_confidence` buys.

    For each of `COVERAGES`, the fewest surest images that are at least that share; images of one confidence
    are in or out together.
    """
    order = np.argsort(-confidence, kind="stable")
    sure, right = confidence[order], np.cumsum(correct[order])
    curve = []
    for share in COVERAGES:
        least = sure[int(np.ceil(share * len(sure))) - 1]
        kept = int(np.searchsorted(-sure, -least, side="right"))
        curve.append(
            {
                "coverage": round(kept / len(sure), 4),
                "min_confidence": math.floor(least * 1e4) / 1e4,
                "accuracy": round(float(right[kept - 1]) / kept, 4),
            }
        )
    return curve


def _diagonal(matrix: np.ndarray) -> np.ndarray:
    return np.diagonal(matrix, axis1=-2, axis2=-1)


def bootstrap(matrix: np.ndarray, resamples: int, rng: np.random.Generator) -> np.ndarray:
    """Return int64 (R, K, L), the confusion matrices of resampled images.

    Drawing n of a class's n images with replacement is drawing its row from a multinomial distribution.
    """
    rows = [
        rng.multinomial(row.sum(), row / row.sum() if row.any() else np.eye(len(row))[0], resamples)
        for row in matrix
    ]
    return np.stack(rows, axis=1)


def tails(resampled: np.ndarray) -> np.ndarray:
    """Return (low, high) (2, ...), between which LEVEL of the resampled values (R, ...) lie."""
    return np.quantile(resampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)


def interval(resampled: np.ndarray) -> list[float]:
    """Return `tails` as metrics.json holds them."""
    bounds: list[float] = tails(resampled).round(4).tolist()
    return bounds


def wilson(successes: int, trials: int) -> list[float]:
    """Return [low, high], Wilson's interval of a share."""
    bounds = binomtest(int(successes), int(trials)).proportion_ci(LEVEL, method="wilson")
    return [round(bounds.low, 4), round(bounds.high, 4)]
