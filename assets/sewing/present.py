"""Three presentations of a garment, each a way to run the simulation: worn (ghost mannequin), hung, flat."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assets.patterns.panels import Pattern
from assets.sewing.body import collider, ellipse, ellipse_angle, torso
from assets.sewing.cloth import Cloth, simulate

STEP_M = {"worn": 0.023, "hung": 0.023, "flat": 0.021}
"""Edge length of the simulated triangles; the finished surface is twice as fine."""


LOWEST_ARM = np.radians(66)
"""Further below the horizontal than this, arms would press into the hips."""


@dataclass(frozen=True)
class Figure:
    """How the cloth on the table relates to a body: all arrays per vertex (V,), metres and radians."""

    cloth: Cloth
    pattern: Pattern

    @property
    def x(self) -> np.ndarray:
        return self.cloth.table[:, 0]

    @property
    def y(self) -> np.ndarray:
        return self.cloth.table[:, 1]

    @property
    def side(self) -> np.ndarray:
        """-1 on the front, +1 on the back."""
        return np.where(self.cloth.back, 1.0, -1.0)

    @cached_property
    def sleeve(self) -> np.ndarray:
        """True where a vertex belongs to sleeves only."""
        is_sleeve = np.array(["sleeve" in p.name or "cuff" in p.name for p in self.cloth.panels])[
            self.cloth.panel
        ]
        mask = np.ones(len(self.x), dtype=bool)
        mask[np.unique(self.cloth.faces[~is_sleeve])] = False
        return mask

    @cached_property
    def _outline(self) -> tuple[np.ndarray, np.ndarray]:
        """Return heights (rising) and half widths of the body pieces' sewn outer edges, laid flat."""
        sewn = self.cloth.pairs[:, 0]
        sewn = sewn[~self.sleeve[sewn]]
        y, x = self.y[sewn], np.abs(self.x[sewn])
        near = np.abs(y[:, None] - y[None]) < 0.03
        outer = x > 0.7 * np.where(near, x[None], 0).max(axis=1)  # not the inner leg
        order = np.argsort(y[outer])
        return y[outer][order], x[outer][order]

    def half_width(self, y: np.ndarray) -> np.ndarray:
        """Return half the width of the body pieces, laid flat, at heights `y`."""
        return np.interp(y, *self._outline)

    def on_shoulders(self, reach: float) -> np.ndarray:
        """Return (V,) bool: on the shoulder seams, from the neck to `reach` of the way to the armhole."""
        (neck_x, _), (shoulder_x, _) = self.pattern.anchors["neck"], self.pattern.anchors["shoulder"]
        along = (np.abs(self.x) - neck_x) / (shoulder_x - neck_x)
        return (along > -0.02) & (along < reach) & (np.abs(self.y - self.shoulder_line(self.x)) < 0.012)

    def shoulder_line(self, x: np.ndarray) -> np.ndarray:
        """Return the height of the shoulder seams' line at `x`."""
        (nx, ny), (sx, sy) = self.pattern.anchors["neck"], self.pattern.anchors["shoulder"]
        return ny + (np.abs(x) - nx) / (sx - nx) * (sy - ny)

    @cached_property
    def arm(self) -> "Arm | None":
        return Arm.of(self.pattern) if "cuff_top" in self.pattern.anchors else None


