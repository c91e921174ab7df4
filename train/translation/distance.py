"""How far two sets of pictures are apart: the kernel distance (KID, Binkowski et al. 2018)."""

from torch import Tensor


def kernel_distance(x: Tensor, y: Tensor) -> float:
    """Return the unbiased squared maximum mean discrepancy of features (N, F) and (M, F), N and M at least 2.

    It is 0 on average for samples of one distribution, so it can be a
    little below. Features should be in units of their standard deviation.
    """
    n, m = len(x), len(y)
    xx, yy, xy = (polynomial_kernel(a, b) for a, b in ((x, x), (y, y), (x, y)))
    within_x = (xx.sum() - xx.diagonal().sum()) / (n * (n - 1))
    within_y = (yy.sum() - yy.diagonal().sum()) / (m * (m - 1))
    return float(within_x + within_y - 2 * xy.mean())


def polynomial_kernel(a: Tensor, b: Tensor) -> Tensor:
    """Return (a . b / F + 1)^3 of all pairs, float64 (N, M), of features (N, F) and (M, F)."""
    return (a.double() @ b.double().T / a.shape[1] + 1) ** 3
