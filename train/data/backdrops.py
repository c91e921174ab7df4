"""Other backdrops for renders: a garment, cut out by its mask, pasted on what is behind another one.

Copy-paste by mask (Dwibedi et al. 2017, Ghiasi et al. 2021). A new backdrop costs no render. Whatever the
classes, a backdrop is any other render's, so that none can tell the class.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from train.data.images import open_prepared
from train.data.manifest import mask_of
from train.data.photo import square

CHANNELS = 5
"""Of `layers_of`."""
RIM = 0.05
"""How far around a garment its backdrop is filled, too, as a share of the side: contact shadows lie there."""
FOLDS = 8
"""How often a place is mirrored that has landed in the hole again."""
NOTHING = 128
"""Grey level of the backdrop of which a picture shows nothing."""


def read_layers(path: Path, size: int) -> np.ndarray:
    """Return the layers of a render, uint8 (size, size, 5), from its file and the mask beside it.

    Raises click.ClickException if one of them cannot be read.
    """
    pixels, mask = (square(open_prepared(file), size) for file in (path, mask_of(path)))
    return layers_of(pixels, mask[:, :, 0])


def layers_of(pixels: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return what `paste` needs of a render, uint8 (S, S, 5).

    Three channels of the backdrop, in which the garment's hole and its rim are filled; the mask; the shade,
    how much of its light the garment's contact shadow leaves to the rim, 255 all of it: the mean all around
    the garment, by distance.

    Args: pixels uint8 (S, S, 3); mask uint8 (S, S), 255 where the garment covers all of a pixel.
    """
    from scipy import ndimage  # a bare machine that trains without masks has none

    rim = max(1, round(RIM * len(mask)))
    distance = np.ceil(ndimage.distance_transform_edt(mask == 0)).astype(int)
    hole = distance <= rim
    backdrop = fill(pixels, hole)
    light, full = (
        np.bincount(distance[hole], image[hole].mean(axis=1), rim + 1) for image in (pixels, backdrop)
    )
    shade = np.append((light / full.clip(min=1)).clip(max=1), 1)
    shade[0] = shade[1]
    around = shade[distance.clip(max=rim + 1)]
    return np.dstack([backdrop, mask, np.rint(255 * around).astype(np.uint8)])


def fill(pixels: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """Return pixels (S, S, 3) with others in the `hole`, bool (S, S): mirrored at its outline, grain and all.

    A place is mirrored at the nearest one outside the hole and at the picture's border; if that is in the
    hole, again.
    """
    from scipy import ndimage

    if hole.all():
        return np.full_like(pixels, NOTHING)
    last = len(hole) - 1
    nearest = ndimage.distance_transform_edt(hole, return_distances=False, return_indices=True)
    places = np.indices(hole.shape)
    for _ in range(FOLDS):
        mirrored = np.abs(2 * nearest[:, *places] - places)
        places = np.where(hole[*places], last - np.abs(last - mirrored), places)
    return pixels[*nearest[:, *places]]


def paste(images: Tensor, layers: Tensor, backdrops: Tensor) -> Tensor:
    """Return the garments of `images` on other backdrops, in the contact shadows that they had.

    A picture is I = a F + (1 - a) s B, of the garment F with mask a, and the backdrop B with shade s. B is
    changed, so that no pixel with a = 1 is.

    Args: images float32 (N, 3, S, S) in [-1, 1]; layers uint8 (N, S, S, 5): theirs; backdrops uint8
    (N, S, S, 3): the first channels of others' layers.
    """
    own, new = (image.permute(0, 3, 1, 2) / 255 for image in (layers[..., :3], backdrops))
    mask, shade = (layers[:, None, ..., channel] / 255 for channel in (3, 4))
    behind = (1 - mask) * shade
    garment = (images * 0.5 + 0.5 - behind * own).clamp(min=0).minimum(mask)  # a F
    return torch.where(mask == 1, images, (garment + behind * new) * 2 - 1)
