"""Floral tiles: where flowers, stems and leaves are, and in which order they are painted."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from assets.common.rng import rng_for
from materials.color import Rgb, rgb
from materials.florals.blooms import LARGE, SMALL, SPECIES, Look
from materials.florals.leaves import leaf_blade, palm, sprig, thicket
from materials.tiles import CIRCLE, SIZE, Brush, between, scatter, shade, tint

BLOOMS = 3.0
"""About this many large blooms fit along the side of a tile."""
BARE_SHARE = 0.5
"""How often nothing flowers among the leaves of the layout `foliage`."""
HEM = 0.16
"""Below this height, in tiles, the layout `border` has no flower's centre: there the cloth ends."""
ROW = 0.88
"""Above this height, in tiles, the layouts `border` and `garland` are empty but for what crosses the edge."""
CRISP = 0.72
"""Breadth of small petals, so that the ground shows between them."""

T = TypeVar("T")


class Layout(NamedTuple):
    """How a tile is filled."""

    places: int
    """Where flowers may be, ..."""
    size: float
    """... relative to a large bloom, ..."""
    apart: float
    """... and their distance, relative to their radius."""
    species: Sequence[str] = SMALL + LARGE


LAYOUTS = {
    "scatter": Layout(12, 1.0, 0.8),
    "dense": Layout(26, 1.0, 0.8),
    "bold": Layout(11, 1.25, 1.5, LARGE),
    "bunches": Layout(10, 0.5, 1.9),
    "ditsy": Layout(44, 0.5, 1.7, SMALL),
    "meadow": Layout(80, 0.42, 1.0, SMALL),
    "sprays": Layout(12, 0.4, 2.0),
    "sprigs": Layout(16, 0.36, 4.0, SMALL),
    "foliage": Layout(4, 1.0, 0.8),
    "border": Layout(30, 0.8, 0.9),
    "garland": Layout(30, 0.8, 0.9),
}


def draw_tile(
    seed: float,
    layout: str,
    ground: str,
    petal_1: str,
    petal_2: str,
    petal_3: str,
    centre: str,
    leaf: str,
    leaf_2: str,
    petals: int,
    bloom: float,
    small: float,
    density: float,
    outline: bool,
    wash: float,
    tropical: bool,
    side: int = SIZE,
) -> np.ndarray:
    """Draw one tile; return uint8 (side, side, 3) sRGB, row 0 at the top.

    `layout` is a key of `LAYOUTS`, `bloom` the radius of a large bloom in thirds of a tile, `small` that of
    small blossoms in sixths, `density` the share of places that carry a bloom, `wash` (0..1) the blur of
    watercolour.
    """
    plan = LAYOUTS[layout]
    dyes = [rgb(color) for color in (petal_1, petal_1, petal_2, petal_3)]
    greens = [rgb(leaf), rgb(leaf), rgb(leaf_2)]
    garden = Garden(seed, plan, rgb(ground), dyes, rgb(centre), greens, petals, outline)
    radius, places = bloom / BLOOMS * plan.size, round(plan.places * density)
    match layout:
        case "sprays":
            garden.sprays(places, radius)
        case "sprigs":
            garden.sprigs(radius)
        case "border" | "garland":
            garden.gather(places, radius, layout, tropical)
        case "foliage":
            garden.leaves(places, radius, rgb(petal_2))
        case _:
            garden.blossoms(places, radius, small, layout == "bunches", tropical)
    return garden.brush.paint(side, wash)


