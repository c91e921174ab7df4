"""Light: the surroundings, and up to three lamps, together as bright as a photo's exposure wants."""

from typing import Literal

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from assets.library import Garment
from materials.parameters import Color, linear
from sdg.camera import Vector, facing, garment_box


class Environment(Settings):
    """Light from everywhere: a vertical gradient. Brightness 1 shows a white surface as white."""

    sky: Color = Field(description="from above (flat garments: from the window side)")
    ground: Color = Field(description="from below")
    brightness: float = Field(ge=0, le=3)

    def on(self, normal: np.ndarray) -> np.ndarray:
        """Return the light (3,), linear RGB, that a surface of this unit `normal` receives; 1 shows white."""
        sky, ground = linear(self.sky), linear(self.ground)
        return self.brightness * (ground + (sky - ground) * (0.5 + normal[2] / 3))


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

        `normal` is the unit normal of their surface. Power P means what it means to Blender: an area light
        shines P / pi watts per steradian ahead, a spot P / 4 pi within its cone, a sun P watts per m2.
        """
        axis = np.subtract(self.target, self.position)
        axis /= np.linalg.norm(axis)
        if self.kind == "sun":
            received = np.full(points.shape[:-1], self.power * max(0.0, -axis @ normal))
        else:
            away = points - np.array(self.position)
            distance = np.linalg.norm(away, axis=-1)
            ahead = np.maximum(0.0, away @ axis) / distance
            if self.kind == "area":
                watts = self.power / np.pi * ahead
            else:
                edge = np.cos(np.radians(self.spot_deg / 2))
                inside = np.clip((ahead - edge) / ((1 - edge) * SPOT_BLEND), 0, 1)
                watts = self.power / (4 * np.pi) * inside**2 * (3 - 2 * inside)
            received = watts * np.maximum(0.0, -away @ normal) / distance**3
        return received[..., None] / np.pi * linear(self.color)


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
