"""What fabrics and grounds are painted with: dyes, noise, stamps, and the cloth that comes of it."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

Rng = np.random.Generator

DYES = {
    "black": (0x1C, 0x1B, 0x1D),
    "charcoal": (0x3A, 0x3B, 0x3F),
    "grey": (0x8B, 0x8C, 0x8E),
    "silver": (0xBF, 0xBF, 0xBC),
    "white": (0xF1, 0xF0, 0xEC),
    "ecru": (0xE6, 0xDC, 0xC6),
    "sand": (0xC8, 0xB0, 0x8A),
    "camel": (0xA8, 0x7B, 0x4A),
    "brown": (0x5A, 0x40, 0x30),
    "navy": (0x1E, 0x27, 0x47),
    "denim": (0x3F, 0x5B, 0x80),
    "sky": (0x9D, 0xBC, 0xDB),
    "royal": (0x22, 0x4C, 0xA8),
    "teal": (0x1C, 0x6E, 0x73),
    "bottle": (0x1D, 0x45, 0x33),
    "olive": (0x5C, 0x5E, 0x38),
    "mint": (0xA9, 0xD6, 0xBC),
    "lime": (0xA4, 0xC6, 0x3A),
    "mustard": (0xCE, 0x9B, 0x2C),
    "yellow": (0xEE, 0xD2, 0x54),
    "orange": (0xDF, 0x78, 0x2C),
    "coral": (0xE8, 0x82, 0x74),
    "red": (0xB9, 0x22, 0x2B),
    "wine": (0x6A, 0x1E, 0x33),
    "pink": (0xE6, 0xA6, 0xB6),
    "fuchsia": (0xC2, 0x33, 0x7C),
    "lilac": (0xB6, 0xA2, 0xCE),
    "purple": (0x57, 0x35, 0x7A),
}
NEUTRALS = ("black", "charcoal", "grey", "silver", "white", "ecru", "sand", "navy", "denim")

WRAPS = np.array([(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)])
"""Moves, in tiles, that draw a figure once more beyond each edge of a tile."""


@dataclass(frozen=True)
class Swatch:
    """A piece of cloth (or of a floor, a wall) as a texture.

    color (H, W, 3) float32 sRGB 0..1; height (H, W) float32 relief in millimetres; cm = (width, height) of
    the texture, which repeats without a seam, or None: it covers the object once; roughness 0..1. If it is
    `placed`, it keeps its shape: as wide as the shorter side of the object and at the middle of its top, and
    its border goes on beyond.
    """

    color: np.ndarray
    height: np.ndarray
    cm: tuple[float, float] | None
    roughness: float
    placed: bool = False


def noise(rng: Rng, shape: tuple[int, int], sigma: tuple[float, float]) -> np.ndarray:
    """Smooth periodic noise of mean 0 and deviation 1; `sigma` in texels (rows, columns)."""
    white = np.fft.rfft2(rng.standard_normal(shape))
    fy, fx = np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None]
    smooth = np.fft.irfft2(
        white * np.exp(-2 * np.pi**2 * ((sigma[0] * fy) ** 2 + (sigma[1] * fx) ** 2)), shape
    )
    return (smooth - smooth.mean()) / max(float(smooth.std()), 1e-9)


def scatter(rng: Rng, spacing: float, tries: int) -> np.ndarray:
    """Return points (n, 2) on the unit torus, each at least `spacing` from the others, by dart throwing."""
    points = np.empty((0, 2))
    for dart in rng.random((tries, 2)):
        gap = np.abs(points - dart)
        if not len(points) or np.hypot(*np.minimum(gap, 1 - gap).T).min() >= spacing:
            points = np.vstack([points, dart])
    return points


def any_dye(rng: Rng) -> np.ndarray:
    """Draw one of DYES, (3,) sRGB 0..1."""
    return np.array(list(DYES.values())[int(rng.integers(len(DYES)))]) / 255


def pick_dye(rng: Rng, neutral: float) -> np.ndarray:
    """Draw a dye (3,) sRGB 0..1 with a little of the batch's own tone; `neutral` is the share of neutrals."""
    names = NEUTRALS if rng.random() < neutral else tuple(DYES)
    base = np.array(DYES[names[int(rng.integers(len(names)))]]) / 255
    return np.clip(base * rng.uniform(0.92, 1.06) + rng.normal(0, 0.015, 3), 0.03, 0.97)


def contrasting(rng: Rng, against: np.ndarray, least: float, neutral: float = 0.3) -> np.ndarray:
    """Draw a dye whose luma differs from that of `against` by at least `least` (0..1)."""
    luma = np.array([0.299, 0.587, 0.114])
    while True:
        dye = pick_dye(rng, neutral)
        if abs(float((dye - against) @ luma)) >= least:
            return dye


def blend(a: np.ndarray, b: np.ndarray, amount: np.ndarray) -> np.ndarray:
    return a + (b - a) * amount[..., None]


def rgb(color: np.ndarray) -> tuple[int, int, int]:
    r, g, b = (int(v) for v in np.clip(np.rint(color * 255), 0, 255))
    return r, g, b


def canvas(color: np.ndarray, size: tuple[int, int]) -> Image.Image:
    return Image.new("RGB", size, rgb(color))


def as_array(image: Image.Image) -> np.ndarray:
    """The picture as (H, W, 3) in 0..1 with its bottom row first."""
    return np.asarray(image)[::-1] / 255.0


def cloth(rng: Rng, color: np.ndarray, height: np.ndarray, cm: tuple[float, float] | None) -> Swatch:
    grain = 0.012 * rng.standard_normal(color.shape[:2])[..., None]
    return Swatch(
        color=np.clip(color + grain, 0, 1).astype(np.float32),
        height=np.ascontiguousarray(height, dtype=np.float32),
        cm=cm,
        roughness=float(rng.uniform(0.35, 0.5) if rng.random() < 0.1 else rng.uniform(0.7, 1.0)),
    )


def press(
    image: Image.Image, stamp: Image.Image, at: tuple[float, float], size: float, degrees: float
) -> None:
    """Paste `stamp`, `size` texels wide and turned, centred on `at`, round the edges of the tile."""
    turned = stamp.resize((round(size),) * 2, Image.Resampling.BILINEAR)
    turned = turned.rotate(degrees, Image.Resampling.BILINEAR, expand=True)
    x, y = at[0] - turned.width / 2, at[1] - turned.height / 2
    for dx, dy in WRAPS * image.width:
        image.paste(turned, (round(x + dx), round(y + dy)), turned)
