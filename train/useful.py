"""Which photos to label first: BADGE (Ash et al. 2020, "Deep Batch Active Learning by Diverse, Uncertain
Gradient Lower Bounds").

If the model's guess y were the label, the gradient of the last layer would be  g = h (p - onehot(y))^T  for
features h and probabilities p: long where the model is unsure, and pointing elsewhere for other guesses and
other features. Drawing photos as k-means++ draws its centres, in proportion to the squared distance of g to
the nearest one drawn, takes unsure photos that are unlike each other.
"""

import numpy as np


def most_useful_first(
    features: np.ndarray, probabilities: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return the order in which to label, int64 (N,), from features (N, F) and probabilities (N, K).

    >>> sure, unsure = [0.99, 0.01], [0.6, 0.4]
    >>> most_useful_first(np.ones((3, 2)), np.array([sure, unsure, sure]), np.random.default_rng(0))[0].item()
    1
    """
    h = features.astype(np.float64)
    a = probabilities.astype(np.float64)
    a[np.arange(len(a)), a.argmax(axis=1)] -= 1
    lengths = (h**2).sum(axis=1) * (a**2).sum(axis=1)
    distances, left = lengths.copy(), np.ones(len(h), dtype=bool)
    order: list[int] = []
    for _ in range(len(h)):
        weights = np.where(left, np.maximum(distances, 1e-12), 0)
        chosen = int(rng.choice(len(h), p=weights / weights.sum())) if order else int(lengths.argmax())
        order.append(chosen)
        left[chosen] = False
        products = (h @ h[chosen]) * (a @ a[chosen])
        distances = np.minimum(distances, lengths + lengths[chosen] - 2 * products)
    return np.array(order)
