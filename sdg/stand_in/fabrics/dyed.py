"""Cloth of one dye, or of dyes that run into each other over the whole garment."""

import numpy as np
from PIL import ImageDraw, ImageFont

from sdg.stand_in.swatch import Rng, Swatch, as_array, canvas, cloth, contrasting, noise, pick_dye, rgb


def plain(rng: Rng, cm_per_pixel: float) -> Swatch:
    """One dye: solid, mélange yarn, rib knit or washed twill; one in five has a small print on the chest."""
    if rng.random() < 0.2:
        return _with_logo(rng)
    base, width = pick_dye(rng, neutral=0.6), 24.0
    color, height = np.broadcast_to(base, (256, 256, 3)), np.zeros((256, 256))
    kind = rng.choice(["solid", "melange", "knit", "twill"], p=[0.5, 0.18, 0.18, 0.14])
    if kind == "melange":
        fibres = noise(rng, (256, 256), (0.8, 5.0))
        color = color + 0.05 * fibres[..., None]
    elif kind == "knit":
        ribs = 2 * np.pi * np.arange(256) / 256 * round(width / rng.uniform(0.7, 1.6))
        height = np.broadcast_to(1.2 * np.abs(np.sin(ribs / 2)), (256, 256))
    elif kind == "twill":
        color = color * (1 + 0.08 * noise(rng, (256, 256), (2.5, 1.0)))[..., None]
    return cloth(rng, color, height, (width, width))


def _with_logo(rng: Rng) -> Swatch:
    base = pick_dye(rng, neutral=0.6)
    image = canvas(base, (384, 384))
    draw = ImageDraw.Draw(image)
    ink = rgb(contrasting(rng, base, 0.35))
    x, y = (192, 120) if rng.random() < 0.6 else (232, 110)
    size = int(rng.uniform(14, 30))
    if rng.random() < 0.5:
        word = "".join(rng.choice(list("AEIORSTLNMK"), size=rng.integers(3, 7)))
        draw.text((x, y), word, fill=ink, anchor="mm", font=ImageFont.load_default(size))
    else:
        sides = int(rng.integers(3, 9))
        draw.regular_polygon((x, y, size // 2), sides, rotation=int(rng.integers(360)), fill=ink)
    color = as_array(image)
    return cloth(rng, color, np.zeros(color.shape[:2]), None)


def gradient(rng: Rng, cm_per_pixel: float) -> Swatch:
    """Dip-dyed or ombré: two or three dyes that bleed into each other over the garment's whole extent."""
    first = pick_dye(rng, neutral=0.4)
    dyes = [first, contrasting(rng, first, 0.4)]
    if rng.random() < 0.3:
        dyes.insert(1, (dyes[0] + dyes[1]) / 2 + rng.uniform(-0.15, 0.15, 3))
    if rng.random() < 0.5:
        dyes.reverse()
    side = 256
    lean = np.radians(rng.choice([0.0, 25.0, -25.0, 90.0], p=[0.7, 0.1, 0.1, 0.1]))
    y, x = np.mgrid[:side, :side] / (side - 1) - 0.5
    along = (y * np.cos(lean) + x * np.sin(lean)) / (abs(np.cos(lean)) + abs(np.sin(lean))) + 0.5
    along = along + 0.015 * noise(rng, (side, side), (12.0, 4.0))
    steep = rng.uniform(1.0, 1.6)
    along = np.clip((along - 0.5) * steep + 0.5, 0, 1)
    stops = np.linspace(0, 1, len(dyes))
    color = np.stack([np.interp(along, stops, [dye[c] for dye in dyes]) for c in range(3)], axis=-1)
    return cloth(rng, color, np.zeros((side, side)), None)
