"""Seamless tiles, drawn with Pillow: a brush on a torus, and what several prints draw with it.

Unlike on a lattice of shader cells, elements overlap; those that cross an edge come back on the other side.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from materials.color import Rgb

SIZE = 384
"""Side of a tile in pixels, unless fewer are asked for."""
SCALE, MIN_DRAWN = 2, 256
"""Tiles are drawn this many times larger, over this many pixels, and then reduced: it smooths the edges."""
OUTLINE = 0.012
"""Width of outlines in tiles."""
NEAR_BLACK = 90
"""A colour whose channels are all below this is too dark for a darker shade of it to show."""

Points = np.ndarray
"""Complex array (N,): x right + 1j * y down, in tiles; a turn is a product with exp(1j * angle)."""

CIRCLE = np.exp(1j * np.linspace(0, 2 * np.pi, 20, endpoint=False))
"""A circle of radius 1 around 0."""
LENGTHS = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, 12))
"""Along a petal or a leaf of length 1 from 0: dense at both ends, where its outline bends most."""
PETAL_HALF = 0.75 * np.sin(np.linspace(0, np.pi, 12)) ** 0.8 * LENGTHS**0.5
"""Half the width of a petal there, per radian of its opening."""
LEAF = np.concatenate([half := LENGTHS + 0.2j * np.sin(np.pi * LENGTHS**0.8), half.conj()[::-1]])
"""A pointed leaf."""


class Brush:
    """Gathers shapes on a torus and paints them in their order."""

    def __init__(self, ground: Rgb, outline: bool) -> None:
        self.ground = ground
        self.outline = outline
        self.strokes: list[tuple[Points, Rgb, float]] = []

    def shape(self, points: Points, color: Rgb) -> None:
        """Fill a polygon; in line art: its outline, tinted inside."""
        self.strokes.append((points, color, 0))

    def line(self, points: Points, color: Rgb, width: float) -> None:
        """Draw an open line `width` tiles wide."""
        self.strokes.append((points, color, width))

    def paint(self, side: int, wash: float) -> np.ndarray:
        """Return the tile; with `wash` the dye bleeds and pools like watercolour."""
        scale = max(SCALE, MIN_DRAWN // side)
        drawn = side * scale
        image = Image.new("RGB", (drawn, drawn), self.ground)
        pen = ImageDraw.Draw(image)
        for xy, color, width in self._copies(drawn):
            if width:
                pen.line(xy, fill=color, width=round(width * drawn))
            elif self.outline:
                pen.polygon(xy, fill=between(self.ground, color))
                pen.line(xy + xy[:2], fill=color, width=round(OUTLINE * drawn))
            else:
                pen.polygon(xy, fill=color)
        tile = image.reduce(scale)
        return np.asarray(bleed(tile, wash) if wash else tile)

    def _copies(self, side: int) -> Iterator[tuple[list[float], Rgb, float]]:
        """Yield x0, y0, x1, y1, ... in pixels, colour and width, once for every tile that a shape lies in."""
        lengths = [len(points) for points, _, _ in self.strokes]
        ends = np.cumsum(lengths).tolist()
        starts = [0, *ends[:-1]]
        points = np.concatenate([points for points, _, _ in self.strokes])
        xy = np.stack([points.real, points.imag], -1)
        xy -= np.floor(np.minimum.reduceat(xy, starts)).repeat(lengths, axis=0)
        last_tiles = np.maximum.reduceat(xy, starts).astype(int).tolist()
        pixels = (xy * side).ravel().tolist()
        for start, end, (x, y), (_, color, width) in zip(starts, ends, last_tiles, self.strokes, strict=True):
            yield pixels[2 * start : 2 * end], color, width
            for tile in [*product(range(x + 1), range(y + 1))][1:]:
                yield ((xy[start:end] - tile) * side).ravel().tolist(), color, width


def bleed(tile: Image.Image, wash: float) -> Image.Image:
    """Return a seamless tile whose dye has run over its edges and pooled there."""
    side = tile.width
    blur, margin = side / SIZE, side // 16
    wide = Image.fromarray(np.pad(np.asarray(tile), ((margin, margin), (margin, margin), (0, 0)), "wrap"))
    soft = wide.filter(ImageFilter.GaussianBlur((1.5 + 2 * wash) * blur))
    pooled = Image.blend(soft, wide, 1.35).filter(ImageFilter.GaussianBlur(blur))
    return Image.blend(pooled, soft, 0.5).crop((margin, margin, margin + side, margin + side))


def petal(radius: float, width: float) -> Points:
    """Return a drop-shaped petal from 0 to `radius`; `width` is half its opening in radians."""
    side = radius * (LENGTHS + 1j * min(width, 0.9) * PETAL_HALF)
    return np.concatenate([side, side.conj()[::-1]])


def scatter(rng: np.random.Generator, count: int, distance: float) -> list[complex]:
    """Return at most `count` random places on the torus that keep `distance` tiles from each other."""
    places = rng.random((30 * count, 2)) @ (1, 1j)
    found: list[complex] = []
    while len(places) and len(found) < count:
        found.append(places[0])
        apart = places - places[0]
        places = places[abs(apart - apart.round()) > distance]
    return found


def shifted_rows(rng: np.random.Generator, rows: int, room: float) -> Iterator[tuple[int, complex]]:
    """Yield `rows` x `rows` places on the torus, each next row shifted by half, each place by up to `room`.

    Each comes with a number of its own from 0 on, in random order.
    """
    order = rng.permutation(rows * rows)
    for k, pick in enumerate(order.tolist()):
        row, column = divmod(k, rows)
        yield pick, complex(column + 0.5 * (row % 2), row) / rows + room * complex(*rng.uniform(-1, 1, 2))


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
