"""Laid flat on the floor, seen from above."""

import numpy as np

from assets.patterns.panels import Pattern
from assets.sewing.body import collider
from assets.sewing.cloth import Cloth, simulate
from assets.sewing.figure import Arm, Figure, noise, smoothstep, turned_sleeves

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
    table = turned_sleeves(figure, tuple(angles))
    squeeze = rng.uniform(0.004, 0.03)
    for axis in range(2):
        table[:, axis] += squeeze * 0.25 * noise(cloth.table, rng, 0.5)
    table *= 1 - squeeze * rng.uniform(0.2, 0.8, 2)
    table[:, 0] += rng.normal(0, 0.03) * table[:, 1]
    ripple = noise(cloth.table, rng, rng.uniform(0.15, 0.4))
    z = rng.uniform(0.003, 0.012) * ripple + np.where(cloth.back, 0.0, 0.010)
    if (arm := figure.arm) is not None:  # a sleeve that was laid over the body lies on top of it
        s, _, _ = arm.local(np.abs(cloth.table * [1, 0]) + cloth.table * [0, 1])
        over = np.where(figure.x > 0, angles[0], angles[1]) > CLEAR_OF_BODY
        z += np.where(figure.sleeve & over, 0.03 * smoothstep(s / 0.07), 0.0)
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
