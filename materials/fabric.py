"""The cloth under every pattern: its thread, yarn, fading, folds and how it reflects light.

Every class draws its fabric from the same distribution, so that nothing here says which pattern it carries.
"""

from functools import cache
from typing import Annotated, Literal

import numpy as np
from PIL import Image
from pydantic import Field

from assets.common.rng import rng_for
from assets.common.settings import Settings
from materials import hems
from materials.folds import Folds, sample_folds
from materials.inputs import FILE
from materials.nodes import Inputs, Value, cos, image, sin, smoothstep, vector
from materials.surface import Cloth, Drape, Surface
from materials.view import View

TAU = 6.283185307179586
RADIANS = TAU / 360

MIRROR = 0.024
"""Share of the light that cloth reflects straight back, without taking on its dye."""

THREAD_PIXELS = (2.2, 5.0)
"""Thread structure is invisible below the first number of pixels per period and full above the second,
because unresolved lines would alias into stripes that the cloth does not have."""


YARN, YARN_STREAKS = "Yarn", 48
"""The image node of uneven yarn, and how many streaks its image holds one above the other."""
FLUFF = 1.1
"""How much lighter and darker tufts are, per cm that their pile frays."""
SPUN = ("melange", "melange_cm", "melange_stretch", "fuzz_cm", "seed")
"""The parameters that `spin` takes."""

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
    melange_cm: float = Field(0.4, ge=0.2, le=1.0, description="thickness of the streaks")
    melange_stretch: float = Field(
        5, ge=1, le=6, description="how many times as long they are; 1 = tufts of terry or fleece"
    )
    fuzz_cm: float = Field(0, ge=0, le=0.4, description="edges of the pattern fray by so much, as in pile")
    fading: float = Field(0.1, ge=0, le=1, description="washed-out areas, at most a quarter lighter")
    shadow: float = Field(
        0.1, ge=0, le=0.35, description="uneven light: one side of the garment is this much darker"
    )
    shadow_angle_deg: float = Field(
        180, ge=-180, le=180, description="the darker side: 0 up, 90 right, 180 down"
    )
    rim: float = Field(0.3, ge=0, le=1, description="thickness of hems: a light edge beside a dark line")
    stitch: float = Field(0.3, ge=0, le=1, description="opacity of the stitched line along hems, up to 30 %")
    stitch_cm: float = Field(2, ge=0.8, le=4, description="its distance from the edge")
    roughness: float = Field(0.8, ge=0.3, le=1, description="0.3 satin, 1 wool")
    sheen: float = Field(0.1, ge=0, le=0.6, description="fuzz that catches light at grazing angles")
    seed: float = Field(0, ge=0, le=100, description="moves streaks about")
    folds: Annotated[Folds, FILE] = Field(Folds(), description="drawn as an image")


def sample_fabric(rng: np.random.Generator, view: View) -> Fabric:
    """Draw a fabric; thread structure finer than `view` can resolve is drawn without shading."""
    structure = str(rng.choice(["weave", "knit", "rib", "twill"], p=[0.35, 0.25, 0.22, 0.18]))
    widest = {"weave": 0.5, "knit": 0.7, "rib": 1.4, "twill": 0.4}[structure]
    thread = float(np.exp(rng.uniform(np.log(0.08), np.log(widest))))
    kind = str(rng.choice(["satin", "fluffy", "other"], p=[0.18, 0.17, 0.65]))
    fluffy = kind == "fluffy"
    return Fabric(
        structure=structure,  # type: ignore[arg-type]
        thread_cm=thread,
        relief=rng.uniform(0.2, 1) * resolved(thread, view),
        melange=rng.uniform(0.25, 1) * MAX_MELANGE if fluffy else rng.beta(1, 2.5) * MAX_MELANGE,
        melange_cm=rng.uniform(0.3, 0.8) if fluffy else rng.uniform(0.2, 0.8),
        melange_stretch=rng.uniform(1, 1.6) if fluffy else rng.uniform(4, 6),
        fuzz_cm=rng.uniform(0.08, 0.3) if fluffy else 0.0,
        fading=rng.beta(1, 3),
        shadow=rng.beta(1, 2) * 0.35,
        shadow_angle_deg=rng.uniform(-180, 180),
        rim=rng.uniform(0.1, 1),
        stitch=rng.beta(1, 1.5),
        stitch_cm=rng.uniform(0.9, 3.5),
        roughness=rng.uniform(0.3, 0.55) if kind == "satin" else rng.uniform(0.65, 1),
        sheen=rng.uniform(0.2, 0.6) if fluffy else rng.beta(1, 3) * 0.6,
        seed=rng.uniform(0, 100),
        folds=sample_folds(rng, view),
    )


