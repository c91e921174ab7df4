"""What stands between a lamp and the garment: who takes the photo, furniture, a window's frame, leaves."""

from functools import lru_cache
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from pydantic import Field
from scipy.ndimage import map_coordinates

from assets.common.settings import Settings
from assets.library import Garment
from sdg.scene.camera import facing, garment_box

What = Literal["person", "edge", "window", "leaves"]
FAR = 4.0
"""Metres: what ends outside of the picture ends so far away."""
SUNLIT = ("window", "leaves")
"""Past these the sun shines."""
SIZES_M = {"person": (0.2, 0.5), "edge": (1.0, 1.0), "window": (0.1, 0.35), "leaves": (0.08, 0.2)}
"""Range of `Blocker.size_m`."""
REACH, SIDE = 1.3, 256
"""The shadow is drawn so many metres around the garment's middle, on as many pixels a side: a centimetre
each, as the mesh of a garment. It goes on as it is at its border."""
SHADED, SUNNY = {"flat": 0.13, "hung": 0.06, "worn": 0.05}, 0.03
"""How often who takes the photo, or furniture, shades the garment or its backdrop; how often the sun shines
past a window's frame or leaves. Of 210 photos that people took of their clothes, drawn at random, 12 show
the soft shadow of a person or of an arm on the garment, 3 a sharper one, 2 a patch of sun."""


class Blocker(Settings):
    """Something flat that a lamp shines past. Lengths in metres, measured on its shadow.

    The shadow is told on the plane through what the lamp aims at, about the garment's middle: x to the right,
    y up, 0 in the middle.
    """

    what: What
    upright: bool = Field(description="the plane stands, as a hung garment does")
    x_m: float = Field(ge=-3, le=3, description="where the shadow is")
    y_m: float = Field(ge=-3, le=3)
    angle_deg: float = Field(description="its turn, anticlockwise")
    size_m: float = Field(ge=0.05, le=1, description="height of a head, width of a pane, length of a leaf")
    soft_m: float = Field(ge=0, le=0.5, description="width of the penumbra")
    seed: int = Field(0, ge=0, description="of leaves")

    def outlines(self) -> list[np.ndarray]:
        """Return polygons (N, 2) on the plane; the lamp shines beside them."""
        cos, sin = np.cos(np.radians(self.angle_deg)), np.sin(np.radians(self.angle_deg))
        turn = np.array([[cos, sin], [-sin, cos]])
        return [outline @ turn + (self.x_m, self.y_m) for outline in _SHAPES[self.what](self)]

    def passing(self, places: np.ndarray, toward: np.ndarray) -> np.ndarray:
        """Return the share 0..1 (...,) of the lamp's light that reaches `places` (..., 3).

        Those are relative to the garment's middle; `toward` (..., 3) are unit directions to the lamp.
        """
        x, y, height = (0, 2, 1) if self.upright else (0, 1, 2)
        front = -1 if self.upright else 1
        steep = np.maximum(front * toward[..., height], 0.1)
        along = front * places[..., height] / steep
        at = [
            (places[..., axis] - along * toward[..., axis]) * (SIDE / 2 / REACH) + (SIDE - 1) / 2
            for axis in (y, x)
        ]
        return map_coordinates(_raster(self), at, np.float32, order=1, mode="nearest")


@lru_cache(maxsize=2)
def _raster(blocker: Blocker) -> np.ndarray:
    """Return the share (SIDE, SIDE) float32 of the light that passes, bottom row first."""
    image = Image.new("L", (SIDE, SIDE), 255)
    draw = ImageDraw.Draw(image)
    for outline in blocker.outlines():
        draw.polygon(((outline + REACH) * (SIDE / 2 / REACH) - 0.5).ravel().tolist(), fill=0)
    radius = max(0.7, blocker.soft_m / 2 * SIDE / 2 / REACH)
    return np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255


