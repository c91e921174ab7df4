"""Ornaments: paisley and damask."""

from collections.abc import Sequence

import numpy as np

from materials.tiles import CIRCLE, LEAF, Brush, Points, Rgb, petal, rgb, scatter

T = np.linspace(0, 1, 40)


def paisley(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw curled drops, large and small, each in several rims, with dots and curls between; (side, side, 3)."""
    ground, *dyes = (rgb(color) for color in colors)
    brush = Brush(ground, outline=False)
    hand = float(rng.choice([-1, 1]))
    spots = scatter(rng, 26, 0.14)
    for at in spots:
        curl(brush, rng, at, 0.07, dyes[int(rng.integers(4))])
    turned = rng.uniform(-0.6, 0.6)
    size = rng.uniform(0.36, 0.42)
    for row in range(2):
        for column in range(2):
            at = complex(0.5 * column + 0.25 * row, 0.5 * row + 0.06)
            flip = hand * (1 if (row + column) % 2 or rng.random() < 0.3 else -1)
            drop(brush, rng, at, size, turned + rng.normal(0, 0.35) + np.pi * row, flip, ground, dyes)
            small = at + complex(0.26, 0.02) + 0.03 * complex(*rng.normal(size=2))
            drop(brush, rng, small, size * 0.4, rng.uniform(0, 2 * np.pi), -flip, ground, dyes[::-1])
    return brush.paint(side, 0)


def boteh(size: float, curl: float) -> Points:
    """Return the outline of a drop of length `size`, round at 0, whose tip curls by `curl` radians."""
    heading = np.exp(1j * (np.pi / 2 + curl * T**1.6))
    spine = size * (np.cumsum(heading) / len(T) - 0.38j)
    half = 0.62 * size * T**0.5 * (1 - T) ** 0.8
    return np.concatenate([spine + 1j * heading * half, (spine - 1j * heading * half)[::-1]])


def drop(
    brush: Brush,
    rng: np.random.Generator,
    at: complex,
    size: float,
    angle: float,
    flip: float,
    ground: Rgb,
    dyes: Sequence[Rgb],
) -> None:
    """Draw one drop: a fringe of petals, rims of turns of dye and ground, and a flower-like heart of dots."""
    turn = np.exp(1j * angle)
    bend = 2.3

    def put(points: Points, color: Rgb) -> None:
        points = points.real * flip + 1j * points.imag
        brush.shape(at + turn * points, color)

    first, second, third, fourth = dyes
    outline = boteh(size, bend)
    fringe = outline[2:-2:4]
    for point in fringe:
        put(point * 1.1 + 0.035 * size * CIRCLE, second)
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
    """Draw one mirrored ornament of scrolls and leaves inside pointed ogees, in two colours; (side, side, 3)."""
    ground, dye = rgb(colors[0]), rgb(colors[1])
    second = rgb(colors[2]) if rng.random() < 0.25 else dye
    brush = Brush(ground, outline=False)
    motif, accent = _motif(rng, dye), _motif(rng, second)
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


def _motif(rng: np.random.Generator, dye: Rgb) -> list[tuple[Points, Rgb]]:
    """Return the right half of an ornament that is 0.4 wide and 0.8 high, around 0."""
    shapes: list[tuple[Points, Rgb]] = []
    fan = int(rng.integers(4, 6))
    for k, angle in enumerate(np.linspace(0, 1.5, fan)):  # palmette
        length = 0.25 - 0.03 * k
        shapes.append((-0.06j + petal(length, 0.3) * np.exp(1j * (angle - np.pi / 2)), dye))
    for k in range(3):  # scrolls below
        reach, low = 0.17 - 0.035 * k, 0.03 + 0.1 * k
        turns = np.exp(1j * (np.pi * 0.5 - rng.uniform(3.6, 4.4) * T)) * (1 - 0.65 * T)
        scroll = reach * 0.55 * turns
        scroll = scroll - scroll[0] + 1j * (low + 0.06)
        width = 0.03 * np.sin(np.pi * T**0.6) + 0.004
        normal = np.gradient(scroll)
        normal = 1j * normal / np.abs(normal)
        shapes.append((np.concatenate([scroll + normal * width, (scroll - normal * width)[::-1]]), dye))
    for angle, low, length in ((0.5, 0.12, 0.2), (0.95, 0.2, 0.16), (1.3, 0.02, 0.19)):
        shapes.append((1j * low + length * np.exp(1j * (angle + rng.normal(0, 0.08))) * LEAF, dye))
    shapes.append((0.34j + petal(0.16, 0.35) * 1j - 0.14j, dye))
    for low, radius in ((-0.35, 0.025), (-0.02, 0.03), (0.4, 0.02)):
        shapes.append((1j * low + radius * CIRCLE, dye))
    return shapes