class Garden:
    """One to three species in a print's colours, and the ways in which a print shows them."""

    def __init__(
        self,
        seed: float,
        plan: Layout,
        ground: Rgb,
        dyes: Sequence[Rgb],
        heart: Rgb,
        greens: Sequence[Rgb],
        petals: int,
        outline: bool,
    ) -> None:
        self.rng = rng = rng_for("floral tile", f"{seed:.4f}")
        self.plan, self.ground, self.greens = plan, ground, greens
        self.brush = Brush(ground, outline)
        self.dyes = (*dyes, tint(dyes[0], 1.2), tint(dyes[2], 0.85))
        self.species = rng.permutation(plan.species)[: rng.integers(1, 4)].tolist()
        self.rim = 0.8 if rng.random() < 0.65 else 1.25
        self.look = Look(
            color=dyes[0],
            edge=dyes[0],
            heart=heart,
            green=greens[0],
            petals=petals,
            base=rng.uniform(0.6, 0.9),
            width=CRISP if plan.species == SMALL else 1.0,
        )

    def bloom(self, at: complex, radius: float) -> None:
        """Draw one flower; where leaves have its colour, the ground parts it from them, and its petals."""
        dye = self.pick(self.dyes)
        color = shade(self.rng, dye)
        edge = tint(color, self.rim)
        if dye == self.greens[0]:
            self.brush.shape(at + 1.1 * radius * CIRCLE, self.ground)
            edge = color if self.brush.outline else between(color, self.ground)
        look = self.look._replace(color=color, edge=edge)
        SPECIES[self.pick(self.species)](self.brush, self.rng, at, radius, look)

    def leaf(self, at: complex, length: float, tropical: bool = False) -> None:
        """Draw a leaf in any direction."""
        green, angle = shade(self.rng, self.pick(self.greens)), self.rng.uniform(0, 2 * np.pi)
        (palm if tropical else leaf_blade)(self.brush, at, angle, length, green)

    def blossoms(self, places: int, radius: float, small: float, bunched: bool, tropical: bool) -> None:
        """Draw flowers with leaves, alone or in bunches, and small blossoms and sprigs between."""
        rng = self.rng
        large = scatter(rng, places, self.plan.apart * radius)
        for at in scatter(rng, 12, 0.15):
            sprig(self.brush, rng, at, 0.16 * self.plan.size, self.pick(self.greens))
        for at in scatter(rng, 16 if small > 0 else 0, 0.1):
            dye = self.pick(self.dyes)
            look = self.look._replace(color=dye, edge=tint(dye, self.rim), petals=5)
            SPECIES["flower"](self.brush, rng, at, max(small, 0.1) * 0.16, look)
        for at in large:
            bunch = int(rng.integers(3, 6)) if bunched else 1
            for _ in range(int(rng.integers(1, 4)) + bunch // 2):
                self.leaf(at, radius * rng.uniform(1.5, 2.1), tropical)
            for _ in range(bunch):
                aside = complex(*rng.normal(0, 0.75 * radius, 2)) if bunched else 0.0
                self.bloom(at + aside, radius * rng.uniform(0.7, 1.15))

    def sprays(self, places: int, radius: float) -> None:
        """Draw long bent stems with leaves and up to three flowers."""
        for at in scatter(self.rng, places, 0.2):
            stem = sprig(self.brush, self.rng, at, self.rng.uniform(0.26, 0.42), self.pick(self.greens))
            for end, share in ((-1, 1.0), (-5, 0.7), (-9, 0.6))[: self.rng.integers(1, 4)]:
                self.bloom(stem[end], share * radius)

    def sprigs(self, radius: float) -> None:
        """Draw short stems with a few leaves and up to three small flowers, in rows or tossed."""
        rng, places = self.rng, self.plan.places
        tossed, side, turn = rng.random() < 0.6, round(places**0.5), rng.uniform(0, 2 * np.pi)
        rows = [complex(i + 0.5 * (j % 2), j) / side for i in range(side) for j in range(side)]
        for at in scatter(rng, places, self.plan.apart * radius) if tossed else rows:
            angle = rng.uniform(0, 2 * np.pi) if tossed else turn + rng.normal(0, 0.1)
            length = radius * rng.uniform(2.4, 3.2)
            stem = sprig(self.brush, rng, at, length, self.pick(self.greens), angle, step=5)
            aside = 1j * (stem[-1] - stem[-3])
            for end in (stem[-1], stem[-6] + 2.5 * aside, stem[-6] - 2.5 * aside)[: rng.integers(1, 4)]:
                self.bloom(end, radius * rng.uniform(0.75, 1))

    def gather(self, places: int, radius: float, layout: str, tropical: bool) -> None:
        """Draw flowers dense along a line and smaller and fewer away from it."""
        rng = self.rng
        away = np.sort(rng.random(places) ** 1.7)[::-1]
        if layout == "border":
            heights = 1 - HEM - (0.8 - HEM - radius) * away
        else:
            heights = 0.5 + 0.25 * away * rng.choice([-1, 1], places)
        across = np.arange(places) * 0.618 + 0.03 * rng.random(places)
        for far, at in zip(away, across + 1j * heights, strict=True):
            size = radius * (1.1 - 0.6 * far)
            up = rng.normal(-np.pi / 2, 0.5)
            sprig(self.brush, rng, at, 2.4 * size, self.pick(self.greens), up, step=3)
            self.leaf(at, size * rng.uniform(1.4, 1.9), tropical)
            self.bloom(at, size * rng.uniform(0.75, 1.1))

    def leaves(self, places: int, radius: float, other: Rgb) -> None:
        """Draw leaves one over the other, now and then with flowers among them."""
        green, second = self.greens[0], self.greens[-1]
        thicket(self.brush, self.rng, radius, (green, second, tint(green, 1.35), tint(green, 0.7), other))
        for at in scatter(self.rng, 0 if self.rng.random() < BARE_SHARE else places, 0.8 * radius):
            self.bloom(at, radius * self.rng.uniform(0.7, 1.15))

    def pick(self, options: Sequence[T]) -> T:
        """Return one at random."""
        return options[int(self.rng.integers(len(options)))]
