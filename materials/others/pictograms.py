"""Small pictures of things: drawn from polygons and strokes, or from the symbols and letters of fonts."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from materials.tiles import CIRCLE, LEAF, Brush, Points, Rgb

T = np.linspace(0, 1, 14)
DISC = np.exp(1j * np.linspace(0, 2 * np.pi, 24, endpoint=False))

SYMBOLS = "☂☎☕♞♛♫✈✂☠★♥☾⚡❄☃⚽✌☮⚙⌘♠♣☘☄😀😎😺🐱🐵🐭⚓✏✉♨⚛"
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
        polygon @ (1, 1j)
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


def ellipse(x: float, y: float, width: float, height: float) -> Points:
    return x + 1j * y + width * DISC.real + 1j * height * DISC.imag


def cherries() -> Picture:
    return [
        Part(np.array([-0.5 - 0.4j, 0.15 + 0.9j, 0.5 - 0.2j]), 1, 0.1),
        Part(ellipse(-0.5, -0.55, 0.43, 0.43), 0), Part(ellipse(0.5, -0.35, 0.43, 0.43), 0),
        Part(0.15 + 0.85j + 0.8 * np.exp(0.1j) * LEAF, 1),
    ]  # fmt: skip


def cat() -> Picture:
    return [
        Part(ellipse(0, -0.1, 0.85, 0.72), 0),
        Part(np.array([-0.8 + 0.1j, -0.75 + 1j, -0.1 + 0.55j]), 0),
        Part(np.array([0.8 + 0.1j, 0.75 + 1j, 0.1 + 0.55j]), 0),
        Part(ellipse(-0.35, 0.05, 0.14, 0.17), -1), Part(ellipse(0.35, 0.05, 0.14, 0.17), -1),
        Part(np.array([-0.12 - 0.25j, 0.12 - 0.25j, -0.4j]), 1),
    ]  # fmt: skip


def dog() -> Picture:
    return [
        Part(np.array([-0.8 + 0.25j, -0.7 - 0.1j, 0.5 - 0.1j, 0.55 + 0.4j, -0.7 + 0.35j]), 0),
        *(Part(np.array([x - 0.85j, x + 0.18 - 0.85j, x + 0.22 + 0.1j, x + 0.1j]), 0) for x in (-0.72, -0.4, 0.1, 0.34)),
        Part(np.array([0.4 + 0.1j, 0.35 + 0.85j, 0.7 + 0.9j, 1.05 + 0.65j, 1.05 + 0.45j, 0.65 + 0.4j]), 0),
        Part(np.array([0.35 + 0.85j, 0.2 + 0.35j, 0.48 + 0.45j, 0.55 + 0.85j]), 1),
        Part(np.array([-0.75 + 0.25j, -1.0 + 0.75j]), 0, 0.14),
    ]  # fmt: skip


def fish() -> Picture:
    return [
        Part(np.array([0.35, 1 + 0.5j, 0.85, 1 - 0.5j]), 1),
        Part(ellipse(-0.2, 0, 0.75, 0.45), 0), Part(ellipse(-0.6, 0.12, 0.1, 0.1), -1),
        Part(np.array([-0.3 + 0.42j, -0.15, -0.3 - 0.42j]), 1, 0.1),
    ]  # fmt: skip


def bird() -> Picture:
    return [
        Part(np.array([-1 + 0.3j, -0.6 + 0.5j, -0.35 + 0.25j, 0.35, 1 + 0.15j, 0.95 - 0.1j, 0.2 - 0.35j, -0.45 - 0.25j]), 0),
        Part(np.array([-0.25 + 0.1j, 0.35 + 0.95j, 0.45]), 1), Part(np.array([-0.1, 0.5 - 0.9j, 0.4 - 0.1j]), 0),
    ]  # fmt: skip


def pineapple() -> Picture:
    crown = [Part(0.25j + 0.8 * np.exp(1j * (np.pi / 2 + a)) * LEAF, 1) for a in (-0.7, -0.35, 0, 0.35, 0.7)]
    lines = [Part(np.array([x - 0.85j, x + 0.4 + 0.2j]), -1, 0.07) for x in (-0.5, -0.2, 0.1)]
    return [*crown, Part(ellipse(0, -0.4, 0.48, 0.62), 0), *lines]


def strawberry() -> Picture:
    body = np.array([-0.7 + 0.35j, -0.35 + 0.6j, 0.35 + 0.6j, 0.7 + 0.35j, 0.5 - 0.35j, -0.95j, -0.5 - 0.35j])
    crown = [Part(0.55j + 0.55 * np.exp(1j * a) * LEAF, 1) for a in (-0.3, 0.6, 1.57, 2.5, 3.4)]
    seeds = [
        Part(ellipse(x, y, 0.07, 0.1), -1) for x, y in ((-0.3, 0.15), (0.3, 0.15), (0, -0.15), (0, -0.55))
    ]
    return [Part(body, 0), *crown, *seeds]


def melon() -> Picture:
    half = np.exp(1j * np.linspace(np.pi, 2 * np.pi, 20))
    seeds = [
        Part(ellipse(x, y, 0.07, 0.11), 2)
        for x, y in ((-0.4, 0), (0, -0.05), (0.4, 0), (-0.2, -0.35), (0.2, -0.35))
    ]
    return [Part(0.35j + half, 1), Part(0.35j + 0.8 * half, 0), *seeds]


def palm_tree() -> Picture:
    trunk = Part(np.array([0.1 - 0.95j, 0.1 - 0.3j, -0.05 + 0.35j]), 0, 0.17)
    fronds = [
        Part(-0.05 + 0.35j + 0.85 * np.exp(1j * a) * LEAF, 1) for a in (-0.5, 0.2, 0.9, 1.7, 2.4, 3.1, 3.7)
    ]
    return [trunk, *fronds, Part(ellipse(0.1, -0.95, 0.55, 0.15), 0)]


def bus() -> Picture:
    return [
        Part(np.array([-1 - 0.45j, -1 + 0.5j, 0.75 + 0.5j, 1 + 0.05j, 1 - 0.45j]), 0),
        *(Part(np.array([x + 0.05j, x + 0.05j + 0.32j, x + 0.38 + 0.37j, x + 0.38 + 0.05j]), -1) for x in (-0.85, -0.35, 0.15)),
        Part(ellipse(-0.55, -0.5, 0.24, 0.24), 1), Part(ellipse(0.55, -0.5, 0.24, 0.24), 1),
    ]  # fmt: skip


def sailing_boat() -> Picture:
    return [
        Part(np.array([-0.95 - 0.4j, 0.95 - 0.4j, 0.6 - 0.9j, -0.6 - 0.9j]), 0),
        Part(np.array([0.05 - 0.25j, 0.75 - 0.25j, 0.05 + 0.95j]), 1), Part(np.array([-0.07 - 0.25j, -0.6 - 0.25j, -0.07 + 0.75j]), 2),
    ]  # fmt: skip


def anchor() -> Picture:
    arc = 0.75 * np.exp(1j * np.linspace(-np.pi, 0, 16)) - 0.15j
    return [
        Part(np.array([0.6j, -0.9j]), 0, 0.2), Part(arc, 0, 0.2), Part(0.75j + 0.2 * np.append(DISC, DISC[:2]), 0, 0.13),
        Part(np.array([-0.4 + 0.35j, 0.4 + 0.35j]), 0, 0.17),
        *(Part(np.array([0.75 * w - 0.15j + 0.25j, 0.75 * w - 0.28 - 0.2j, 0.75 * w + 0.28 - 0.2j]), 0) for w in (-1, 1)),
    ]  # fmt: skip


def rocket() -> Picture:
    body = np.concatenate(
        [
            1j * (1.8 * T - 0.75) + 0.42 * np.sin(np.pi * (0.18 + 0.82 * T)),
            (1j * (1.8 * T - 0.75) - 0.42 * np.sin(np.pi * (0.18 + 0.82 * T)))[::-1],
        ]
    )
    return [
        Part(np.array([-0.25 - 0.4j, -0.8 - 0.9j, -0.25 - 0.85j, 0.25 - 0.85j, 0.8 - 0.9j, 0.25 - 0.4j]), 1),
        Part(body, 0), Part(ellipse(0, 0.2, 0.18, 0.18), -1), Part(np.array([-0.2 - 0.8j, -1.15j, 0.2 - 0.8j]), 2),
    ]  # fmt: skip


def ice_cream() -> Picture:
    return [
        Part(np.array([-0.5 + 0.05j, 0.5 + 0.05j, -1j]), 1), Part(ellipse(0, 0.25, 0.56, 0.42), 0),
        Part(ellipse(0.02, 0.68, 0.38, 0.32), 2),
    ]  # fmt: skip


def cactus() -> Picture:
    return [
        Part(np.array([-0.2j, 0.85j]), 0, 0.42), Part(np.array([-0.6 + 0.5j, -0.6 + 0.15j, 0.15j]), 0, 0.24),
        Part(np.array([0.6 + 0.7j, 0.6 + 0.35j, 0.35j]), 0, 0.24),
        Part(np.array([-0.5 - 0.2j, 0.5 - 0.2j, 0.35 - 0.95j, -0.35 - 0.95j]), 1),
    ]  # fmt: skip


def umbrella() -> Picture:
    top = np.exp(1j * np.linspace(0, np.pi, 20)) * 0.95 + 0.05j
    hook = np.concatenate([[0.05j, -0.65j], 0.2 + 0.2 * np.exp(1j * np.linspace(-np.pi, 0, 8)) - 0.65j])
    return [
        Part(hook, 1, 0.12),
        Part(top, 0),
        Part(np.array([0.9j, -0.35 + 0.1j]), -1, 0.07),
        Part(np.array([0.9j, 0.35 + 0.1j]), -1, 0.07),
    ]


def football() -> Picture:
    five = np.exp(1j * (np.pi / 2 + 2 * np.pi * np.arange(5) / 5))
    rays = [Part(np.array([0.38 * c, 0.8 * c]), -1, 0.08) for c in five]
    return [
        Part(0.92 * DISC, 0),
        Part(0.38 * five, -1),
        *rays,
        *(Part(0.93 * c * np.exp(0.63j) + 0.26 * -c * np.exp(0.63j) * five.conj() / 1j, -1) for c in five),
    ]


def star() -> Picture:
    points = np.exp(1j * (np.pi / 2 + np.pi * np.arange(10) / 5)) * np.tile([1, 0.42], 5)
    return [Part(points, 0)]


def heart() -> Picture:
    t = np.linspace(0, 2 * np.pi, 30, endpoint=False)
    return [
        Part(
            (
                16 * np.sin(t) ** 3
                + 1j * (13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
            )
            / 17,
            0,
        )
    ]


def moon() -> Picture:
    return [
        Part(
            np.concatenate(
                [
                    0.9 * np.exp(1j * np.linspace(0.9, 5.4, 24)),
                    0.25 + 0.72 * np.exp(1j * np.linspace(5.1, 1.2, 20)),
                ]
            ),
            0,
        )
    ]


def cloud() -> Picture:
    return [
        Part(ellipse(-0.5, -0.15, 0.45, 0.38), 0),
        Part(ellipse(0.5, -0.15, 0.45, 0.38), 0),
        Part(ellipse(0, 0.15, 0.55, 0.5), 0),
    ]


def mushroom() -> Picture:
    cap = np.exp(1j * np.linspace(0, np.pi, 20)) * 0.9
    return [
        Part(np.array([-0.28 + 0.05j, 0.28 + 0.05j, 0.35 - 0.85j, -0.35 - 0.85j]), 1), Part(cap, 0),
        *(Part(ellipse(x, y, 0.14, 0.13), -1) for x, y in ((-0.4, 0.3), (0.05, 0.6), (0.45, 0.25))),
    ]  # fmt: skip


THEMES: dict[str, list[Picture]] = {
    "fruit": [cherries(), pineapple(), strawberry(), melon()],
    "pets": [cat(), dog(), fish(), heart()],
    "sea": [anchor(), sailing_boat(), fish(), bird()],
    "beach": [palm_tree(), bus(), ice_cream(), umbrella(), melon()],
    "sky": [star(), moon(), cloud(), rocket()],
    "garden": [mushroom(), cactus(), bird(), cat()],
    "play": [football(), star(), rocket(), bus()],
}
"""Things that prints show together."""
