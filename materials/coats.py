"""Seamless tiles of animals' coats: rosettes, spots, stripes that fork, blotches, patches, scales.

Everything is computed on a torus: random fields by their Fourier spectrum, cells by the nearest of points.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from assets.common.rng import rng_for
from materials.color import rgb
from materials.tiles import scatter

SIZE = 320
"""Side of a tile in pixels."""
MARKS = 7
"""Periods along the side of a tile: rosettes, spots, stripes, patches or diamonds."""
SCALES = 6
"""Scales of a snake across one period, ..."""
SCALE_LENGTH, BLOTCH_LENGTH = 1.5, 1.4
"""... their length over their width, and that of its blotches."""
EDGE = 1.5
"""Width in pixels of the tile over which one dye gives way to the next."""
SOLID_SHARE = 0.16
"""This share of rosettes is a spot without a heart."""
MOUTH, MOUTH_WIDTH = 0.35, 0.8
"""Rosettes are open on one side, this many periods thinner within this many radians: a closed ring around a
heart is a flower from afar."""
SQUEEZE, ROSETTE_SQUEEZE = 0.85, 0.74
"""Spots, and rosettes, are narrowed and lengthened by up to this factor."""
ROSETTE_GAP = 0.04
"""Rosettes keep at least this far from the border of their cell, in periods."""

Field = np.ndarray
"""Float array (SIZE, SIZE), one number per pixel of a tile; lengths are in periods."""


class Shape(NamedTuple):
    """What the numbers of a coat say about its drawing, each 0..1."""

    cover: float
    """Thickness of the marks."""
    broken: float
    """How much rings fall apart, and stripes end."""
    wander: float
    """How much outlines and directions stray."""


Layers = tuple[Field, Field]
"""Opacity 0..1 of the hearts and of the marks over them."""


def draw_coat(
    coat: str,
    seed: float,
    ground: str,
    pale: str,
    heart: str,
    mark: str,
    shape: Shape,
    flank: float,
    fur: float,
) -> np.ndarray:
    """Draw one tile; return uint8 (SIZE, SIZE, 3) sRGB, row 0 at the top.

    `coat` is a key of `COATS`; the ground turns `pale` in wide areas by `flank` (0..1); `fur` (0..1) is the
    depth of fine streaks.
    """
    rng = rng_for("coat", coat, f"{seed:.4f}")
    hearts, marks = COATS[coat](rng, shape)
    areas = flank * soft(0.5 * noise(rng, 1.5), 1.0)
    picture = np.broadcast_to(np.array(rgb(ground), float), (SIZE, SIZE, 3))
    for color, opacity in ((pale, areas), (heart, hearts), (mark, marks)):
        picture = picture + opacity[..., None] * (np.array(rgb(color)) - picture)
    streaks = noise(rng, 12 * MARKS, stretch=5.0)
    picture = picture * (1 + 0.13 * fur * streaks[..., None])
    return picture.clip(0, 255).round().astype(np.uint8)


def rosettes(rng: np.random.Generator, shape: Shape) -> Layers:
    """Leopard: long rings of uneven thickness, open on one side or in two to four pieces, around a heart."""
    cells, offset, margin = nearest(rng, 0.8, 0.03 + 0.04 * shape.wander)
    way, lobes = polar(rng, cells, offset, ROSETTE_SQUEEZE)
    radius = abs(way)
    count = cells.max() + 1
    solid = (rng.random(count) < SOLID_SHARE)[cells]
    ring = (0.29 + 0.08 * rng.random(count))[cells] * (1 + 0.16 * lobes[0])
    uneven = 1.15 - 0.2 * shape.broken + (0.55 + 0.5 * shape.broken) * lobes[1]
    mouth = MOUTH * np.clip(2 * (1 - abs(np.angle(way)) / MOUTH_WIDTH), 0, 1)
    width = (0.075 + 0.05 * shape.cover) * uneven - mouth
    spot = (0.15 + 0.07 * shape.cover) * (1 + 0.3 * lobes[0]) - radius
    marks = np.minimum(np.where(solid, spot, width - abs(radius - ring)), margin - ROSETTE_GAP)
    return soft(np.where(solid, -1.0, np.minimum(ring - radius, margin - ROSETTE_GAP)), 0.04), soft(marks)


def spots(rng: np.random.Generator, shape: Shape) -> Layers:
    """Cheetah: solid spots of uneven size and outline."""
    cells, offset, _ = nearest(rng, 0.62, 0.05 + 0.06 * shape.wander)
    way, lobes = polar(rng, cells, offset, SQUEEZE)
    size = (0.17 + 0.09 * shape.cover) * rng.uniform(0.6, 1.3, cells.max() + 1)
    return np.zeros((SIZE, SIZE)), soft(size[cells] * (1 + 0.35 * lobes[0]) - abs(way))


def stripes(rng: np.random.Generator, shape: Shape) -> Layers:
    """Zebra: stripes across the tile that bend, fork and change their thickness."""
    return np.zeros((SIZE, SIZE)), soft(forks(rng, shape, 0.1, 0.5))


def tapered(rng: np.random.Generator, shape: Shape) -> Layers:
    """Tiger: thinner stripes that end in points."""
    return np.zeros((SIZE, SIZE)), soft(forks(rng, shape, -0.4, 0.8))


def blotches(rng: np.random.Generator, shape: Shape) -> Layers:
    """Cow: few large blotches with round, uneven outlines; on 0.35 to 0.55 of the cloth."""
    height = noise(rng, 0.9 * MARKS) + (0.1 + 0.2 * shape.wander) * noise(rng, 2.5 * MARKS)
    return np.zeros((SIZE, SIZE)), soft(0.16 * (height - np.quantile(height, 0.65 - 0.2 * shape.cover)))


def patches(rng: np.random.Generator, shape: Shape) -> Layers:
    """Giraffe: polygons with light gaps between them, darker in their middle."""
    cells, _, margin = nearest(rng, 0.75, 0.02 + 0.04 * shape.wander)
    gap = 0.13 - 0.07 * shape.cover
    opacity = soft(margin - gap)
    shade = rng.uniform(0, 0.35, cells.max() + 1)[cells] + 0.5 * soft(margin - gap - 0.2, 0.2)
    return opacity, opacity * shade


def scales(rng: np.random.Generator, shape: Shape) -> Layers:
    """Python: long blotches with a dark rim, built from scales that have one shade each and an edge."""
    columns, rows = SCALES * MARKS, round(SCALES * MARKS / SCALE_LENGTH)
    y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE
    one, other = columns * x + rows * y, columns * x - rows * y
    edge = 0.5 - np.maximum(abs(one % 1 - 0.5), abs(other % 1 - 0.5))
    one, other = np.floor(one) + 0.5, np.floor(other) + 0.5
    x, y = (one + other) / (2 * columns), (one - other) / (2 * rows)
    row, column = (np.floor(middle % 1 * SIZE).astype(int) for middle in (y, x))
    stray = 0.5 + 0.6 * shape.wander
    turns = (
        2 * np.pi * cycles * middle + stray * noise(rng, 0.5 * MARKS)[row, column]
        for cycles, middle in ((MARKS, x), (round(MARKS / BLOTCH_LENGTH), y))
    )
    height = sum(np.cos(turn) for turn in turns) + 0.25 * rng.normal(size=(SIZE, SIZE))[row, column]
    low = 0.35 - 0.5 * shape.cover
    rim = (height > low) & (height < low + 0.9 - 0.3 * shape.broken)
    lines = soft((edge - 0.09) / columns * MARKS)
    dark = np.where(rim | (height < -1.5), lines, 0.4 * (1 - lines))
    return lines * (height > low), dark


COATS: dict[str, Callable[[np.random.Generator, Shape], Layers]] = {
    "leopard": rosettes,
    "cheetah": spots,
    "zebra": stripes,
    "tiger": tapered,
    "cow": blotches,
    "giraffe": patches,
    "snake": scales,
}
"""Coat -> what draws its hearts and marks."""


def soft(depth: Field, width: float = 0.0) -> Field:
    """Return the opacity 0..1 of what is `depth` periods inside its outline, with an edge `width` wide."""
    return np.clip(0.5 + depth / max(width, EDGE * MARKS / SIZE), 0, 1)


def noise(rng: np.random.Generator, cycles: float, stretch: float = 1.0) -> Field:
    """Return a seamless random field, mean 0, standard deviation 1, of about `cycles` waves per tile.

    Waves are `stretch` times as long upward as across.
    """
    across, up = np.fft.rfftfreq(SIZE, 1 / SIZE), np.fft.fftfreq(SIZE, 1 / SIZE)[:, None]
    spectrum = np.exp(-((np.hypot(across, up * stretch) / cycles) ** 2))
    spectrum[0, 0] = 0
    height = np.fft.irfft2(np.fft.rfft2(rng.normal(size=(SIZE, SIZE))) * spectrum, s=(SIZE, SIZE))
    return height / height.std()


def forks(rng: np.random.Generator, shape: Shape, level: float, taper: float) -> Field:
    """Return how many periods inside a level stripe each pixel is.

    `level` (-1..1) is the stripes' mean thickness, `taper` (0..1) how much it varies. They follow the phase
    of a complex random field whose waves have about one length and direction: where it is zero, one forks.
    """
    across, up = np.meshgrid(np.fft.fftfreq(SIZE, 1 / SIZE), np.fft.fftfreq(SIZE, 1 / SIZE))
    length, direction = np.hypot(across, up), np.arctan2(across, up)
    spread = 0.65 + 0.35 * shape.wander
    spectrum = np.exp(-(((length - MARKS) / (0.22 * MARKS)) ** 2) - (direction / spread) ** 2)
    wave = np.fft.ifft2(np.fft.fft2(rng.normal(size=(SIZE, SIZE))) * spectrum)
    uneven = taper * (0.15 + 0.6 * shape.broken) * noise(rng, 0.8 * MARKS)
    return (wave.real / abs(wave) + level + 0.6 * (shape.cover - 0.5) + uneven) / (2 * np.pi)


def nearest(rng: np.random.Generator, distance: float, stray: float) -> tuple[np.ndarray, np.ndarray, Field]:
    """Scatter points at least `distance` periods apart; return each pixel's cell and its place there.

    That is: the index of the nearest point (int), the way from it (complex, x right, y down) and the distance
    from the border of its cell. Outlines stray by about `stray` periods.
    """
    points = np.array(scatter(rng, 4 * MARKS * MARKS, distance / MARKS)) * MARKS
    y, x = np.mgrid[0:SIZE, 0:SIZE] * (MARKS / SIZE)
    x, y = (axis + stray * noise(rng, 1.5 * MARKS) for axis in (x, y))
    pixels = np.stack([x % MARKS, y % MARKS], -1)
    tree = cKDTree(np.stack([points.real, points.imag], -1), boxsize=MARKS)
    (near, far), (cell, other) = (np.moveaxis(found, -1, 0) for found in tree.query(pixels, k=2))
    offset = wrapped(pixels @ (1, 1j) - points[cell])
    between = abs(wrapped(points[cell] - points[other]))
    return cell, offset, (far**2 - near**2) / (2 * between)


def wrapped(way: np.ndarray) -> np.ndarray:
    """Return the shortest of the ways (complex, in periods) that are the same on the torus."""
    return way - MARKS * (way / MARKS).round()


def polar(
    rng: np.random.Generator, cells: np.ndarray, offset: np.ndarray, least: float
) -> tuple[np.ndarray, list[Field]]:
    """Return the way from each cell's point (complex), and two random functions of the angle around it.

    The functions have mean 0 and are about -1..1; each cell is turned and squeezed by `least` to 1.
    """
    count = cells.max() + 1
    turn = np.exp(1j * rng.uniform(0, 2 * np.pi, count))
    squeeze = rng.uniform(least, 1.0, count)
    turned = offset * turn[cells]
    turned = turned.real * squeeze[cells] + 1j * turned.imag / squeeze[cells]
    radius = abs(turned)
    unit = turned / np.maximum(radius, 1e-9)
    lobes = []
    for _ in range(2):
        factors = rng.normal(size=(4, count)) + 1j * rng.normal(size=(4, count))
        lobes.append(
            sum((unit**k * (factor * 0.55 / k**0.5)[cells]).real for k, factor in enumerate(factors, 1))
        )
    return turned, lobes
