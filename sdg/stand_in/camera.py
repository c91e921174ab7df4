"""What a hand-held phone does to the light: from scene radiance to the JPEG file somebody uploads."""

import io

import numpy as np
from PIL import Image
from scipy import ndimage

from assets.common.settings import Settings
from materials.color import LUMINANCE, encoded


class Camera(Settings):
    """The faults of one photograph. Lengths are in thousandths of the picture's width, angles in degrees."""

    exposure_error: float  # stops off the metered exposure
    auto_white: float  # 0: leaves the light's colour in; 1: makes the picture's average grey
    white_error: tuple[float, float, float]  # gains left over after white balance
    shake: float  # length of the motion blur
    shake_angle: float
    defocus: float  # deviation of the Gaussian blur
    vignette: float  # light lost in the corners, 0..1
    shot_noise: float  # deviation at white, of what a pixel receives
    read_noise: float  # deviation in the dark
    contrast: float  # strength of the tone curve's S, 0..1
    saturation: float  # 1: as it is
    sharpening: float  # amount of the unsharp mask
    jpeg_quality: int


def sample_camera(rng: np.random.Generator) -> Camera:
    """Draw a photograph of a cheap phone indoors: dim, warm, contrasty, grainy, sharpened into halos."""
    iso = rng.lognormal(0.0, 0.4)
    warm, green = rng.normal(0, 0.05), rng.normal(0, 0.025)
    return Camera(
        exposure_error=float(np.clip(rng.normal(-0.15, 0.35), -0.9, 0.6)),
        auto_white=float(rng.uniform(0.0, 0.5)),
        white_error=(float(np.exp(warm)), float(np.exp(green)), float(np.exp(-warm))),
        shake=float(rng.exponential(3.0)) if rng.random() < 0.4 else 0.0,
        shake_angle=float(rng.uniform(0, 180)),
        defocus=float(rng.uniform(0.5, 3.5)),
        vignette=float(rng.uniform(0.1, 0.5)),
        shot_noise=float(min(0.035 * iso, 0.08)),
        read_noise=float(min(0.01 * iso, 0.025)),
        contrast=float(rng.uniform(0.4, 1.0)),
        saturation=float(rng.uniform(0.95, 1.25)),
        sharpening=float(rng.uniform(0.6, 1.6)),
        jpeg_quality=int(rng.integers(50, 81)),
    )


def photograph(radiance: np.ndarray, camera: Camera, rng: np.random.Generator) -> np.ndarray:
    """Turn linear radiance (H, W, 3), any unit, into a photo (H, W, 3) uint8 sRGB; `rng` is its noise."""
    width = radiance.shape[1]
    light = _blur(np.maximum(radiance, 0).astype(np.float32), camera, width)
    grey = light.reshape(-1, 3).mean(axis=0)
    light = light * (grey.mean() / np.maximum(grey, 1e-6)) ** camera.auto_white * np.array(camera.white_error)
    light = light * _exposure(light) * 2.0**camera.exposure_error * _falloff(light.shape, camera.vignette)
    deviation = np.sqrt(camera.shot_noise**2 * light + camera.read_noise**2)
    light = light + deviation * ndimage.gaussian_filter(rng.standard_normal(light.shape), (0.5, 0.5, 0))
    picture = _tone(np.clip(light, 0, None), camera)
    blurred = ndimage.gaussian_filter(picture, (0.006 * width, 0.006 * width, 0))
    picture = picture + camera.sharpening * (picture - blurred)
    return np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)


def to_jpeg(picture: np.ndarray, camera: Camera, comment: str) -> bytes:
    """Encode a photograph (H, W, 3) uint8 as JPEG with `comment` in its header."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=camera.jpeg_quality, comment=comment)
    return file.getvalue()


def _blur(light: np.ndarray, camera: Camera, width: int) -> np.ndarray:
    light = ndimage.gaussian_filter(light, (camera.defocus * width / 1000,) * 2 + (0,))
    if camera.shake:
        angle = np.radians(camera.shake_angle)
        reach = camera.shake * width / 1000 * np.array([np.sin(angle), np.cos(angle), 0])
        light = np.mean([ndimage.shift(light, t * reach, order=1, mode="nearest") for t in _STEPS], axis=0)
    return light


_STEPS = np.linspace(-0.5, 0.5, 7)


def _exposure(light: np.ndarray) -> float:
    """Meter as phones do: the picture's logarithmic average to middle grey, as far as highlights allow."""
    luma = light @ LUMINANCE
    average = float(np.exp(np.log(np.maximum(luma, 1e-4)).mean()))
    highlight = float(np.quantile(luma, 0.98))
    return min(0.22 / max(average, 1e-4), 1.15 / max(highlight, 1e-4))


def _falloff(shape: tuple[int, ...], vignette: float) -> np.ndarray:
    y, x = (np.linspace(-1, 1, n) for n in shape[:2])
    return (1 - vignette * (y[:, None] ** 2 + x[None] ** 2) / 2)[..., None]


def _tone(light: np.ndarray, camera: Camera) -> np.ndarray:
    """Linear light to sRGB with rolled-off highlights, an S curve and the maker's saturation."""
    knee = 0.8
    light = np.where(light > knee, knee + (1 - knee) * np.tanh((light - knee) / (1 - knee)), light)
    srgb = encoded(light)
    curved = srgb + camera.contrast * (srgb * srgb * (3 - 2 * srgb) - srgb)
    luma = (curved @ LUMINANCE)[..., None]
    return luma + camera.saturation * (curved - luma)
