"""Colours: sRGB as in settings and images, linear RGB as light adds up, and the way between them."""

from typing import Annotated

import numpy as np
from pydantic import Field

Color = Annotated[str, Field(pattern="^#[0-9a-f]{6}$")]
"""An sRGB colour as `#rrggbb`."""
Rgb = tuple[int, int, int]
"""An sRGB colour as three bytes."""
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""What each channel of linear RGB adds to the brightness (ITU-R BT.709)."""


def rgb(color: str) -> Rgb:
    """Return `#rrggbb` as three bytes."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def linear(color: str | np.ndarray) -> np.ndarray:
    """Return the linear RGB values 0..1 of an sRGB colour: `#rrggbb`, or an array of values 0..1."""
    srgb = np.array(rgb(color)) / 255 if isinstance(color, str) else color
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def encoded(light: np.ndarray) -> np.ndarray:
    """Return linear values 0..1 as sRGB 0..1; the inverse of `linear`."""
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-8) ** (1 / 2.4) - 0.055)
