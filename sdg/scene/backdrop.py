"""What is behind or under the garment: a plane, painted in numpy: a texture renders faster than a graph."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from assets.library import Garment
from materials import palette
from materials.color import Color, linear
from sdg.scene.camera import Camera
from sdg.scene.prints import flowered, hashed, printed

Kind = Literal[
    "paper",
    "studio",
    "wood",
    "tiles",
    "sheet",
    "quilt",
    "carpet",
    "printed",
    "flowered",
    "curtain",
    "room",
    "clutter",
]

KINDS: dict[str, dict[str, float]] = {
    "flat": {
        "wood": 0.2,
        "sheet": 0.24,
        "quilt": 0.07,
        "tiles": 0.07,
        "carpet": 0.06,
        "printed": 0.17,
        "flowered": 0.11,
        "paper": 0.08,
    },
    "hung": {
        "paper": 0.31,
        "wood": 0.16,
        "curtain": 0.09,
        "room": 0.12,
        "tiles": 0.06,
        "printed": 0.08,
        "flowered": 0.07,
        "clutter": 0.11,
    },
    "worn": {"studio": 0.66, "paper": 0.12, "room": 0.12, "clutter": 0.1},
}
"""Shares of the kinds for each presentation, estimated by eye from photos; clutter is furniture."""


class Backdrop(Settings):
    """A floor (z = 0) under flat garments, a wall behind the others."""

    kind: Kind
    color: Color
    second: Color = Field(description="joints between tiles and planks, the floor of a room, clutter")
    scale_m: float = Field(gt=0, description="width of a plank or tile, distance of folds, period of a print")
    angle_deg: float = Field(description="turn of the planks, tiles or folds")
    relief: float = Field(ge=0, le=1, description="depth of folds, grain and stains")
    gap_m: float = Field(ge=0, description="from the garment's back to the wall; 0 for a floor")
    horizon_m: float = Field(description="height of a room's floor line over the garment's lowest point")
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
        across, up = np.meshgrid(x, y)
        return across, up


def sample_backdrop(rng: np.random.Generator, garment: Garment) -> Backdrop:
    """Draw a backdrop that suits how `garment` is presented."""
    kinds = KINDS[garment.presentation]
    kind = str(rng.choice(list(kinds), p=list(kinds.values())))
    color, second = _colors(rng, kind)
    diagonal = rng.random() < (0.25 if garment.presentation == "flat" else 0.0)
    angle = 45 * diagonal + 90 * (rng.random() < 0.5) + rng.normal(0, 4)
    if garment.presentation != "flat":
        angle = 90.0 if kind == "wood" else 0.0
    scale = {
        "wood": rng.uniform(0.06, 0.22),
        "tiles": rng.uniform(0.1, 0.55),
        "sheet": rng.uniform(0.08, 0.5),
        "quilt": rng.uniform(0.07, 0.2),
        "carpet": rng.uniform(0.006, 0.02),
        "printed": np.exp(rng.uniform(np.log(0.02), np.log(0.35))),
        "flowered": np.exp(rng.uniform(np.log(0.12), np.log(0.9))),
        "curtain": rng.uniform(0.05, 0.16),
        "clutter": rng.uniform(0.15, 0.6),
    }.get(kind, 1.0)
    gap = {"flat": 0.0, "hung": rng.uniform(0.005, 0.08), "worn": rng.uniform(0.15, 1.2)}[
        garment.presentation
    ]
    return Backdrop(
        kind=kind,  # type: ignore[arg-type]
        color=color,
        second=second,
        scale_m=round(float(scale), 4),
        angle_deg=round(float(angle), 2),
        relief=round(float(rng.beta(2, 2)), 3),
        gap_m=round(float(gap), 4),
        horizon_m=round(float(rng.uniform(-0.25, 0.2)), 3),
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
    """Return the pixels of a backdrop's side for an image of `size`: finer, as the plane is larger."""
    return int(np.clip(size * 1.25, 96, 768))


