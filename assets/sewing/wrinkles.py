"""Creases finer than the simulated triangles: folds that run from where cloth is held, and press lines.

Each crease is a ridge along a line on the table, a few centimetres wide, with a trough on either side; the
surface is moved along its normals and its occlusion follows the troughs.
"""

from dataclasses import dataclass, replace

import numpy as np

from assets.patterns.panels import Pattern
from assets.sewing.finish import Shell, vertex_normals

TROUGH_AO = 22.0
"""How much darker a trough is, per metre of its depth."""


@dataclass(frozen=True)
class _Crease:
    """A ridge from `start` to `end` on the table, bent sideways by `bow`; all in metres."""

    start: np.ndarray
    end: np.ndarray
    bow: float
    width: float
    height: float

    def at(self, points: np.ndarray) -> np.ndarray:
        """Return its height (N,) at table `points` (N, 2): a ridge that rises soon, widens and fades out."""
        along = self.end - self.start
        size = float(np.hypot(*along))
        along = along / size
        offset = points - self.start
        s = offset @ along / size
        t = offset @ np.array([-along[1], along[0]]) - self.bow * 4 * s * (1 - s)
        fade = np.sin(np.pi * s.clip(0, 1) ** 0.6) ** 1.2
        q = (t / (self.width * (0.6 + 0.7 * s.clip(0, 1)))) ** 2
        return self.height * fade * (1 - q) * np.exp(-q)


def crumple(surface: Shell, pattern: Pattern, presentation: str, rng: np.random.Generator) -> Shell:
    """Return the surface with creases where a garment of this presentation gets them."""
    vertex, first = np.unique(surface.faces, return_index=True)
    table = surface.table.reshape(-1, 2)[first]
    back = (surface.panel >= surface.fronts).repeat(3)[first]
    height = np.zeros(len(surface.vertices))
    for layer in (False, True):
        mine = back == layer
        creases = [c for kind in _KINDS[presentation] for c in kind(pattern, table[mine], rng)]
        height[vertex[mine]] = sum((c.at(table[mine]) for c in creases), np.zeros(mine.sum()))
    height /= np.sqrt(pattern.stiffness)
    height *= _away_from_joins(surface)
    if presentation == "flat":
        height *= _upper(surface)
    normals = vertex_normals(surface.vertices, surface.faces)
    trough = (-height).clip(0) + 0.35 * height.clip(0)
    return replace(
        surface,
        vertices=surface.vertices + height[:, None] * normals,
        ao=surface.ao * (1 - TROUGH_AO * trough).clip(0.6, 1),
    )


def _away_from_joins(surface: Shell) -> np.ndarray:
    """Return (V,) 0 at seams and edges, where several layers hold the cloth, rising to 1 two rings away."""
    free = np.ones(len(surface.vertices))
    corners = surface.faces
    sides = np.sort(np.stack([corners, np.roll(corners, -1, axis=1)], axis=2).reshape(-1, 2), axis=1)
    edges, index, count = np.unique(sides, axis=0, return_inverse=True, return_counts=True)
    low, high = np.full(len(edges), surface.panel.max()), np.zeros(len(edges), dtype=int)
    np.minimum.at(low, index.reshape(-1), surface.panel.repeat(3))
    np.maximum.at(high, index.reshape(-1), surface.panel.repeat(3))
    held = (count == 1) | (low != high)
    free[edges[held].reshape(-1)] = 0.15
    for _ in range(2):
        total, number = free.copy(), np.ones(len(free))
        for a, b in ((0, 1), (1, 0)):
            np.add.at(total, edges[:, a], free[edges[:, b]])
            np.add.at(number, edges[:, a], 1)
        free = total / number
    return free


def _upper(surface: Shell) -> np.ndarray:
    """Return (V,) 1 on faces that look up, 0 on those that lie on the floor."""
    return vertex_normals(surface.vertices, surface.faces)[:, 2].clip(0, 1)


def _ray(start: np.ndarray, angle: float, size: float, rng: np.random.Generator, height: float) -> _Crease:
    """Return a crease from `start` in direction `angle` (radians from +x), a little bent."""
    end = start + size * np.array([np.cos(angle), np.sin(angle)])
    return _Crease(
        start, end, rng.normal(0, 0.05) * size, rng.uniform(0.010, 0.020), height * rng.uniform(0.3, 1.3)
    )


