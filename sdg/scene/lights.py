"""Light: the surroundings, and up to three lamps, together as bright as a photo's exposure wants."""

from typing import Literal

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from assets.library import Garment
from materials.color import Color, linear
from sdg.scene.blocker import SUNLIT, Blocker, sample_blocker
from sdg.scene.camera import Camera, Vector, facing, garment_box, unit, vector


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


Kind = Literal["area", "spot", "sun"]
SPOT_BLEND = 0.6
"""Share of a spot's cone over which its light fades out."""


class Light(Settings):
    """A lamp. Lengths in metres."""

    kind: Kind
    position: Vector
    target: Vector
    color: Color
    power: float = Field(ge=0, description="watts; for a sun W/m2")
    size_m: float = Field(
        ge=0, description="side of an area light, radius of a spot, angle in radians of a sun"
    )
    spot_deg: float = Field(60.0, ge=1, le=180, description="cone of a spot")
    brightness: float = Field(ge=0, description="what it adds to a white surface that faces the camera")
    blocker: Blocker | None = Field(default=None, description="something that it shines past")

    def on(self, points: np.ndarray, normal: np.ndarray) -> np.ndarray:
        """Return the light (..., 3), linear RGB, that `points` (..., 3) receive; 1 shows white.

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
        surfaces that face it past its blocker; times the lamp's colour, 1 shows white.

        Power P means what it means to Blender: an area light shines P / pi watts per steradian ahead, less
        where it is so near that it fills the view, a spot P / 4 pi within its cone, a sun P watts per m2.
        """
        axis = np.subtract(self.target, self.position).astype(points.dtype)
        axis /= np.linalg.norm(axis)
        if self.kind == "sun":
            toward = np.broadcast_to(-axis, points.shape)
            return toward, self._past(points, toward, np.full(points.shape[:-1], self.power, axis.dtype))
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
        return toward, self._past(points, toward, watts / squared)

    def _past(self, points: np.ndarray, toward: np.ndarray, watts: np.ndarray) -> np.ndarray:
        """Return what is left, past the blocker, of the light that a sphere's surface receives."""
        if self.blocker is None:
            return watts / np.pi
        places = points - np.array(self.target, points.dtype)
        return watts / np.pi * self.blocker.passing(places, toward)


_KINDS: tuple[tuple[Kind, tuple[float, float]], ...] = (
    ("area", (0.4, 2.0)),
    ("spot", (0.02, 0.2)),
    ("sun", (0.01, 0.15)),
)
"""Lamps of a room, with the range of `Light.size_m`."""
BRIGHTEST = 1.6
"""A lamp lights no part of the front of a garment so many times more than its middle."""


def sample_lights(
    rng: np.random.Generator, garment: Garment, camera: Camera
) -> tuple[Environment, tuple[Light, ...]]:
    """Draw the light on `garment`, in front of which the camera stands.

    Shares of a room that is lit from all around, of a window at one side (at times against a bulb) and of a
    flash in a dark room are estimated by eye from about a hundred real photos. What lies flat is seldom lit
    from the hem's side: there stands who takes the photo. What shades the garment takes the strongest lamp's
    light, and at times that of others; what is left keeps the colour of the rest and of the room.
    """
    exposure = float(np.clip(rng.normal(1.08, 0.15), 0.7, 1.45))
    occasion = str(rng.choice(["room", "window", "flash"], p=[0.6, 0.32, 0.08]))
    if occasion == "flash":
        return _flash(rng, garment, exposure, camera)
    room = (_window if occasion == "window" else _room)(rng, garment, exposure)
    blocker = sample_blocker(rng, garment)
    if blocker is None:
        return room
    environment, lights = _sun(rng, garment, exposure) if blocker.what in SUNLIT else room
    strongest = max(lights, key=lambda light: light.brightness)
    return environment, tuple(
        light.model_copy(update={"blocker": blocker}) if light is strongest or rng.random() < 0.5 else light
        for light in lights
    )


def _room(
    rng: np.random.Generator, garment: Garment, exposure: float
) -> tuple[Environment, tuple[Light, ...]]:
    """About half of the light from one to three lamps, half from everywhere."""
    ambient, warmth = rng.uniform(0.35, 0.75), rng.normal(0.05, 0.4)
    count = int(rng.choice([1, 2, 3], p=[0.45, 0.35, 0.2]))
    shares = rng.dirichlet(np.full(count, 2.0)) * exposure * (1 - ambient)
    lamps = []
    for share in shares:
        kind, size = _KINDS[rng.choice(3, p=[0.62, 0.23, 0.15])]
        around = rng.normal(90, 90) if garment.presentation == "flat" else rng.uniform(-20, 200)
        lamps.append(
            _lamp(
                garment,
                kind,
                float(share),
                tint(warmth + rng.normal(0, 0.3)),
                direction=_direction(garment, rng.uniform(10, 62), around),
                distance=rng.uniform(0.8, 3.0),
                size=rng.uniform(*size),
                spot_deg=rng.uniform(40, 100),
                aim=rng.normal(0, 0.08, 3),
            )
        )
    return _surroundings(rng, warmth, exposure * ambient), tuple(lamps)


