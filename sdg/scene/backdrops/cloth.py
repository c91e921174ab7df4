"""Backdrops of cloth: sheets, covers, curtains, sofas."""

import numpy as np

from sdg.scene.backdrops.colors import cover_colors, pile_colors, sheet_colors, sofa_colors, wall_colors
from sdg.scene.backdrops.kinds import Coat, between, kind, log_between
from sdg.scene.canvas import Canvas, Field, enlarged, line
from sdg.scene.prints import flowered as flowers
from sdg.scene.prints import printed as prints


@kind({"flat": 72, "hung": 0.5}, sheet_colors, between(0.1, 0.4))
def sheet(on: Canvas) -> Coat:
    """A bed sheet: soft waves, creases with a light and a dark side, and where it lay folded."""
    shade = _creases(on) + (0.02 + 0.16 * on.relief**1.5) * on.slope(_folds(on))
    shade *= 1 + 0.03 * on.noise(max(0.004, 1.2 * on.pitch.mean()))
    if on.rng.random() < 0.35:
        shade *= _pressed(on)
    return Coat(shade)


@kind({"flat": 11}, cover_colors, between(0.05, 0.18))
def quilt(on: Canvas) -> Coat:
    """Puffs between seams, or ribs; both follow the waves of what lies below."""
    a = on.along + 0.2 * on.scale * on.noise(0.15)
    b = on.across + 0.2 * on.scale * on.noise(0.15)
    if on.rng.random() < 0.35:
        height = np.abs(np.sin(np.pi * b / (0.25 * on.scale)))
    elif on.rng.random() < 0.6:
        height = np.sqrt(np.abs(np.sin(np.pi * (a + b) / on.scale) * np.sin(np.pi * (a - b) / on.scale)))
    else:
        height = np.sqrt(np.abs(np.sin(np.pi * a / on.scale) * np.sin(np.pi * b / on.scale)))
    puff = on.slope(height + 0.15 * on.noise(0.03))
    return Coat(
        1 + ((0.09 + 0.14 * on.relief) * (0.7 * puff + height - height.mean()) + 0.04 * on.noise(0.2))
    )


@kind({"flat": 15, "hung": 1}, cover_colors, log_between(0.02, 0.35))
def printed(on: Canvas) -> Coat:
    """A bedspread or rug with a pattern in two colours."""
    shade = _lying(on)
    strength = on.rng.uniform(0.2, 1.0)
    bent = min(0.02, 0.2 * on.scale) * on.relief * on.noise(0.3)
    return Coat(shade, strength * prints(on.rng, on.along + bent, on.across + bent, on.scale))


@kind({"flat": 12, "hung": 0.5}, cover_colors, log_between(0.12, 0.9))
def flowered(on: Canvas) -> Coat:
    """A bedspread with the flowers of floral cloth, strong or pale."""
    shade = _lying(on)
    strength = on.rng.uniform(0.25, 1.0)
    return Coat(
        shade, color=flowers(on.rng, on.along, on.across, on.scale, on.pitch.mean(), on.ground, strength)
    )


@kind({"flat": 15}, pile_colors, log_between(0.003, 0.014))
def carpet(on: Canvas) -> Coat:
    """Pile: tufts that are lit from one side, and traces of feet."""
    pitch = float(on.pitch.mean())
    tufts = on.noise(max(on.scale, 0.8 * pitch), 1.6)
    light = on.slope(tufts) if on.scale > 1.5 * pitch else tufts
    strength = (0.1 + 0.26 * on.relief) * min(1.0, on.scale / (0.7 * pitch))
    return Coat(1 + strength * (0.7 * light + 0.5 * tufts) + 0.035 * on.noise(0.12))


@kind({"flat": 6}, sofa_colors, between(0.4, 0.75))
def sofa(on: Canvas) -> Coat:
    """Cushions, with a dark seam between them, of coarse cloth."""
    phase = on.along / on.scale + 0.37
    away = np.abs(phase - np.round(phase)) * on.scale
    seam = np.exp(-away / 0.03) * 0.25 + 0.5 * line(phase, 0.004 / on.scale + 0.4 * on.pitch.mean())
    weave = on.noise(max(0.003, on.pitch.mean()))
    return Coat((1 - seam) * (1 + 0.1 * weave + 0.06 * on.noise(0.15)))


@kind({"hung": 1.5}, wall_colors, between(0.05, 0.16), on_wall_deg=90.0)
def curtain(on: Canvas) -> Coat:
    """Long folds."""
    across = on.across + 0.12 * on.scale * on.noise(0.5)
    width = on.scale * (1 + 0.25 * np.sin(2.7 * across / on.scale + 1.3))
    folds = np.sin(2 * np.pi * across / width) + 0.5 * on.noise(on.scale / 2, 25.0)
    return Coat(1 + (0.05 + 0.14 * on.relief) * on.slope(folds) + 0.02 * on.noise(0.004))


def _folds(on: Canvas) -> Field:
    """Return the height of cloth that was thrown over a bed: waves, and dents along bent lines."""
    waves = on.noise(on.scale, 1.8)
    ridges = -np.sqrt(on.noise(0.6 * on.scale, 3.0) ** 2 + 0.004)
    return waves + np.float32(0.5 * on.relief) * ridges


def _creases(on: Canvas) -> Field:
    """Return the brightness at a few long folds, each with a light and a dark side and wider at one end."""
    half = on.coarse(2)
    bend, (low, high) = 0.035 * half.noise(0.25), (half.low, half.high)
    shade = np.ones_like(half.x)
    main = on.rng.uniform(0, np.pi)
    for _ in range(int(on.rng.integers(2, 4 + round(8 * on.relief)))):
        angle, middle = main + on.rng.normal(0, 0.5), on.rng.uniform(low, high)
        cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
        x, y = half.x - np.float32(middle[0]), half.y - np.float32(middle[1])
        along = (cos * x + sin * y) / np.float32(on.rng.uniform(0.12, 0.45))
        width = np.float32(on.rng.uniform(0.008, 0.025)) * (1.4 + np.clip(along, -1, 1))
        away = (cos * y - sin * x + bend) / width
        depth = np.float32(on.rng.uniform(0.05, 0.1 + 0.25 * on.relief) * on.rng.choice([-1, 1]))
        shade += depth * away * np.exp(-0.5 * away**2 - along**4 + 0.5)
    return enlarged(shade, len(on.x))


def _pressed(on: Canvas) -> Field:
    """Return the brightness at the creases of folded linen: straight, and at right angles."""
    distance, strength = on.rng.uniform(0.2, 0.45), 0.04 + 0.08 * on.relief
    shade = np.ones_like(on.x)
    for place in (on.along, on.across):
        away = (place / distance + on.rng.random() + 0.5) % 1 - 0.5
        away = away * distance / 0.008
        shade += strength * away * np.exp(-0.5 * away**2 + 0.5)
    return shade


def _lying(on: Canvas) -> Field:
    """Return the brightness of a cover that lies on something soft."""
    folds = (0.03 + 0.12 * on.relief) * on.slope(on.noise(0.15, 2.2))
    return 1 + folds + 0.06 * on.noise(max(0.005, on.pitch.mean()))
