"""The cloth under every pattern: its thread, yarn, fading, wrinkles and how it reflects light.

Every class draws its fabric from the same distribution, so that nothing here says which pattern it carries.
"""

from typing import Literal

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from materials.nodes import Graph, Inputs, Value, absolute, cos, noise, rotate, sin, smoothstep, vector
from materials.surface import Cloth, Surface
from materials.view import View

TAU = 6.283185307179586
RADIANS = TAU / 360

THREAD_PIXELS = (2.2, 5.0)
"""Thread structure is invisible below the first number of pixels per period and full above the second,
because unresolved lines would alias into stripes that the cloth does not have."""


MAX_MELANGE = 0.6
"""Streaks of uneven yarn are at most this strong: on slanted panels, stronger ones look like herringbone."""


class Fabric(Settings):
    """Parameters of the fabric layer."""

    structure: Literal["weave", "knit", "rib", "twill"] = Field("weave", description="how the threads run")
    thread_cm: float = Field(0.2, ge=0.05, le=1.6, description="period of the thread structure")
    relief: float = Field(
        0.3, ge=0, le=1, description="shading between threads; at most 15 % of the brightness"
    )
    melange: float = Field(
        0.1, ge=0, le=1, description="uneven yarn: fine streaks, at most +-20 % of the brightness"
    )
    melange_cm: float = Field(
        0.4, ge=0.2, le=1.0, description="thickness of the streaks; they are five times as long"
    )
    fading: float = Field(0.1, ge=0, le=1, description="washed-out areas, at most a quarter lighter")
    wrinkles: float = Field(0.3, ge=0, le=1, description="depth of creases")
    wrinkle_cm: float = Field(8, ge=3, le=20, description="distance between creases")
    wrinkle_angle_deg: float = Field(30, ge=-90, le=90, description="direction of the creases")
    shadow: float = Field(
        0.1, ge=0, le=0.35, description="uneven light: one side of the garment is this much darker"
    )
    shadow_angle_deg: float = Field(
        180, ge=-180, le=180, description="the darker side: 0 up, 90 right, 180 down"
    )
    roughness: float = Field(0.8, ge=0.3, le=1, description="0.3 satin, 1 wool")
    sheen: float = Field(0.1, ge=0, le=0.6, description="fuzz that catches light at grazing angles")
    seed: float = Field(0, ge=0, le=100, description="moves streaks and creases about")


def sample_fabric(rng: np.random.Generator, view: View) -> Fabric:
    """Draw a fabric; thread structure finer than `view` can resolve is drawn without shading."""
    structure = str(rng.choice(["weave", "knit", "rib", "twill"], p=[0.35, 0.25, 0.22, 0.18]))
    widest = {"weave": 0.5, "knit": 0.7, "rib": 1.4, "twill": 0.4}[structure]
    thread = float(np.exp(rng.uniform(np.log(0.08), np.log(widest))))
    satin = rng.random() < 0.15
    return Fabric(
        structure=structure,  # type: ignore[arg-type]
        thread_cm=thread,
        relief=rng.uniform(0.2, 1) * resolved(thread, view),
        melange=rng.beta(1, 2.5) * MAX_MELANGE,
        melange_cm=rng.uniform(0.2, 0.8),
        fading=rng.beta(1, 3),
        wrinkles=rng.beta(1.4, 1.6),
        wrinkle_cm=rng.uniform(4, 16),
        wrinkle_angle_deg=rng.uniform(-90, 90),
        shadow=rng.beta(1, 2) * 0.35,
        shadow_angle_deg=rng.uniform(-180, 180),
        roughness=rng.uniform(0.3, 0.5) if satin else rng.uniform(0.6, 1),
        sheen=rng.beta(1, 3) * 0.6,
        seed=rng.uniform(0, 100),
    )


def resolved(thread_cm: float, view: View) -> float:
    """Return how clearly `view` shows threads that are `thread_cm` apart, 0..1; see `THREAD_PIXELS`."""
    low, high = THREAD_PIXELS
    return float(np.clip((thread_cm / view.cm_per_pixel - low) / (high - low), 0, 1))


def build(graph: Graph, p: Inputs, cloth: Cloth, surface: Surface, ao: Value) -> tuple[Value, Value]:
    """Draw the fabric over a pattern; return the final colour and the final height in cm."""
    thread = cloth.uv * (TAU / p.thread_cm)
    u, v = thread.x, thread.y
    ridge = p.structure.select(
        sin(u) * sin(v),
        sin(v + cos(u) * 1.5),
        cos(u),
        sin(u + v),
    )
    streak = noise(vector(cloth.uv.x * 0.2, cloth.uv.y) / p.melange_cm, detail=1, seed=p.seed) - 0.5
    blotch = noise(cloth.uv / 18.0, detail=1, seed=p.seed + 7.0)
    washed = smoothstep(0.35, 0.85, blotch)
    fold = rotate(cloth.uv, p.wrinkle_angle_deg) / p.wrinkle_cm
    height = noise(vector(fold.x, fold.y * 0.3), detail=1, roughness=0.35, seed=p.seed + 3.0)
    valley = smoothstep(0.05, 0.0, absolute(height - 0.55))
    ridge_line = smoothstep(0.05, 0.0, absolute(height - 0.49))
    crease = (0.32 * valley - 0.2 * ridge_line) * smoothstep(0.4, 0.6, blotch)
    toward = vector(sin(p.shadow_angle_deg * RADIANS), cos(p.shadow_angle_deg * RADIANS)) * (
        cloth.place - 0.5
    )
    dark = smoothstep(-0.6, 0.6, toward.x + toward.y)
    shade = (1.0 + streak * p.melange * 0.8) * (1.0 - p.relief * 0.075 * (1.0 - ridge))
    shade = shade * (1.0 - p.wrinkles * (crease + 0.8 * (height - 0.5))) * (1.0 - p.shadow * dark)
    faded = surface.color * (1.0 + 0.35 * p.fading * washed) + 0.015 * p.fading * washed
    return faded * (shade * ao), surface.height + height * p.wrinkles * p.wrinkle_cm * 0.3
