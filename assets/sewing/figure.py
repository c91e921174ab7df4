"""How the cloth on the table relates to a body: shoulders, sides and arms."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assets.patterns.panels import Pattern
from assets.sewing.cloth import Cloth

HOOD_BACK = 1.4
"""How far a hood is turned back (radians) before it falls."""


@dataclass(frozen=True)
class Figure:
    """How the cloth on the table relates to a body: all arrays per vertex (V,), metres and radians.

    `gap` is how far apart the edges of an opened front lie at the hem.
    """

    cloth: Cloth
    pattern: Pattern
    gap: float = 0.0

    @classmethod
    def of(cls, cloth: Cloth, pattern: Pattern, rng: np.random.Generator) -> "Figure":
        """Return the figure of a garment that, if it is opened, lies open by 3 to 14 cm."""
        return cls(cloth, pattern, 0.0 if pattern.open_below is None else rng.uniform(0.03, 0.14))

    @property
    def x(self) -> np.ndarray:
        return self._parted[0]

    @property
    def y(self) -> np.ndarray:
        return self.cloth.table[:, 1]

    @property
    def side(self) -> np.ndarray:
        """-1 on the front, +1 on the back."""
        return self._parted[1]

    @cached_property
    def _parted(self) -> tuple[np.ndarray, np.ndarray]:
        """Return `x` and `side`: an opened front is drawn to both sides, some of it round to the back."""
        x, side = self.cloth.table[:, 0], np.where(self.cloth.back, 1.0, -1.0)
        gap = np.where(self.cloth.back | self.sleeve, 0.0, self._gap_at(self.y))
        half = self.half_width(self.y)
        apart = np.abs(x) + gap / 2
        round_side = (gap > 0) & (apart > half)
        apart = np.where(round_side, 2 * half - apart, apart)
        return np.sign(x) * apart, np.where(round_side, 1.0, side)

    def _gap_at(self, y: np.ndarray) -> np.ndarray:
        """Return how far apart the front's edges lie at heights `y`: from the armpits on more and more."""
        if self.pattern.open_below is None:
            return np.zeros_like(y)
        top = min(self.pattern.open_below, self.pattern.anchors["armpit"][1])
        return self.gap * ((top - y) / (top - self.pattern.anchors["hem"][1])).clip(0, 1)

    @cached_property
    def sleeve(self) -> np.ndarray:
        """True where a vertex belongs to sleeves only."""
        is_sleeve = np.array(["sleeve" in p.name or "cuff" in p.name for p in self.cloth.panels])[
            self.cloth.panel
        ]
        mask = np.ones(len(self.cloth.table), dtype=bool)
        mask[np.unique(self.cloth.faces[~is_sleeve])] = False
        return mask

    @cached_property
    def _outline(self) -> tuple[np.ndarray, np.ndarray]:
        """Return heights (rising) and half widths of the body pieces' sewn outer edges, laid flat."""
        sewn = self.cloth.pairs[:, 0]
        sewn = sewn[~self.sleeve[sewn]]
        y, x = self.y[sewn], np.abs(self.cloth.table[sewn, 0])
        near = np.abs(y[:, None] - y[None]) < 0.03
        outer = x > 0.7 * np.where(near, x[None], 0).max(axis=1)  # not the inner leg
        order = np.argsort(y[outer])
        return y[outer][order], x[outer][order]

    def half_width(self, y: np.ndarray) -> np.ndarray:
        """Return half the width of the body pieces, laid flat, at heights `y`."""
        return np.interp(y, *self._outline) + self._gap_at(y) / 4

    def on_shoulders(self, reach: float) -> np.ndarray:
        """Return (V,) bool: on the shoulder seams, from the neck to `reach` of the way to the armhole."""
        (neck_x, _), (shoulder_x, _) = self.pattern.anchors["neck"], self.pattern.anchors["shoulder"]
        along = (np.abs(self.x) - neck_x) / (shoulder_x - neck_x)
        return (along > -0.02) & (along < reach) & (np.abs(self.y - self.shoulder_line(self.x)) < 0.012)

    def shoulder_line(self, x: np.ndarray) -> np.ndarray:
        """Return the height of the shoulder seams' line at `x`."""
        (nx, ny), (sx, sy) = self.pattern.anchors["neck"], self.pattern.anchors["shoulder"]
        return ny + (np.abs(x) - nx) / (sx - nx) * (sy - ny)

    def hood_on_back(self, bulge: float) -> np.ndarray:
        """Return depth and height (V, 2) of a hood, `bulge` metres deep, turned back; for y > 0 only."""
        deep = bulge * np.sqrt(np.sin(np.pi * (self.y / self.pattern.anchors["hood"][1]).clip(0, 1)))
        up = np.column_stack(
            [self.side * deep * np.cos(np.pi / 2 * self.x / self.half_width(self.y)), self.y]
        )
        return turned(up, np.array([0.02, 0.0]), HOOD_BACK * smoothstep(self.y / 0.1))

    @cached_property
    def arm(self) -> "Arm | None":
        return Arm.of(self.pattern) if "cuff_top" in self.pattern.anchors else None


