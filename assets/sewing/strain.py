"""How a mesh differs from the cloth it is made of: lengths and areas against UVs in metres."""

import numpy as np

from assets.patterns.panels import cross


def areas(corners: np.ndarray) -> np.ndarray:
    """Return the areas (F,) of triangles (F, 3, 3)."""
    return np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1) / 2


def signed_areas(uv: np.ndarray) -> np.ndarray:
    """Return the areas (F,) of triangles (F, 3, 2), negative where they lie face down."""
    return cross(uv[:, 1] - uv[:, 0], uv[:, 2] - uv[:, 0]) / 2


def along_cloth(corners: np.ndarray, uv: np.ndarray, good: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where a metre of u and of v leads on the mesh, (F, 3) each; zero for faces not `good` (F,)."""
    p, q = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    a, b = uv[:, 1] - uv[:, 0], uv[:, 2] - uv[:, 0]
    turned = np.where(good, cross(a, b), 1.0)[:, None]
    along_u = (p * b[:, 1:] - q * a[:, 1:]) / turned
    along_v = (q * a[:, :1] - p * b[:, :1]) / turned
    return along_u * good[:, None], along_v * good[:, None]


def stretch(corners: np.ndarray, uv: np.ndarray, good: np.ndarray) -> np.ndarray:
    """Return by which factor, at least 1, each face (F,) is drawn out or in, at worst; 1 if not `good`."""
    values = np.linalg.svd(np.stack(along_cloth(corners, uv, good), axis=2), compute_uv=False)
    worst = np.maximum(values[:, 0], 1 / np.maximum(values[:, 1], 1e-9))
    return np.where(good, worst, 1.0)


def weighted_median(values: np.ndarray, weights: np.ndarray) -> float:
    """Return the value that half of the weight lies below."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])


def scales(corners: np.ndarray, uv: np.ndarray) -> tuple[float, float]:
    """Return metres on the mesh for a metre of u and of v: the medians over the area. 1 is true to scale."""
    area = areas(corners)
    good = (area > 1e-9) & (np.abs(signed_areas(uv)) > 1e-9)
    u, v = (np.linalg.norm(step, axis=1)[good] for step in along_cloth(corners, uv, good))
    return weighted_median(u, area[good]), weighted_median(v, area[good])
