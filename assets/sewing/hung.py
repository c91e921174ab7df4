"""Hung: a top from a hanger, a bottom from clips."""

import numpy as np

from assets.patterns.panels import Pattern
from assets.sewing.cloth import Cloth, simulate
from assets.sewing.figure import Figure, noise, smoothstep


def hung(cloth: Cloth, pattern: Pattern, rng: np.random.Generator) -> np.ndarray:
    """Let the garment fall: a top from a hanger in its shoulders, a bottom from clips at its waistband.

    Sleeves start as they are cut, clear of the sides, and sink beside them: those that start turned down lie
    half inside the body, and no collision frees them.
    """
    figure = Figure.of(cloth, pattern, rng)
    x, y, anchors = figure.x, figure.y, pattern.anchors
    if "shoulder" in anchors:
        pins = figure.on_shoulders(rng.uniform(0.8, 0.95))
        depth = np.sqrt(((figure.shoulder_line(x) - y).clip(0) / 0.15).clip(0, 1)) * 0.02 + 0.009
    else:
        clip = rng.uniform(0.55, 0.8) * anchors["band"][0]
        pins = (y > y.max() - anchors["band"][1]) & (np.abs(np.abs(x) - clip) < 0.025)
        depth = np.full(len(x), 0.008)
    if (arm := figure.arm) is not None:  # a tube that opens out of the armhole
        s, t, half = arm.local(np.abs(cloth.table * [1, 0]) + cloth.table * [0, 1])
        tube = np.sqrt((1 - (t / half - 1) ** 2).clip(0, 1)) * half * 0.5 + 0.003
        depth = np.where(figure.sleeve, depth + (tube - depth) * smoothstep(s / 0.1), depth)
    if figure.gap:  # what lies round at the back joins what lies in front
        rim = np.sqrt(((figure.half_width(y) - np.abs(x)) / 0.04).clip(0, 1))
        depth = np.where(figure.sleeve, depth, depth * rim)
    start = np.column_stack([x, figure.side * depth, y])
    if arm is not None:
        start[:, 1] -= np.where(figure.sleeve, 0.03 * smoothstep(s / 0.3), 0.0)
    if "hood" in anchors:
        start[y > 0, 1:] = figure.hood_on_back(0.06)[y > 0]
    start[:, 1] += 0.006 * noise(cloth.table, rng, 0.3)
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
