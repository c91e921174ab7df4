"""What a backdrop is painted on: the points of a plane in metres, noise, shapes and soft edges."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from scipy import fft

from materials.color import linear

Field = np.ndarray
"""(pixels, pixels) float32, bottom row first."""
Point = tuple[float, float]
"""x and y in metres."""


@dataclass(frozen=True)
class Canvas:
    """A rectangle of a floor or a wall. Lengths in metres."""

    rng: np.random.Generator
    low: np.ndarray
    """(2,), the lower left corner"""
    high: np.ndarray
    """(2,), the upper right corner"""
    x: Field
    y: Field
    scale: float
    """width of a plank or tile, distance of folds, period of a print"""
    relief: float
    """0..1, depth of folds, grain and stains"""
    angle: float
    """radians, turn of the planks, tiles or folds"""
    horizon: float
    """height of a room's floor line"""
    ground: str
    """`#rrggbb`"""
    second: str
    """`#rrggbb`"""
    upright: bool
    """A wall, not a floor."""

    @property
    def pitch(self) -> np.ndarray:
        """(2,): the width and the height of a pixel."""
        return (self.high - self.low) / len(self.x)

    @property
    def size(self) -> np.ndarray:
        """(2,): width and height."""
        return self.high - self.low

    @property
    def along(self) -> Field:
        """The points' distance from the origin in the direction of the angle."""
        return np.float32(np.cos(self.angle)) * self.x + np.float32(np.sin(self.angle)) * self.y

    @property
    def across(self) -> Field:
        """The same, at right angles to it."""
        return np.float32(np.cos(self.angle)) * self.y - np.float32(np.sin(self.angle)) * self.x

    def coarse(self, factor: int) -> Self:
        """Return the same rectangle with fewer points; it shares the random numbers."""
        return replace(self, x=self.x[::factor, ::factor], y=self.y[::factor, ::factor])

    def noise(self, feature: float, stretch: float = 1.0) -> Field:
        """Draw noise (mean 0, deviation 1) with blobs of size `feature`, `stretch` times longer along.

        Broad blobs are drawn on few points and enlarged.
        """
        pixels = len(self.x)
        side = int(np.clip(self.size.max() / (0.35 * feature), 8, pixels))
        side = fft.next_fast_len(side, real=True) if side < 0.7 * pixels else pixels
        width, height = self.size / side
        spectrum = fft.rfft2(self.rng.standard_normal((side, side), dtype=np.float32))
        fy = np.fft.fftfreq(side, height).astype(np.float32)[:, None]
        fx = np.fft.rfftfreq(side, width).astype(np.float32)[None]
        cos, sin = np.float32(np.cos(self.angle)), np.float32(np.sin(self.angle))
        along, across = cos * fx + sin * fy, cos * fy - sin * fx
        squared = (along * np.float32(stretch)) ** 2 + across**2
        spectrum *= np.exp(squared * np.float32(-0.5 * (2.2 * feature) ** 2))
        spectrum[0, 0] = 0
        field = fft.irfft2(spectrum, (side, side))
        return enlarged(field / (field.std() + 1e-9), pixels)

    def slope(self, height: Field) -> Field:
        """Return how steeply `height` rises toward the light, which falls in from somewhere: deviation 1."""
        angle = self.rng.uniform(0, 2 * np.pi)
        rise = np.float32(np.cos(angle)) * np.gradient(height, axis=1)
        rise += np.float32(np.sin(angle)) * np.gradient(height, axis=0)
        return rise / (rise.std() + 1e-9)

    def mask(self, corners: Sequence[Point] | np.ndarray, blur_m: float = 0.0) -> Field:
        """Return 1 inside a polygon, 0 outside; its edge is soft over `blur_m`, at least over a pixel."""
        image = self._new_image()
        ImageDraw.Draw(image).polygon([(x - 0.5, y - 0.5) for x, y in self._in_pixels(corners)], fill=255)
        radius = float(max(0.6, blur_m / self.pitch.mean() / 2))
        return np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255

    def stroke(self, points: Sequence[Point] | np.ndarray, width_m: float) -> Field:
        """Return 1 on a line through `points`, 0 beside it; a line finer than a pixel is faint."""
        width = width_m / float(self.pitch.mean())
        image = self._new_image()
        ImageDraw.Draw(image).line(
            self._in_pixels(points), round(255 * min(1.0, width)), max(1, round(width)), joint="curve"
        )
        return np.asarray(image.filter(ImageFilter.GaussianBlur(0.5)), np.float32) / 255

    def _new_image(self) -> Image.Image:
        return Image.new("L", (len(self.x), len(self.x)))

    def _in_pixels(self, points: Sequence[Point] | np.ndarray) -> list[Point]:
        """Return points (N, 2) in pixels from the lower left corner."""
        return [(x, y) for x, y in ((np.asarray(points) - self.low) / self.size * len(self.x)).tolist()]


def enlarged(field: np.ndarray, pixels: int) -> Field:
    """Return a square field (n, n) with `pixels` a side, smooth between the points it has (bicubic)."""
    if len(field) == pixels:
        return field
    image = Image.fromarray(np.ascontiguousarray(field, np.float32))
    return np.asarray(image.resize((pixels, pixels), Image.Resampling.BICUBIC))


def solid(color: str) -> np.ndarray:
    """Return a colour `#rrggbb` as linear RGB (3, 1, 1) float32, to paint with."""
    return linear(color).astype(np.float32)[:, None, None]


def hashed(keys: np.ndarray) -> np.ndarray:
    """Return a number 0..1 for every integer, the same for equal integers (Mueller's integer hash)."""
    bits = keys.astype(np.int64).astype(np.uint32)
    for _ in range(2):
        bits = (bits ^ (bits >> np.uint32(16))) * np.uint32(0x45D9F3B)
    return (bits ^ (bits >> np.uint32(16))).astype(np.float32) / np.float32(2**32)


def line(phase: Field, width: float) -> Field:
    """Return 1 where `phase` is within `width` of an integer, fading out over the same width."""
    away = np.abs(phase - np.round(phase))
    return np.clip(1.5 - away / max(width, 1e-9), 0, 1)


def step(distance: Field, width: float) -> Field:
    """Return 0 below, 1 above zero, with a soft step of `width` between."""
    return np.clip(distance / width + 0.5, 0, 1)
