"""Floors, sheets, walls and doors as painted images."""

import numpy as np

from sdg.stand_in.fabrics import paint
from sdg.stand_in.swatch import Rng, Swatch, any_dye, noise


def _surface(color: np.ndarray, height: np.ndarray, cm: tuple[float, float], roughness: float) -> Swatch:
    return Swatch(np.clip(color, 0, 1).astype(np.float32), height.astype(np.float32), cm, roughness)


def _planks(rng: Rng, tones: list[tuple[float, float, float]], count: int, gap: float) -> Swatch:
    """Boards of `count` rows, each with its own shade, grain and joint."""
    side = 512
    row = side // count
    tone = np.array(tones[int(rng.integers(len(tones)))]) * rng.uniform(0.85, 1.1)
    grain = noise(rng, (side, side), (0.9, 30.0)) + 0.7 * noise(rng, (side, side), (4.0, 60.0))
    shade, joints = 0.09 * rng.standard_normal(2 * count), rng.integers(0, side, (count, 2))
    y, x = np.mgrid[:side, :side]
    first, second = (np.sort(joints, axis=1)[np.minimum(y // row, count - 1), c] for c in range(2))
    board = np.minimum(y // row, count - 1) * 2 + ((x >= first) & (x < second))
    seam = (y % row < 2) | (np.abs(x - first) < 2) | (np.abs(x - second) < 2)
    light = (1 + shade[board] + 0.06 * grain) * np.where(seam, 1 - gap, 1.0)
    return _surface(
        tone * light[..., None], 0.4 * ~seam, (count * 11.0, count * 11.0), rng.uniform(0.25, 0.55)
    )


def wood(rng: Rng) -> Swatch:
    return _planks(
        rng, [(0.45, 0.28, 0.17), (0.3, 0.19, 0.13), (0.62, 0.42, 0.24), (0.75, 0.47, 0.2)], 8, 0.5
    )


def laminate(rng: Rng) -> Swatch:
    return _planks(
        rng, [(0.75, 0.62, 0.46), (0.62, 0.56, 0.5), (0.8, 0.66, 0.45), (0.55, 0.42, 0.32)], 6, 0.2
    )


def carpet(rng: Rng) -> Swatch:
    """Pile, and in half of them two inks in broad figures mirrored both ways, as woven rugs have."""
    tones = [(0.72, 0.68, 0.6), (0.5, 0.49, 0.47), (0.3, 0.3, 0.33), (0.42, 0.12, 0.12), (0.55, 0.42, 0.3)]
    color = np.broadcast_to(np.array(tones[int(rng.integers(len(tones)))]), (512, 512, 3)).copy()
    if rng.random() < 0.5:
        for ink in (any_dye(rng), any_dye(rng)):
            quarter = noise(rng, (256, 256), (7.0, 7.0))
            half = np.concatenate([quarter, quarter[::-1]])
            color[np.concatenate([half, half[:, ::-1]], axis=1) > 1.0] = 0.6 * ink + 0.4 * color[0, 0]
    pile = noise(rng, (512, 512), (1.5, 1.5))
    return _surface(color * (1 + 0.1 * pile)[..., None], 2.0 * pile, (90.0, 90.0), 0.95)


def tiles(rng: Rng) -> Swatch:
    side, count = 384, 3
    y, x = np.mgrid[:side, :side]
    tile = side // count
    joint = (y % tile < 3) | (x % tile < 3)
    shade = 1 + 0.03 * rng.standard_normal((count, count))[y // tile, x // tile]
    tone = np.array([0.82, 0.77, 0.68]) * rng.uniform(0.6, 1.1)
    veins = 0.02 * noise(rng, (side, side), (10.0, 10.0))
    color = np.where(joint[..., None], 0.55, tone * (shade + veins)[..., None])
    return _surface(color, 0.6 * ~joint, (count * 33.0, count * 33.0), 0.2)


def bed(rng: Rng) -> Swatch:
    """A sheet or a blanket of one colour; one in twelve is printed."""
    if rng.random() < 1 / 12:
        return paint(str(rng.choice(["floral", "striped"])), rng, rng.uniform(0.8, 1.6))
    tones = [
        (0.93, 0.92, 0.9),
        (0.85, 0.8, 0.72),
        (0.72, 0.1, 0.12),
        (0.5, 0.08, 0.25),
        (0.16, 0.16, 0.18),
        (0.6, 0.66, 0.74),
    ]
    tone = np.array(tones[int(rng.choice(6, p=[0.3, 0.2, 0.15, 0.1, 0.15, 0.1]))]) * rng.uniform(0.9, 1.05)
    wrinkles = noise(rng, (256, 256), (3.0, 6.0)) + 1.5 * noise(rng, (256, 256), (9.0, 7.0))
    return _surface(np.broadcast_to(tone, (256, 256, 3)), 1.5 * wrinkles, (80.0, 80.0), 0.9)


def painted(rng: Rng) -> Swatch:
    tones = [(0.9, 0.89, 0.86), (0.86, 0.82, 0.72), (0.78, 0.8, 0.82), (0.7, 0.76, 0.7)]
    tone = np.array(tones[int(rng.choice(4, p=[0.5, 0.25, 0.15, 0.1]))]) * rng.uniform(0.9, 1.05)
    return _surface(
        np.broadcast_to(tone, (128, 128, 3)), 0.15 * noise(rng, (128, 128), (2.0, 2.0)), (20.0, 20.0), 0.7
    )


def wallpaper(rng: Rng) -> Swatch:
    """Faint figures, tone in tone."""
    tone = np.array([0.85, 0.8, 0.7]) * rng.uniform(0.8, 1.05)
    figures = noise(rng, (256, 256), (8.0, 8.0)) > 0.8
    return _surface(
        tone * np.where(figures, rng.uniform(0.85, 0.95), 1.0)[..., None], 0.2 * figures, (53.0, 53.0), 0.8
    )


def door(rng: Rng) -> Swatch:
    """Two panels in a frame; covers the door once."""
    tones = [(0.92, 0.91, 0.88), (0.5, 0.33, 0.2), (0.7, 0.52, 0.33)]
    tone = np.array(tones[int(rng.choice(3, p=[0.6, 0.2, 0.2]))])
    y, x = np.mgrid[:384, :160]
    panel = (x > 26) & (x < 134) & (((y > 40) & (y < 170)) | ((y > 205) & (y < 350)))
    inner = (x > 31) & (x < 129) & (((y > 45) & (y < 165)) | ((y > 210) & (y < 345)))
    light = np.where(panel & ~inner, 0.8, 1.0) + 0.01 * noise(rng, (384, 160), (40.0, 1.0))
    surface = _surface(tone * light[..., None], 0.0 * light, (1.0, 1.0), 0.4)
    return Swatch(surface.color, surface.height, None, surface.roughness)