def paint(backdrop: Backdrop, plane: Plane, pixels: int) -> np.ndarray:
    """Return the linear RGB reflectance (pixels, pixels, 3) float32 of the plane, bottom row first."""
    rng = np.random.default_rng(backdrop.seed)
    pitch = (plane.high - plane.low) / pixels
    x, y = plane.grid(pixels)
    angle = np.radians(backdrop.angle_deg)
    along, across = np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x
    color, second = linear(backdrop.color), linear(backdrop.second)
    relief, scale = backdrop.relief, backdrop.scale_m

    def noise(feature_m: float, stretch: float = 1.0) -> np.ndarray:
        return _noise(rng, pixels, pitch, feature_m, stretch, angle)

    shade, mix = np.ones_like(x), np.zeros_like(x)
    if backdrop.kind == "wood":
        row = np.floor(across / scale).astype(int)
        length = scale * 7
        shifted = along + hashed(row) * length
        plank = row * 131 + np.floor(shifted / length).astype(int)
        shade += (
            (0.5 + relief) * 0.3 * (hashed(plank) - 0.5)
            + relief * 0.16 * noise(0.006, 14)
            + 0.05 * noise(0.03, 8)
        )
        joint = 0.0016 + 0.3 * pitch.mean()
        mix = 0.7 * np.maximum(_line(across / scale, joint / scale), _line(shifted / length, joint / length))
    elif backdrop.kind == "tiles":
        i, j = np.floor(along / scale).astype(int), np.floor(across / scale).astype(int)
        shade += relief * (0.1 * (hashed(i * 71 + j) - 0.5) + 0.05 * noise(0.05) + 0.03 * noise(0.01))
        joint = (0.0025 + 0.3 * pitch.mean()) / scale
        mix = 0.8 * np.maximum(_line(along / scale, joint), _line(across / scale, joint))
    elif backdrop.kind in ("sheet", "curtain"):
        stretch = 6.0 if backdrop.kind == "curtain" else 2.2
        folds = noise(scale, stretch) + 0.35 * noise(scale / 3, stretch)
        slope = np.gradient(folds, axis=0) * np.cos(angle) + np.gradient(folds, axis=1) * (
            0.6 - np.sin(angle)
        )
        shade += (0.06 + 0.2 * relief) * slope / (slope.std() + 1e-6) * 0.6 + 0.02 * noise(0.004)
    elif backdrop.kind == "quilt":
        a, b = np.pi * (along + across) / scale, np.pi * (along - across) / scale
        puff = (np.abs(np.sin(a)) * np.abs(np.sin(b))) ** 0.5
        shade += (
            (0.1 + 0.2 * relief) * (puff - 0.75) + 0.04 * np.cos(a) * np.sign(np.sin(a)) + 0.05 * noise(0.12)
        )
    elif backdrop.kind == "carpet":
        shade += (0.08 + 0.2 * relief) * noise(scale) + 0.06 * noise(0.2)
    elif backdrop.kind == "printed":
        shade += (0.04 + 0.1 * relief) * noise(0.15, 2.2) + 0.05 * noise(0.006)
        mix = (0.5 + 0.5 * rng.random()) * printed(rng, along, across, scale)
    elif backdrop.kind == "flowered":
        shade += (0.04 + 0.1 * relief) * noise(0.15, 2.2) + 0.04 * noise(0.006)
        color = flowered(rng, along, across, scale, pitch.mean(), backdrop.color)
    elif backdrop.kind == "room":
        edge = y - backdrop.horizon_m
        mix = _step(-edge, 0.0, pitch.mean())
        shade += 0.04 * noise(0.3) - 0.25 * np.exp(-np.abs(edge) / 0.012) + 0.05 * mix * noise(0.01, 12)
    elif backdrop.kind == "clutter":
        for _ in range(4):
            middle, half = rng.uniform(plane.low, plane.high), scale * rng.uniform(0.4, 1.6, 2)
            blur = rng.uniform(0.004, 0.03)
            inside = _step(half[0] - np.abs(x - middle[0]), 0, blur) * _step(
                half[1] - np.abs(y - middle[1]), 0, blur
            )
            mix = mix * (1 - inside) + rng.random() * inside
            shade *= 1 + rng.uniform(-0.5, 0.2) * inside
    elif backdrop.kind == "studio":
        middle = (plane.low + plane.high) / 2
        radius = np.hypot(x - middle[0], y - middle[1]) / np.linalg.norm(plane.high - plane.low)
        shade += 0.05 - 0.35 * relief * radius
    else:
        shade += relief * (0.05 * noise(0.4) + 0.025 * noise(0.01))
    image = color * (1 - mix[..., None]) + second * mix[..., None]
    return np.clip(image * np.clip(shade, 0.15, 1.6)[..., None], 0.0, 0.95).astype(np.float32)


