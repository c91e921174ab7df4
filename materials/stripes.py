"""The kinds of stripes that clothes show, and how often each; shares were counted on photos."""

from typing import NamedTuple

from materials.palette import FAMILIES, Family

SHIRTS = ("white", "cream", "pastel", "denim", "grey")
SUITS = ("charcoal", "grey", "black", "navy", "brown")
PALE = ("white", "cream", "beige", "grey")
VIVID = {"strong": Family(40, (0.42, 0.64), (0.13, 0.25), (0, 360)), "navy": FAMILIES["navy"]}
"""Colours of sports shirts: many pairs of them are equally light."""
MARINE = ("white", "cream", "navy", "black")
EARTHY = ("grey", "charcoal", "beige", "brown", "olive")
"""Colours of rugby shirts that could be camouflage's."""


class Kind(NamedTuple):
    """A family of stripes; periods are told as multiples of the shortest that the image resolves."""

    weight: float
    """How often clothes show it."""
    least: float
    """Shortest repeat."""
    most: float
    """Longest repeat."""
    bands: tuple[float, float, float]
    """How often a repeat has one, two and three bands."""
    angles: tuple[float, float, float]
    """How often it is level, upright and slanted."""
    narrow: float
    """How often a single band is a line."""
    tonal: float
    """How often the colours are tone on tone, hardly above the limits of contrast."""
    grounds: tuple[str, ...] = ()
    """Families of `palette.FAMILIES` that the ground is ..."""
    usual: float = 0.0
    """... so often."""
    vivid: float = 0.0
    """How often all colours are of `VIVID`."""
    soft: float = 0.0
    """How often edges are blurred, as of mohair."""
    changing: bool = False
    """Whether repeats differ."""
    scheme: tuple[str, ...] = ()
    """Families that all colours are of ..."""
    schemed: float = 0.0
    """... so often."""


ANY = float("inf")
KINDS = {
    "shirt": Kind(0.14, 1, 2.4, (0.8, 0.2, 0), (0.05, 0.95, 0), 0.4, 0.6, grounds=SHIRTS, usual=0.8),
    "pinstripe": Kind(0.09, 1.3, 4, (0.9, 0.1, 0), (0, 1, 0), 1, 0.6, grounds=SUITS, usual=0.8),
    "fine": Kind(0.15, 1, 2.4, (0.85, 0.15, 0), (0.97, 0.03, 0), 0.35, 0.5),
    "breton": Kind(0.23, 1.8, 5, (0.85, 0.15, 0), (0.94, 0.03, 0.03), 0.35, 0.12)._replace(
        vivid=0.15, scheme=MARINE, schemed=0.5
    ),
    "rugby": Kind(0.18, 4, ANY, (0.6, 0.25, 0.15), (0.78, 0.1, 0.12), 0.1, 0.27)._replace(
        grounds=PALE, usual=0.25, vivid=0.35, soft=0.25, scheme=EARTHY, schemed=0.12
    ),
    "irregular": Kind(0.1, 3.1, 8, (0.1, 0.35, 0.55), (0.84, 0.16, 0), 0.4, 0.3)._replace(
        vivid=0.15, changing=True, scheme=EARTHY, schemed=0.12
    ),
    "serape": Kind(0.03, 6, ANY, (0, 0.2, 0.8), (0.5, 0.5, 0), 0, 0.1, vivid=0.6, soft=0.3, changing=True),
    "yarn": Kind(0.05, 3.5, 10, (0.2, 0.4, 0.4), (0.95, 0.05, 0), 0.1, 0.3, soft=1, changing=True),
    "dashed": Kind(0.03, 3.1, 7, (0, 0.6, 0.4), (0.75, 0.25, 0), 0, 0.1),
}
