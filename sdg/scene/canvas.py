"""What a backdrop is painted on: the points of a plane in metres, noise, and soft edges."""

from dataclasses import dataclass

import numpy as np

Field = np.ndarray
"""(pixels, pixels) float64, bottom row first."""


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
    relief: float
    """0..1"""
    angle: float
    """radians"""
    horizon: float
    ground: str
    """`#rrggbb`"""

    @property
    def pitch(self) -> np.ndarray:
        """(2,): the width and the height of a pixel."""
        return (self.high - self.low) / len(self.x)

    @property
    def along(self) -> Field:
        """The points' distance from the origin in the direction of the angle."""
        return np.cos(self.angle) * self.x + np.sin(self.angle) * self.y

    @property
    def across(self) -> Field:
        """The same, at right angles to it."""
        return np.cos(self.angle) * self.y - np.sin(self.angle) * self.x

    def noise(self, feature: float, stretch: float = 1.0) -> Field:
        """Draw noise (mean 0, deviation 1) with blobs of size `feature`, `stretch` times longer along."""
        pixels, (width, height) = len(self.x), self.pitch
        spectrum = np.fft.rfft2(self.rng.standard_normal((pixels, pixels)))
        fy, fx = np.meshgrid(np.fft.fftfreq(pixels, height), np.fft.rfftfreq(pixels, width), indexing="ij")
        along = np.cos(self.angle) * fx + np.sin(self.angle) * fy
        across = np.cos(self.angle) * fy - np.sin(self.angle) * fx
        spectrum *= np.exp(-0.5 * ((along * stretch) ** 2 + across**2) * (2.2 * feature) ** 2)
        spectrum[0, 0] = 0
        field = np.fft.irfft2(spectrum, (pixels, pixels))
        return field / (field.std() + 1e-9)


def hashed(keys: np.ndarray) -> np.ndarray:
    """Return a number 0..1 for every integer, the same for equal integers."""
    return np.modf(np.abs(np.sin(keys * 12.9898 + 4.1414)) * 43758.5453)[0]


def line(phase: Field, width: float) -> Field:
    """Return 1 where `phase` is within `width` of an integer, fading out over the same width."""
    away = np.abs(phase - np.round(phase))
    return np.clip(1.5 - away / max(width, 1e-9), 0, 1)


def step(distance: Field, width: float) -> Field:
    """Return 0 below, 1 above zero, with a soft step of `width` between."""
    return np.clip(distance / width + 0.5, 0, 1)
