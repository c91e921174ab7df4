"""Laid flat on the floor, seen from above."""

import numpy as np

from assets.patterns.panels import Pattern
from assets.sewing.body import collider
from assets.sewing.cloth import Cloth, simulate
from assets.sewing.figure import Arm, Figure, noise, smoothstep, turned

LONG_SLEEVE = 0.4
"""Sleeves longer than this (metres) are laid down along the body, and may be bent at the elbow."""
OVER_BODY = 0.022
"""How far (metres) a sleeve that lies on the body starts above the floor's other cloth."""


def _slope(long: bool, rng: np.random.Generator) -> float:
    """Return how far below the horizontal (radians) people lay a sleeve: a long one mostly along the side."""
    if not long:
        return float(np.radians(rng.normal(42, 9)))
    lies = rng.random()
    if lies < 0.8:
        return float(np.radians(np.clip(rng.normal(66, 7), 48, 80)))
    return float(np.radians(rng.uniform(25, 50) if lies < 0.9 else rng.uniform(85, 115)))


def _lay_sleeves(figure: Figure, arm: Arm, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return where both sleeves are laid: table positions (V, 2), and heights (V,) above the rest.

    A sleeve laid lower than it was cut turns about its top seam, which keeps its length; the cloth at the
    armpit is pushed together and bulges. One laid higher turns about the armpit. What lies on the body is
    lifted over it.
    """
    table, lift = np.column_stack([figure.x, figure.y]), np.zeros(len(figure.x))
    long = arm.length > LONG_SLEEVE
    slope, cut = _slope(long, rng), np.arctan2(-arm.along[1], arm.along[0])
    armpit = np.array(figure.pattern.anchors["armpit"])
    for sign in (1, -1):
        if rng.random() < 0.15:
            slope = _slope(long, rng)
        angle = slope + rng.normal(0, 0.07) - cut
        bend = rng.normal(0.0, 0.2) * long
        mine = figure.sleeve & (figure.x * sign > 0)
        points = table[mine] * [sign, 1]
        s, t, half = arm.local(points)
        elbow = arm.top + 0.55 * arm.length * arm.along + (half.mean() * (1 - np.sign(bend))) * arm.across
        laid = turned(points, elbow, bend * smoothstep((s - 0.45 * arm.length) / (0.2 * arm.length)))
        ahead = arm.ahead(s, t)
        pivot, across = (arm.top, t) if angle > 0 else (armpit, 2 * arm.half_top - t)
        across = across.clip(0)
        zone = 0.05 + 0.7 * across
        laid = turned(laid, pivot, angle * smoothstep(ahead / zone))
        spare = np.abs(angle) * across / zone
        bulge = 0.15 * zone * np.sqrt(spare) * np.sin(np.pi * (ahead / zone).clip(0, 1)) ** 2
        inside = figure.half_width(laid[:, 1]) - laid[:, 0]
        on_body = smoothstep(inside / 0.04 + 1) * smoothstep(ahead / 0.05) * (angle > 0)
        table[mine] = laid * [sign, 1]
        lift[mine] = bulge + OVER_BODY * on_body
    return table, lift


def flat(cloth: Cloth, pattern: Pattern, rng: np.random.Generator) -> np.ndarray:
    """Lay the garment on the floor, its sleeves beside it, pushed together here and there to fold."""
    figure = Figure.of(cloth, pattern, rng)
    floor = collider(
        "floor", np.array([(-3, -3, 0), (3, -3, 0), (3, 3, 0), (-3, 3, 0.0)]), [(0, 1, 2, 3)], 40
    )
    table, lift = np.column_stack([figure.x, figure.y]), np.zeros(len(figure.x))
    if figure.arm is not None:
        table, lift = _lay_sleeves(figure, figure.arm, rng)
    squeeze = rng.uniform(0.006, 0.035)
    for axis in range(2):
        table[:, axis] += squeeze * 0.25 * noise(cloth.table, rng, 0.5)
    table *= 1 - squeeze * rng.uniform(0.2, 0.8, 2)
    table[:, 0] += rng.normal(0, 0.03) * table[:, 1]
    ripple = noise(table, rng, rng.uniform(0.15, 0.4))
    z = rng.uniform(0.003, 0.012) * ripple + np.where(figure.side > 0, 0.0, 0.010) + lift
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
