"""Abstract prints: brush marks, cut-out blobs, marbling, mixed shapes, arcs."""

from collections.abc import Sequence

import numpy as np

from materials import palette
from materials.color import rgb
from materials.others.fields import clouds, grid, layers, ramp
from materials.tiles import CIRCLE, Brush, Points, scatter

T = np.linspace(0, 1, 16)
ROUND = np.exp(1j * np.linspace(0, 2 * np.pi, 60, endpoint=False))


def brush(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw broad strokes of a dry brush that cross in all directions; (side, side, 3)."""
    paint = Brush(rgb(colors[0]), outline=False)
    dyes = [rgb(color) for color in colors[1:]]
    count = int(rng.integers(9, 15))
    for k, at in enumerate(scatter(rng, count, 0.16)):
        length, width = rng.uniform(0.3, 0.6), rng.uniform(0.06, 0.13)
        heading = rng.uniform(0, 2 * np.pi) + rng.normal(0, 1.2) * T
        spine = length * np.cumsum(np.exp(1j * heading)) / len(T)
        spine = at + spine - spine.mean()
        across = 1j * np.exp(1j * heading)
        bristles = 15
        for offset in np.linspace(-0.5, 0.5, bristles):
            first = int(rng.integers(0, 3))
            last = len(T) - int(rng.integers(0, 6))
            swell = 1 + 0.06 * np.sin(5 * T + rng.uniform(0, 6))
            hair = spine + across * offset * width * swell
            thick = width / bristles * rng.choice([0.5, 0.95, 1.35], p=[0.15, 0.35, 0.5])
            paint.line(hair[first:last], dyes[k % len(dyes)], thick)
    for at in scatter(rng, 14, 0.1):
        dye = dyes[int(rng.integers(len(dyes)))]
        for _ in range(int(rng.integers(1, 4))):
            splash = complex(*rng.normal(0, 0.03, 2))
            paint.shape(at + splash + rng.uniform(0.004, 0.012) * CIRCLE, dye)
    return paint.paint(side, 0)


def blob(rng: np.random.Generator, radius: float) -> Points:
    """Return the smooth closed outline of a pebble around 0."""
    angle = np.angle(ROUND)
    wave = 1 + sum(rng.uniform(0.08, 0.2) / k * np.cos(k * angle + rng.uniform(0, 6.3)) for k in (2, 3, 4))
    return radius * wave * ROUND


def cutouts(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw arches, striped discs, half discs, pebbles with displaced outlines, waves; (side, side, 3)."""
    paint = Brush(rgb(colors[0]), outline=False)
    dyes = [rgb(color) for color in colors[1:]]
    half = np.exp(1j * np.linspace(0, np.pi, 24))
    for k, at in enumerate(scatter(rng, 10, 0.27)):
        first, second, third = (dyes[(k + j) % 4] for j in range(3))
        turn = rng.uniform(0.11, 0.135) * np.exp(1j * rng.uniform(0, 6.3))
        width = abs(turn)
        if k % 5 == 0:
            for ring, dye in enumerate((first, second, third)):
                size = 1 - 0.33 * ring
                arch = np.concatenate([[size - 0.9j], size * half, [-size - 0.9j]])
                paint.line(at + turn * (arch - 0.2j), dye, 0.2 * width)
        elif k % 5 == 1:
            for offset in np.linspace(-0.85, 0.85, 6):
                chord = (1 - offset**2) ** 0.5
                paint.line(at + turn * (np.array([-chord, chord]) + 1j * offset), first, 0.16 * width)
        elif k % 5 == 2:
            paint.shape(at + turn * (half + 0.08j), first)
            paint.shape(at - turn * (half + 0.08j), second)
        elif k % 5 == 3:
            outline = at + blob(rng, width)
            paint.shape(outline, first)
            paint.line(0.35 * turn + np.append(outline, outline[:1]), second, 0.013)
        else:
            for row in (-0.8, -0.25, 0.3, 0.85):
                waves = 1.3 * (2 * T - 1) + 0.3j * np.sin(T * 15) + 1j * row
                paint.line(at + turn * waves, first, 0.17 * width)
    return paint.paint(side, 0)


def marbling(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw swirling veins of all colours but earthy ones, as inks on water; (side, side, 3)."""
    x, y = grid(side)
    warp = rng.uniform(0.06, 0.09)
    u, v = x + warp * clouds(rng, side, 2.5), y + warp * clouds(rng, side, 2.5)
    height = np.sin(2 * np.pi * (u + v + 0.1)) + np.sin(2 * np.pi * (u - v)) + 0.6 * np.sin(2 * np.pi * 2 * u)
    bands = height * rng.uniform(0.55, 0.75) + rng.uniform(0, 1)
    used = [color for color in colors if not palette.is_earthy(color)]
    t = (bands % 1) * 2 * len(used)
    order = rng.permutation(np.r_[0 : len(used), 0 : len(used)])
    edge = 0.06
    dyes = []
    for k, index in enumerate(order):
        apart = np.abs((t - k - 0.5 + len(used)) % (2 * len(used)) - len(used))
        dyes.append((used[index], 1 - ramp(0.5 - edge, 0.5 + edge, apart)))
    return layers(used[0], dyes)


def mixed_shapes(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Scatter rings, zigzags, triangles, squiggles, bars, half discs and crosses; (side, side, 3)."""
    paint = Brush(rgb(colors[0]), outline=False)
    dyes = [rgb(color) for color in colors[1:]]
    kinds = ["ring", "zigzag", "triangle", "squiggle", "bar", "half", "cross", "grid"]
    for k, at in enumerate(scatter(rng, 22, 0.185)):
        kind, size = kinds[k % len(kinds)], rng.uniform(0.065, 0.095)
        turn, dye = np.exp(1j * rng.uniform(0, 6.3)) * size, dyes[int(rng.integers(4))]
        width = 0.3 * size
        if kind == "ring":
            paint.line(at + turn * np.append(ROUND, ROUND[:2]) * 0.85, dye, width)
        elif kind == "zigzag":
            paint.line(
                at + turn * (np.linspace(-1.3, 1.3, 6) + 0.4j * np.array([-1, 1, -1, 1, -1, 1])), dye, width
            )
        elif kind == "triangle":
            paint.shape(at + turn * 1.1 * np.exp(2j * np.pi * np.arange(3) / 3), dye)
        elif kind == "squiggle":
            paint.line(at + turn * (1.3 * (2 * T - 1) + 0.45j * np.sin(T * 11)), dye, width)
        elif kind == "bar":
            paint.shape(at + turn * np.array([-1.2 - 0.22j, 1.2 - 0.22j, 1.2 + 0.22j, -1.2 + 0.22j]), dye)
        elif kind == "half":
            paint.shape(at + turn * np.exp(1j * np.pi * T), dye)
        elif kind == "cross":
            for arm in (1, 1j):
                paint.line(at + turn * arm * np.array([-0.9, 0.9]), dye, width * 1.2)
        else:
            for row in (-0.7, 0.0, 0.7):
                paint.line(at + turn * (np.array([-1, 1]) + 1j * row), dye, 0.5 * width)
    return paint.paint(side, 0)


def arcs(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw large discs cut by each other, each of rings and rays in all colours; (side, side, 3)."""
    paint = Brush(rgb(colors[0]), outline=False)
    dyes = [rgb(color) for color in colors]
    for at in scatter(rng, 12, 0.23):
        order = rng.permutation(5)
        radius, centre = rng.uniform(0.17, 0.28), complex(*rng.uniform(-0.05, 0.05, 2))
        start, opening = rng.uniform(0, 6.3), rng.choice([np.pi, 1.5 * np.pi, 2 * np.pi])
        part = np.append(np.exp(1j * (start + np.linspace(0, opening, 40))), [] if opening > 6 else [0])
        rings = int(rng.integers(4, 7))
        for k in range(rings):
            share = 1 - k / rings
            paint.shape(at + centre * (1 - share) + radius * share * part, dyes[order[k % 5]])
    return paint.paint(side, 0)
