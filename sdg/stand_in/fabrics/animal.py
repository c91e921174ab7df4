"""Prints of skins: leopard, zebra, tiger, giraffe, cow, snake."""

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage
from scipy.spatial import cKDTree

from sdg.stand_in.swatch import (
    DYES,
    WRAPS,
    Rng,
    Swatch,
    as_array,
    blend,
    canvas,
    cloth,
    contrasting,
    noise,
    pick_dye,
    press,
    rgb,
    scatter,
)

SIDE = 512
SKINS = {"leopard": 0.45, "zebra": 0.25, "tiger": 0.08, "giraffe": 0.08, "cow": 0.07, "snake": 0.07}
"""Share of each skin."""


def animal(rng: Rng, cm_per_pixel: float) -> Swatch:
    """A skin printed on cloth, in the animal's colours or, in one of five, in any two dyes."""
    kind = str(rng.choice(list(SKINS), p=list(SKINS.values())))
    if kind == "leopard":
        return _leopard(rng, cm_per_pixel)
    fur, mark = {
        "zebra": ("white", "black"),
        "tiger": ("orange", "black"),
        "giraffe": ("ecru", "brown"),
        "cow": ("white", "black"),
        "snake": ("sand", "brown"),
    }[kind]
    light, dark = _dye(rng, fur), _dye(rng, mark)
    if rng.random() < 0.2:
        light = pick_dye(rng, neutral=0.5)
        dark = contrasting(rng, light, 0.4)
    across = {"zebra": 9, "tiger": 6, "giraffe": 6, "cow": 4, "snake": 8}[kind]  # figures in the repeat
    pixels = rng.uniform(*{"zebra": (6, 11), "tiger": (9, 15), "cow": (18, 30)}.get(kind, (9, 17)))
    if kind in ("zebra", "tiger"):
        spread = rng.uniform(0.6, 1.1) if kind == "zebra" else 0.4
        field = _bands(rng, across, spread)
        field += 0.15 * noise(rng, (SIDE, SIDE), (6.0, 6.0))
        amount = field > np.quantile(field, rng.uniform(0.45, 0.55) if kind == "zebra" else 0.66)
        amount = amount.T if rng.random() < 0.5 else amount
    elif kind == "giraffe":
        amount = _gap(rng, across) > 0.13 / across
    elif kind == "cow":
        field = noise(rng, (SIDE, SIDE), (SIDE / across / 3.5,) * 2)
        amount = field > np.quantile(field, rng.uniform(0.5, 0.7))
    else:
        y, x = np.mgrid[:SIDE, :SIDE] * (2 * np.pi / SIDE)
        scales = np.abs(np.sin(3 * across * (x + y) / 2) * np.sin(3 * across * (x - y) / 2))
        saddles = np.cos(across * x) * np.cos(across * y)
        saddles = saddles + 0.2 * noise(rng, (SIDE, SIDE), (5.0, 5.0))
        amount = np.where(saddles > 0.25, 1.0, np.where(saddles > 0.1, 0.5, 0.15)) * (scales > 0.06)
    soft = ndimage.gaussian_filter(np.asarray(amount, dtype=float), 1.0, mode="wrap")
    fur_tone = 1 + 0.04 * noise(rng, (SIDE, SIDE), (6.0, 2.0))[..., None]
    return cloth(
        rng,
        blend(light, dark, soft) * fur_tone,
        np.zeros((SIDE, SIDE)),
        (across * pixels * cm_per_pixel,) * 2,
    )


def _leopard(rng: Rng, cm_per_pixel: float) -> Swatch:
    """Rosettes: a darker heart in a broken, uneven ring of black."""
    fur, heart, ring = _dye(rng, "sand"), _dye(rng, "camel"), _dye(rng, "black")
    if rng.random() < 0.2:
        fur = pick_dye(rng, neutral=0.5)
        ring = contrasting(rng, fur, 0.4)
        fur, ring = sorted((fur, ring), key=np.sum, reverse=True)  # light rings would be blossoms
        heart = fur + 0.35 * (ring - fur)
    stamps = [_rosette(rng, heart, ring) for _ in range(6)]
    across, pixels = 7, rng.uniform(6.0, 14.0)
    image = canvas(fur, (SIDE, SIDE))
    for x, y in scatter(rng, 0.78 / across, tries=900) * SIDE:
        size = SIDE / across * rng.uniform(0.75, 1.05)
        press(image, stamps[int(rng.integers(len(stamps)))], (x, y), size, rng.uniform(0, 360))
    draw = ImageDraw.Draw(image)
    for x, y in rng.random((40, 2)) * SIDE:
        r = SIDE / across * rng.uniform(0.04, 0.09)
        for dx, dy in WRAPS * SIDE:
            draw.ellipse([x + dx - r, y + dy - r, x + dx + r, y + dy + r], fill=rgb(ring))
    return cloth(rng, as_array(image), np.zeros((SIDE, SIDE)), (across * pixels * cm_per_pixel,) * 2)


def _rosette(rng: Rng, heart: np.ndarray, ring: np.ndarray, size: int = 128) -> Image.Image:
    """An RGBA stamp."""
    stamp = Image.new("RGBA", (size, size))
    draw = ImageDraw.Draw(stamp)
    turns = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    outline = size * (0.33 + 0.04 * rng.standard_normal(16))
    points = size / 2 + np.stack([outline * np.cos(turns), outline * 0.85 * np.sin(turns)], axis=1)
    draw.polygon([tuple(point) for point in points.tolist()], fill=(*rgb(heart), 255))
    gaps = rng.choice(16, size=int(rng.integers(3, 7)), replace=False)
    for k, (x, y) in enumerate(points):
        if k not in gaps:
            r = size * rng.uniform(0.07, 0.14)
            draw.ellipse([x - r, y - r, x + r, y + r], fill=(*rgb(ring), 255))
    return stamp


def _bands(rng: Rng, across: int, spread: float) -> np.ndarray:
    """Stripes that fork and end: noise of one wavelength, its waves within `spread` radians of upright."""
    fy, fx = np.fft.fftfreq(SIDE, 1 / SIDE)[:, None], np.fft.rfftfreq(SIDE, 1 / SIDE)[None]
    radius, angle = np.hypot(fy, fx), np.arctan2(fx, np.abs(fy))
    passed = np.exp(-(((radius - across) / (0.22 * across)) ** 2) - (angle / spread) ** 2)
    field = np.fft.irfft2(np.fft.rfft2(rng.standard_normal((SIDE, SIDE))) * passed, (SIDE, SIDE))
    return field / field.std()


def _gap(rng: Rng, across: int) -> np.ndarray:
    """How much farther the second nearest of scattered points is than the nearest: 0 where two cells meet."""
    points = (scatter(rng, 0.8 / across, tries=500)[:, None] + WRAPS[None]).reshape(-1, 2)
    y, x = (np.mgrid[:SIDE, :SIDE] + 0.5) / SIDE
    wobble = 0.04 / across * np.stack([noise(rng, (SIDE, SIDE), (8.0, 8.0)) for _ in range(2)], axis=-1)
    distance, _ = cKDTree(points).query(np.stack([x, y], axis=-1) + wobble, k=2)
    return distance[..., 1] - distance[..., 0]


def _dye(rng: Rng, name: str) -> np.ndarray:
    return np.clip(np.array(DYES[name]) / 255 * rng.uniform(0.9, 1.1, 3), 0, 1)
