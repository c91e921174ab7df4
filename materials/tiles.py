"""Seamless floral tiles, drawn with Pillow: flowers that overlap, roses, tulips, stems and veined leaves.

Unlike on a lattice of shader cells, elements overlap; those that cross an edge come back on the other side.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from assets.common.rng import rng_for

SIZE = 384
"""Side of a tile in pixels."""
SCALE = 2
"""Tiles are drawn this many times larger and then reduced, which smooths the edges."""
BLOOMS = 3.0
"""About this many large blooms fit along the side of a tile."""

LAYOUTS = {
    "scatter": (12, 1.0),
    "dense": (26, 1.0),
    "bunches": (10, 0.5),
    "ditsy": (44, 0.5),
    "meadow": (90, 0.42),
}
"""Layout -> (places for flowers, their size relative to a large bloom)."""

NEAR_BLACK = 90
"""A colour whose channels are all below this is too dark for a darker shade of it to show."""

Rgb = tuple[int, int, int]
Points = np.ndarray
"""Float array (N, 2): x right, y down, in tiles."""


@lru_cache(maxsize=8)
def draw_tile(
    seed: float,
    layout: str,
    ground: str,
    petal_1: str,
    petal_2: str,
    petal_3: str,
    centre: str,
    leaf: str,
    petals: int,
    bloom: float,
    small: float,
    density: float,
    outline: bool,
    wash: float,
    tropical: bool,
) -> np.ndarray:
    """Draw one tile; return uint8 (384, 384, 3) sRGB, row 0 at the top.

    `layout` is a key of `LAYOUTS`, `bloom` the radius of a large bloom in thirds of a tile, `small` that of
    small blossoms in sixths, `density` the share of places that carry a bloom, `wash` (0..1) the blur of
    watercolour.
    """
    rng = rng_for("floral tile", f"{seed:.4f}")
    brush = Brush(rgb(ground), outline)
    green, heart = rgb(leaf), rgb(centre)
    first, second, third = rgb(petal_1), rgb(petal_2), rgb(petal_3)
    colors = (first, first, second, third, tint(first, 1.2), tint(second, 0.85))
    places, size = LAYOUTS[layout]
    radius = bloom / BLOOMS * size
    large = scatter(rng, round(places * density), 0.8 * radius * (2.4 if layout == "bunches" else 1))
    little = scatter(rng, 16 if small > 0 else 0, 0.1)

    for at in scatter(rng, 12, 0.15):
        sprig(brush, rng, at, 0.16 * size, green)
    for at in little:
        flower(brush, rng, at, max(small, 0.1) * 0.16, colors[int(rng.integers(len(colors)))], heart, 5)
    for at in large:
        bunch = int(rng.integers(3, 6)) if layout == "bunches" else 1
        for _ in range(int(rng.integers(1, 4)) + bunch // 2):
            length = radius * rng.uniform(1.5, 2.1)
            (palm if tropical else leaf_blade)(
                brush, at, rng.uniform(0, 2 * np.pi), length, shade(rng, green)
            )
        for _ in range(bunch):
            aside = rng.normal(0, 0.75 * radius, 2) if bunch > 1 else np.zeros(2)
            bloom_at(brush, rng, at + aside, radius * rng.uniform(0.7, 1.15), colors, heart, green, petals)
    return brush.finish(wash)


class Brush:
    """Draws closed shapes onto a torus."""

    def __init__(self, ground: Rgb, outline: bool) -> None:
        side = SIZE * SCALE
        self.image = Image.new("RGB", (side, side), ground)
        self.pen = ImageDraw.Draw(self.image)
        self.ground = ground
        self.outline = outline

    def shape(self, points: Points, color: Rgb) -> None:
        """Fill a polygon (in line art: its outline, tinted inside) and its copies in the next tiles."""
        for xy in self._copies(points):
            if self.outline:
                self.pen.polygon(xy, fill=between(self.ground, color))
                self.pen.line(xy + xy[:2], fill=color, width=9, joint="curve")
            else:
                self.pen.polygon(xy, fill=color)

    def line(self, points: Points, color: Rgb, width: int) -> None:
        """Draw an open line `width` pixels wide."""
        for xy in self._copies(points):
            self.pen.line(xy, fill=color, width=width)

    def finish(self, wash: float) -> np.ndarray:
        """Return the tile; with `wash` the dye bleeds and pools like watercolour."""
        if wash == 0:
            return np.asarray(self.image.resize((SIZE, SIZE), Image.Resampling.BOX))
        side = SIZE * SCALE
        wide = Image.new("RGB", (side + 128, side + 128))
        for x in (64 - side, 64, 64 + side):
            for y in (64 - side, 64, 64 + side):
                wide.paste(self.image, (x, y))
        soft = wide.filter(ImageFilter.GaussianBlur(3 + 4 * wash))
        pooled = np.asarray(wide, np.float32) * 1.35 - np.asarray(soft, np.float32) * 0.35
        mixed = Image.fromarray(np.clip(pooled, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(2))
        wide = Image.blend(mixed, soft, 0.5).crop((64, 64, 64 + side, 64 + side))
        return np.asarray(wide.resize((SIZE, SIZE), Image.Resampling.BOX))

    def _copies(self, points: Points) -> list[list[float]]:
        """Return x0, y0, x1, y1, ... in pixels for every tile that the points lie in."""
        low, high = np.floor(points.min(0)), np.floor(points.max(0))
        return [
            ((points - (x, y)) * (SIZE * SCALE)).ravel().tolist()
            for x in np.arange(low[0], high[0] + 1)
            for y in np.arange(low[1], high[1] + 1)
        ]


def bloom_at(
    brush: Brush,
    rng: np.random.Generator,
    at: Points,
    radius: float,
    colors: Sequence[Rgb],
    heart: Rgb,
    green: Rgb,
    petals: int,
) -> None:
    """Draw one flower of a random kind and colour."""
    color = shade(rng, colors[int(rng.integers(len(colors)))])
    kind = rng.choice(["flower", "double", "rose", "tulip"], p=[0.45, 0.2, 0.23, 0.12])
    if kind == "rose":
        rose(brush, rng, at, radius, color)
    elif kind == "tulip":
        tulip(brush, rng, at, radius, color, green)
    else:
        flower(brush, rng, at, radius, color, heart, petals)
        if kind == "double":
            flower(brush, rng, at, radius * 0.62, tint(color, 1.15), heart, petals)


def flower(
    brush: Brush, rng: np.random.Generator, at: Points, radius: float, color: Rgb, heart: Rgb, petals: int
) -> None:
    """Draw a ring of petals, each with a lighter rim and a vein, and a dotted centre."""
    turn, width = rng.uniform(0, 2 * np.pi), rng.uniform(0.75, 1.1) * np.pi / petals
    for k in range(petals):
        angle = turn + 2 * np.pi * k / petals + rng.normal(0, 0.05)
        for size, light in ((1.0, 0.8), (0.92, 1.0), (0.6, 0.9)):
            brush.shape(petal(at, angle, radius * size, width), tint(color, light))
            if brush.outline:
                break
    heart_radius = radius * rng.uniform(0.18, 0.28)
    brush.shape(ring(at, heart_radius), heart)
    if not brush.outline:
        brush.shape(ring(at, heart_radius * 0.55), tint(heart, 0.75))


def rose(brush: Brush, rng: np.random.Generator, at: Points, radius: float, color: Rgb) -> None:
    """Draw layers of round petals that turn and darken inward."""
    turn = rng.uniform(0, 2 * np.pi)
    for layer, size in enumerate(np.linspace(1.0, 0.25, 5)):
        for k in range(5):
            angle = turn + layer * 0.7 + 2 * np.pi * k / 5
            middle = at + 0.42 * radius * size * np.array([np.cos(angle), np.sin(angle)])
            brush.shape(ring(middle, 0.56 * radius * size), tint(color, (0.8, 1.0)[k % 2] - 0.05 * layer))


def tulip(brush: Brush, rng: np.random.Generator, at: Points, radius: float, color: Rgb, green: Rgb) -> None:
    """Draw a cup of three petals on a bent stem."""
    turn = rng.normal(-np.pi / 2, 0.6)
    away = -np.array([np.cos(turn), np.sin(turn)])
    t = np.linspace(0, 1, 12)[:, None]
    bend = rng.normal(0, 0.5) * np.array([-away[1], away[0]])
    brush.line(at + radius * (t * 2.2 * away + t**2 * bend), tint(green, 0.8), 8)
    for angle, light in ((turn - 0.5, 0.8), (turn + 0.5, 0.8), (turn, 1.0)):
        brush.shape(petal(at + away * radius * 0.3, angle, radius * 1.3, 0.6), tint(color, light))


def sprig(brush: Brush, rng: np.random.Generator, at: Points, length: float, green: Rgb) -> None:
    """Draw a bent stem with leaves on both sides."""
    turn, bend = rng.uniform(0, 2 * np.pi), rng.normal(0, 2.0)
    t = np.linspace(0, 1, 14)
    heading = turn + bend * t
    stem = at + length * np.cumsum(np.stack([np.cos(heading), np.sin(heading)], -1), 0) / len(t)
    brush.line(stem, tint(green, 0.8), 6)
    for k in range(3, 14, 2):
        for side in (-0.8, 0.8):
            leaf_blade(brush, stem[k], heading[k] + side, length * 0.32, green)


def leaf_blade(brush: Brush, at: Points, angle: float, length: float, green: Rgb) -> None:
    """Draw a pointed leaf with a midrib."""
    t = np.linspace(0, 1, 16)
    half = 0.2 * np.sin(np.pi * t**0.8)
    outline = np.concatenate([np.stack([t, half], -1), np.stack([t, -half], -1)[::-1]])
    brush.shape(place(outline, at, angle, length), green)
    brush.line(place(np.array([[0.0, 0.0], [0.9, 0.0]]), at, angle, length), tint(green, 0.7), 4)


def palm(brush: Brush, at: Points, angle: float, length: float, green: Rgb) -> None:
    """Draw a fan of narrow leaves."""
    for spread in np.linspace(-1.0, 1.0, 7):
        leaf_blade(
            brush, at, angle + spread, length * (1.1 - 0.25 * abs(spread)), tint(green, 1 - 0.2 * abs(spread))
        )


def petal(at: Points, angle: float, radius: float, width: float) -> Points:
    """Return a drop-shaped petal that leaves `at` toward `angle`; `width` is half its opening in radians."""
    t = np.linspace(0, np.pi, 18)
    along = 0.5 - 0.5 * np.cos(t)
    half = np.sin(t) ** 0.8 * along**0.5 * min(width, 0.9) * 0.75
    outline = np.concatenate([np.stack([along, half], -1), np.stack([along, -half], -1)[::-1]])
    return place(outline, at, angle, radius)


def ring(at: Points, radius: float) -> Points:
    """Return a circle."""
    t = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    return at + radius * np.stack([np.cos(t), np.sin(t)], -1)


def place(points: Points, at: Points, angle: float, size: float) -> Points:
    """Turn, scale and move points."""
    c, s = np.cos(angle), np.sin(angle)
    return at + size * points @ np.array([[c, s], [-s, c]])


def scatter(rng: np.random.Generator, count: int, distance: float) -> list[Points]:
    """Return at most `count` random places on the torus that keep `distance` tiles from each other."""
    found: list[Points] = []
    for _ in range(30 * count):
        at = rng.random(2)
        if len(found) < count and all(np.linalg.norm((at - o + 0.5) % 1 - 0.5) > distance for o in found):
            found.append(at)
    return found


def rgb(color: str) -> Rgb:
    """Return `#rrggbb` as three bytes."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def tint(color: Rgb, light: float) -> Rgb:
    """Return a colour made darker (`light` < 1) or lighter; a near-black is lightened either way, to show."""
    if max(color) < NEAR_BLACK:
        red, green, blue = (round(c + abs(light - 1) * NEAR_BLACK) for c in color)
    else:
        red, green, blue = (round(min(c * light, 255)) for c in color)
    return red, green, blue


def shade(rng: np.random.Generator, color: Rgb) -> Rgb:
    """Return a colour a little lighter or darker, as prints vary from flower to flower."""
    return tint(color, rng.uniform(0.85, 1.15))


def between(a: Rgb, b: Rgb) -> Rgb:
    """Return a colour a quarter of the way from one to another."""
    red, green, blue = (round(0.75 * x + 0.25 * y) for x, y in zip(a, b, strict=True))
    return red, green, blue
