"""The kinds of backdrops. Each is one function with its facts above it; adding a kind is adding one here."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from assets.library import Presentation
from materials import palette
from sdg.scene.canvas import Canvas, Field, hashed, line, step
from sdg.scene.prints import flowered as flowers
from sdg.scene.prints import printed as prints

Rng = np.random.Generator
Colors = Callable[[Rng], tuple[str, str]]
"""Draws a backdrop's colour and its second colour, `#rrggbb`."""
Scale = Callable[[Rng], float]
"""Draws a length in metres."""


class Coat(NamedTuple):
    """How the points of a canvas differ from the backdrop's colour."""

    shade: Field
    """Their brightness, 1 on average."""
    mix: Field | float = 0.0
    """The share, 0..1, of the second colour."""
    color: np.ndarray | None = None
    """(pixels, pixels, 3) linear RGB, in place of the colour."""


class Kind(NamedTuple):
    """A kind of backdrop."""

    paint: Callable[[Canvas], Coat]
    shares: Mapping[Presentation, float]
    """Of the backdrops of each presentation, estimated by eye from photos; they need not add up to 1."""
    colors: Colors
    scale: Scale | None
    """Draws the width of a plank or tile, the distance of folds, the period of a print; None: 1."""
    on_wall_deg: float
    """Its turn on a wall. On a floor it lies in any direction."""


KINDS: dict[str, Kind] = {}
FIRST: dict[Presentation, tuple[str, ...]] = {
    "flat": ("wood", "sheet", "quilt", "tiles"),
    "hung": ("paper", "wood", "curtain", "room"),
    "worn": ("studio", "paper", "room"),
}
"""Kinds that a draw counts before the others, so that a seed shows what it has always shown."""


def shares(presentation: Presentation) -> dict[str, float]:
    """Return the kinds that suit a presentation, in the order of drawing, and their shares: together 1."""
    order = dict.fromkeys((*FIRST[presentation], *KINDS))
    found = {name: KINDS[name].shares[presentation] for name in order if presentation in KINDS[name].shares}
    whole = sum(found.values())
    return {name: share / whole for name, share in found.items()}


def kind(
    shares: Mapping[Presentation, float], colors: Colors, scale: Scale | None = None, on_wall_deg: float = 0.0
) -> Callable[[Callable[[Canvas], Coat]], Callable[[Canvas], Coat]]:
    """Enter a function that paints into KINDS, under its own name."""

    def enter(paint: Callable[[Canvas], Coat]) -> Callable[[Canvas], Coat]:
        KINDS[paint.__name__] = Kind(paint, shares, colors, scale, on_wall_deg)
        return paint

    return enter


def between(low: float, high: float) -> Scale:
    return lambda rng: rng.uniform(low, high)


def log_between(low: float, high: float) -> Scale:
    return lambda rng: np.exp(rng.uniform(np.log(low), np.log(high)))


def any_colors(rng: Rng) -> tuple[str, str]:
    return palette.color(rng), palette.color(rng)


def wood_colors(rng: Rng) -> tuple[str, str]:
    """Brown, with dark joints."""
    lightness, chroma = rng.uniform(0.38, 0.86), rng.uniform(0.01, 0.09)
    hue = rng.uniform(50, 85)
    return palette.oklch(lightness, chroma, hue), palette.oklch(0.35 * lightness, chroma, hue)


def tile_colors(rng: Rng) -> tuple[str, str]:
    """Nearly grey, with darker or lighter joints."""
    lightness = rng.uniform(0.6, 0.93)
    joint = np.clip(lightness + rng.choice([-0.25, 0.1]), 0.2, 0.95)
    tile = palette.oklch(lightness, rng.uniform(0, 0.03), rng.uniform(30, 110))
    return tile, palette.oklch(joint, 0.01, 80)


def studio_colors(rng: Rng) -> tuple[str, str]:
    """White or light grey, one in four tinted."""
    chroma = 0.005 if rng.random() < 0.75 else rng.uniform(0.02, 0.09)
    return palette.oklch(rng.uniform(0.78, 0.98), chroma, rng.uniform(0, 360)), "#808080"


def wall_colors(rng: Rng) -> tuple[str, str]:
    """Mostly a light wall over a brown floor."""
    if rng.random() >= 0.7:
        return any_colors(rng)
    wall = palette.oklch(rng.uniform(0.7, 0.96), rng.uniform(0, 0.03), rng.uniform(40, 280))
    return wall, palette.oklch(rng.uniform(0.3, 0.75), rng.uniform(0.01, 0.08), rng.uniform(40, 90))


def cloth_colors(rng: Rng) -> tuple[str, str]:
    """Red, white or cream, or any."""
    draw = rng.random()
    if draw < 0.3:
        red = palette.oklch(rng.uniform(0.35, 0.55), rng.uniform(0.12, 0.2), rng.uniform(5, 30))
        return red, palette.color(rng)
    if draw < 0.65:
        cream = palette.oklch(rng.uniform(0.7, 0.95), rng.uniform(0, 0.045), rng.uniform(50, 110))
        return cream, palette.color(rng)
    return any_colors(rng)


@kind({"flat": 0.2, "hung": 0.16}, wood_colors, between(0.06, 0.22), on_wall_deg=90.0)
def wood(on: Canvas) -> Coat:
    """Planks, each seven times as long as wide, with grain and joints."""
    row = np.floor(on.across / on.scale).astype(int)
    length = on.scale * 7
    shifted = on.along + hashed(row) * length
    plank = row * 131 + np.floor(shifted / length).astype(int)
    shade = 1 + (
        (0.5 + on.relief) * 0.3 * (hashed(plank) - 0.5)
        + on.relief * 0.16 * on.noise(0.006, 14)
        + 0.05 * on.noise(0.03, 8)
    )
    joint = 0.0016 + 0.3 * on.pitch.mean()
    joints = np.maximum(line(on.across / on.scale, joint / on.scale), line(shifted / length, joint / length))
    return Coat(shade, 0.7 * joints)


