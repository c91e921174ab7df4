"""Distances between groups of pictures, each with an interval: mean kernels, bootstrapped."""

from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from rich.progress import Progress
from torch import Tensor

from pipeline.metrics import tails
from train.kernel_distance import polynomial_kernel


class Interval(NamedTuple):
    """A figure, and where it lies in 95 % of the draws."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


class Comparison(NamedTuple):
    """Two sides, each of some groups that weigh alike, whatever their number of pictures."""

    x: Sequence[str]
    y: Sequence[str]


Figures = Mapping[str, Sequence[tuple[float, Comparison]]]
"""Name -> a sum of (factor, distance): a distance, or a mean or difference of some."""


class Groups:
    """Pictures in named groups, of which one may be in several.

    Attributes: `rows`: picture -> its row in the features; `units`: for each row what is drawn with it, a
    kind and a position in it. Of each kind as many are drawn as there are, and what is at one position is
    drawn together.
    """

    def __init__(self) -> None:
        self.rows: dict[Path, int] = {}
        self.units: list[tuple[str, int]] = []
        self.members: dict[str, list[int]] = {}

    def add(self, name: str, pictures: Sequence[Path], kind: str = "") -> str:
        """Add a group and return its name.

        Pictures that are in none yet become those of `kind`, by default one of the group's own, in order.
        """
        kind = kind or name
        for position, picture in enumerate(pictures):
            if picture not in self.rows:
                self.rows[picture] = len(self.rows)
                self.units.append((kind, position))
        self.members[name] = [self.rows[picture] for picture in pictures]
        return name

    def halve(self, names: Sequence[str], rng: np.random.Generator) -> Comparison:
        """Add two random halves of each of some groups; return the comparison of them."""
        sides: tuple[list[str], list[str]] = ([], [])
        for name in names:
            order = rng.permutation(self.members[name]).tolist()
            for side, rows in zip(sides, (order[::2], order[1::2]), strict=True):
                side.append(f"half {len(self.members)}")
                self.members[side[-1]] = rows
        return Comparison(*sides)

    def measure(
        self, features: Tensor, figures: Figures, resamples: int, seed: int, bar: Progress
    ) -> dict[str, Interval]:
        """Return all figures, each with its interval over `resamples` draws of pictures with repetition.

        features (N, F), in the order of `rows` and in units of their standard deviation. The figures of one
        draw are of the same pictures: their differences are paired.
        """
        comparisons = [comparison for terms in figures.values() for _, comparison in terms]
        named = dict.fromkeys(
            pair for x, y in comparisons for a, b in ((x, x), (y, y), (x, y)) for pair in _pairs(a, b)
        )
        pairs = {(a, b): Pair(features, self.members[a], self.members[b]) for a, b in named}
        rng, kinds = np.random.default_rng(seed), self._kinds()
        draws = []
        for draw in bar.track(range(resamples + 1), description="draws"):
            times = torch.from_numpy(self._drawn(kinds, rng) if draw else np.ones(len(self.rows))).float()
            means = {names: pair.mean(times) for names, pair in pairs.items()}
            draws.append([_sum(means, terms) for terms in figures.values()])
        low, high = tails(np.array(draws[1:])).tolist()
        return {name: Interval(*three) for name, *three in zip(figures, draws[0], low, high, strict=True)}

    def _kinds(self) -> dict[str, list[tuple[str, int]]]:
        """Return the different units of each kind, sorted."""
        kinds: dict[str, list[tuple[str, int]]] = {}
        for unit in sorted(set(self.units)):
            kinds.setdefault(unit[0], []).append(unit)
        return kinds

    def _drawn(self, kinds: Mapping[str, Sequence[tuple[str, int]]], rng: np.random.Generator) -> np.ndarray:
        """Return how often each picture is drawn, (N,); of every kind two different ones, if there are."""
        drawn: dict[tuple[str, int], int] = {}
        for units in kinds.values():
            times = np.zeros(len(units), int)
            while np.count_nonzero(times) < min(2, len(times)):
                times = rng.multinomial(len(units), np.full(len(units), 1 / len(units)))
            drawn |= zip(units, times.tolist(), strict=True)
        return np.array([drawn[unit] for unit in self.units], float)


class Pair:
    """The kernel between the pictures of two groups.

    No picture is compared with itself, drawn twice or not: that keeps distances unbiased.
    """

    def __init__(self, features: Tensor, a: Sequence[int], b: Sequence[int]) -> None:
        self.a, self.b = torch.tensor(a), torch.tensor(b)
        self.both = self.a[torch.isin(self.a, self.b)]
        same = self.a[:, None] == self.b
        exact = polynomial_kernel(features[self.a].double(), features[self.b].double())
        self.kernel = exact.float().masked_fill_(same, 0)

    def mean(self, times: Tensor) -> float:
        """Return the mean over pairs of different pictures, each counted as often as `times` (N,) says."""
        a, b = times[self.a], times[self.b]
        return float(a @ self.kernel @ b / (a.sum() * b.sum() - times[self.both].square().sum()))


def _sum(means: Mapping[tuple[str, str], float], terms: Sequence[tuple[float, Comparison]]) -> float:
    def mean(x: Sequence[str], y: Sequence[str]) -> float:
        return float(np.mean([means[pair] for pair in _pairs(x, y)]))

    return sum(factor * (mean(x, x) + mean(y, y) - 2 * mean(x, y)) for factor, (x, y) in terms)


def _pairs(x: Sequence[str], y: Sequence[str]) -> list[tuple[str, str]]:
    """Return all pairs of groups, one of each side; of two groups always in the same order."""
    return [(min(a, b), max(a, b)) for a, b in product(x, y)]
