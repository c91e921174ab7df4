"""The images that the pipeline has prepared, and pixels to tensors and back."""

from pathlib import Path

import click
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from train.data.photo import UnreadablePhoto, open_photo


def open_prepared(path: Path) -> Image.Image:
    """Return an image that a manifest lists, as upright 8-bit RGB; raises click.ClickException."""
    try:
        return open_photo(path).image
    except UnreadablePhoto as error:
        raise click.ClickException(
            f"{path}: cannot be read ({error}); make the manifest again (dvc repro)"
        ) from None


def to_tensor(pixels: np.ndarray) -> Tensor:
    """uint8 (..., H, W, 3) -> float32 (..., 3, H, W) in [0, 1]."""
    return torch.from_numpy(np.moveaxis(pixels, -1, -3) / np.float32(255))


def to_uint8(images: Tensor) -> np.ndarray:
    """Float (..., 3, H, W) in [0, 1] -> uint8 (..., H, W, 3)."""
    pixels = images.detach().float().clamp(0, 1).mul(255).round().byte().cpu().numpy()
    return np.moveaxis(pixels, -3, -1)