@kind({"flat": 0.07, "hung": 0.06}, tile_colors, between(0.1, 0.55))
def tiles(on: Canvas) -> Coat:
    """Square tiles with joints."""
    i, j = np.floor(on.along / on.scale).astype(int), np.floor(on.across / on.scale).astype(int)
    shade = 1 + on.relief * (0.1 * (hashed(i * 71 + j) - 0.5) + 0.05 * on.noise(0.05) + 0.03 * on.noise(0.01))
    joint = (0.0025 + 0.3 * on.pitch.mean()) / on.scale
    return Coat(shade, 0.8 * np.maximum(line(on.along / on.scale, joint), line(on.across / on.scale, joint)))


@kind({"flat": 0.24}, cloth_colors, between(0.08, 0.5))
def sheet(on: Canvas) -> Coat:
    """A bed sheet or a blanket with soft folds."""
    return _folds(on, 2.2)


@kind({"flat": 0.07}, cloth_colors, between(0.07, 0.2))
def quilt(on: Canvas) -> Coat:
    """Puffs between seams that cross."""
    a, b = np.pi * (on.along + on.across) / on.scale, np.pi * (on.along - on.across) / on.scale
    puff = (np.abs(np.sin(a)) * np.abs(np.sin(b))) ** 0.5
    seam = 0.04 * np.cos(a) * np.sign(np.sin(a))
    return Coat(1 + ((0.1 + 0.2 * on.relief) * (puff - 0.75) + seam + 0.05 * on.noise(0.12)))


@kind({"flat": 0.06}, cloth_colors, between(0.006, 0.02))
def carpet(on: Canvas) -> Coat:
    """Pile."""
    return Coat(1 + ((0.08 + 0.2 * on.relief) * on.noise(on.scale) + 0.06 * on.noise(0.2)))


@kind({"flat": 0.17, "hung": 0.08}, cloth_colors, log_between(0.02, 0.35))
def printed(on: Canvas) -> Coat:
    """A bedspread or rug with a pattern in two colours."""
    shade = 1 + ((0.04 + 0.1 * on.relief) * on.noise(0.15, 2.2) + 0.05 * on.noise(0.006))
    strength = 0.5 + 0.5 * on.rng.random()
    return Coat(shade, strength * prints(on.rng, on.along, on.across, on.scale))


@kind({"flat": 0.11, "hung": 0.07}, cloth_colors, log_between(0.12, 0.9))
def flowered(on: Canvas) -> Coat:
    """A bedspread with the flowers of floral cloth."""
    shade = 1 + ((0.04 + 0.1 * on.relief) * on.noise(0.15, 2.2) + 0.04 * on.noise(0.006))
    return Coat(shade, color=flowers(on.rng, on.along, on.across, on.scale, on.pitch.mean(), on.ground))


@kind({"hung": 0.09}, any_colors, between(0.05, 0.16))
def curtain(on: Canvas) -> Coat:
    """Long folds."""
    return _folds(on, 6.0)


@kind({"hung": 0.11, "worn": 0.1}, any_colors, between(0.15, 0.6))
def clutter(on: Canvas) -> Coat:
    """Four blurred rectangles: furniture out of focus."""
    shade, mix = np.ones_like(on.x), np.zeros_like(on.x)
    for _ in range(4):
        middle, half = on.rng.uniform(on.low, on.high), on.scale * on.rng.uniform(0.4, 1.6, 2)
        blur = on.rng.uniform(0.004, 0.03)
        inside = step(half[0] - np.abs(on.x - middle[0]), blur) * step(
            half[1] - np.abs(on.y - middle[1]), blur
        )
        mix = mix * (1 - inside) + on.rng.random() * inside
        shade *= 1 + on.rng.uniform(-0.5, 0.2) * inside
    return Coat(shade, mix)


@kind({"flat": 0.08, "hung": 0.31, "worn": 0.12}, wall_colors)
def paper(on: Canvas) -> Coat:
    """A plain surface with a few stains."""
    return Coat(1 + on.relief * (0.05 * on.noise(0.4) + 0.025 * on.noise(0.01)))


@kind({"worn": 0.66}, studio_colors)
def studio(on: Canvas) -> Coat:
    """A photographer's background, darker toward its edges."""
    middle = (on.low + on.high) / 2
    radius = np.hypot(on.x - middle[0], on.y - middle[1]) / np.linalg.norm(on.high - on.low)
    return Coat(1 + (0.05 - 0.35 * on.relief * radius))


@kind({"hung": 0.12, "worn": 0.12}, wall_colors)
def room(on: Canvas) -> Coat:
    """A wall over a floor of the second colour."""
    edge = on.y - on.horizon
    floor = step(-edge, on.pitch.mean())
    shade = 1 + (
        0.04 * on.noise(0.3) - 0.25 * np.exp(-np.abs(edge) / 0.012) + 0.05 * floor * on.noise(0.01, 12)
    )
    return Coat(shade, floor)


def _folds(on: Canvas, stretch: float) -> Coat:
    folds = on.noise(on.scale, stretch) + 0.35 * on.noise(on.scale / 3, stretch)
    slope = np.gradient(folds, axis=0) * np.cos(on.angle) + np.gradient(folds, axis=1) * (
        0.6 - np.sin(on.angle)
    )
    return Coat(1 + ((0.06 + 0.2 * on.relief) * slope / (slope.std() + 1e-6) * 0.6 + 0.02 * on.noise(0.004)))
