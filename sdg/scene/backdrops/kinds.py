"""The list of kinds: each is one function that paints, with its facts above it.

Shares come from a count: of 240 photos drawn at random from 3,354 that people took of clothes to sell, 197
show a garment that lies and 43 one that hangs; the numbers at the kinds are how many of them show that kind.
Kinds that none of them showed, and those of worn garments, of which there were none, are estimated.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from assets.library import Presentation
from sdg.scene.backdrops.colors import Colors
from sdg.scene.canvas import Canvas, Field

Scale = Callable[[np.random.Generator], float]
"""Draws a length in metres."""


class Coat(NamedTuple):
    """How the points of a canvas differ from the backdrop's colour."""

    shade: Field
    """Their brightness, 1 on average."""
    mix: Field | float = 0.0
    """The share, 0..1, of the second colour."""
    color: np.ndarray | None = None
    """(3, pixels, pixels) linear RGB, in place of the colour."""


class Kind(NamedTuple):
    """A kind of backdrop."""

    paint: Callable[[Canvas], Coat]
    shares: Mapping[Presentation, float]
    """How often each presentation has it; they need not add up to 1."""
    colors: Colors
    scale: Scale | None
    """Draws the width of a plank or tile, the distance of folds, the period of a print; None: 1."""
    on_wall_deg: float
    """Its turn on a wall. On a floor it lies in any direction."""
    things: bool
    """Something may lie on it, or hang at it, near the border of the picture."""


KINDS: dict[str, Kind] = {}


def shares(presentation: Presentation) -> dict[str, float]:
    """Return the kinds that suit a presentation and their shares: together 1."""
    found = {name: kind.shares[presentation] for name, kind in KINDS.items() if presentation in kind.shares}
    whole = sum(found.values())
    return {name: share / whole for name, share in found.items()}


def kind(
    shares: Mapping[Presentation, float],
    colors: Colors,
    scale: Scale | None = None,
    on_wall_deg: float = 0.0,
    things: bool = True,
) -> Callable[[Callable[[Canvas], Coat]], Callable[[Canvas], Coat]]:
    """Enter a function that paints into KINDS, under its own name."""

    def enter(paint: Callable[[Canvas], Coat]) -> Callable[[Canvas], Coat]:
        KINDS[paint.__name__] = Kind(paint, shares, colors, scale, on_wall_deg, things)
        return paint

    return enter


def between(low: float, high: float) -> Scale:
    return lambda rng: rng.uniform(low, high)


def log_between(low: float, high: float) -> Scale:
    return lambda rng: np.exp(rng.uniform(np.log(low), np.log(high)))