def _person(blocker: Blocker) -> list[np.ndarray]:
    """A head, shoulders and arms that hold a phone above it; 0 is below the chin."""
    turn = np.linspace(0, np.pi, 12)
    head = np.column_stack([0.38 * np.cos(turn), 0.46 + 0.5 * np.sin(turn)])
    left = [(-0.27, 0.3), (-0.92, 0.08), (-1.15, -0.77), (-1.3, -FAR / blocker.size_m)]
    body = np.array([*left, *((-x, y) for x, y in reversed(left))])
    arms = [np.array([(s * 1.1, -0.6), (s * 0.8, -0.4), (s * 0.3, 1.2), (s * 0.5, 1.3)]) for s in (-1, 1)]
    phone = np.array([(-0.5, 1.2), (0.5, 1.2), (0.5, 1.6), (-0.5, 1.6)])
    return [part * blocker.size_m for part in (np.concatenate([head, body]), *arms, phone)]


def _edge(blocker: Blocker) -> list[np.ndarray]:
    """Everything below a line: a bed, a cupboard, a curtain."""
    del blocker
    return [np.array([(-FAR, 0), (FAR, 0), (FAR, -FAR), (-FAR, -FAR)])]


def _window(blocker: Blocker) -> list[np.ndarray]:
    """A wall around two by two panes, and the bars between them."""
    wide, high, bar = blocker.size_m, 1.3 * blocker.size_m, 0.05 * blocker.size_m + 0.02
    boxes = [
        (-FAR, -FAR, -wide, FAR),
        (wide, -FAR, FAR, FAR),
        (-FAR, high, FAR, FAR),
        (-FAR, -FAR, FAR, -high),
    ]
    boxes += [(-bar, -high, bar, high), (-wide, -bar, wide, bar)]
    return [np.array([(a, b), (c, b), (c, d), (a, d)]) for a, b, c, d in boxes]


def _leaves(blocker: Blocker) -> list[np.ndarray]:
    """Leaves at random, in clumps and gaps."""
    rng = np.random.default_rng(blocker.seed)
    turn = np.linspace(0, 2 * np.pi, 9)[:-1]
    leaf = np.column_stack([0.5 * np.cos(turn), 0.22 * np.sin(turn)]) * blocker.size_m
    leaves = []
    for _ in range(round(min(2.4 / blocker.size_m**2, 250))):
        clump, spread = rng.uniform(-REACH, REACH, 2), rng.uniform(0.6, 1.5) * blocker.size_m
        for angle in rng.uniform(0, np.pi, 7):
            cos, sin = np.cos(angle), np.sin(angle)
            grown = leaf * rng.uniform(0.6, 1.4) @ np.array([[cos, sin], [-sin, cos]])
            leaves.append(grown + clump + rng.normal(0, spread, 2))
    return leaves


_SHAPES = {"person": _person, "edge": _edge, "window": _window, "leaves": _leaves}


def sample_blocker(rng: np.random.Generator, garment: Garment) -> Blocker | None:
    """Draw what shades `garment` or what it lies or hangs on; mostly nothing.

    Who takes the photo stands below what lies, in front of what hangs: the shadow comes in from below.
    """
    right, up, _ = facing(garment)
    extent = np.ptp(garment_box(garment) @ np.array([right, up]).T, axis=0)
    chance, shaded = rng.random(), SHADED[garment.presentation]
    if chance > shaded + SUNNY:
        return None
    what = str(rng.choice(["person", "edge"], p=[0.65, 0.35]) if chance < shaded else rng.choice(SUNLIT))
    x, y = (rng.uniform(-0.4, 0.4, 2) - (0, 0.25 * (what == "person"))) * extent
    angle = rng.uniform(-180, 180) if what == "edge" else rng.normal(0, 15)
    size = rng.uniform(*SIZES_M[what])
    soft = rng.uniform(0.015, 0.05) if what in SUNLIT else np.exp(rng.uniform(np.log(0.03), np.log(0.3)))
    return Blocker(
        what=what,  # type: ignore[arg-type]
        upright=garment.presentation != "flat",
        x_m=round(float(x), 4),
        y_m=round(float(y), 4),
        angle_deg=round(float(angle), 2),
        size_m=round(float(size), 4),
        soft_m=round(float(soft), 4),
        seed=int(rng.integers(2**31)),
    )
