"""One garment from its name: pattern, cloth, presentation, checks."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

import numpy as np

from assets.checks import Rejected, check
from assets.common.blender import empty_scene, silence
from assets.common.rng import rng_for
from assets.library import Mesh, Slot
from assets.occlusion import ambient_occlusion
from assets.patterns import PATTERNS
from assets.present import PRESENT, STEP_M
from assets.sewing import cut, weld

TRIES = 5


@dataclass(frozen=True)
class Made:
    """A finished garment and why earlier attempts at it were thrown away."""

    mesh: Mesh
    slots: tuple[Slot, ...]
    rejected: tuple[str, ...]


def make(type: str, presentation: str, seed: int, number: int) -> Made:
    """Return garment `number` of a type and presentation: a pure function of its arguments.

    An attempt that fails its checks is drawn again, up to TRIES times; then raises Rejected.
    """
    reasons: list[str] = []
    for attempt in range(TRIES):
        try:
            mesh, slots = _attempt(type, presentation, rng_for(seed, "garment", type, presentation, number, attempt))
            return Made(mesh, slots, tuple(reasons))
        except Rejected as reason:
            reasons.append(str(reason))
    raise Rejected(f"{type}, {presentation}, number {number}: {'; '.join(reasons)}")


def _attempt(type: str, presentation: str, rng: np.random.Generator) -> tuple[Mesh, tuple[Slot, ...]]:
    style = import_module(PATTERNS[type])
    pattern = style.draft(style.sample(rng))
    cloth = cut(pattern, STEP_M[presentation], rng)
    with silence():
        empty_scene()
        end = PRESENT[presentation](cloth, pattern, rng)
    vertices, faces = weld(cloth, end)
    check(cloth, vertices, faces)
    slot = np.array([panel.slot for panel in cloth.panels])[cloth.panel]
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    middle = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]]
    vertices = vertices - middle
    ao = ambient_occlusion(vertices, faces, ground=presentation == "flat")
    mesh = Mesh(
        vertices.astype(np.float32), faces, cloth.uv.astype(np.float32), ao, slot.astype(np.int32)
    )
    return mesh, tuple(pattern.slots)