@dataclass(frozen=True)
class Arm:
    """The right sleeve on the table: from `top` along `along` (unit); half widths at both ends."""

    top: np.ndarray
    along: np.ndarray
    across: np.ndarray
    length: float
    half_top: float
    half_cuff: float

    @classmethod
    def of(cls, pattern: Pattern) -> "Arm":
        s, a = np.array(pattern.anchors["shoulder"]), np.array(pattern.anchors["armpit"])
        c, d = np.array(pattern.anchors["cuff_top"]), np.array(pattern.anchors["cuff_low"])
        size = float(np.linalg.norm(c - s))
        along = (c - s) / size
        across = np.array([along[1], -along[0]])
        return cls(s, along, across, size, float((a - s) @ across) / 2, float((d - s) @ across) / 2)

    def local(self, table: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return along and across the sleeve and its half width there, for table points of the right side."""
        offset = table - self.top
        s, t = offset @ self.along, offset @ self.across
        half = self.half_top + (self.half_cuff - self.half_top) * (s / self.length).clip(0, 1)
        return s, t, half

    @property
    def joint(self) -> np.ndarray:
        return self.top + self.across * self.half_top


def _turn(points: np.ndarray, centre: np.ndarray, angle: np.ndarray | float) -> np.ndarray:
    """Return 2-D points (N, 2) turned clockwise about `centre` by `angle` radians."""
    c, s = np.cos(angle), np.sin(angle)
    d = points - centre
    return centre + np.stack([c * d[:, 0] + s * d[:, 1], -s * d[:, 0] + c * d[:, 1]], axis=1)


def _smoothstep(t: np.ndarray) -> np.ndarray:
    t = t.clip(0, 1)
    return t * t * (3 - 2 * t)


def _turned_sleeves(figure: Figure, angles: tuple[float, float]) -> np.ndarray:
    """Return the table positions (V, 2) with the right and left sleeves turned down by `angles` radians."""
    table = figure.cloth.table.copy()
    if (arm := figure.arm) is None:
        return table
    for sign, angle in zip((1, -1), angles, strict=True):
        mine = figure.sleeve & (figure.x * sign > 0)
        points = table[mine] * [sign, 1]
        s, _, _ = arm.local(points)
        table[mine] = _turn(points, arm.joint, angle * _smoothstep(s / 0.08)) * [sign, 1]
    return table


def _noise(points: np.ndarray, rng: np.random.Generator, wavelength: float, n: int = 12) -> np.ndarray:
    """Return (N,) waves of about `wavelength` metres over 2-D `points`, roughly -1 to 1."""
    turn = rng.uniform(0, 2 * np.pi, n)
    k = 2 * np.pi / (wavelength * rng.uniform(0.6, 1.8, n))
    phase = rng.uniform(0, 2 * np.pi, n)
    waves = np.cos(points @ (np.stack([np.cos(turn), np.sin(turn)]) * k) + phase)
    return waves.sum(axis=1) / np.sqrt(n)


def worn(cloth: Cloth, pattern: Pattern, rng: np.random.Generator) -> np.ndarray:
    """Dress an invisible person: shoulders, chest and arms carry a top, a waistband skirt or trousers."""
    figure = Figure(cloth, pattern)
    if "shoulder" in pattern.anchors:
        return _worn_top(figure, rng)
    return _worn_bottom(figure, rng)


def _worn_top(figure: Figure, rng: np.random.Generator) -> np.ndarray:
    flatness, fit = rng.uniform(0.55, 0.72), rng.uniform(0.80, 0.92)
    x, y, anchors = figure.x, figure.y, figure.pattern.anchors
    half = figure.half_width(y)
    _, depth = ellipse(4 * half, flatness)
    chest_deep = float(ellipse(4 * anchors["armpit"][0], flatness)[1])
    below = (figure.shoulder_line(x) - y).clip(0)
    rise = np.sqrt((below / 0.22).clip(0, 1))
    under_arm = _smoothstep((anchors["armpit"][1] + 0.02 - y) / 0.10)
    wide, _ = ellipse(4 * half, flatness)
    angle = ellipse_angle(x / half, flatness)
    wrapped = wide * np.sin(angle)
    start_x = x + (wrapped - x) * under_arm
    start_y = (
        figure.side * np.minimum(depth, chest_deep * 1.6) * rise * np.cos(angle * (0.7 + 0.3 * under_arm))
    )
    start = np.column_stack([start_x, start_y, y])

    solids = []
    if "hood" in anchors:
        crown = anchors["hood"][1]
        solids.append(
            torso(
                np.array([0.03, 0.25, 0.5, 0.75, 0.93]) * crown,
                np.array([0.05, 0.065, 0.078, 0.07, 0.035]),
                np.array([0.05, 0.075, 0.095, 0.09, 0.045]),
            )
        )
        bulge = 0.12 * np.sqrt(np.sin(np.pi * (y / crown).clip(0, 1)))
        hooded = y > 0
        start[hooded, 1] = (figure.side * bulge * np.cos(angle))[hooded]
    pins = figure.on_shoulders(0.85).astype(float)
    pressed = np.full(len(x), 0.2)
    if (arm := figure.arm) is not None:
        hangs = np.arctan2(-arm.along[1], arm.along[0])
        lowered = rng.uniform(-0.3, 0.45, 2).clip(max=LOWEST_ARM - hangs)
        inward = float(anchors["armpit"][0] - ellipse(4 * anchors["armpit"][0], flatness)[0]) * 0.5
        for sign, angle_down in zip((1, -1), lowered, strict=True):
            mine = figure.sleeve & (x * sign > 0)
            s, t, h = arm.local(figure.cloth.table[mine] * [sign, 1])
            radius = 2 * h / np.pi
            turn = (t / h - 1).clip(-1, 1) * np.pi / 2
            flat = arm.top + s[:, None] * arm.along + (h + radius * np.sin(turn))[:, None] * arm.across
            posed = _turn(flat, arm.joint, angle_down * _smoothstep(s / 0.10))
            posed[:, 0] -= inward * (0.5 + 0.5 * t / h)
            start[mine] = np.column_stack(
                [sign * posed[:, 0], figure.side[mine] * (radius * np.cos(turn) + 0.003), posed[:, 1]]
            )
            pins[mine] = s > arm.length - 0.012
            pressed[mine] = _smoothstep(s / 0.08) * 0.8 + 0.2
    (neck_x, _), (shoulder_x, shoulder_y) = anchors["neck"], anchors["shoulder"]
    arm_y = anchors["armpit"][1]
    body_hem = max(anchors["hem"][1], arm_y - 0.62)
    heights = np.array([body_hem, body_hem * 0.6 + arm_y * 0.4, arm_y - 0.06, arm_y * 0.6 + shoulder_y * 0.4])
    wide, deep = ellipse(4 * np.minimum(figure.half_width(heights), anchors["armpit"][0]), flatness)
    wide[3] = min(shoulder_x * 0.9 / fit, wide[2])
    top_y = np.array([shoulder_y - 0.012, shoulder_y * 0.45 - 0.006, 0.0, 0.04])
    top_wide = np.array([shoulder_x * 0.90, (shoulder_x + neck_x) / 2 * 0.94, neck_x * 0.9, neck_x * 0.7])
    top_deep = np.array([0.42, 0.30, 0.24, 0.20]) * chest_deep
    solids.append(
        torso(
            np.concatenate([heights, top_y]),
            np.concatenate([wide * fit, top_wide * 0.97]),
            np.concatenate([deep * fit, top_deep * fit]),
        )
    )
    return simulate(
        figure.cloth,
        start,
        36,
        pins=pins,
        pressed=pressed,
        colliders=solids,
        self_distance=0.003,
        use_pressure=True,
        uniform_pressure_force=rng.uniform(0.05, 0.12),
        quality=5,
        air_damping=2.0,
        tension_stiffness=25,
        compression_stiffness=25,
        bending_stiffness=figure.pattern.stiffness * rng.uniform(0.3, 3.0),
    )


def _worn_bottom(figure: Figure, rng: np.random.Generator) -> np.ndarray:
    flatness = rng.uniform(0.32, 0.42) if "crotch" in figure.pattern.anchors else rng.uniform(0.6, 0.75)
    x, y, anchors = figure.x, figure.y, figure.pattern.anchors
    start = _tube(figure, x, 0.0 * x, figure.half_width(y), flatness)
    if "crotch" in anchors:
        crotch = anchors["crotch"][1]
        inner = np.interp(y, [anchors["hem_in"][1], crotch], [anchors["hem_in"][0], 0.0])
        outer = np.interp(y, [anchors["hem_in"][1], crotch], [anchors["hem"][0], anchors["hip"][0]])
        middle, half = (inner + outer) / 2, (outer - inner) / 2
        legs = _tube(figure, np.abs(x) - middle, middle, half, 0.75)
        legs[:, 0] *= np.sign(x)
        blend = _smoothstep((crotch + 0.15 - y) / 0.16)[:, None]
        start = start * (1 - blend) + legs * blend
        pressure = rng.uniform(0.08, 0.3)
    else:  # the hem is wider than the hips: it falls in folds
        turn = np.arctan2(start[:, 1], start[:, 0])
        spare = (figure.half_width(y) - anchors["hip"][0]).clip(0) + 0.006
        waves = _noise(np.column_stack([np.cos(turn), np.sin(turn)]), rng, 0.7)
        start[:, :2] *= (1 + (0.35 * spare * (waves - 1) / figure.half_width(y)))[:, None]
        pressure = rng.uniform(0.0, 0.15)
    pins = (y > y.max() - anchors["band"][1]).astype(float)
    return simulate(
        figure.cloth,
        start,
        36,
        pins=pins,
        quality=5,
        air_damping=2.0,
        tension_stiffness=25,
        compression_stiffness=25,
        use_pressure=True,
        uniform_pressure_force=pressure,
        self_distance=0.003,
        bending_stiffness=figure.pattern.stiffness * rng.uniform(0.3, 3.0),
    )


def _tube(figure: Figure, x: np.ndarray, middle: np.ndarray, half: np.ndarray, flatness: float) -> np.ndarray:
    """Wrap table columns `x` (relative to `middle`) of half width `half` around an elliptic tube; (V, 3)."""
    wide, deep = ellipse(4 * half, flatness)
    angle = ellipse_angle(x / np.maximum(half, 1e-6), flatness)
    return np.column_stack([middle + wide * np.sin(angle), figure.side * deep * np.cos(angle), figure.y])


def hung(cloth: Cloth, pattern: Pattern, rng: np.random.Generator) -> np.ndarray:
    """Let the garment fall: a top from a hanger in its shoulders, a bottom from clips at its waistband."""
    figure = Figure(cloth, pattern)
    x, y, anchors = figure.x, figure.y, pattern.anchors
    table = _turned_sleeves(figure, tuple(rng.uniform(0.15, 0.5, 2)))
    if "shoulder" in anchors:
        pins = figure.on_shoulders(rng.uniform(0.8, 0.95))
        depth = np.sqrt(((figure.shoulder_line(x) - y).clip(0) / 0.15).clip(0, 1)) * 0.02 + 0.009
    else:
        clip = rng.uniform(0.55, 0.8) * anchors["band"][0]
        pins = (y > y.max() - anchors["band"][1]) & (np.abs(np.abs(x) - clip) < 0.025)
        depth = np.full(len(x), 0.008)
    start = np.column_stack([table[:, 0], figure.side * depth, table[:, 1]])
    if (arm := figure.arm) is not None:
        _, t, half = arm.local(np.abs(cloth.table * [1, 0]) + cloth.table * [0, 1])
        tube = np.sqrt((1 - (t / half - 1) ** 2).clip(0, 1)) * half * 0.35
        start[figure.sleeve, 1] = (figure.side * tube)[figure.sleeve]
    start[:, 1] += 0.006 * _noise(cloth.table, rng, 0.3)
    return simulate(
        cloth,
        start,
        45,
        pins=pins.astype(float),
        use_pressure=True,
        uniform_pressure_force=rng.uniform(0.08, 0.25),
        self_distance=0.003,
        quality=5,
        air_damping=2.0,
        bending_stiffness=pattern.stiffness * rng.uniform(2.0, 8.0),
    )


CLEAR_OF_BODY = 0.08
"""A sleeve turned down by more than this (radians) begins to lie over the body."""


def _sleeve_lies(arm: Arm | None, rng: np.random.Generator) -> float:
    """Return by how many radians a sleeve lies turned down: most nearly as cut, some raised, some over."""
    if arm is None or rng.random() < 0.6:
        return min(float(rng.normal(-0.03, 0.07)), CLEAR_OF_BODY)
    if arm.length < 0.4 or rng.random() < 0.6:
        return float(rng.uniform(-0.5, 0.0))
    return float(rng.uniform(0.25, 0.9))


def flat(cloth: Cloth, pattern: Pattern, rng: np.random.Generator) -> np.ndarray:
    """Lay the garment on the floor, sleeves a little astray, pushed together here and there to fold."""
    figure = Figure(cloth, pattern)
    floor = collider(
        "floor", np.array([(-3, -3, 0), (3, -3, 0), (3, 3, 0), (-3, 3, 0.0)]), [(0, 1, 2, 3)], 40
    )
    angles = np.array([_sleeve_lies(figure.arm, rng) for _ in range(2)])
    table = _turned_sleeves(figure, tuple(angles))
    squeeze = rng.uniform(0.004, 0.03)
    for axis in range(2):
        table[:, axis] += squeeze * 0.25 * _noise(cloth.table, rng, 0.5)
    table *= 1 - squeeze * rng.uniform(0.2, 0.8, 2)
    table[:, 0] += rng.normal(0, 0.03) * table[:, 1]
    ripple = _noise(cloth.table, rng, rng.uniform(0.15, 0.4))
    z = rng.uniform(0.003, 0.012) * ripple + np.where(cloth.back, 0.0, 0.010)
    if (arm := figure.arm) is not None:  # a sleeve that was laid over the body lies on top of it
        s, _, _ = arm.local(np.abs(cloth.table * [1, 0]) + cloth.table * [0, 1])
        over = np.where(figure.x > 0, angles[0], angles[1]) > CLEAR_OF_BODY
        z += np.where(figure.sleeve & over, 0.03 * _smoothstep(s / 0.07), 0.0)
    start = np.column_stack([table, z])
    start[:, 2] += 0.004 - start[:, 2].min()
    return simulate(
        cloth,
        start,
        36,
        colliders=[floor],
        self_distance=0.003,
        quality=5,
        air_damping=2.0,
        bending_stiffness=np.sqrt(pattern.stiffness) * rng.uniform(0.2, 2.5),
    )


PRESENT: dict[str, Callable[[Cloth, Pattern, np.random.Generator], np.ndarray]] = {
    "worn": worn,
    "hung": hung,
    "flat": flat,
}