def _colors(rng: np.random.Generator, kind: str) -> tuple[str, str]:
    if kind == "wood":
        lightness, chroma = rng.uniform(0.38, 0.86), rng.uniform(0.01, 0.09)
        hue = rng.uniform(50, 85)
        return palette.oklch(lightness, chroma, hue), palette.oklch(0.35 * lightness, chroma, hue)
    if kind == "tiles":
        lightness = rng.uniform(0.6, 0.93)
        joint = np.clip(lightness + rng.choice([-0.25, 0.1]), 0.2, 0.95)
        return palette.oklch(lightness, rng.uniform(0, 0.03), rng.uniform(30, 110)), palette.oklch(
            joint, 0.01, 80
        )
    if kind == "studio":
        chroma = 0.005 if rng.random() < 0.75 else rng.uniform(0.02, 0.09)
        return palette.oklch(rng.uniform(0.78, 0.98), chroma, rng.uniform(0, 360)), "#808080"
    if kind in ("paper", "room") and rng.random() < 0.7:
        wall = palette.oklch(rng.uniform(0.7, 0.96), rng.uniform(0, 0.03), rng.uniform(40, 280))
        return wall, palette.oklch(rng.uniform(0.3, 0.75), rng.uniform(0.01, 0.08), rng.uniform(40, 90))
    if kind in ("sheet", "quilt", "carpet", "printed", "flowered"):
        draw = rng.random()
        if draw < 0.3:
            return palette.oklch(
                rng.uniform(0.35, 0.55), rng.uniform(0.12, 0.2), rng.uniform(5, 30)
            ), palette.color(rng)
        if draw < 0.65:
            return palette.oklch(
                rng.uniform(0.7, 0.95), rng.uniform(0, 0.045), rng.uniform(50, 110)
            ), palette.color(rng)
    return palette.color(rng), palette.color(rng)


def _noise(
    rng: np.random.Generator, pixels: int, pitch: np.ndarray, feature_m: float, stretch: float, angle: float
) -> np.ndarray:
    """Return noise (mean 0, deviation 1) with blobs of `feature_m`, `stretch` times longer along `angle`."""
    spectrum = np.fft.rfft2(rng.standard_normal((pixels, pixels)))
    fy, fx = np.meshgrid(np.fft.fftfreq(pixels, pitch[1]), np.fft.rfftfreq(pixels, pitch[0]), indexing="ij")
    along, across = np.cos(angle) * fx + np.sin(angle) * fy, np.cos(angle) * fy - np.sin(angle) * fx
    spectrum *= np.exp(-0.5 * ((along * stretch) ** 2 + across**2) * (2.2 * feature_m) ** 2)
    spectrum[0, 0] = 0
    field = np.fft.irfft2(spectrum, (pixels, pixels))
    return field / (field.std() + 1e-9)


def _line(phase: np.ndarray, width: float) -> np.ndarray:
    """Return 1 where `phase` is within `width` of an integer, fading out over the same width."""
    away = np.abs(phase - np.round(phase))
    return np.clip(1.5 - away / max(width, 1e-9), 0, 1)


def _step(values: np.ndarray, edge: float, width: float) -> np.ndarray:
    return np.clip((values - edge) / width + 0.5, 0, 1)
