"""The flowers of floral tiles: open ones, roses, tulips, daisies, lilies, poppies, hibiscus, peonies.

Each is drawn by a function `(brush, rng, at, radius, look)` with a line in `SPECIES`.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from materials.color import Rgb
from materials.florals.leaves import STEM, VEIN
from materials.tiles import CIRCLE, LENGTHS, Brush, Points, petal, tint

POINTED = np.concatenate([side := LENGTHS + 0.23j * np.sin(np.pi * LENGTHS) ** 1.2, side.conj()[::-1]])
"""A lily's petal of length 1 from 0."""
ROUND = 0.48 + CIRCLE.real * 0.52 + 1j * CIRCLE.imag * (0.5 + 0.12 * CIRCLE.real)
"""A poppy's."""


class Look(NamedTuple):
    """How one flower is painted."""

    color: Rgb
    edge: Rgb
    """Colour of the petals' edges."""
    heart: Rgb
    green: Rgb
    petals: int
    base: float
    """Light of the petals' inner halves, relative to the rest."""
    width: float
    """Breadth of an open flower's petals, relative to what closes its ring."""


def flower(brush: Brush, rng: np.random.Generator, at: complex, radius: float, look: Look) -> None:
    """Draw a ring of petals, each with a darker rim and vein, and a dotted centre."""
    turn, width = rng.uniform(0, 2 * np.pi), look.width * rng.uniform(0.75, 1.1) * np.pi / look.petals
    angles = turn + 2 * np.pi * np.arange(look.petals) / look.petals + rng.normal(0, 0.05, look.petals)
    for direction in np.exp(1j * angles):
        paint(brush, at, radius * direction, petal(1.0, width), look, veins=0)
    heart(brush, at, radius * rng.uniform(0.2, 0.3), look)


def double(brush: Brush, rng: np.random.Generator, at: complex, radius: float, look: Look) -> None:
    """Draw an open flower with a second, lighter ring of petals inside."""
    flower(brush, rng, at, radius, look)
    flower(brush, rng, at, radius * 0.62, look._replace(color=tint(look.color, 1.15)))


def daisy(brush: Brush, rng: np.random.Generator, at: complex, radius: float, look: Look) -> None:
    """Draw many narrow petals with gaps between them, around a large centre."""
    count = int(rng.integers(8, 14))
    for angle in rng.uniform(0, 2 * np.pi) + 2 * np.pi * np.arange(count) / count:
        along = radius * rng.uniform(0.9, 1.05) * np.exp(1j * angle)
        paint(brush, at, along, petal(1.0, 0.75 * np.pi / count), look, veins=0)
    heart(brush, at, radius * rng.uniform(0.26, 0.34), look)


def rose(brush: Brush, rng: np.random.Generator, at: complex, radius: float, look: Look) -> None:
    """Draw layers of round petals that turn and darken inward."""
    turn = rng.uniform(0, 2 * np.pi)
    for layer, size in enumerate(np.linspace(1.0, 0.22, 5)):
        for k in range(5):
            direction = np.exp(1j * (turn + layer * 0.7 + 2 * np.pi * k / 5))
            light = (0.82, 1.0)[k % 2] - 0.07 * layer
            brush.shape(at + radius * size * (0.42 * direction + 0.56 * CIRCLE), tint(look.edge, light))
            if not brush.outline:
                dye = tint(look.color, light)
                brush.shape(at + radius * size * (0.37 * direction + 0.54 * CIRCLE), dye)


def peony(brush: Brush, rng: np.random.Generator, at: complex, radius: float, look: Look) -> None:
    """Draw four rings of pointed petals, one over the other, lighter or darker inward."""
    for layer, size in enumerate((1.0, 0.76, 0.52, 0.3)):
        count = 13 - 2 * layer
        inner = look._replace(color=tint(look.color, 1 + layer * (0.09 if look.base > 0.75 else -0.1)))
        for k in range(count):
            along = radius * size * np.exp(2j * np.pi * (k + rng.uniform(0.4, 0.6)) / count + 0.3j * layer)
            paint(brush, at, along, petal(1.0, 1.1 * np.pi / count), inner, veins=0)


def lily(brush: Brush, rng: np.random.Generator, at: complex, radius: float, look: Look) -> None:
    """Draw six pointed petals, three over three, with a stripe along each, and long stamens."""
    turn = rng.uniform(0, 2 * np.pi)
    for k in (0, 2, 4, 1, 3, 5):
        along = radius * rng.uniform(0.95, 1.2) * np.exp(1j * (turn + np.pi * k / 3 + rng.normal(0, 0.06)))
        paint(brush, at, along, POINTED, look, veins=1)
    stamens(brush, at, 0.5 * radius * np.exp(1j * (turn + np.linspace(0, 2 * np.pi, 5, False))), look)


