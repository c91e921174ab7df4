"""The colours of homes: mostly white, grey, cream, beige and wood. From the count that `kinds` tells of."""

from collections.abc import Callable

import numpy as np

from materials import palette
from materials.palette import Family

Rng = np.random.Generator
Colors = Callable[[Rng], tuple[str, str]]
"""Draws a backdrop's colour and its second colour, `#rrggbb`."""

SHEETS: dict[str, Family] = {
    "white": Family(19, (0.80, 0.97), (0.0, 0.018), (60, 280)),
    "cream": Family(7, (0.72, 0.9), (0.02, 0.05), (60, 95)),
    "pale": Family(6, (0.72, 0.9), (0.025, 0.06), (0, 360)),
    "grey": Family(6, (0.35, 0.7), (0.0, 0.02), (0, 360)),
    "dark": Family(6, (0.17, 0.34), (0.0, 0.03), (220, 320)),
    "brown": Family(3, (0.32, 0.6), (0.03, 0.07), (40, 80)),
    "red": Family(9, (0.42, 0.6), (0.13, 0.2), (8, 38)),
    "pink": Family(7, (0.4, 0.62), (0.11, 0.19), (345, 368)),
    "bright": Family(2, (0.4, 0.75), (0.07, 0.13), (40, 330)),
}
"""Of 72 plain bed sheets. 34 were red, orange or pink, but nearly all of those were three sheets of the same
few people, of whom the photos at hand have many: here they are a quarter."""
COVERS: dict[str, Family] = {
    "white": Family(7, (0.8, 0.95), (0.0, 0.02), (60, 280)),
    "beige": Family(9, (0.55, 0.85), (0.02, 0.055), (50, 95)),
    "grey": Family(6, (0.35, 0.7), (0.0, 0.025), (200, 300)),
    "brown": Family(6, (0.28, 0.5), (0.03, 0.07), (35, 75)),
    "dark": Family(4, (0.18, 0.32), (0.0, 0.05), (0, 360)),
    "loud": Family(4, (0.35, 0.6), (0.09, 0.15), (0, 360)),
}
"""Of 38 patterned, quilted and knitted covers and rugs."""
PILE: dict[str, Family] = {
    "beige": Family(6, (0.62, 0.84), (0.015, 0.045), (60, 95)),
    "grey": Family(5, (0.5, 0.8), (0.0, 0.015), (40, 280)),
    "brown": Family(2, (0.25, 0.5), (0.02, 0.06), (40, 75)),
    "loud": Family(2, (0.45, 0.75), (0.07, 0.13), (15, 140)),
}
"""Of 15 carpets."""
WALLS: dict[str, Family] = {
    "white": Family(24, (0.8, 0.96), (0.0, 0.012), (50, 280)),
    "grey": Family(8, (0.62, 0.82), (0.0, 0.015), (40, 280)),
    "cream": Family(7, (0.76, 0.92), (0.018, 0.05), (60, 95)),
    "tinted": Family(3, (0.6, 0.85), (0.02, 0.06), (0, 360)),
    "bright": Family(1, (0.5, 0.8), (0.09, 0.16), (0, 360)),
}
"""Of 43 walls and doors behind garments that hang."""
THINGS: dict[str, Family] = {
    "white": Family(3, (0.85, 0.97), (0.0, 0.02), (60, 280)),
    "dark": Family(4, (0.15, 0.32), (0.0, 0.03), (0, 360)),
    "grey": Family(2, (0.4, 0.7), (0.0, 0.02), (0, 360)),
    "wood": Family(3, (0.35, 0.72), (0.03, 0.09), (45, 80)),
    "muted": Family(2, (0.4, 0.7), (0.03, 0.08), (0, 360)),
    "bright": Family(0.6, (0.45, 0.7), (0.08, 0.15), (0, 360)),
}
"""What lies or stands about, by eye."""


def thing(rng: Rng) -> str:
    return palette.from_families(rng, THINGS)


def sheet_colors(rng: Rng) -> tuple[str, str]:
    return palette.from_families(rng, SHEETS), thing(rng)


