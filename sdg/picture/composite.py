"""A drawing put over a picture, smoothed as a lens would: in linear light, by how much it covers a pixel."""

import numpy as np
from PIL import Image
from scipy.ndimage import distance_transform_edt

from materials.color import encoded, linear

SEEN = 0.05
"""A pixel takes its colour from the drawing if this share of its samples hit; else from the nearest such."""


def over(below: Image.Image, drawing: np.ndarray, cover: Image.Image) -> Image.Image:
    """Return `below` behind `drawing`, of which `cover` says how much each pixel shows (255: all).

    `below` (RGB) and `cover` (L) are of one size. `drawing` (rows, columns, 4) float32 may have more samples:
    linear RGB times alpha, and alpha. Its alpha only tells where its colours come from, so that a pixel at
    the outline has the colour of the cloth in it, however few samples hit.
    """
    *premultiplied, alpha = (
        np.asarray(Image.fromarray(channel).resize(below.size, Image.Resampling.HAMMING))
        for channel in np.ascontiguousarray(np.moveaxis(drawing, -1, 0))
    )
    color = np.stack(premultiplied, axis=-1) / np.maximum(alpha, SEEN)[..., None]
    share = np.asarray(cover, np.float32)[..., None] / 255
    missed = alpha < SEEN
    if (missed & (share[..., 0] > 0)).any() and not missed.all():
        row, column = distance_transform_edt(missed, return_distances=False, return_indices=True)
        color = color[row, column]
    color = np.clip(color, 0, 1)
    behind = np.asarray(below, np.float32) / 255
    edge = (share[..., 0] > 0) & (share[..., 0] < 1)
    mixed = linear(behind[edge]) * (1 - share[edge]) + color[edge] * share[edge]
    result = np.where(share > 0, encoded(color), behind)
    result[edge] = encoded(mixed)
    return Image.fromarray(np.round(255 * result).astype(np.uint8))