@dataclass(frozen=True)
class Arm:
    """The right sleeve on the table: from `top` along `along` (unit); half widths at both ends.

    The armpit lies `armpit_ahead` metres along the sleeve.
    """

    top: np.ndarray
    along: np.ndarray
    across: np.ndarray
    length: float
    half_top: float
    half_cuff: float
    armpit_ahead: float

    @classmethod
    def of(cls, pattern: Pattern) -> "Arm":
        s, a = np.array(pattern.anchors["shoulder"]), np.array(pattern.anchors["armpit"])
        c, d = np.array(pattern.anchors["cuff_top"]), np.array(pattern.anchors["cuff_low"])
        size = float(np.linalg.norm(c - s))
        along = (c - s) / size
        across = np.array([along[1], -along[0]])
        widths = float((a - s) @ across) / 2, float((d - s) @ across) / 2
        return cls(s, along, across, size, *widths, float((a - s) @ along))

    def local(self, table: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return along and across the sleeve and its half width there, for table points of the right side."""
        offset = table - self.top
        s, t = offset @ self.along, offset @ self.across
        half = self.half_top + (self.half_cuff - self.half_top) * (s / self.length).clip(0, 1)
        return s, t, half

    def ahead(self, s: np.ndarray, t: np.ndarray) -> np.ndarray:
        """Return how many metres beyond the line from shoulder to armpit places of `local` lie."""
        return s - self.armpit_ahead * (t / (2 * self.half_top)).clip(0, 1)

    @property
    def joint(self) -> np.ndarray:
        return self.top + self.across * self.half_top

    def turns_until(self, x: float) -> float:
        """Return by how many radians the sleeve turns down until the cuff's low end comes to `x`."""
        low = self.top + self.length * self.along + 2 * self.half_cuff * self.across - self.joint
        reach = (x - self.joint[0]) / float(np.hypot(*low))
        return float(np.arccos(np.clip(reach, -1, 1)) - np.arctan2(-low[1], low[0]))


def turned(points: np.ndarray, centre: np.ndarray, angle: np.ndarray | float) -> np.ndarray:
    """Return 2-D points (N, 2) turned clockwise about `centre` by `angle` radians."""
    c, s = np.cos(angle), np.sin(angle)
    d = points - centre
    return centre + np.stack([c * d[:, 0] + s * d[:, 1], -s * d[:, 0] + c * d[:, 1]], axis=1)


def smoothstep(t: np.ndarray) -> np.ndarray:
    t = t.clip(0, 1)
    return t * t * (3 - 2 * t)


def noise(points: np.ndarray, rng: np.random.Generator, wavelength: float, n: int = 12) -> np.ndarray:
    """Return (N,) waves of about `wavelength` metres over 2-D `points`, roughly -1 to 1."""
    turn = rng.uniform(0, 2 * np.pi, n)
    k = 2 * np.pi / (wavelength * rng.uniform(0.6, 1.8, n))
    phase = rng.uniform(0, 2 * np.pi, n)
    waves = np.cos(points @ (np.stack([np.cos(turn), np.sin(turn)]) * k) + phase)
    return waves.sum(axis=1) / np.sqrt(n)
