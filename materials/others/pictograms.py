"""Small pictures made of polygons and strokes, and the symbols and letters of fonts as such."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from materials.color import Rgb
from materials.tiles import Brush, Points

SYMBOLS = "☂☎☕♞♛♫✈✂☠★♥☾⚡☃⚽✌☮⚙⌘♠☄😀😎😺🐱🐵🐭⚓✏✉♨⚛"
"""Symbols of DejaVu Sans that are known at a glance."""
FONTS = (
    "DejaVuSans-Bold", "DejaVuSans-BoldOblique", "DejaVuSerif-Bold", "DejaVuSerif-BoldItalic",
    "DejaVuSansMono-Bold", "STIXGeneralBol", "STIXGeneralBolIta", "cmb10", "cmtt10", "cmss10",
)  # fmt: skip
"""Faces that matplotlib ships, for words."""


class Part(NamedTuple):
    """A polygon, or a stroke `width` wide, in dye number `dye`; -1 is the ground."""

    points: Points
    dye: int
    width: float = 0.0


Picture = list[Part]
"""Parts in their order, around 0, of radius about 1; x right, y up."""


def is_mere_shape(picture: Picture) -> bool:
    """Say whether a picture is a mere shape, as a star, a heart or a cloud: one dye and no strokes."""
    return all(part.dye == 0 and not part.width for part in picture)


def put(brush: Brush, picture: Picture, at: complex, size: float, angle: float, dyes: list[Rgb]) -> None:
    """Draw a picture of radius `size` tiles at `at`, turned by `angle`, in two or three dyes."""
    turn = size * np.exp(1j * angle)
    for points, dye, width in picture:
        placed = at + turn * points.conj()
        color = brush.ground if dye < 0 else dyes[dye % len(dyes)]
        if width:
            brush.line(placed, color, width * size)
        else:
            brush.shape(placed, color)


@cache
def written(text: str, font: str) -> tuple[Part, ...]:
    """Return text of a font, its height 2 and its middle at 0: outlines in dye 0, holes in the ground."""
    import matplotlib  # heavy, and only needed here
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    file = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{font}.ttf"
    outlines = [
        np.asarray(polygon) @ (1, 1j)
        for polygon in TextPath((0, 0), text, size=10, prop=FontProperties(fname=str(file))).to_polygons()
    ]
    everything = np.concatenate(outlines)
    low, high = everything.real.min(), everything.real.max()
    bottom, top = everything.imag.min(), everything.imag.max()
    middle = complex(low + high, bottom + top) / 2
    outlines.sort(key=lambda outline: -abs(area(outline)))
    solid = np.sign(area(outlines[0]))
    return tuple(
        Part((outline - middle) * 2 / (top - bottom), 0 if np.sign(area(outline)) == solid else -1)
        for outline in outlines
    )


def area(outline: Points) -> float:
    """Return the signed area of a polygon."""
    return float((outline.conj() * np.roll(outline, -1)).imag.sum() / 2)


def symbol(sign: str) -> Picture:
    """Return one of SYMBOLS, of radius 1."""
    return [*written(sign, "DejaVuSans")]
