"""What the kinds of `other` share: coordinates of a tile and the way from a map of dyes to pixels.

A map holds an index into the five colours per sample; samples are `SCALE` times denser than pixels.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from materials.color import rgb

SCALE = 2
"""Samples per pixel and axis; their mean smooths the edges."""

Field = np.ndarray
"""float32 or bool (N, N), or broadcastable to it: one value per sample, N = SCALE * side."""


def grid(side: int) -> tuple[Field, Field]:
    """Return x (1, N) to the right and y (N, 1) down, 0..1 over the tile, for `side` pixels."""
    at = (np.arange(side * SCALE, dtype=np.float32) + 0.5) / (side * SCALE)
    return at[None, :], at[:, None]


def paint(dyes: Field, colors: Sequence[str]) -> np.ndarray:
    """Return uint8 (side, side, 3) sRGB of a map of indices, or of a mask, into `colors`."""
    return reduced(np.array([rgb(color) for color in colors], np.uint8)[dyes.astype(np.intp)])


def reduced(samples: np.ndarray) -> np.ndarray:
    """Return uint8 (side, side, 3) of uint8 (N, N, 3): the mean of the samples of each pixel."""
    return np.asarray(Image.fromarray(samples).reduce(SCALE))


def whole(x: Field) -> Field:
    """Return floor(x) as integers."""
    return np.floor(x).astype(np.int32)


def fraction(x: Field) -> Field:
    """Return x - floor(x)."""
    return x - np.floor(x)


def centred(x: Field) -> Field:
    """Return the distance to the nearest whole number, -0.5..0.5."""
    return x - np.round(x)


def triangle(x: Field) -> Field:
    """Return the triangle wave of period 1: 0 at whole numbers, 1 half way between."""
    return 2 * np.abs(centred(x))


def hexagons(u: Field, v: Field) -> tuple[Field, Field, Field]:
    """Return column and row of the hexagon around (u, v), and how far inside its border that is.

    Columns are 1 wide, rows 1 apart, odd rows half a column aside; over a tile, the number of rows is even.
    The last is 0 on the border and 1 at the centre.
    """
    even_x, even_y = np.round(u), 2 * np.round(v / 2)
    odd_x, odd_y = np.floor(u) + 0.5, 2 * np.floor(v / 2) + 1
    even = (u - even_x) ** 2 + 0.75 * (v - even_y) ** 2
    odd = (u - odd_x) ** 2 + 0.75 * (v - odd_y) ** 2
    first = even < odd
    column = whole(np.where(first, even_x, odd_x))
    row = whole(np.where(first, even_y, odd_y))
    across, up = np.abs(u - np.where(first, even_x, odd_x)), np.abs(v - np.where(first, even_y, odd_y))
    return column, row, 1 - 2 * np.maximum(across, 0.5 * across + 0.75 * up)


def scales(u: Field, v: Field) -> tuple[Field, Field, Field, Field]:
    """Return the uppermost of the overlapping discs at (u, v): column, row, and the place on it, x and y.

    Discs are 1 wide, rows 0.5 apart, odd rows half a column aside; a lower row lies on the one above it.
    The place is -0.5..0.5 from the disc's centre, y down.
    """
    above = whole(2 * v)
    y = v - 0.5 * above
    shifted = u - 0.5 * (above % 2), u - 0.5 * ((above + 1) % 2)
    x_above, x_below = (centred(at) for at in shifted)
    on = x_below**2 + (y - 0.5) ** 2 < 0.25
    column = whole(np.where(on, shifted[1] - x_below, shifted[0] - x_above) + 0.5)
    return column, above + on, np.where(on, x_below, x_above), y - 0.5 * on


def chart(cells: np.ndarray, side: int, stitch: float = 0.0) -> Field:
    """Return the map of a chart (rows, columns) of indices, repeated; `stitch` > 0 gives each cell a V."""
    rows, columns = cells.shape
    x, y = grid(side)
    i = whole(x * columns) % columns
    j = whole(y * rows + stitch * (0.5 - np.abs(fraction(x * columns) - 0.5))) % rows
    return cells[j, i]
