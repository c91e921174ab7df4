"""Small abstract prints that fill the cloth: splinters, dabs of a brush, confetti of unlike shapes."""

from collections.abc import Sequence

import numpy as np
from scipy.spatial import Voronoi

from materials import palette
from materials.color import rgb
from materials.others.ornaments import ribbon
from materials.tiles import Brush, scatter

T = np.linspace(0, 1, 12)


def splinters(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Break the tile into polygons and these into two or more straight pieces; (side, side, 3)."""
    brush = Brush(rgb(colors[0]), outline=False)
    dyes = [rgb(color) for color in colors[: int(rng.integers(3, 6))]]
    places = scatter(rng, int(rng.integers(9, 17)), 0.15)
    around = np.concatenate([np.array(places) + x + 1j * y for x in (0, -1, 1) for y in (0, -1, 1)])
    cells = Voronoi(np.stack([around.real, around.imag], -1))
    whole = rng.random() < 0.5
    for k, at in enumerate(places):
        corners = cells.vertices[cells.regions[cells.point_region[k]]] @ (1, 1j)
        corners = np.roll(corners, int(rng.integers(len(corners))))
        order = rng.permutation(len(dyes))
        brush.shape(corners, dyes[order[0]])
        if whole:
            brush.shape(corners[: len(corners) // 2 + 1], dyes[order[1]])
        else:
            for j in range(1, len(corners)):
                brush.shape(np.append(corners[j - 1 : j + 1], at), dyes[order[j % len(dyes)]])
    return brush.paint(side, 0)


def dabs(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Strew short bent strokes in all directions, or nearly along one; (side, side, 3)."""
    ground, *others = sorted(colors, key=palette.is_earthy)  # the last is unused: flecks on tan are a coat's
    brush = Brush(rgb(ground), outline=False)
    dyes = [rgb(color) for color in others[: int(rng.integers(1, 4))]]
    main, stray = rng.uniform(0, np.pi), rng.choice([0.35, 3.2])
    crowded = rng.uniform(0.095, 0.13)
    for k, at in enumerate(scatter(rng, 90, crowded)):
        length, width = rng.uniform(0.1, 0.14), rng.uniform(0.014, 0.022)
        heading = main + rng.uniform(-stray, stray) + rng.normal(0, 0.8) * T
        spine = length * np.cumsum(np.exp(1j * heading)) / len(T)
        rough = 1 + 0.25 * rng.normal(size=len(T))
        half = width * rough.clip(0.5, 1.5) * np.sin(np.pi * (0.12 + 0.76 * T))
        brush.shape(at + ribbon(spine - spine.mean(), half), dyes[k % len(dyes)])
    return brush.paint(side, 0)


def confetti(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Strew small bars, zigzags, triangles, waves and crosses, apart from each other; (side, side, 3)."""
    brush = Brush(rgb(colors[0]), outline=False)
    dyes = [rgb(color) for color in colors[1:]]
    sparse = rng.uniform(0.15, 0.19)
    for k, at in enumerate(scatter(rng, 34, sparse)):
        turn = rng.uniform(0.055, 0.07) * np.exp(1j * rng.uniform(0, 2 * np.pi))
        dye, width = dyes[int(rng.integers(4))], 0.36 * abs(turn)
        match k % 5:
            case 0:
                brush.line(at + turn * np.array([-1.2, 1.2]), dye, width)
            case 1:
                zigzag = np.linspace(-1.3, 1.3, 5) + 0.45j * np.array([-1, 1, -1, 1, -1])
                brush.line(at + turn * zigzag, dye, width)
            case 2:
                brush.shape(at + turn * np.array([1.2, -0.7 + 0.8j, -0.7 - 0.8j]), dye)
            case 3:
                brush.line(at + turn * (1.3 * (2 * T - 1) + 0.5j * np.sin(7 * T)), dye, width)
            case _:
                for arm in (1, 1j):
                    brush.line(at + turn * arm * np.array([-0.9, 0.9]), dye, width)
    return brush.paint(side, 0)
