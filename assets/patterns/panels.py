"""Sewing patterns on the table: curves, panels and patterns, in metres, drawn as the garment lies flat.

A pattern has a front and a back layer, drawn one over the other (x to the viewer's right, y up).
Panels of one layer that share a curve are joined along it; `seams` join the front layer to the back.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from assets.library import Slot
from assets.parts import Part

Curve = np.ndarray
"""An open polyline, (N, 2) float64 metres. Panels that touch share a curve, so that their points coincide."""


def line(*points: ArrayLike) -> Curve:
    """Return the polyline through `points`."""
    return np.array(points, dtype=float)


def bezier(*controls: ArrayLike, n: int = 33) -> Curve:
    """Return the Bezier curve with 3 (quadratic) or 4 (cubic) control points as a polyline of `n` points."""
    t = np.linspace(0, 1, n)[:, None]
    points = [np.asarray(control, dtype=float)[None] for control in controls]
    while len(points) > 1:  # De Casteljau
        points = [(1 - t) * a + t * b for a, b in itertools.pairwise(points)]
    return points[0]


def bowed(a: ArrayLike, b: ArrayLike, bow: float) -> Curve:
    """Return the curve from `a` to `b` whose middle lies `bow` metres to the left of the straight line."""
    a, b = np.array(a, dtype=float), np.array(b, dtype=float)
    along = b - a
    left = np.array([-along[1], along[0]]) / np.linalg.norm(along)
    return bezier(a, (a + b) / 2 + 2 * bow * left, b)


def mirror(curve: Curve) -> Curve:
    """Return the curve reflected in the centre line x = 0, running backwards."""
    return curve[::-1] * [-1.0, 1.0]


def shift(points: np.ndarray, x: float, y: float) -> np.ndarray:
    """Return one point (2,) or a curve (N, 2) moved by (x, y)."""
    return points + np.array([x, y])


def cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the cross products (...) of 2-D vectors (..., 2): positive where `b` is to the left of `a`."""
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]


def inside(points: np.ndarray, outline: np.ndarray) -> np.ndarray:
    """Return which of `points` (N, 2) lie within the closed `outline` (M, 2): an odd number of crossings."""
    a, b = outline, np.roll(outline, -1, axis=0)
    x, y = points[:, :1], points[:, 1:]
    spans = (a[:, 1] > y) != (b[:, 1] > y)
    rise = np.where(a[:, 1] == b[:, 1], 1.0, b[:, 1] - a[:, 1])
    at = a[:, 0] + (y - a[:, 1]) * (b[:, 0] - a[:, 0]) / rise
    return (spans & (x < at)).sum(axis=1) % 2 == 1


def join(*curves: Curve) -> Curve:
    """Return the curves, laid end to end, as one."""
    return np.concatenate([curves[0], *(c[1:] for c in curves[1:])])


def length(curve: Curve) -> float:
    """Return the curve's length in metres."""
    return float(np.linalg.norm(np.diff(curve, axis=0), axis=1).sum())


def resample(curve: Curve, step: float) -> Curve:
    """Return points along the curve at equal arcs of about `step`, ends kept; both ways give the same."""
    if tuple(curve[0]) > tuple(curve[-1]):
        return resample(curve[::-1], step)[::-1]
    arc = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(curve, axis=0), axis=1))])
    s = np.linspace(0, arc[-1], max(1, round(arc[-1] / step)) + 1)
    return np.stack([np.interp(s, arc, curve[:, k]) for k in range(2)], axis=1)


@dataclass(frozen=True)
class Panel:
    """A piece of cloth: its closed outline, end to end in `edges`, and how it was cut.

    `grain` is the angle of the grain line from +y, radians, counter-clockwise; `origin` has u = v = 0 (a fold
    through it along the grain joins front and back without a break). A `band` (rib, waistband) was cut
    straight and bent along the given curve: u runs along it, v to its left. `slot` indexes `Pattern.slots`;
    `part` is what it is of the garment.
    """

    name: str
    edges: tuple[Curve, ...]
    grain: float = 0.0
    origin: tuple[float, float] = (0.0, 0.0)
    band: Curve | None = None
    slot: int = 0
    part: Part = "body"

    def outline(self, step: float) -> np.ndarray:
        """Return the closed outline's points, (N, 2), counter-clockwise, first not repeated."""
        points = np.concatenate([resample(edge, step)[:-1] for edge in self.edges])
        x, y = points.T
        area = np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))
        return points if area > 0 else points[::-1]

    @property
    def middle_x(self) -> float:
        """The mean x of its outline: its sign says on which side it lies."""
        return float(self.outline(0.02)[:, 0].mean())

    def mirrored(self) -> "Panel":
        """Return the same piece for the other side of the body."""
        return replace(
            self,
            name=self.name.replace("right", "left"),
            edges=tuple(mirror(edge) for edge in self.edges[::-1]),
            grain=-self.grain,
            origin=(-self.origin[0], self.origin[1]),
            band=None if self.band is None else mirror(self.band),
        )


def symmetric(name: str, half: Sequence[Curve], **options: object) -> Panel:
    """Return a piece symmetric to x = 0 from the outline of its right half, bottom centre to top centre."""
    return Panel(name, (*half, *(mirror(edge) for edge in reversed(half))), **options)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Patch:
    """A piece laid upon a finished layer, `raised` metres above it: a pocket, placket, collar leaf, lapel.

    Below 0 it lies on the layer's inside: a lining.
    """

    panel: Panel
    layer: Literal["front", "back"] = "front"
    raised: float = 0.003

    def mirrored(self) -> "Patch":
        return replace(self, panel=self.panel.mirrored())


@dataclass(frozen=True)
class Button:
    """A round button on the front at (x, y) on the table; `slot` indexes the pattern's slots."""

    x: float
    y: float
    radius: float = 0.0058
    slot: int = 1


FABRIC = Slot(name="fabric", fabric=True)


@dataclass(frozen=True)
class Pattern:
    """All panels of a garment.

    `seams`: curves along which front and back are sewn together. `lines`: (curve, "front"|"back") stitched or
    pressed lines drawn on the cloth. `patches` and `buttons` are put on when the cloth has come to rest.
    `stiffness` is a typical bending stiffness relative to a t-shirt's. Below the height `open_below` the
    halves of the front lie apart, not joined.

    `anchors`: points (x, y) of the right side that presentations hold the garment by. A top has "neck",
    "shoulder", "armpit", "hem"; with sleeves "cuff_top", "cuff_low"; with a hood "hood". A bottom has "band"
    (its half width and height), "hip", "hem"; with legs "crotch", "hem_in".
    """

    front: Sequence[Panel]
    back: Sequence[Panel]
    seams: Sequence[Curve]
    anchors: dict[str, tuple[float, float]]
    slots: Sequence[Slot] = (FABRIC,)
    lines: Sequence[tuple[Curve, str]] = ()
    patches: Sequence[Patch] = ()
    buttons: Sequence[Button] = ()
    stiffness: float = 1.0
    open_below: float | None = None
