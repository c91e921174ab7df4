"""The phone that takes the picture: exposure, white balance, lens, sensor, processing, and how it was sent.

Shares and strengths are estimated by eye from about 100 photos that people took of their own clothes, seen at
300 px: nine in ten are well exposed and sharp; about 1 in 8 is clearly warm or blue, 1 in 8 burnt out in its
whites, 1 in 12 dim, 1 in 8 has dark corners, 1 in 20 is visibly noisy, blurred or shaken. Those were
downscaled, which leaves no trace of a messenger; one picture in eight here shows some.
"""

import numpy as np
from pydantic import Field

from assets.common.settings import Settings


class Sent(Settings):
    """A messenger's copy: made smaller, compressed with half the colours' resolution, shown in full size."""

    scale: float = Field(ge=0.5, le=1, description="side of the copy, as a share of the picture's")
    quality: int = Field(ge=30, le=95, description="of its JPEG")


class Glare(Settings):
    """Light that lies over the picture: a flash that something mirrors, the veil of a window.

    It is `strength` / (1 + (r / `size`)^2)^1.5 at a distance r: a core, a halo and a veil.
    """

    x: float = Field(ge=-2, le=2, description="where it is brightest: 0 in the middle, 1 at the right border")
    y: float = Field(ge=-2, le=2, description="the same, from the middle down")
    size: float = Field(gt=0, le=3, description="radius of its core, in halves of the picture's side")
    strength: float = Field(ge=0, le=10, description="in its core; 1 shows white")


class Phone(Settings):
    """What a phone makes of the light, in the order in which it happens. The default changes nothing."""

    glare: Glare | None = Field(default=None, description="stray light")
    metering: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="how far the exposure brings the 95th percentile of brightness to its usual value",
    )
    exposure: float = Field(default=0.0, ge=-2, le=2, description="correction of the exposure, stops")
    warmth: float = Field(default=0.0, ge=-1, le=1, description="red over blue after white balance, stops")
    tint: float = Field(default=0.0, ge=-0.5, le=0.5, description="green over red and blue, stops")
    vignette: float = Field(default=0.0, ge=0, le=0.8, description="share of the light lost in the corners")
    defocus_px: float = Field(default=0.0, ge=0, le=1.5, description="blur: deviation of a Gaussian, pixels")
    shake_px: float = Field(default=0.0, ge=0, le=4, description="length of the motion blur, pixels")
    shake_deg: float = Field(
        default=0.0, ge=0, le=180, description="its direction, from the right anticlockwise"
    )
    shot_noise: float = Field(default=0.0, ge=0, le=0.2, description="deviation at white, share of white")
    read_noise: float = Field(default=0.0, ge=0, le=0.05, description="deviation in the dark, share of white")
    grain_px: float = Field(
        default=0.0,
        ge=0,
        le=1.5,
        description="blur of the noise by the denoiser: deviation of a Gaussian, pixels",
    )
    contrast: float = Field(default=0.0, ge=0, le=1, description="strength of the tone curve's S")
    sharpening: float = Field(default=0.0, ge=0, le=2, description="amount of the unsharp mask on luma")
    sent: Sent | None = Field(default=None, description="by a messenger")
    seed: int = Field(default=0, ge=0, description="of the noise")


MAX_DEFOCUS_PX, MAX_SHAKE_PX = 0.65, 1.6
"""A pattern of the finest period, 4.2 pixels, keeps at least half of its contrast through either."""

SPOTS, VEILS = 0.008, 0.025
"""How often a flash is mirrored (1 of 210 photos), and a bright window at the border veils a side (4)."""


def sample_phone(rng: np.random.Generator) -> Phone:
    """Draw a phone: mostly a good photo."""
    daylight = rng.random()
    dim, bright = daylight < 0.08, daylight > 0.9
    cast, dark_corners, shaken, unsharp, sent = rng.random(5) < (0.12, 0.12, 0.06, 0.1, 0.12)
    exposure = rng.normal(0.0, 0.2) - dim * rng.uniform(0.3, 0.9) + bright * rng.uniform(0.2, 0.55)
    warmth = rng.normal(0.02, 0.07) + cast * rng.choice([-0.6, 1.0], p=[0.3, 0.7]) * rng.uniform(0.15, 0.45)
    noise = rng.lognormal(0.0, 0.4) * (3.0 if dim else 1.0)
    corners = rng.uniform(0.2, 0.55) if dark_corners else abs(rng.normal(0, 0.08))
    blur = rng.uniform(0.5, MAX_DEFOCUS_PX) if unsharp else rng.uniform(0.3, 0.48)
    defocus = blur if blur > 0.37 else 0.0  # a Gaussian as narrow as that leaves pixels as they are
    values = {
        "metering": rng.uniform(0.4, 0.9),
        "exposure": np.clip(exposure, -1.2, 0.8),
        "warmth": np.clip(warmth, -0.4, 0.6),
        "tint": np.clip(rng.normal(0, 0.03), -0.1, 0.1),
        "vignette": corners,
        "defocus_px": defocus,
        "shake_px": shaken * rng.uniform(0.6, MAX_SHAKE_PX),
        "shake_deg": rng.uniform(0, 180),
        "shot_noise": min(0.0028 * noise, 0.03),
        "read_noise": min(0.0005 * noise, 0.004),
        "grain_px": rng.uniform(0.3, 0.8),
        "contrast": rng.uniform(0.05, 0.5),
        "sharpening": max(0.0, rng.normal(0.15, 0.2)),
    }
    copy = Sent(scale=round(rng.uniform(0.8, 1), 3), quality=int(np.clip(rng.normal(66, 12), 30, 85)))
    return Phone(
        **{name: round(float(value), 5) for name, value in values.items()},
        sent=copy if sent else None,
        seed=int(rng.integers(2**31)),
        glare=_sample_glare(rng),
    )


def _sample_glare(rng: np.random.Generator) -> Glare | None:
    chance, angle = rng.random(), rng.uniform(0, 2 * np.pi)
    if chance > SPOTS + VEILS:
        return None
    if chance < SPOTS:
        away, size, strength = rng.uniform(0, 0.6), rng.uniform(0.02, 0.06), rng.uniform(1.5, 5.0)
    else:
        away, size, strength = rng.uniform(0.8, 1.3), rng.uniform(0.5, 1.3), rng.uniform(0.12, 0.5)
    values = (away * np.cos(angle), away * np.sin(angle), size, strength)
    x, y, size, strength = (round(float(value), 4) for value in values)
    return Glare(x=x, y=y, size=size, strength=strength)
