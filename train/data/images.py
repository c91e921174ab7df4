"""From any picture to the square tensor the networks see. Training, evaluation and prediction share this."""

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor


def square(image: Image.Image, size: int) -> np.ndarray:
    """Return `image` as uint8 RGB (size, size, 3): upright, short side resized to `size`, centre crop.

    Transparent parts become white, as in a shop; 16-bit grey becomes 8-bit. Only the centre square is
    resized, so an absurd aspect ratio costs nothing. Bicubic with Pillow's anti-aliasing.
    """
    image = rgb(ImageOps.exif_transpose(image))
    side = min(image.size)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    box = (left, top, left + side, top + side)
    return np.asarray(image.resize((size, size), Image.Resampling.BICUBIC, box=box, reducing_gap=3.0))


def rgb(image: Image.Image) -> Image.Image:
    """Return `image` in mode RGB: over white where it is transparent, 16-bit grey scaled to 8 bits."""
    if image.mode.startswith("I"):
        grey = np.clip(np.asarray(image, dtype=np.float32) / 257, 0, 255)
        return Image.fromarray(grey.astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image.convert("RGB")


def to_tensor(pixels: np.ndarray) -> Tensor:
    """uint8 (..., H, W, 3) -> float32 (..., 3, H, W) in [0, 1]."""
    return torch.from_numpy(np.moveaxis(pixels, -1, -3) / np.float32(255))


def to_uint8(images: Tensor) -> np.ndarray:
    """Float (..., 3, H, W) in [0, 1] -> uint8 (..., H, W, 3)."""
    pixels = images.detach().float().clamp(0, 1).mul(255).round().byte().cpu().numpy()
    return np.moveaxis(pixels, -3, -1)