def _window(
    rng: np.random.Generator, garment: Garment, exposure: float
) -> tuple[Environment, tuple[Light, ...]]:
    """A large light close by at one side; at times it is the colder of two, with a bulb at the other side."""
    ambient, bulb = rng.uniform(0.25, 0.5), rng.uniform(0.2, 0.4) * (rng.random() < 0.35)
    warmth = rng.normal(-0.2, 0.3)
    side = rng.normal(90, 75) if garment.presentation == "flat" else rng.choice([0, 180]) + rng.normal(0, 22)
    lamps = [
        _lamp(
            garment,
            "area",
            exposure * (1 - ambient) * (1 - bulb),
            tint(warmth),
            direction=_direction(garment, rng.uniform(40, 72), side),
            distance=rng.uniform(0.8, 2.0),
            size=rng.uniform(0.7, 1.6),
        )
    ]
    if bulb:
        lamps.append(
            _lamp(
                garment,
                "area",
                exposure * (1 - ambient) * bulb,
                tint(rng.uniform(0.7, 1.4)),
                direction=_direction(garment, rng.uniform(20, 60), side + 180 + rng.normal(0, 40)),
                distance=rng.uniform(1.2, 2.5),
                size=rng.uniform(0.2, 0.5),
            )
        )
    return _surroundings(rng, warmth + 0.15, exposure * ambient), tuple(lamps)


def _flash(
    rng: np.random.Generator, garment: Garment, exposure: float, camera: Camera
) -> tuple[Environment, tuple[Light, ...]]:
    """A small light beside the lens, that fades toward the corners, in a warm dark room."""
    ambient = rng.uniform(0.12, 0.4)
    right, up, _ = camera.axes
    position = camera.position + rng.choice([-0.015, 0.015]) * right + rng.uniform(0, 0.03) * up
    toward = position - garment_box(garment).mean(axis=0)
    lamp = _lamp(
        garment,
        "spot",
        exposure * (1 - ambient),
        tint(rng.normal(-0.1, 0.15)),
        direction=unit(toward),
        distance=float(np.linalg.norm(toward)),
        size=0.01,
        spot_deg=rng.uniform(80, 130),
    )
    return _surroundings(rng, rng.uniform(0.1, 1.0), exposure * ambient), (lamp,)


def _sun(
    rng: np.random.Generator, garment: Garment, exposure: float
) -> tuple[Environment, tuple[Light, ...]]:
    """The sun itself, that shines into a room or onto the grass."""
    ambient = rng.uniform(0.35, 0.6)
    around = rng.normal(90, 90) if garment.presentation == "flat" else rng.uniform(0, 180)
    sun = _lamp(
        garment,
        "sun",
        1.25 * exposure * (1 - ambient),
        tint(rng.normal(0.25, 0.2)),
        direction=_direction(garment, rng.uniform(20, 60), around),
        distance=2.0,
        size=0.01,
    )
    return _surroundings(rng, rng.normal(-0.15, 0.2), exposure * ambient), (sun,)


def _surroundings(rng: np.random.Generator, warmth: float, brightness: float) -> Environment:
    return Environment(
        sky=tint(warmth + rng.normal(0, 0.2)),
        ground=tint(warmth + rng.normal(0.2, 0.2), 0.75),
        brightness=_round(brightness),
    )


def tint(warmth: float, lightness: float = 1.0) -> str:
    """Return the colour of white paper under light of a `warmth` from -1.5 (blue sky) to 1.5 (bulb)."""
    warmth = float(np.clip(warmth, -1.5, 1.5))
    rgb = np.array([1 + 0.12 * warmth, 1 + 0.01 * warmth, 1 - 0.2 * warmth])
    return "#" + "".join(f"{round(255 * lightness * float(c)):02x}" for c in rgb / rgb.max())


def _direction(garment: Garment, tilt_deg: float, around_deg: float) -> np.ndarray:
    """Return the unit vector `tilt_deg` off the garment's front, anticlockwise from its right."""
    right, up, front = facing(garment)
    tilt, around = np.radians([tilt_deg, around_deg])
    aside = np.cos(around) * right + np.sin(around) * up
    return np.cos(tilt) * front + np.sin(tilt) * aside


def _lamp(
    garment: Garment,
    kind: Kind,
    share: float,
    color: str,
    *,
    direction: np.ndarray,
    distance: float,
    size: float,
    spot_deg: float = 60.0,
    aim: np.ndarray | float = 0.0,
) -> Light:
    """Place a lamp in a unit `direction` from the garment's middle: it adds `share` to a white surface there
    that faces the viewer, less if it would burn out the garment's near side."""
    box, front = garment_box(garment), facing(garment)[2]
    middle = box.mean(axis=0)
    watts = {"area": np.pi * distance**2, "spot": 4 * np.pi * distance**2, "sun": 1.0}[kind]
    lamp = Light(
        kind=kind,
        position=vector(middle + distance * direction),
        target=vector(middle + aim),
        color=color,
        power=_round(np.pi * share / max(float(direction @ front), 0.2) * watts),
        size_m=_round(size),
        spot_deg=_round(spot_deg),
        brightness=_round(share),
    )
    most = float((lamp.on(box, front) / lamp.rgb).max())
    dimmed = min(1.0, BRIGHTEST * share / max(most, 1e-6))
    return lamp.model_copy(
        update={"power": _round(dimmed * lamp.power), "brightness": _round(dimmed * lamp.brightness)}
    )


def _round(value: float) -> float:
    return round(float(value), 6)
