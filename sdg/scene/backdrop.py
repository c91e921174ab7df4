"""What is behind or under the garment: a plane, painted in numpy: a texture renders faster than a graph."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import AfterValidator, Field

from assets.common.settings import Settings
from assets.library import Garment
from materials.color import Color
from sdg.scene.backdrops import KINDS, shares
from sdg.scene.camera import Camera
from sdg.scene.canvas import Canvas, solid
from sdg.scene.things import hang, put_things
from sdg.scene.uneven import uneven

LYING_THINGS, STANDING_THINGS = (0.84, 0.13, 0.03), (0.7, 0.22, 0.08)
"""Chances of no, one and two things at the border, where the backdrop is one that has some."""
HANGING, HOOK_M = 0.3, 0.012
"""This share of hangers hangs from something that is seen, so far below the top of its hook."""


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"not one of {', '.join(KINDS)}")
    return kind


class Backdrop(Settings):
    """A floor (z = 0) under flat garments, a wall behind the others."""

    kind: Annotated[str, AfterValidator(_known)]
    color: Color
    second: Color = Field(description="joints between tiles and planks, the floor of a room, clutter")
    scale_m: float = Field(gt=0, description="width of a plank or tile, distance of folds, period of a print")
    angle_deg: float = Field(description="turn of the planks, tiles or folds")
    relief: float = Field(ge=0, le=1, description="depth of folds, grain and stains")
    gap_m: float = Field(ge=0, description="from the garment's back to the wall; 0 for a floor")
    horizon_m: float = Field(description="height of a room's floor line over the garment's lowest point")
    falloff: float = Field(
        default=0.0, ge=0, le=1, description="how much darker, in e-folds, its far side is than its middle"
    )
    things: int = Field(
        default=0, ge=0, le=4, description="how many things stand or lie about at the border of the picture"
    )
    rod_m: float = Field(
        default=0.0, ge=0, description="height of the rod or peg that a hanger hangs from; 0: none is seen"
    )
    seed: int = Field(ge=0)


@dataclass(frozen=True)
class Plane:
    """A rectangle in the world that covers what the camera sees. Metres."""

    origin: np.ndarray
    right: np.ndarray
    up: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def normal(self) -> np.ndarray:
        """Toward the garment."""
        return np.cross(self.right, self.up)

    @property
    def corners(self) -> np.ndarray:
        """(4, 3): lower left, lower right, upper right, upper left."""
        (x0, y0), (x1, y1) = self.low, self.high
        return np.array(
            [self.origin + x * self.right + y * self.up for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
        )

    def grid(self, pixels: int) -> tuple[np.ndarray, np.ndarray]:
        """Return x and y (pixels, pixels) on the plane of a texture's pixel centres, bottom row first."""
        steps = (np.arange(pixels) + 0.5) / pixels
        x, y = (self.low[i] + steps * (self.high[i] - self.low[i]) for i in (0, 1))
        across, up = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
        return across, up


def sample_backdrop(rng: np.random.Generator, garment: Garment) -> Backdrop:
    """Draw a backdrop that suits how `garment` is presented."""
    chances = shares(garment.presentation)
    name = str(rng.choice(list(chances), p=list(chances.values())))
    kind = KINDS[name]
    color, second = kind.colors(rng)
    flat = garment.presentation == "flat"
    diagonal = rng.random() < (0.25 if flat else 0.0)
    angle = 45 * diagonal + 90 * (rng.random() < 0.5) + rng.normal(0, 4)
    scales = {one: known.scale(rng) for one, known in KINDS.items() if known.scale}
    gaps = {"flat": 0.0, "hung": rng.uniform(0.005, 0.08), "worn": rng.uniform(0.15, 1.2)}
    falloff = min(1.0, rng.gamma(2.0, 0.18 if flat else 0.16))
    things = int(rng.choice(3, p=LYING_THINGS if flat else STANDING_THINGS))
    hanging = any(slot.name == "hanger" for slot in garment.slots) and rng.random() < HANGING
    rod = garment.dimensions_m[2] - HOOK_M if hanging else 0.0
    return Backdrop(
        kind=name,
        color=color,
        second=second,
        scale_m=round(float(scales.get(name, 1.0)), 4),
        angle_deg=round(float(angle if flat else kind.on_wall_deg), 2),
        relief=round(float(rng.beta(2, 2)), 3),
        gap_m=round(float(gaps[garment.presentation]), 4),
        horizon_m=round(float(rng.uniform(-0.25, 0.2)), 3),
        falloff=round(float(falloff), 3),
        things=things if kind.things else 0,
        rod_m=round(float(rod), 4) if kind.things else 0.0,
        seed=int(rng.integers(2**31)),
    )


def plane_for(backdrop: Backdrop, garment: Garment, camera: Camera) -> Plane:
    """Return the part of the floor or wall that the camera sees, with a small margin."""
    if garment.presentation == "flat":
        origin, right, up = np.zeros(3), np.array([1.0, 0, 0]), np.array([0, 1.0, 0])
    else:
        origin = np.array([0.0, garment.dimensions_m[1] / 2 + backdrop.gap_m, 0.0])
        right, up = np.array([1.0, 0, 0]), np.array([0, 0, 1.0])
    normal = np.cross(right, up)
    rays = camera.rays(np.array([[-0.52, -0.52], [0.52, -0.52], [0.52, 0.52], [-0.52, 0.52]]))
    length = ((origin - camera.position) @ normal) / (rays @ normal)
    hits = camera.position + rays * length[:, None] - origin
    seen = np.stack([hits @ right, hits @ up], axis=1)
    return Plane(origin, right, up, seen.min(axis=0), seen.max(axis=0))


def texture_side(size: int) -> int:
    """Return the pixels of a backdrop's side for an image of `size`: finer, as the plane is larger.

    Of images above 614 pixels it is coarser than the rest, and more so the larger they are.
    """
    return int(np.clip(size * 1.25, 96, 768))


def paint(backdrop: Backdrop, plane: Plane, pixels: int) -> np.ndarray:
    """Return the linear RGB reflectance (pixels, pixels, 3) float32 of the plane, bottom row first."""
    x, y = plane.grid(pixels)
    canvas = Canvas(
        rng=np.random.default_rng(backdrop.seed),
        low=plane.low,
        high=plane.high,
        x=x,
        y=y,
        scale=backdrop.scale_m,
        relief=backdrop.relief,
        angle=np.radians(backdrop.angle_deg),
        horizon=backdrop.horizon_m,
        ground=backdrop.color,
        second=backdrop.second,
        upright=backdrop.gap_m > 0,
    )
    coat = KINDS[backdrop.kind].paint(canvas)
    image = solid(backdrop.color) if coat.color is None else coat.color
    image = image + (solid(backdrop.second) - image) * np.asarray(coat.mix, np.float32)
    image = image * np.clip(coat.shade, 0.15, 1.6).astype(np.float32)
    image = put_things(canvas, image, backdrop.things)
    if backdrop.rod_m:
        image = hang(canvas, image, backdrop.rod_m)
    image = image * uneven(canvas, backdrop.falloff)
    return np.ascontiguousarray(np.moveaxis(np.clip(image, 0.0, 0.95), 0, -1), np.float32)
