"""Light: the surroundings, and up to three lamps, together as bright as a photo's exposure wants."""

from typing import Literal

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from assets.library import Garment
from materials.color import Color, linear
from sdg.scene.camera import Vector, facing, garment_box


class Environment(Settings):
    """Light from everywhere: a vertical gradient. Brightness 1 shows a white surface as white."""

    sky: Color = Field(description="from above (flat garments: from the window side)")
    ground: Color = Field(description="from below")
    brightness: float = Field(ge=0, le=3)

    def on(self, normal: np.ndarray) -> np.ndarray:
        """Return the light (..., 3), linear RGB, that surfaces of unit `normal` (..., 3) receive."""
        return self._between(0.5 + normal[..., 2] / 3)

    def seen(self, direction: np.ndarray) -> np.ndarray:
        """Return the colour (..., 3), linear RGB, of the surroundings in a unit `direction` (..., 3)."""
        return self._between(0.5 + direction[..., 2] / 2)

    def _between(self, share: np.ndarray) -> np.ndarray:
        sky, ground = (
            self.brightness * linear(color).astype(np.float32) for color in (self.sky, self.ground)
        )
        return ground + (sky - ground) * np.asarray(share)[..., None]


SPOT_BLEND = 0.6
"""Share of a spot's cone over which its light fades out."""


class Light(Settings):
    """A lamp. Lengths in metres."""

    kind: Literal["area", "spot", "sun"]
    position: Vector
    target: Vector
    color: Color
    power: float = Field(ge=0, description="watts; for a sun W/m2")
    size_m: float = Field(
        ge=0, description="side of an area light, radius of a spot, angle in radians of a sun"
    )
    spot_deg: float = Field(60.0, ge=1, le=180, description="cone of a spot")
    brightness: float = Field(ge=0, description="what it adds to a white surface that faces the camera")

    def on(self, points: np.ndarray, normal: np.ndarray) -> np.ndarray:
        """Return the light (..., 3), linear RGB, that unshadowed `points` (..., 3) receive; 1 shows white.

        `normal`, (3,) or (..., 3), is the unit normal of their surface.
        """
        toward, received = self.arriving(points)
        return (received * np.maximum(0.0, (toward * normal).sum(axis=-1)))[..., None] * self.rgb

    @property
    def rgb(self) -> np.ndarray:
        """The colour (3,) as linear RGB."""
        return linear(self.color).astype(np.float32)

    def spread(self, point: np.ndarray) -> float:
        """Return the angle in radians that the lamp fills, seen from `point` (3,)."""
        if self.kind == "sun":
            return self.size_m
        return self.size_m / float(np.linalg.norm(np.subtract(self.position, point)))

    def arriving(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the unit directions (..., 3) from `points` (..., 3) to the lamp, and the light (...,) on
        surfaces that face it; times the lamp's colour, 1 shows white.

        Power P means what it means to Blender: an area light shines P / pi watts per steradian ahead, less
        where it is so near that it fills the view, a spot P / 4 pi within its cone, a sun P watts per m2.
        """
        axis = np.subtract(self.target, self.position).astype(points.dtype)
        axis /= np.linalg.norm(axis)
        if self.kind == "sun":
            return np.broadcast_to(-axis, points.shape), np.full(
                points.shape[:-1], self.power / np.pi, axis.dtype
            )
        toward = np.array(self.position, points.dtype) - points
        squared = (toward**2).sum(axis=-1)
        toward = toward / np.sqrt(squared)[..., None]
        ahead = np.maximum(0.0, -toward @ axis)
        if self.kind == "area":
            watts = self.power / np.pi * ahead
            squared = squared + self.size_m**2 / np.pi  # exact on the axis of a disk of the same area
        else:
            edge = float(np.cos(np.radians(self.spot_deg / 2)))
            inside = np.clip((ahead - edge) / ((1 - edge) * SPOT_BLEND), 0, 1)
            watts = self.power / (4 * np.pi) * inside**2 * (3 - 2 * inside)
        return toward, watts / squared / np.pi


def sample_lights(rng: np.random.Generator, garment: Garment) -> tuple[Environment, tuple[Light, ...]]:
    """Draw the light on `garment`: about half from one to three lamps, half from everywhere."""
    exposure = float(np.clip(rng.normal(1.08, 0.18), 0.6, 1.5))
    ambient = rng.uniform(0.35, 0.75)
    warmth = rng.normal(0.0, 0.45)
    environment = Environment(
        sky=tint(warmth + rng.normal(0, 0.2)),
        ground=tint(warmth + rng.normal(0.2, 0.2), 0.75),
        brightness=_round(exposure * ambient),
    )
    count = int(rng.choice([1, 2, 3], p=[0.45, 0.35, 0.2]))
    shares = rng.dirichlet(np.full(count, 2.0)) * exposure * (1 - ambient)
    return environment, tuple(_lamp(rng, garment, float(share), warmth) for share in shares)


def tint(warmth: float, lightness: float = 1.0) -> str:
    """Return the colour of white paper under light of a `warmth` from -1.5 (blue sky) to 1.5 (bulb)."""
    warmth = float(np.clip(warmth, -1.5, 1.5))
    rgb = np.array([1 + 0.12 * warmth, 1 + 0.01 * warmth, 1 - 0.2 * warmth])
    return "#" + "".join(f"{round(255 * lightness * float(c)):02x}" for c in rgb / rgb.max())


def _lamp(rng: np.random.Generator, garment: Garment, share: float, warmth: float) -> Light:
    """Place one lamp so that it adds `share` to a white surface at the garment that faces the viewer."""
    right, up, front = facing(garment)
    middle = garment_box(garment).mean(axis=0)
    tilt = np.radians(rng.uniform(10, 62))
    around = np.radians(rng.uniform(0, 360) if garment.presentation == "flat" else rng.uniform(-20, 200))
    direction = np.cos(tilt) * front + np.sin(tilt) * (np.cos(around) * right + np.sin(around) * up)
    kind = str(rng.choice(["area", "spot", "sun"], p=[0.62, 0.23, 0.15]))
    distance = float(rng.uniform(1.2, 3.5))
    size = float(
        {"area": rng.uniform(0.4, 2.0), "spot": rng.uniform(0.02, 0.2), "sun": rng.uniform(0.01, 0.15)}[kind]
    )
    irradiance = np.pi * share / np.cos(tilt)
    watts = {"area": np.pi * distance**2, "spot": 4 * np.pi * distance**2, "sun": 1.0}[kind]
    return Light(
        kind=kind,  # type: ignore[arg-type]
        position=_vector(middle + distance * direction),
        target=_vector(middle + rng.normal(0, 0.08, 3)),
        color=tint(warmth + rng.normal(0, 0.3)),
        power=_round(irradiance * watts),
        size_m=_round(size),
        spot_deg=_round(rng.uniform(40, 100)),
        brightness=_round(share),
    )


def _round(value: float) -> float:
    return round(float(value), 6)


def _vector(values: np.ndarray) -> Vector:
    x, y, z = (_round(value) for value in values)
    return x, y, z
