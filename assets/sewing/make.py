"""One garment from its name: pattern, cloth, presentation, checks."""

from dataclasses import dataclass
from importlib import import_module

import numpy as np

from assets.common.blender import empty_scene, silence
from assets.common.rng import rng_for
from assets.library import Mesh, Slot
from assets.parts import PARTS
from assets.patterns import PATTERNS
from assets.patterns.panels import Pattern
from assets.sewing.checks import check
from assets.sewing.cloth import Cloth, cut
from assets.sewing.finish import Shell, mark_seams, subdivide, weld
from assets.sewing.notions import HANGERS, Part, hanger, put_on
from assets.sewing.occlusion import ambient_occlusion
from assets.sewing.present import PRESENT, STEP_M
from assets.sewing.rejected import Rejected
from assets.sewing.wrinkles import crumple

TRIES = 5


@dataclass(frozen=True)
class Made:
    """A finished garment and why earlier attempts at it were thrown away."""

    mesh: Mesh
    slots: tuple[Slot, ...]
    rejected: tuple[str, ...]


@dataclass(frozen=True)
class Sewn:
    """A garment that came to rest and passed its checks; `rng` goes on to finish it."""

    pattern: Pattern
    cloth: Cloth
    surface: Shell
    presentation: str
    rng: np.random.Generator


def make(type: str, presentation: str, seed: int, number: int) -> Made:
    """Return garment `number` of a type and presentation: a pure function of its arguments.

    An attempt that fails its checks is drawn again with other proportions, up to TRIES times; then raises
    Rejected, whose `args` are the reasons.
    """
    reasons: list[str] = []
    for attempt in range(TRIES):
        try:
            mesh, slots = finish(sew(type, presentation, seed, number, attempt))
            return Made(mesh, slots, tuple(reasons))
        except Rejected as reason:
            reasons.append(str(reason))
    raise Rejected(*reasons)


def sew(type: str, presentation: str, seed: int, number: int, attempt: int) -> Sewn:
    """Return an attempt at a garment, simulated and checked but not finished. Raises Rejected."""
    rng = rng_for(seed, "garment", type, presentation, number, attempt)
    style = import_module(PATTERNS[type])
    pattern = style.draft(style.sample(rng))
    cloth = cut(pattern, STEP_M[presentation], rng)
    with silence():
        empty_scene()
        end = PRESENT[presentation](cloth, pattern, rng)
    surface = weld(cloth, end, fronts=len(pattern.front))
    check(cloth, surface.vertices, surface.faces, presentation)
    return Sewn(pattern, cloth, surface, presentation, rng)


def finish(sewn: Sewn) -> tuple[Mesh, tuple[Slot, ...]]:
    """Return the finished mesh and its slots: shaded, creased, with patches, buttons and hanger."""
    pattern, surface, presentation, rng = sewn.pattern, sewn.surface, sewn.presentation, sewn.rng
    ground = float(surface.vertices[:, 2].min()) if presentation == "flat" else None
    surface.ao[:] = ambient_occlusion(surface.vertices, surface.faces, ground)
    surface = crumple(subdivide(surface), pattern, presentation, rng)
    surface = mark_seams(surface, sewn.cloth, pattern, STEP_M[presentation])
    notions, slots = put_on(surface, pattern, rng), tuple(pattern.slots)
    if presentation == "hung":
        notions += hanger(pattern, slot=len(slots), cloth=surface.vertices)
        slots += (HANGERS[rng.integers(len(HANGERS))],)
    slot = np.array([panel.slot for panel in sewn.cloth.panels])[surface.panel]
    part = np.array([PARTS.index(panel.part) for panel in sewn.cloth.panels])[surface.panel]
    body = Part(surface.vertices, surface.faces, surface.uv, surface.ao, slot, part)
    return _assemble([body, *notions]), slots


def _assemble(parts: list[Part]) -> Mesh:
    """Join the parts; centred over the origin, the first part's lowest point at z = 0."""
    low, high = parts[0].vertices.min(axis=0), parts[0].vertices.max(axis=0)
    offsets = np.cumsum([0, *(len(part.vertices) for part in parts)])
    vertices = np.concatenate([part.vertices for part in parts])
    vertices = vertices - [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]]
    return Mesh(
        vertices=vertices.astype(np.float32),
        faces=np.concatenate([p.faces + o for p, o in zip(parts, offsets, strict=False)]).astype(np.int32),
        uv=np.concatenate([part.uv for part in parts]).astype(np.float32),
        ao=np.concatenate([part.ao for part in parts]).clip(0, 1).astype(np.float32),
        material_index=np.concatenate([part.slot for part in parts]).astype(np.int32),
        part=np.concatenate([part.part for part in parts]).astype(np.uint8),
    )
