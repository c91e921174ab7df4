"""Pictures inside the page: JPEGs as data URIs."""

import base64
import io
from pathlib import Path

import numpy as np
from PIL import Image

from train.data.images import open_prepared


def embed(path: Path, side: int) -> str:
    """Return the image file as a data URI, at most `side` pixels wide and high."""
    return embed_image(open_prepared(path), side)


def embed_pixels(pixels: np.ndarray, side: int) -> str:
    """Return uint8 RGB (H, W, 3) as a data URI, at most `side` pixels wide and high."""
    return embed_image(Image.fromarray(pixels), side)


def embed_image(image: Image.Image, side: int) -> str:
    """Return an RGB image as a data URI, at most `side` pixels wide and high."""
    image = image.copy()
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=84, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