def poppy(brush: Brush, rng: np.random.Generator, at: complex, radius: float, look: Look) -> None:
    """Draw four or five broad petals, veined from a dark centre with a ring of stamens."""
    count, turn = int(rng.integers(4, 6)), rng.uniform(0, 2 * np.pi)
    for k in range(count):
        along = radius * rng.uniform(0.92, 1.08) * np.exp(1j * (turn + 2 * np.pi * k / count))
        paint(brush, at, along, ROUND, look, veins=5)
    dark = tint(look.color, 0.35) if rng.random() < 0.6 else look.heart
    brush.shape(at + 0.22 * radius * CIRCLE, dark)
    for spot in 0.3 * radius * np.exp(2j * np.pi * np.arange(9) / 9):
        brush.shape(at + spot + 0.035 * radius * CIRCLE, dark)
    brush.shape(at + 0.1 * radius * CIRCLE, look.heart)


def hibiscus(brush: Brush, rng: np.random.Generator, at: complex, radius: float, look: Look) -> None:
    """Draw five broad, veined petals, a dark throat and one long stamen."""
    turn = rng.uniform(0, 2 * np.pi)
    for k in range(5):
        along = radius * rng.uniform(0.95, 1.1) * np.exp(1j * (turn + 2 * np.pi * k / 5))
        paint(brush, at, along, petal(1.0, 0.85), look, veins=3)
    for k in range(5):
        along = 0.42 * radius * np.exp(1j * (turn + 2 * np.pi * k / 5))
        brush.shape(at + along * petal(1.0, 0.4), tint(look.color, 0.55))
    stamens(brush, at, 0.75 * radius * np.exp(1j * (turn + rng.uniform(0, 6) + np.array([0.0, 0.12]))), look)


def tulip(brush: Brush, rng: np.random.Generator, at: complex, radius: float, look: Look) -> None:
    """Draw a cup of three petals on a bent stem."""
    up = np.exp(1j * rng.normal(-np.pi / 2, 0.6))
    t = np.linspace(0, 1, 8)
    stem = at - radius * up * (2.2 * t + rng.normal(0, 0.5) * 1j * t**2)
    brush.line(stem, tint(look.green, 0.8), STEM)
    cup = petal(radius * 1.3, 0.6)
    for angle, light in ((-0.5, 0.8), (0.5, 0.8), (0.0, 1.0)):
        brush.shape(at + up * (np.exp(1j * angle) * cup - 0.3 * radius), tint(look.color, light))


def paint(brush: Brush, at: complex, along: complex, outline: Points, look: Look, veins: int) -> None:
    """Draw a petal from `at` to `at + along`: its edge, its middle, its inner half and its veins."""
    brush.shape(at + along * outline, look.edge)
    if not brush.outline:
        brush.shape(at + 0.9 * along * outline, look.color)
        brush.shape(at + 0.58 * along * outline, tint(look.color, look.base))
    for angle in np.linspace(-0.12, 0.12, veins) * (veins - 1):
        ray = along * np.exp(1j * angle) * np.array([0.15, 0.8])
        brush.line(at + ray, tint(look.color, 0.65), VEIN)


def heart(brush: Brush, at: complex, radius: float, look: Look) -> None:
    """Draw the centre of an open flower."""
    brush.shape(at + radius * CIRCLE, look.heart)
    if not brush.outline:
        brush.shape(at + 0.55 * radius * CIRCLE, tint(look.heart, 0.75))


def stamens(brush: Brush, at: complex, ends: Points, look: Look) -> None:
    """Draw lines from the middle to `ends`, with anthers."""
    for end in ends:
        brush.line(at + end * np.array([0.0, 1.0]), look.heart, 1.6 * VEIN)
        brush.shape(at + end + 0.1 * abs(end) * CIRCLE, look.heart)


SPECIES: dict[str, Callable[[Brush, np.random.Generator, complex, float, Look], None]] = {
    "flower": flower,
    "double": double,
    "daisy": daisy,
    "rose": rose,
    "peony": peony,
    "lily": lily,
    "poppy": poppy,
    "hibiscus": hibiscus,
    "tulip": tulip,
}
"""Name -> how it is drawn."""
SMALL = ("flower", "flower", "daisy", "double", "tulip")
"""What shows petals when it is small, as often as drawn; ..."""
LARGE = ("rose", "rose", "peony", "lily", "poppy", "hibiscus", "double", "daisy")
"""... and what prints show large."""
