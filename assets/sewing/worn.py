"""Worn by nobody one sees (a ghost mannequin): solids carry the cloth."""

import numpy as np

from assets.patterns.panels import Pattern
from assets.sewing.body import ellipse, ellipse_angle, torso
from assets.sewing.cloth import Cloth, simulate
from assets.sewing.figure import Figure, noise, smoothstep, turned

LOWEST_ARM = np.radians(66)
"""Further below the horizontal than this, arms would press into the hips."""


def worn(cloth: Cloth, pattern: Pattern, rng: np.random.Generator) -> np.ndarray:
    """Dress an invisible person: shoulders, chest and arms carry a top, a waistband skirt or trousers."""
    figure = Figure.of(cloth, pattern, rng)
    if "shoulder" in pattern.anchors:
        return _worn_top(figure, rng)
    return _worn_bottom(figure, rng)


def _worn_top(figure: Figure, rng: np.random.Generator) -> np.ndarray:
    flatness, fit = rng.uniform(0.55, 0.72), rng.uniform(0.80, 0.92)
    x, y, anchors = figure.x, figure.y, figure.pattern.anchors
    half = figure.half_width(y)
    chest_deep = float(ellipse(4 * anchors["armpit"][0], flatness)[1])
    below = (figure.shoulder_line(x) - y).clip(0)
    rise = np.sqrt((below / 0.22).clip(0, 1))
    chest = np.where(y > anchors["armpit"][1], anchors["armpit"][0], half)
    wide, depth = ellipse(4 * chest, flatness)
    angle = ellipse_angle(x / chest, flatness)
    round_body = smoothstep(below / (figure.shoulder_line(x) - anchors["armpit"][1]))
    start_x = x + (wide * np.sin(angle) - x) * round_body
    start_y = figure.side * np.minimum(depth, chest_deep * 1.6) * rise * np.cos(angle)
    start = np.column_stack([start_x, start_y, y])

    if "hood" in anchors:
        start[y > 0, 1:] = figure.hood_on_back(0.12)[y > 0]
    pins = figure.on_shoulders(0.85).astype(float)
    pressed = np.full(len(x), 0.2)
    if (arm := figure.arm) is not None:
        hangs = np.arctan2(-arm.along[1], arm.along[0])
        body_x = float(ellipse(4 * anchors["armpit"][0], flatness)[0])
        inward = anchors["armpit"][0] - body_x
        clear = arm.turns_until(body_x + 0.5 * inward + 0.02)
        lowered = rng.uniform(0.1, 0.6, 2).clip(max=min(LOWEST_ARM - hangs, clear))
        for sign, angle_down in zip((1, -1), lowered, strict=True):
            mine = figure.sleeve & (x * sign > 0)
            s, t, h = arm.local(figure.cloth.table[mine] * [sign, 1])
            radius = 2 * h / np.pi
            turn = (t / h - 1).clip(-1, 1) * np.pi / 2
            flat = arm.top + s[:, None] * arm.along + (h + radius * np.sin(turn))[:, None] * arm.across
            posed = turned(flat, arm.joint, angle_down * smoothstep(arm.ahead(s, t) / 0.10))
            at_armhole = 1 - smoothstep(s / 0.15)  # whose lower end goes inward with the body's side
            posed[:, 0] -= inward * (0.5 + (t / (2 * h)).clip(0, 1) * at_armhole - 0.5 * at_armhole)
            start[mine] = np.column_stack(
                [sign * posed[:, 0], figure.side[mine] * (radius * np.cos(turn) + 0.003), posed[:, 1]]
            )
            pins[mine] = s > arm.length - 0.012
            pressed[mine] = smoothstep(s / 0.08) * 0.8 + 0.2
    (neck_x, _), (shoulder_x, shoulder_y) = anchors["neck"], anchors["shoulder"]
    arm_y = anchors["armpit"][1]
    body_hem = max(anchors["hem"][1], arm_y - 0.62)
    heights = np.array([body_hem, body_hem * 0.6 + arm_y * 0.4, arm_y - 0.06, arm_y * 0.6 + shoulder_y * 0.4])
    wide, deep = ellipse(4 * np.minimum(figure.half_width(heights), anchors["armpit"][0]), flatness)
    wide[3] = min(shoulder_x * 0.9 / fit, wide[2])
    top_y = np.array([shoulder_y - 0.012, shoulder_y * 0.45 - 0.006, 0.0, 0.04])
    top_wide = np.array([shoulder_x * 0.90, (shoulder_x + neck_x) / 2 * 0.94, neck_x * 0.9, neck_x * 0.7])
    top_deep = np.array([0.42, 0.30, 0.24, 0.20]) * chest_deep
    body = torso(
        np.concatenate([heights, top_y]),
        np.concatenate([wide * fit, top_wide * 0.97]),
        np.concatenate([deep * fit, top_deep * fit]),
    )
    return simulate(
        figure.cloth,
        start,
        36,
        pins=pins,
        pressed=pressed,
        colliders=[body],
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
        blend = smoothstep((crotch + 0.15 - y) / 0.16)[:, None]
        start = start * (1 - blend) + legs * blend
        pressure = rng.uniform(0.08, 0.3)
    else:  # the hem is wider than the hips: it falls in folds
        turn = np.arctan2(start[:, 1], start[:, 0])
        spare = (figure.half_width(y) - anchors["hip"][0]).clip(0) + 0.006
        waves = noise(np.column_stack([np.cos(turn), np.sin(turn)]), rng, 0.7)
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
