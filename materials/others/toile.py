"""Toile: small scenes in one colour on a light ground."""

from collections.abc import Callable, Sequence

import numpy as np

from materials.color import Rgb, rgb
from materials.tiles import CIRCLE, LEAF, Brush, between

LINE = 0.006
X = np.linspace(-1, 1, 24)


class Pen:
    """Draws in one colour and two tints of it, in a frame of its own: x right, y up, lengths in tiles."""

    def __init__(self, brush: Brush, ground: Rgb, dye: Rgb, at: complex, size: float, mirror: float) -> None:
        self.brush, self.at, self.size, self.mirror = brush, at, size, mirror
        self.ground, self.dye = ground, dye
        self.pale = between(ground, dye)
        self.half = between(dye, self.pale)

    def to_tile(self, points: np.ndarray) -> np.ndarray:
        return self.at + self.size * (self.mirror * points.real - 1j * points.imag)

    def fill(self, points: Sequence[complex] | np.ndarray, color: Rgb) -> None:
        self.brush.shape(self.to_tile(np.asarray(points)), color)

    def line(self, points: Sequence[complex] | np.ndarray, width: float = LINE) -> None:
        self.brush.line(self.to_tile(np.asarray(points)), self.dye, width)


def draw(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw five scenes, each an island with a tree or a house, people, beasts or a boat; (side, side, 3)."""
    ground, dye = rgb(colors[0]), rgb(colors[1])
    if sum(dye) > sum(ground):
        ground, dye = dye, ground
    brush = Brush(ground, outline=False)
    chosen = rng.permutation(len(SCENES))
    for k, at in enumerate((0.25 + 0.2j, 0.75 + 0.32j, 0.28 + 0.68j, 0.78 + 0.82j)):
        pen = Pen(brush, ground, dye, at, rng.uniform(0.23, 0.26), float(rng.choice([-1, 1])))
        SCENES[chosen[k % len(SCENES)]](pen, rng)
    for at in (0.5 + 0.04j, 0.02 + 0.48j, 0.53 + 0.55j):
        pen = Pen(brush, ground, dye, at, 0.1, float(rng.choice([-1, 1])))
        birds(pen, rng)
    return brush.paint(side, 0)


def island(pen: Pen, rng: np.random.Generator) -> None:
    """Draw ground to stand on, shaded by lines, with tufts of grass."""
    bottom = -0.32 * np.sqrt(1 - X**2) * (1 + 0.15 * np.sin(9 * X))
    pen.fill(np.concatenate([X + 0.02j, (X + 1j * bottom)[::-1]]), pen.pale)
    for depth in (0.08, 0.16, 0.24):
        pen.line(X * (1 - 1.6 * depth) - 1j * depth + 0.015j * np.sin(11 * X + 20 * depth))
    for x in np.linspace(-0.85, 0.85, 7):
        for lean in (-0.3, 0.0, 0.3):
            pen.line([x, x + 0.11 * np.exp(1j * (np.pi / 2 + lean))])


def tree(pen: Pen, rng: np.random.Generator, x: float, height: float) -> None:
    """Draw a bent trunk under a crown of many leaves."""
    t = np.linspace(0, 1, 10)
    bend = rng.normal(0, 0.12)
    trunk = x + 1j * height * t + bend * t**2
    width = 0.06 * (1.2 - 0.8 * t)
    pen.fill(np.concatenate([trunk - width, (trunk + width)[::-1]]), pen.dye)
    for layer, color in ((1.0, pen.dye), (0.8, pen.half), (0.5, pen.pale)):
        for k in range(9):
            off = 0.36 * np.exp(2j * np.pi * k / 9) * (0.5 + 0.5 * (k % 2)) * layer
            pen.fill(
                trunk[-1] + off * (1.15 + 0.85j).real + 0.2 * layer * CIRCLE + 0.08j * (1 - layer), color
            )
    for _ in range(14):
        leaf = trunk[-1] + complex(*rng.normal(0, 0.22, 2))
        pen.fill(leaf + 0.1 * np.exp(1j * rng.uniform(0, 6.3)) * LEAF, pen.dye)


def house(pen: Pen, rng: np.random.Generator) -> None:
    """Draw a cottage beside a tree."""
    island(pen, rng)
    tree(pen, rng, 0.6, 0.75)
    pen.fill([-0.7, 0.15, 0.15 + 0.55j, -0.7 + 0.55j], pen.pale)
    pen.fill([-0.82 + 0.52j, 0.27 + 0.52j, 0.05 + 0.95j, -0.6 + 0.95j], pen.dye)
    pen.fill([-0.45 + 0.9j, -0.3 + 0.9j, -0.3 + 1.15j, -0.45 + 1.15j], pen.half)
    for x in (-0.58, -0.12):
        pen.fill([x + 0.22j, x + 0.16 + 0.22j, x + 0.16 + 0.42j, x + 0.42j], pen.dye)
    pen.fill([-0.36, -0.2, -0.2 + 0.35j, -0.36 + 0.35j], pen.half)
    pen.line([-0.7, 0.15, 0.15 + 0.55j, -0.7 + 0.55j, -0.7])


def mill(pen: Pen, rng: np.random.Generator) -> None:
    """Draw a windmill and a fence."""
    island(pen, rng)
    pen.fill([-0.35, 0.25, 0.12 + 0.85j, -0.22 + 0.85j], pen.half)
    pen.fill([-0.26 + 0.82j, 0.16 + 0.82j, -0.05 + 1.1j], pen.dye)
    turn = np.exp(1j * rng.uniform(0, 1.5))
    for k in range(4):
        arm = turn * 1j**k
        pen.fill(-0.05 + 0.85j + arm * np.array([0.12, 0.62, 0.62 + 0.17j, 0.12 + 0.17j]), pen.pale)
        pen.line(-0.05 + 0.85j + arm * np.array([0, 0.62, 0.62 + 0.17j, 0.12 + 0.17j, 0.12]), 0.008)
    pen.fill([-0.12, 0.02, 0.02 + 0.25j, -0.12 + 0.25j], pen.dye)
    for x in np.linspace(0.35, 0.95, 5):
        pen.line([x, x + 0.28j], 0.009)
    for y in (0.1, 0.2):
        pen.line([0.3 + 1j * y, 1 + 1j * y], 0.007)


def boat(pen: Pen, rng: np.random.Generator) -> None:
    """Draw a ship with two sails on waves."""
    pen.fill([-0.75 + 0.12j, 0.8 + 0.12j, 0.55 - 0.15j, -0.55 - 0.15j], pen.dye)
    pen.line([0.0 + 0.1j, 1.15j], 0.012)
    pen.fill([0.05 + 0.2j, 0.65 + 0.2j, 0.05 + 1.1j], pen.pale)
    pen.fill([-0.05 + 0.2j, -0.5 + 0.2j, -0.05 + 0.95j], pen.half)
    pen.line([0.05 + 0.2j, 0.65 + 0.2j, 0.05 + 1.1j])
    pen.fill([0.0 + 1.15j, 0.3 + 1.08j, 0.0 + 1.0j], pen.dye)
    for y in (-0.12, -0.22, -0.32):
        pen.line(X * (1.05 + y) + 1j * y + 0.035j * np.sin(14 * X + 9 * y))


def meadow(pen: Pen, rng: np.random.Generator) -> None:
    """Draw a large tree with sheep below."""
    island(pen, rng)
    tree(pen, rng, -0.45, 0.85)
    for x, size in ((0.2, 0.26), (0.7, 0.2)):
        body = x + 0.28j * size / 0.26
        for leg in (-0.6, -0.35, 0.35, 0.6):
            pen.line([body + size * leg, body + size * leg - 1.1j * size], 0.009)
        for k in range(8):
            pen.fill(
                body + size * 0.55 * np.exp(2j * np.pi * k / 8) * complex(1, 0) + size * 0.4 * CIRCLE,
                pen.half,
            )
        pen.fill(body + size * 0.62 * CIRCLE, pen.pale)
        pen.fill(body - 1.05 * size + 0.25j * size + 0.3 * size * CIRCLE, pen.dye)


def people(pen: Pen, rng: np.random.Generator) -> None:
    """Draw a lady and a gentleman under a tree."""
    island(pen, rng)
    tree(pen, rng, 0.62, 0.8)
    for x, skirt in ((-0.45, 0.26), (-0.02, 0.1)):
        pen.fill([x - skirt, x + skirt, x + 0.06 + 0.45j, x - 0.06 + 0.45j], pen.dye)
        pen.fill([x - 0.1 + 0.4j, x + 0.1 + 0.4j, x + 0.08 + 0.68j, x - 0.08 + 0.68j], pen.half)
        pen.fill(x + 0.78j + 0.09 * CIRCLE, pen.dye)
        pen.line([x + 0.6j, x + 0.2 + 0.42j], 0.012)
        pen.line([x - 0.16 + 0.84j, x + 0.16 + 0.84j], 0.012)
    pen.line([0.2 + 0.1j, 0.2 + 0.5j], 0.008)


def birds(pen: Pen, rng: np.random.Generator) -> None:
    """Draw three birds in flight."""
    wing = np.linspace(0, 1, 8)
    for at in (0, 0.9 + 0.4j, -0.5 + 0.8j):
        for way in (-1, 1):
            pen.line(at + 0.45 * (way * wing + 0.8j * wing * (1 - 0.55 * wing)), 0.009)


SCENES: list[Callable[[Pen, np.random.Generator], None]] = [house, mill, boat, meadow, people]