def cover_colors(rng: Rng) -> tuple[str, str]:
    """Two colours of covers, which may be much alike."""
    return palette.from_families(rng, COVERS), palette.from_families(rng, COVERS)


def pile_colors(rng: Rng) -> tuple[str, str]:
    return palette.from_families(rng, PILE), thing(rng)


def wall_colors(rng: Rng) -> tuple[str, str]:
    """A wall over a floor of wood."""
    return palette.from_families(rng, WALLS), wood_colors(rng)[0]


def wood_colors(rng: Rng) -> tuple[str, str]:
    """Of 42 floors 12 are grey, 8 dark; with darker joints and grain."""
    draw = rng.random()
    if draw < 0.28:
        lightness, chroma = rng.uniform(0.42, 0.75), rng.uniform(0.004, 0.025)
    elif draw < 0.48:
        lightness, chroma = rng.uniform(0.32, 0.47), rng.uniform(0.02, 0.05)
    else:
        lightness, chroma = rng.uniform(0.58, 0.84), rng.uniform(0.04, 0.095)
    hue = rng.uniform(50, 60 + 22 * lightness)
    return palette.oklch(lightness, chroma, hue), palette.oklch(0.55 * lightness, 0.9 * chroma, hue - 6)


def tile_colors(rng: Rng) -> tuple[str, str]:
    """Of 13 floors 9 are cream or nearly white, 2 dark, 2 brown; with darker or lighter joints."""
    draw = rng.random()
    if draw < 0.7:
        lightness, chroma = rng.uniform(0.72, 0.93), rng.uniform(0.005, 0.035)
    elif draw < 0.85:
        lightness, chroma = rng.uniform(0.25, 0.5), rng.uniform(0, 0.02)
    else:
        lightness, chroma = rng.uniform(0.4, 0.6), rng.uniform(0.04, 0.09)
    joint = np.clip(lightness + (rng.uniform(-0.35, -0.12) if draw < 0.7 else 0.12), 0.2, 0.95)
    return palette.oklch(lightness, chroma, rng.uniform(45, 100)), palette.oklch(joint, 0.012, 75)


def studio_colors(rng: Rng) -> tuple[str, str]:
    """White or light grey, one in ten tinted."""
    chroma = 0.005 if rng.random() < 0.9 else rng.uniform(0.015, 0.05)
    tint = rng.uniform(0, 360)
    return palette.oklch(rng.uniform(0.78, 0.98), chroma, tint), palette.oklch(0.7, chroma, tint)


def door_colors(rng: Rng) -> tuple[str, str]:
    """White and cream, or wood: 4 of 8; the second is that of a handle."""
    door = palette.from_families(rng, WALLS) if rng.random() < 0.55 else wood_colors(rng)[0]
    handle = palette.oklch(rng.choice([0.2, 0.62, 0.8]), rng.uniform(0, 0.04), 80)
    return door, handle


def brick_colors(rng: Rng) -> tuple[str, str]:
    """Painted or bare bricks and their mortar."""
    if rng.random() < 0.6:
        lightness = rng.uniform(0.7, 0.92)
        return palette.oklch(lightness, 0.02, 75), palette.oklch(lightness - 0.12, 0.015, 75)
    return palette.oklch(rng.uniform(0.42, 0.55), 0.08, 40), palette.oklch(0.72, 0.015, 75)


def sofa_colors(rng: Rng) -> tuple[str, str]:
    """Of 6 sofas 4 are grey or black, one is brown, one blue."""
    draw = rng.random()
    if draw < 0.7:
        seat = palette.oklch(rng.uniform(0.2, 0.6), rng.uniform(0, 0.02), rng.uniform(0, 360))
    elif draw < 0.9:
        seat = palette.oklch(rng.uniform(0.3, 0.75), rng.uniform(0.02, 0.06), rng.uniform(40, 90))
    else:
        seat = palette.oklch(rng.uniform(0.35, 0.5), rng.uniform(0.04, 0.09), rng.uniform(230, 265))
    return seat, thing(rng)
