"""Ornaments: paisley and damask."""

from collections.abc import Sequence

import numpy as np

from materials.color import Rgb, rgb
from materials.tiles import CIRCLE, LEAF, Brush, Points, petal, scatter

T = np.linspace(0, 1, 40)


def paisley(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw curled drops, large and small, with dots and curls between; (side, side, 3)."""
    ground, *dyes = (rgb(color) for color in colors)
    brush = Brush(ground, outline=False)
    hand = float(rng.choice([-1, 1]))
    fringed = rng.random() < 0.5
    spots = scatter(rng, 26, 0.14)
    for at in spots:
        curl(brush, rng, at, 0.07, dyes[int(rng.integers(4))])
    turned = rng.uniform(-0.6, 0.6)
    size = rng.uniform(0.38, 0.43)
    for row in range(2):
        for column in range(2):
            at = complex(0.5 * column + 0.25 * row, 0.5 * row)
            flip = hand * (1 if (row + column) % 2 or rng.random() < 0.3 else -1)
            drop(
                brush, rng, at, size, turned + rng.normal(0, 0.35) + np.pi * row, flip, fringed, ground, dyes
            )
            small = at + complex(0.0, 0.25) + 0.02 * complex(*rng.normal(size=2))
            drop(brush, rng, small, size * 0.42, rng.uniform(0, 2 * np.pi), -flip, False, ground, dyes[::-1])
    return brush.paint(side, 0)


def boteh(size: float, curl: float) -> Points:
    """Return the outline of a drop of length `size`, round at 0, whose tip curls by `curl` radians."""
    heading = np.exp(1j * (np.pi / 2 + curl * T**1.6))
    spine = size * (np.cumsum(heading) / len(T) - 0.38j)
    return ribbon(spine, 0.6 * size * T**0.5 * (1 - T) ** 0.7)


def drop(
    brush: Brush,
    rng: np.random.Generator,
    at: complex,
    size: float,
    angle: float,
    flip: float,
    fringed: bool,
    ground: Rgb,
    dyes: Sequence[Rgb],
) -> None:
    """Draw one drop: a fringe of petals, rims of turns of dye and ground, and a flower-like heart of dots."""
    turn = np.exp(1j * angle)
    bend = 1.5

    def put(points: Points, color: Rgb) -> None:
        points = points.real * flip + 1j * points.imag
        brush.shape(at + turn * points, color)

    first, second, third, fourth = dyes
    outline = boteh(size, bend)
    fringe = outline[2:-2:4]
    if fringed:
        for point in fringe:
            put(point * 1.1 + 0.03 * size * CIRCLE, second)
    put(outline, first)
    put(0.86 * boteh(size, bend), ground)
    put(0.76 * boteh(size, bend), third)
    for point in 0.81 * outline[1:-1:3]:
        put(point + 0.022 * size * CIRCLE, second)
    put(0.52 * boteh(size, bend), first)
    put(0.4 * boteh(size, bend), ground)
    put(0.27 * boteh(size, bend), fourth)
    for k in range(7):
        put(0.045 * size * CIRCLE - 0.06j * size + 0.62 * outline[4 + 5 * k], fourth)


def curl(brush: Brush, rng: np.random.Generator, at: complex, length: float, color: Rgb) -> None:
    """Draw a small tendril that ends in a dot."""
    turn = np.exp(1j * rng.uniform(0, 2 * np.pi))
    spiral = length * (0.15 + 0.85 * T) * np.exp(5j * rng.choice([-1, 1]) * (1 - T) ** 1.5)
    brush.line(at + turn * (spiral - spiral.mean()), color, 0.01)
    brush.shape(at + turn * (spiral[0] - spiral.mean()) + 0.014 * CIRCLE, color)


def damask(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw mirrored ornaments of scrolls and leaves in pointed ogees; (side, side, 3)."""
    ground, dye = rgb(colors[0]), rgb(colors[1])
    second = rgb(colors[2]) if rng.random() < 0.25 else dye
    brush = Brush(ground, outline=False)
    motif, accent = _motif(rng, dye, ground), _motif(rng, second, ground)
    framed = rng.random() < 0.75
    y = np.linspace(-0.5, 0.5, 50)
    ogee = (0.25 - 0.03) * (1 + np.cos(2 * np.pi * y)) + 0.03
    for at, ornament in ((0.5 + 0.5j, motif), (0.0 + 0.0j, motif if rng.random() < 0.5 else accent)):
        for points, color in ornament:
            for half in (points, -points.conj()):
                brush.shape(at + half, color)
    if framed:
        for mirror in (-1, 1):
            brush.line(0.5 + 0.5j + mirror * ogee + 1j * y, second, 0.022)
            for k in range(4, 50, 6):
                along = np.exp(1j * (np.pi / 2 - mirror * np.sign(y[k]) * 0.9))
                brush.shape(0.5 + 0.5j + mirror * ogee[k] + 1j * y[k] + 0.07 * along * LEAF, second)
    return brush.paint(side, 0)


def _motif(rng: np.random.Generator, dye: Rgb, ground: Rgb) -> list[tuple[Points, Rgb]]:
    """Return the right half of an ornament that is 0.42 wide and 0.84 high, around 0."""
    shapes: list[tuple[Points, Rgb]] = []
    for angle, length in zip(np.linspace(0.1, 1.5, 4), (0.27, 0.24, 0.21, 0.17), strict=True):
        shapes.append((-0.14j + petal(length, 0.32) * np.exp(1j * (angle - np.pi / 2)), dye))
    opening = rng.uniform(4.2, 5.0)
    for centre, radius, way in (
        (0.125 + 0.13j, 0.105, 1),
        (0.11 - 0.06j, 0.075, -1),
        (0.075 + 0.31j, 0.065, 1),
    ):
        angle = way * (np.pi * 0.8 - opening * T)
        spiral = centre + radius * (1 - 0.8 * T) * np.exp(1j * angle)
        shapes.append((ribbon(spiral, 0.026 * np.sin(np.pi * (0.25 + 0.7 * T))), dye))
        for k in range(3, 24, 5):  # leaves outside
            outward = np.exp(1j * (angle[k] - way * 0.7))
            shapes.append((spiral[k] + 0.75 * radius * outward * LEAF, dye))
        shapes.append((centre + 0.2 * radius * CIRCLE, dye))
    stem = 1j * np.linspace(-0.2, 0.44, len(T))
    shapes.append((ribbon(stem, 0.022 + 0.012 * np.cos(14 * T)), dye))
    shapes.append((-0.17j + 0.055 * CIRCLE, ground))
    shapes.append((-0.17j + 0.03 * CIRCLE, dye))
    shapes.append((0.44j + 0.03 * CIRCLE, dye))
    return shapes


def ribbon(spine: Points, half: np.ndarray) -> Points:
    """Return the outline of a band around a line, `half` as wide to each side."""
    along = np.gradient(spine)
    across = 1j * along / np.abs(along) * half
    return np.concatenate([spine + across, (spine - across)[::-1]])
