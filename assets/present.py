"""Three presentations of a garment: worn (ghost mannequin), hung, laid flat. Each is a way to run the simulation."""

from collections.abc import Callable

import numpy as np

from assets.common.blender import bpy
from assets.panels import Pattern
from assets.sewing import Cloth, simulate

STEP_M = {"worn": 0.0145, "hung": 0.0145, "flat": 0.0135}
"""Edge length of the cloth's triangles in each presentation."""


def _upright(cloth: Cloth, gap: float) -> np.ndarray:
    """Return the layers standing up, front toward -y, `gap` metres apart."""
    y = np.where(cloth.back, gap / 2, -gap / 2)
    return np.column_stack([cloth.table[:, 0], y, cloth.table[:, 1]])


def _smooth_noise(points: np.ndarray, rng: np.random.Generator, wavelength: float, n: int = 12) -> np.ndarray:
    """Return (N,) waves of about `wavelength` metres over 2-D `points`, roughly -1 to 1."""
    turn = rng.uniform(0, 2 * np.pi, n)
    k = 2 * np.pi / (wavelength * rng.uniform(0.6, 1.8, n))
    phase = rng.uniform(0, 2 * np.pi, n)
    waves = np.cos(points @ (np.stack([np.cos(turn), np.sin(turn)]) * k) + phase)
    return waves.sum(axis=1) / np.sqrt(n)


def worn(cloth: Cloth, pattern: Pattern, rng: np.random.Generator) -> np.ndarray:
    """Inflate the garment as if an invisible person wore it."""
    return simulate(
        cloth,
        _upright(cloth, 0.02),
        50,
        gravity=-1.0,
        use_pressure=True,
        uniform_pressure_force=rng.uniform(0.6, 1.2),
        quality=5,
        tension_stiffness=40,
        compression_stiffness=40,
        shear_stiffness=20,
        bending_stiffness=rng.uniform(0.5, 3.0),
    )


def hung(cloth: Cloth, pattern: Pattern, rng: np.random.Generator) -> np.ndarray:
    """Let the garment fall from its shoulders."""
    x, y = cloth.table.T
    neck, shoulder = pattern.anchors["neck"], pattern.anchors["shoulder"]
    along = (np.abs(x) - neck[0]) / (shoulder[0] - neck[0])
    height = neck[1] + along * (shoulder[1] - neck[1])
    pins = ((along > -0.02) & (along < 0.9) & (np.abs(y - height) < 0.012)).astype(float)
    start = _upright(cloth, 0.02)
    start[:, 1] += 0.004 * _smooth_noise(cloth.table, rng, 0.3)
    return simulate(
        cloth,
        start,
        60,
        pins=pins,
        use_pressure=True,
        uniform_pressure_force=rng.uniform(0.02, 0.12),
        quality=5,
        bending_stiffness=rng.uniform(0.2, 1.5),
    )


def flat(cloth: Cloth, pattern: Pattern, rng: np.random.Generator) -> np.ndarray:
    """Lay the garment on the floor, not quite smooth."""
    floor_mesh = bpy.data.meshes.new("floor")
    floor_mesh.from_pydata([(-3, -3, 0), (3, -3, 0), (3, 3, 0), (-3, 3, 0)], [], [(0, 1, 2, 3)])
    floor = bpy.data.objects.new("floor", floor_mesh)
    bpy.context.scene.collection.objects.link(floor)
    floor.modifiers.new("collision", "COLLISION")
    floor.collision.thickness_outer = 0.002
    floor.collision.cloth_friction = 30
    height = 0.03 + 0.02 * _smooth_noise(cloth.table, rng, 0.25)
    z = height + np.where(cloth.back, 0.0, 0.012)
    start = np.column_stack([cloth.table, z])
    start[:, 2] += 0.012 - start[:, 2].min()
    end = simulate(
        cloth,
        start,
        45,
        colliders=[floor],
        self_distance=0.003,
        quality=5,
        bending_stiffness=rng.uniform(0.05, 0.5),
    )
    bpy.data.objects.remove(floor)
    bpy.data.meshes.remove(floor_mesh)
    return end


PRESENT: dict[str, Callable[[Cloth, Pattern, np.random.Generator], np.ndarray]] = {
    "worn": worn,
    "hung": hung,
    "flat": flat,
}