def resolved(thread_cm: float, view: View) -> float:
    """Return how clearly `view` shows threads that are `thread_cm` apart, 0..1; see `THREAD_PIXELS`."""
    low, high = THREAD_PIXELS
    return float(np.clip((thread_cm / view.cm_per_pixel - low) / (high - low), 0, 1))


def build(p: Inputs, cloth: Cloth, drape: Drape, surface: Surface, ao: Value, hem: Value) -> Value:
    """Draw the fabric over a pattern; return the colour. `hem` is that of `hems`."""
    thread = cloth.uv * (TAU / p.thread_cm)
    u, v = thread.x, thread.y
    ridge = p.structure.select(
        sin(u) * sin(v),
        sin(v + cos(u) * 1.5),
        cos(u),
        sin(u + v),
    )
    washed = smoothstep(0.35, 0.85, drape.wash)
    toward = vector(sin(p.shadow_angle_deg * RADIANS), cos(p.shadow_angle_deg * RADIANS)) * (
        cloth.place - 0.5
    )
    dark = smoothstep(-0.6, 0.6, toward.x + toward.y)
    shade = drape.yarn * (1.0 - p.relief * 0.075 * (1.0 - ridge))
    shade = shade * drape.light * hems.build(p, hem) * (1.0 - p.shadow * dark)
    worn = p.fading * washed
    dye = surface.color
    grey = dye.x * 0.21 + dye.y * 0.72 + dye.z * 0.07
    faded = dye.mix(grey, worn * 0.3) * (1.0 + 0.3 * worn) + 0.015 * worn
    return faded * (shade * ao)


def spin(p: Inputs, cloth: Cloth) -> tuple[Cloth, Value]:
    """Return `cloth` with the fraying of its pile, and how light the yarn is at a pixel, about 1."""
    tuft = image(
        YARN, vector(cloth.uv.x / p.melange_stretch, cloth.uv.y + p.seed) / (p.melange_cm * YARN_STREAKS)
    )
    fray = vector(tuft.y - 0.5, tuft.z - 0.5) * (p.fuzz_cm * 2.0)
    return cloth._replace(uv=cloth.uv + fray, place=cloth.place + fray / cloth.extent), 1.0 + (
        tuft.x - 0.5
    ) * (p.melange * 0.8 + p.fuzz_cm * FLUFF)


@cache
def draw_yarn() -> np.ndarray:
    """Return the image for the node `YARN`, which repeats, as uint8 (H, W, 3): three independent noises."""
    rng = rng_for("yarn")
    side = YARN_STREAKS * 6
    channels = []
    for _ in range(3):
        total = np.zeros((side, side))
        for cells, weight in ((YARN_STREAKS, 1.0), (2 * YARN_STREAKS, 0.5)):
            grid = np.pad(rng.uniform(-1, 1, (cells, cells)), 2, mode="wrap").astype(np.float32)
            box = (2, 2, 2 + cells, 2 + cells)
            total += weight * np.asarray(
                Image.fromarray(grid).resize((side, side), Image.Resampling.BICUBIC, box=box)
            )
        channels.append(127.5 + 127.5 * np.clip(total / total.std() / 4, -1, 1))
    return np.round(np.stack(channels, axis=-1)).astype(np.uint8)
