"""Seamless floral tiles, drawn with Pillow: flowers that overlap, roses, tulips, stems, leaves, palm fronds.

Unlike on a lattice of shader cells, elements overlap; those that cross an edge come back on the other side.
"""

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from assets.common.rng import rng_for
from materials.color import Rgb, rgb

SIZE = 384
"""Side of a tile in pixels, unless fewer are asked for."""
SCALE, MIN_DRAWN = 2, 256
"""Tiles are drawn this many times larger, over this many pixels, and then reduced: it smooths the edges."""
BLOOMS = 3.0
"""About this many large blooms fit along the side of a tile."""

OUTLINE, STEM, VEIN = 0.012, 0.009, 0.005
"""Widths of lines in tiles."""

LAYOUTS = {
    "scatter": (12, 1.0),
    "dense": (26, 1.0),
    "bunches": (10, 0.5),
    "ditsy": (44, 0.5),
    "meadow": (90, 0.42),
    "sprays": (12, 0.4),
    "foliage": (4, 1.0),
}
"""Layout -> (places for flowers, their size relative to a large bloom)."""
FRONDS, BARE_SHARE = 20, 0.5
"""Places for leaves of the layout `foliage`, and how often nothing flowers among them."""

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
BLADE = LEAF.real + 0.4j * LEAF.imag
"""A narrow one, of a palm's."""


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
    side: int = SIZE,
) -> np.ndarray:
    """Draw one tile; return uint8 (side, side, 3) sRGB, row 0 at the top.

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
    leafy = layout == "foliage"
    if leafy:
        thicket(brush, rng, radius, (green, green, tint(green, 1.35), tint(green, 0.7), second))
        places = 0 if rng.random() < BARE_SHARE else places
    large = scatter(rng, round(places * density), 0.8 * radius * (2.4 if layout == "bunches" else 1))
    little = scatter(rng, 16 if small > 0 and not leafy else 0, 0.1)

    if layout == "sprays":
        for at in scatter(rng, places, 0.2):
            stem = sprig(brush, rng, at, rng.uniform(0.26, 0.42), green)
            for end, share in ((-1, 1.0), (-5, 0.7), (-9, 0.6))[: rng.integers(1, 4)]:
                bloom_at(brush, rng, stem[end], share * radius, colors, heart, green, petals)
        return brush.paint(side, wash)
    for at in scatter(rng, 0 if leafy else 12, 0.15):
        sprig(brush, rng, at, 0.16 * size, green)
    for at in little:
        flower(brush, rng, at, max(small, 0.1) * 0.16, colors[int(rng.integers(len(colors)))], heart, 5)
    for at in large:
        bunch = int(rng.integers(3, 6)) if layout == "bunches" else 1
        for _ in range(0 if leafy else int(rng.integers(1, 4)) + bunch // 2):
            length = radius * rng.uniform(1.5, 2.1)
            (palm if tropical else leaf_blade)(
                brush, at, rng.uniform(0, 2 * np.pi), length, shade(rng, green)
            )
        for _ in range(bunch):
            aside = complex(*rng.normal(0, 0.75 * radius, 2)) if bunch > 1 else 0.0
            bloom_at(brush, rng, at + aside, radius * rng.uniform(0.7, 1.15), colors, heart, green, petals)
    return brush.paint(side, wash)


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


def bloom_at(
    brush: Brush,
    rng: np.random.Generator,
    at: complex,
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
    brush: Brush, rng: np.random.Generator, at: complex, radius: float, color: Rgb, heart: Rgb, petals: int
) -> None:
    """Draw a ring of petals, each with a darker rim and vein, and a dotted centre."""
    turn, width = rng.uniform(0, 2 * np.pi), rng.uniform(0.75, 1.1) * np.pi / petals
    angles = turn + 2 * np.pi * np.arange(petals) / petals + rng.normal(0, 0.05, petals)
    layers = [(1.0, tint(color, 0.8)), (0.92, color), (0.6, tint(color, 0.9))]
    outline = petal(radius, width)
    for direction in np.exp(1j * angles):
        for size, dye in layers[: 1 if brush.outline else 3]:
            brush.shape(at + size * direction * outline, dye)
    heart_radius = radius * rng.uniform(0.18, 0.28)
    brush.shape(at + heart_radius * CIRCLE, heart)
    if not brush.outline:
        brush.shape(at + 0.55 * heart_radius * CIRCLE, tint(heart, 0.75))


def rose(brush: Brush, rng: np.random.Generator, at: complex, radius: float, color: Rgb) -> None:
    """Draw layers of round petals that turn and darken inward."""
    turn = rng.uniform(0, 2 * np.pi)
    for layer, size in enumerate(np.linspace(1.0, 0.25, 5)):
        for k in range(5):
            direction = np.exp(1j * (turn + layer * 0.7 + 2 * np.pi * k / 5))
            outline = at + radius * size * (0.42 * direction + 0.56 * CIRCLE)
            brush.shape(outline, tint(color, (0.8, 1.0)[k % 2] - 0.05 * layer))


def tulip(brush: Brush, rng: np.random.Generator, at: complex, radius: float, color: Rgb, green: Rgb) -> None:
    """Draw a cup of three petals on a bent stem."""
    up = np.exp(1j * rng.normal(-np.pi / 2, 0.6))
    t = np.linspace(0, 1, 8)
    brush.line(at - radius * up * (2.2 * t + rng.normal(0, 0.5) * 1j * t**2), tint(green, 0.8), STEM)
    cup = petal(radius * 1.3, 0.6)
    for angle, light in ((-0.5, 0.8), (0.5, 0.8), (0.0, 1.0)):
        brush.shape(at + up * (np.exp(1j * angle) * cup - 0.3 * radius), tint(color, light))


def sprig(brush: Brush, rng: np.random.Generator, at: complex, length: float, green: Rgb) -> Points:
    """Draw a bent stem with leaves on both sides; return its points, 14 from foot to tip."""
    turn, bend = rng.uniform(0, 2 * np.pi), rng.normal(0, 2.0)
    heading = turn + bend * np.linspace(0, 1, 14)
    stem = at + length * np.cumsum(np.exp(1j * heading)) / len(heading)
    brush.line(stem, tint(green, 0.8), STEM)
    for k in range(3, 14, 2):
        for side in (-0.8, 0.8):
            leaf_blade(brush, stem[k], heading[k] + side, length * 0.32, green)
    return stem


def leaf_blade(brush: Brush, at: complex, angle: float, length: float, green: Rgb) -> None:
    """Draw a pointed leaf with a midrib."""
    along = length * np.exp(1j * angle)
    brush.shape(at + along * LEAF, green)
    brush.line(at + along * np.array([0.0, 0.9]), tint(green, 0.7), VEIN)


def palm(brush: Brush, at: complex, angle: float, length: float, green: Rgb) -> None:
    """Draw a fan of leaves."""
    for spread in np.linspace(-1.0, 1.0, 7):
        leaf_blade(
            brush, at, angle + spread, length * (1.1 - 0.25 * abs(spread)), tint(green, 1 - 0.2 * abs(spread))
        )


def thicket(brush: Brush, rng: np.random.Generator, radius: float, colors: Sequence[Rgb]) -> None:
    """Draw leaves of one to three kinds, one over the other: fronds, fans, branches."""
    kinds = rng.permutation(3)[: rng.integers(1, 4)]
    for at in scatter(rng, FRONDS, 2 * radius):
        color, angle = colors[int(rng.integers(len(colors)))], rng.uniform(0, 2 * np.pi)
        length = radius * rng.uniform(2.8, 4)
        match kinds[int(rng.integers(len(kinds)))]:
            case 0:
                frond(brush, rng, at, angle, length, color)
            case 1:
                fan(brush, at, angle, 0.6 * length, color)
            case _:
                sprig(brush, rng, at, length, color)


def fan(brush: Brush, at: complex, angle: float, length: float, green: Rgb) -> None:
    """Draw a fan palm's leaf: narrow leaflets from one point."""
    for spread in np.linspace(-1.6, 1.6, 11):
        brush.shape(at + length * (1 - 0.15 * abs(spread)) * np.exp(1j * (angle + spread)) * BLADE, green)


def frond(
    brush: Brush, rng: np.random.Generator, at: complex, angle: float, length: float, green: Rgb
) -> None:
    """Draw a feathered palm leaf: a bent rib with narrow leaflets on both sides, shorter toward the tip."""
    steps = 13
    heading = angle + rng.normal(0, 0.9) * np.linspace(0, 1, steps)
    rib = at + length * np.cumsum(np.exp(1j * heading)) / steps
    for k in range(1, steps):
        leaflet = length * 0.42 * np.sin(np.pi * (0.15 + 0.8 * k / steps))
        for side in (-0.75, 0.75):
            brush.shape(rib[k] + leaflet * np.exp(1j * (heading[k] + side)) * BLADE, green)
    brush.line(rib, tint(green, 0.75), STEM)


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
