"""Light on a garment, worked out in numpy for its vertices: Blender's lamps are slow without a GPU.

`sdg.picture.drawing` shows `light * (dye * (1 + bend . (bumped normal - normal)) + shine)` with it, and lets
satin glint.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from materials.color import LUMINANCE
from sdg.scene.lights import Environment, Light

SHEEN_ROUGHNESS = 0.5
LIT_FROM_ALL_SIDES = 0.6
"""Share of the light that occlusion hides, about: that of the surroundings."""


class Places(NamedTuple):
    """N places on a garment, seen by a camera. World coordinates in metres, float32."""

    point: np.ndarray
    """(N, 3)"""
    normal: np.ndarray
    """(N, 3), unit, on the side of the cloth that the camera sees"""
    view: np.ndarray
    """(N, 3), unit, toward the camera"""


class Finish(NamedTuple):
    """How a surface reflects, (N,) each, 0..1."""

    roughness: np.ndarray
    sheen: np.ndarray
    mirror: np.ndarray
    """Share of the light that it reflects straight back, without taking on its dye."""


class Shading(NamedTuple):
    """What reaches the camera."""

    light: np.ndarray
    """(N, 3): light that takes on the dye, linear RGB; 1 shows white."""
    bend: np.ndarray
    """(N, 3): by which share it grows as the normal turns toward a direction."""
    shine: np.ndarray
    """(N,): light that does not take on the dye, as a share of `light`."""


def shade(places: Places, finish: Finish, environment: Environment, lights: Sequence[Light]) -> Shading:
    """Return the light that unshadowed `places` send to the camera.

    Highlights are GGX, widened by a lamp's size (Karis 2013, "Real shading in Unreal Engine 4"); the
    reflection of the surroundings is his analytic fit (2014, "Physically based shading on mobile"). Sheen is
    that of Blender's Principled BSDF: a diffuse layer, opaque at grazing angles.
    """
    normal, view = places.normal, places.view
    facing = np.clip(_dot(normal, view), 0.05, 1.0)
    mirrored = 2 * facing[:, None] * normal - view
    reflected = _reflectance(finish, facing)
    diffuse = environment.on(normal)
    shine = reflected * (environment.seen(mirrored) @ LUMINANCE)
    slope = np.zeros_like(normal)
    slope[:, 2] = (environment.on(np.array([0, 0, 1])) - environment.on(np.zeros(3))) @ LUMINANCE
    for light in lights:
        toward, arriving = light.arriving(places.point)
        spread = light.spread(places.point.mean(axis=0))
        cosine = _dot(normal, toward)
        root = np.sqrt(cosine**2 + (0.25 * spread) ** 2 + 1e-4)
        lit = arriving * (cosine + root) / 2
        diffuse = diffuse + lit[:, None] * light.rgb
        strength = light.rgb @ LUMINANCE
        slope += (strength * arriving * (1 + cosine / root) / 2)[:, None] * toward
        shine = shine + strength * lit * _highlight(finish, normal, view, toward, facing, cosine, spread)
    brightness = np.maximum(diffuse @ LUMINANCE, 1e-3)
    fuzz = finish.sheen * _sheen(facing)
    left = (1 - fuzz) * (1 - reflected)
    return Shading(diffuse * left[:, None], slope / brightness[:, None], (fuzz + shine / brightness) / left)


def open_to_light(ao: np.ndarray) -> np.ndarray:
    """Return the share of its light (...,) that cloth receives where its ambient occlusion is `ao`, 0..1.

    Occlusion knows no light from cloth and floor nearby (the fit of Jimenez et al. 2016, "Practical real-time
    strategies for accurate indirect occlusion", for what reflects half of it), and hides lamps less than
    surroundings: without both, every outline has a dark rim.
    """
    return np.clip(((0.688 * ao - 1.756) * ao + 2.068) * ao, 0, 1) ** LIT_FROM_ALL_SIDES


def _reflectance(finish: Finish, facing: np.ndarray) -> np.ndarray:
    """Return the share of even surroundings that is reflected (Karis 2014, mobile fit of the split sum)."""
    rough = finish.roughness
    lean = np.minimum((1 - rough) ** 2, 2.0 ** (-9.28 * facing)) * (1 - rough) + 0.0425 - 0.0275 * rough
    scale = 1.04 - 0.572 * rough - 1.04 * lean
    offset = 1.04 * lean + 0.022 * rough - 0.04
    return np.clip(finish.mirror * scale + offset, 0, 0.98)


def _highlight(
    finish: Finish,
    normal: np.ndarray,
    view: np.ndarray,
    toward: np.ndarray,
    facing: np.ndarray,
    cosine: np.ndarray,
    spread: float,
) -> np.ndarray:
    """Return GGX's reflection of a lamp, in units of what a white surface sends back."""
    half = toward + view
    half = half / np.maximum(np.linalg.norm(half, axis=1), 1e-6)[:, None]
    alpha = np.maximum(finish.roughness, 0.1) ** 2
    wide = np.minimum(alpha + spread / 4, 1.0)
    peak = alpha**2 / (_dot(normal, half) ** 2 * (wide**2 - 1) + 1) ** 2
    k = alpha / 2
    masking = 0.25 / ((np.maximum(cosine, 0) * (1 - k) + k) * (facing * (1 - k) + k))
    fresnel = finish.mirror + (1 - finish.mirror) * (1 - np.clip(_dot(view, half), 0, 1)) ** 5
    return peak * masking * fresnel


def _sheen(facing: np.ndarray) -> np.ndarray:
    """Return how opaque a full layer of fuzz is: the albedo that EEVEE fits to Zeltner et al. 2022."""
    r, c = SHEEN_ROUGHNESS, facing
    den = 35.6694 * r * r - 24.4269 * r * c - 0.1405 * c * c + 6.1211 * r + 0.28105 * c - 0.1405
    num = 58.5299 * r * r - 85.0941 * r * c + 9.8955 * c * c + 1.9250 * r + 74.2268 * c - 0.2246
    return np.clip(den / num, 0, 1)


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->i", a, b)