def _held(pattern: Pattern, table: np.ndarray, rng: np.random.Generator) -> list[_Crease]:
    """Folds that fan out from armpits and elbows, or from crotch and knees."""
    anchors = {name: np.array(point) for name, point in pattern.anchors.items()}
    creases = []
    for sign in (1, -1):
        flip = np.array([sign, 1.0])
        fans: list[tuple[np.ndarray, float, float, float]] = []  # point, angle, its spread, length
        if "armpit" in anchors:
            fans.append((anchors["armpit"] + [-0.015, -0.01], np.radians(215), 0.5, 0.17))
        if "cuff_top" in anchors:
            elbow = anchors["shoulder"] * 0.45 + anchors["armpit"] * 0.1 + anchors["cuff_low"] * 0.45
            across = anchors["cuff_low"] - anchors["cuff_top"]
            fans.append((elbow - across * 0.5, float(np.arctan2(across[1], across[0])), 0.7, 0.14))
        if "crotch" in anchors:
            fans.append((anchors["crotch"] + [0.01, 0.0], np.radians(25), 0.5, 0.16))
            knee = (anchors["crotch"] + anchors["hem_in"]) / 2
            fans.append((knee, np.radians(8), 0.4, 0.14))
        elif "hip" in anchors:
            fans.append((anchors["hip"] * [0.8, 1.0], np.radians(190), 0.5, 0.15))
        for point, angle, spread, size in fans:
            for _ in range(rng.integers(0, 6)):
                crease = _ray(
                    point + rng.normal(0, 0.02, 2),
                    angle + rng.normal(0, spread),
                    size * rng.uniform(0.5, 1.5),
                    rng,
                    0.008,
                )
                creases.append(replace(crease, start=crease.start * flip, end=crease.end * flip))
    return creases


def _anywhere(pattern: Pattern, table: np.ndarray, rng: np.random.Generator) -> list[_Crease]:
    """Soft long folds of cloth that was handled, most in one or two directions: many, or hardly any."""
    area = float(np.prod(np.ptp(table, axis=0)))
    strength, main = rng.uniform(0.4, 1.2), rng.uniform(0, np.pi, 2)
    creases = []
    for _ in range(rng.poisson(28 * strength * area)):
        width = 0.018 * np.exp(rng.normal(0, 0.4))
        size = width * rng.uniform(9, 20)
        angle = main[rng.integers(2)] + rng.normal(0, 0.35)
        start = table[rng.integers(len(table))] - size / 2 * np.array([np.cos(angle), np.sin(angle)])
        crease = _ray(start, angle, size, rng, 0.42 * strength * width)
        creases.append(replace(crease, width=width))
    return creases


def _falling(pattern: Pattern, table: np.ndarray, rng: np.random.Generator) -> list[_Crease]:
    """Soft folds down from where the cloth hangs."""
    creases = []
    for _ in range(rng.poisson(5)):
        size, width = rng.uniform(0.15, 0.5), rng.uniform(0.018, 0.04)
        start = table[rng.integers(len(table))]
        crease = _ray(start, -np.pi / 2 + rng.normal(0, 0.25), size, rng, 0.2 * width)
        creases.append(replace(crease, width=width))
    return creases


def _pressed(pattern: Pattern, table: np.ndarray, rng: np.random.Generator) -> list[_Crease]:
    """The lines along which a garment lay folded in its drawer: often none, else some of a cross."""
    if rng.random() < 0.5:
        return []
    low, high = table.min(axis=0), table.max(axis=0)
    creases = []
    for axis, at in ((0, 0.5), (0, 0.32), (0, 0.68), (1, 0.5), (1, 0.27)):
        if rng.random() < 0.4:
            start, end = low - 0.05, high + 0.05
            start[axis] = end[axis] = low[axis] + (at + rng.normal(0, 0.02)) * (high - low)[axis]
            creases.append(_Crease(start, end, rng.normal(0, 0.004), 0.009, rng.uniform(0.002, 0.005)))
    return creases


_KINDS = {
    "flat": (_held, _anywhere, _pressed),
    "hung": (_held, _falling, _pressed),
    "worn": (_held, _falling),
}
