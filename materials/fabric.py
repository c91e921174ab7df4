"""The cloth under every pattern: its thread, yarn, fading, folds and how it reflects light.

Every class draws its fabric from the same distribution, so that nothing here says which pattern it carries.
"""

from typing import Annotated, Literal

import numpy as np
from PIL import Image
from pydantic import Field

from assets.common.rng import rng_for
from assets.common.settings import Settings
from materials.folds import Folds, sample_folds
from materials.inputs import FILE
from materials.nodes import Inputs, Value, cos, image, sin, smoothstep, vector
from materials.surface import Cloth, Drape, Surface
from materials.view import View

TAU = 6.283185307179586
RADIANS = TAU / 360

THREAD_PIXELS = (2.2, 5.0)
"""Thread structure is invisible below the first number of pixels per period and full above the second,
because unresolved lines would alias into stripes that the cloth does not have."""


YARN, YARN_STREAKS = "Yarn", 48
"""The image node of uneven yarn, and how many streaks its image holds one above the other."""

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
    shadow: float = Field(
        0.1, ge=0, le=0.35, description="uneven light: one side of the garment is this much darker"
    )
    shadow_angle_deg: float = Field(
        180, ge=-180, le=180, description="the darker side: 0 up, 90 right, 180 down"
    )
    roughness: float = Field(0.8, ge=0.3, le=1, description="0.3 satin, 1 wool")
    sheen: float = Field(0.1, ge=0, le=0.6, description="fuzz that catches light at grazing angles")
    seed: float = Field(0, ge=0, le=100, description="moves streaks about")
    folds: Annotated[Folds, FILE] = Field(Folds(), description="drawn as an image")


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
        shadow=rng.beta(1, 2) * 0.35,
        shadow_angle_deg=rng.uniform(-180, 180),
        roughness=rng.uniform(0.3, 0.5) if satin else rng.uniform(0.6, 1),
        sheen=rng.beta(1, 3) * 0.6,
        seed=rng.uniform(0, 100),
        folds=sample_folds(rng, view),
    )


def resolved(thread_cm: float, view: View) -> float:
    """Return how clearly `view` shows threads that are `thread_cm` apart, 0..1; see `THREAD_PIXELS`."""
    low, high = THREAD_PIXELS
    return float(np.clip((thread_cm / view.cm_per_pixel - low) / (high - low), 0, 1))


def build(p: Inputs, cloth: Cloth, drape: Drape, surface: Surface, ao: Value) -> Value:
    """Draw the fabric over a pattern; return the colour."""
    thread = cloth.uv * (TAU / p.thread_cm)
    u, v = thread.x, thread.y
    ridge = p.structure.select(
        sin(u) * sin(v),
        sin(v + cos(u) * 1.5),
        cos(u),
        sin(u + v),
    )
    streak = (
        image(YARN, vector(cloth.uv.x * 0.2, cloth.uv.y + p.seed) / (p.melange_cm * YARN_STREAKS)).x - 0.5
    )
    washed = smoothstep(0.35, 0.85, drape.wash)
    toward = vector(sin(p.shadow_angle_deg * RADIANS), cos(p.shadow_angle_deg * RADIANS)) * (
        cloth.place - 0.5
    )
    dark = smoothstep(-0.6, 0.6, toward.x + toward.y)
    shade = (1.0 + streak * p.melange * 0.8) * (1.0 - p.relief * 0.075 * (1.0 - ridge))
    shade = shade * drape.light * (1.0 - p.shadow * dark)
    faded = surface.color * (1.0 + 0.35 * p.fading * washed) + 0.015 * p.fading * washed
    return faded * (shade * ao)


def draw_yarn() -> np.ndarray:
    """Return the image for the node `YARN`, which repeats, as uint8 (H, W, 3): grey streaks."""
    rng = rng_for("yarn")
    side = YARN_STREAKS * 6
    total = np.zeros((side, side))
    for cells, weight in ((YARN_STREAKS, 1.0), (2 * YARN_STREAKS, 0.5)):
        grid = Image.fromarray(np.pad(rng.uniform(-1, 1, (cells, cells)), 2, mode="wrap").astype(np.float32))
        box = (2, 2, 2 + cells, 2 + cells)
        total += weight * np.asarray(grid.resize((side, side), Image.Resampling.BICUBIC, box=box))
    grey = 127.5 + 127.5 * np.clip(total / 3 / total.std() / 2.2, -1, 1)
    return np.round(grey).astype(np.uint8)[..., None].repeat(3, axis=2)
