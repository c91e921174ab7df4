"""Conversational prints: things, one or many kinds, and words all over."""

from collections.abc import Sequence

import numpy as np

from materials.color import rgb
from materials.others.pictograms import FONTS, SYMBOLS, Picture, is_mere_shape, put, symbol, written
from materials.others.things import THEMES
from materials.tiles import Brush, scatter, shifted_rows

WORDS = (
    "LOVE", "HELLO", "PARIS", "SUMMER", "DREAM", "HAPPY", "BONJOUR", "WOW", "SURF", "ROCK", "STYLE",
    "MILANO", "YEAH", "COOL", "DANCE", "AMORE", "STAR", "SUNDAY", "VOGUE", "BOOM", "OK", "GIRL", "BOY",
    "TEAM", "RIO", "TOKYO", "JAZZ", "FREE", "PLAY", "SMILE", "BERLIN", "WILD", "LUCKY", "CAFE", "BEACH",
    "1985", "77", "XOXO", "ROMA",
)  # fmt: skip


def icons(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Scatter nine things of one theme, or symbols; (side, side, 3)."""
    theme = str(rng.choice([*THEMES, "symbols", "symbols"]))
    if theme == "symbols":
        chosen = [symbol(SYMBOLS[k]) for k in rng.choice(len(SYMBOLS), 6, replace=False)]
    else:
        chosen = THEMES[theme]
    return _strew(rng, colors, side, chosen, 3, rng.uniform(0.115, 0.14))


def small_icons(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Scatter sixteen small things of one theme far from each other; (side, side, 3)."""
    return _strew(rng, colors, side, THEMES[str(rng.choice(list(THEMES)))], 4, rng.uniform(0.08, 0.1))


def one_thing(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Scatter one thing, but no compact shape, which would be a dot; (side, side, 3)."""
    theme = [thing for thing in THEMES[str(rng.choice(list(THEMES)))] if not is_mere_shape(thing)]
    return _strew(rng, colors, side, [theme[int(rng.integers(len(theme)))]], 3, rng.uniform(0.12, 0.145))


def tiny_things(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Scatter one to three tiny things, but no compact shapes, with much cloth between; (side, side, 3)."""
    theme = [thing for thing in THEMES[str(rng.choice(list(THEMES)))] if not is_mere_shape(thing)]
    chosen = rng.choice(len(theme), int(rng.integers(1, min(3, len(theme)) + 1)), replace=False)
    return _strew(rng, colors, side, [theme[k] for k in chosen], 4, rng.uniform(0.06, 0.08))


def _strew(
    rng: np.random.Generator,
    colors: Sequence[str],
    side: int,
    pictures: Sequence[Picture],
    rows: int,
    size: float,
) -> np.ndarray:
    """Put pictures of radius `size` on `rows` x `rows` jittered places, each next row shifted."""
    brush = Brush(rgb(colors[0]), outline=False)
    dyes = [rgb(color) for color in colors[1 : int(rng.integers(2, 6))]]
    upright = rng.random() < 0.45
    room = max(0.5 / rows - size * 1.02, 0.0)
    for pick, at in shifted_rows(rng, rows, room):
        angle = rng.normal(0, 0.12) if upright else rng.uniform(0, 2 * np.pi)
        first = pick % len(dyes)
        put(
            brush,
            pictures[pick % len(pictures)],
            at,
            size * rng.uniform(0.85, 1.05),
            angle,
            [*dyes[first:], *dyes[:first]],
        )
    return brush.paint(side, 0)


def lettering(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Fill the cloth with words: strewn at all angles, or in close rows; (side, side, 3)."""
    brush = Brush(rgb(colors[0]), outline=False)
    dyes = [rgb(color) for color in colors[1:]]
    words = [WORDS[k] for k in rng.choice(len(WORDS), 6, replace=False)]
    if rng.random() < 0.3:
        words = [word.capitalize() for word in words]
    fonts = [FONTS[k] for k in rng.choice(len(FONTS), 3, replace=False)]
    if rng.random() < 0.5:
        _rows(rng, brush, words, fonts, dyes)
    else:
        for k, at in enumerate(scatter(rng, 12, 0.22)):
            word = written(words[k % 6], fonts[k % 3])
            half = max(part.points.real.max() for part in word)
            angle = rng.choice([0, np.pi / 2, -np.pi / 2, 0.5, -0.5]) + rng.normal(0, 0.1)
            put(brush, [*word], at, min(0.19 / half, 0.085), angle, [dyes[k % 4]])
    return brush.paint(side, 0)


def _rows(rng: np.random.Generator, brush: Brush, words: list[str], fonts: list[str], dyes: list) -> None:
    """Set words in rows that fill the width of the tile exactly."""
    rows = int(rng.integers(4, 6))
    for row in range(rows):
        line, gap = [], 0.9
        total = 0.0
        k = row
        height = 0.37 / rows
        while total * height < 0.85:
            word = written(words[k % 6], fonts[k % 3])
            line.append(word)
            total += 2 * max(part.points.real.max() for part in word) + gap
            k += 1
        stretch = 1 / (total * height)
        x = rng.uniform(0, 1)
        for j, word in enumerate(line):
            half = max(part.points.real.max() for part in word)
            x += (half + gap / 2) * height * stretch
            squeezed = [
                part._replace(points=part.points.real * stretch + 1j * part.points.imag) for part in word
            ]
            put(brush, squeezed, complex(x, (row + 0.5) / rows), height, 0.0, [dyes[(row + j) % 4]])
            x += (half + gap / 2) * height * stretch
