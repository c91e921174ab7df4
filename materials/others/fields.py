"""Numbers over the pixels of a seamless tile, and colours from them."""

from collections.abc import Sequence

import numpy as np

from materials.color import rgb


def grid(side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return x right and y down of each pixel's centre, in tiles, each (side, side)."""
    at = (np.arange(side) + 0.5) / side
    return np.broadcast_to(at, (side, side)), np.broadcast_to(at[:, None], (side, side))


def clouds(rng: np.random.Generator, side: int, cycles: float, roughness: float = 0.0) -> np.ndarray:
    """Return a smooth random field (side, side), mean 0, deviation 1, that repeats like a tile.

    It has about `cycles` bumps across; with `roughness` (0..1) it has ever finer ones too, as clouds do.
    """
    f = np.hypot(np.fft.fftfreq(side, 1 / side)[:, None], np.fft.rfftfreq(side, 1 / side))
    gain = np.exp(-((f / cycles) ** 2)) + roughness * (1 + f / cycles) ** -1.8
    gain[0, 0] = 0
    # few low frequencies decide, so that they are drawn alike for every side
    size = 96
    spectrum = np.zeros(f.shape, complex)
    noise = np.fft.rfft2(rng.normal(size=(size, size)))
    half = min(size, side) // 2
    spectrum[:half, :half] = noise[:half, :half]
    spectrum[-half + 1 :, :half] = noise[-half + 1 :, :half]
    field = np.fft.irfft2(spectrum * gain, s=(side, side))
    return field / field.std()


def ramp(low: float, high: float, x: np.ndarray) -> np.ndarray:
    """Return 0 up to `low`, 1 from `high` on (`high` may be the smaller), smooth between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def srgb(color: str) -> np.ndarray:
    """Return `#rrggbb` as floats (3,), 0..255."""
    return np.array(rgb(color), float)


def layers(ground: str, dyes: Sequence[tuple[str, np.ndarray]]) -> np.ndarray:
    """Lay dyes over the ground, each where its mask (side, side) of 0..1 says; uint8 (side, side, 3)."""
    picture = np.broadcast_to(srgb(ground), (*dyes[0][1].shape, 3))
    for color, mask in dyes:
        picture = picture + (srgb(color) - picture) * mask[..., None]
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)
