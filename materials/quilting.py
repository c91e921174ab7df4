"""Quilting, puffers and tiers: seams across the cloth, and what lies between them."""

from typing import Any, NamedTuple

import numpy as np

from materials.nodes import Inputs, Value, absolute, fract, maximum, rotate, smoothstep
from materials.surface import Cloth
from materials.view import View

MAX_SEAM_SHADE = 0.6
"""A quilting seam and its gathers are at most this much darker, times the depth of the quilting, ..."""
MAX_LEVEL_QUILT = 0.3
"""... which is at most this in level channels, as deeper ones look like stripes."""
MAX_DIAMOND_QUILT = 0.5
"""In diamonds it is at most this: stronger ones look like checks cut on the bias. It puffs, ..."""
MAX_PALE_QUILT = 0.25
"""... on pale cloth with fainter seams, and in diamonds alone."""
MAX_PADDING_SHADE, MIN_PADDED_PIXELS = 0.5, 5.0
"""The valleys of a puffer are at most this much darker. That is no stripe, because light falls off smoothly
over the whole channel, which is at least so many pixels of the final image wide, ..."""
MAX_LEVEL_PADDING = 0.75
"""... and level channels are padded at most so much."""


class Quilted(NamedTuple):
    """Where a pixel is between the seams of quilted cloth."""

    seam_cm: Value
    """Distance to the nearest seam, cm."""
    puff: Value
    """Height of the padding, 0..1, steep at the seam."""
    dome: Value
    """The same as round as a puffer's, 0..1."""
    facing_up: Value
    """How far the dome faces up, about -1..1."""
    hang: Value
    """How close it is below a seam, 0..1."""


def quilting(p: Inputs, cloth: Cloth, gather: Value) -> Quilted:
    """Draw two sets of seams, wavy where padding or a gathered tier puckers them."""
    wavy = (gather - 0.5) * p.pucker * maximum(p.padding, p.tiers) * 0.08
    rising = rotate(cloth.uv, p.quilt_tilt_deg + p.quilt_angle_deg).y / p.quilt_cm + wavy
    falling = rotate(cloth.uv, p.quilt_tilt_deg - p.quilt_angle_deg).y / p.quilt_cm + wavy
    a, b = fract(rising) - 0.5, fract(falling) - 0.5
    nearest = 0.5 - maximum(absolute(a), absolute(b))
    puff = 1.0 - (1.0 - nearest * 2.0) ** 3.0
    dome = (1.0 - a * a * 4.0) * (1.0 - b * b * 4.0)
    return Quilted(nearest * p.quilt_cm, puff, dome, (a + b) * dome * 2.0, smoothstep(-0.8, 0.5, a))


def sample_seams(rng: np.random.Generator, view: View, making: str, pale: bool) -> dict[str, Any]:
    """Draw the seams of quilting, of a puffer or between tiers; all but channels are padded."""
    level = {"tiers": 1.0, "puffer": 0.7}.get(making, 0.0 if pale else 0.3)
    channels = rng.random() < level
    low, high = {"puffer": (5.0, 12.0), "tiers": (8.0, 25.0)}.get(making, (4.0, 10.0))
    if making in ("puffer", "quilt"):
        low = max(low, MIN_PADDED_PIXELS * view.cm_per_pixel)
    most = min(MAX_LEVEL_QUILT if channels else MAX_DIAMOND_QUILT, MAX_PALE_QUILT if pale else 1.0)
    padding = {"puffer": (0.4, MAX_LEVEL_PADDING if channels else 1), "quilt": (0.3, 0.6)}.get(making)
    return {
        "quilt_cm": float(np.clip(rng.uniform(low, max(low, high)), 3, 30)),
        "quilt_angle_deg": 0.0 if channels else rng.uniform(35, 50),
        "quilt_tilt_deg": 45.0 if making == "puffer" and not channels and rng.random() < 0.3 else 0.0,
        "quilt": rng.uniform(0.15, most) if making == "quilt" else 0.0,
        "padding": rng.uniform(*padding) if padding else 0.0,
        "pucker": rng.uniform(0.5, 1) if making in ("puffer", "tiers") else rng.beta(1.5, 1),
        "gather_cm": rng.uniform(
            *{"crinkle": (0.4, 1.0), "tiers": (0.7, 1.6), "pleats": (3, 4)}.get(making, (1.2, 2.0))
        ),
        "tiers": rng.uniform(0.4, 1) if making == "tiers" else 0.0,
    }
