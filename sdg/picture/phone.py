"""What a phone does to a finished picture, step by step of `sdg.scene.phone.Phone`; none moves a pixel.

The stand-in target has a camera of its own on purpose: `sdg.stand_in.camera`.
"""

import io

import numpy as np
from PIL import Image
from scipy.ndimage import convolve, gaussian_filter

from materials.color import LUMINANCE, encoded, linear
from sdg.scene.phone import Glare, Phone, Sent

USUAL = 0.73
"""The brightest channel's 95th percentile in the middle one of 200 real photos: sRGB 222, in linear light."""
RISE, FALL = 1.0, -0.5
"""Stops by which metering brightens a dark picture, and darkens a bright one, at most."""
SHARPENING_PX = 0.8
COLOR_NOISE = 0.3
"""Share of the noise's deviation that is of colour: blotches of two pixels, as denoisers leave them."""

_LINEAR = linear(np.arange(256) / 255).astype(np.float32)
_STEPS = 2**16 - 1
_SHOWN = encoded(np.arange(_STEPS + 1) / _STEPS).astype(np.float32)
_S_CURVE = _SHOWN**2 * (3 - 2 * _SHOWN) - _SHOWN


def photographed(picture: np.ndarray, phone: Phone) -> np.ndarray:
    """Return `picture`, (H, W, 3) uint8 sRGB, as `phone` would have taken it; the same shape and type."""
    light = _LINEAR[picture]
    if phone.glare:
        light += _glare(light.shape, phone.glare)
    light *= _gains(light, phone)
    if phone.vignette:
        light *= _vignette(light.shape, phone.vignette)
    if phone.defocus_px:
        light = _blurred(light, phone.defocus_px)
    if phone.shake_px:
        light = convolve(light, _path(phone.shake_px, phone.shake_deg)[..., None], mode="nearest")
    if phone.shot_noise or phone.read_noise:
        received = (light @ LUMINANCE)[..., None]
        light += np.sqrt(phone.shot_noise**2 * received + phone.read_noise**2) * _noise(light.shape, phone)
    np.clip(light, 0, 1, out=light)
    tone = 255 * (_SHOWN + phone.contrast * _S_CURVE)
    shown = tone[(light * _STEPS + 0.5).astype(np.uint16)]
    if phone.sharpening:
        luma = shown @ LUMINANCE
        shown += phone.sharpening * (luma - _blurred(luma, SHARPENING_PX))[..., None]
    taken = np.clip(shown + 0.5, 0, 255.5).astype(np.uint8)
    return _copy(taken, phone.sent) if phone.sent else taken


def _gains(light: np.ndarray, phone: Phone) -> np.ndarray:
    """Return what exposure and white balance multiply the channels (3,) with; the luma of grey stays."""
    bright = float(np.quantile(light[::3, ::3].max(axis=-1), 0.95))
    metered = phone.metering * np.clip(np.log2(USUAL / max(bright, 1e-3)), FALL, RISE)
    balance = 2 ** np.array([phone.warmth / 2, phone.tint, -phone.warmth / 2])
    return (2 ** (phone.exposure + metered) * balance / (LUMINANCE @ balance)).astype(np.float32)


def _glare(shape: tuple[int, ...], glare: Glare) -> np.ndarray:
    y, x = (
        ((np.linspace(-1, 1, n, dtype=np.float32) - middle) / glare.size) ** 2
        for n, middle in zip(shape[:2], (glare.y, glare.x), strict=True)
    )
    return (glare.strength * (1 + y[:, None] + x) ** -1.5)[..., None]


def _vignette(shape: tuple[int, ...], loss: float) -> np.ndarray:
    y, x = (np.linspace(-1, 1, n, dtype=np.float32) ** 2 for n in shape[:2])
    return (1 - loss * (y[:, None] + x) / 2)[..., None]


def _blurred(image: np.ndarray, sigma: float) -> np.ndarray:
    return gaussian_filter(image, sigma, mode="nearest", truncate=2.6, axes=(0, 1))


def _path(length: float, degrees: float) -> np.ndarray:
    """Return a line through the middle of a (K, K) kernel, smoothed to the pixels; its sum is 1."""
    reach = int(np.ceil(length / 2))
    offset = np.arange(-reach, reach + 1)
    along = length * np.linspace(-0.5, 0.5, 16)
    across, down = (
        np.maximum(0, 1 - np.abs(offset - (along * part)[:, None]))
        for part in (np.cos(np.radians(degrees)), -np.sin(np.radians(degrees)))
    )
    return (np.einsum("ty,tx->yx", down, across) / 16).astype(np.float32)


def _noise(shape: tuple[int, ...], phone: Phone) -> np.ndarray:
    """Return noise (H, W, 3) of deviation 1, alike in the neighbourhood that the denoiser smooths."""
    height, width, _ = shape
    rng = np.random.default_rng(phone.seed)
    grey = rng.standard_normal((height, width), np.float32)
    if phone.grain_px:
        grey = _blurred(grey, phone.grain_px)
    color = rng.standard_normal(((height + 1) // 2, (width + 1) // 2, 3), np.float32)
    blotches = color.repeat(2, axis=0)[:height].repeat(2, axis=1)[:, :width]
    return blotches * COLOR_NOISE + grey[..., None] * float((1 - COLOR_NOISE**2) ** 0.5 / grey.std())


def _copy(picture: np.ndarray, sent: Sent) -> np.ndarray:
    """Return what is left of a picture after a messenger made it smaller and compressed it."""
    image = Image.fromarray(picture)
    small = image.resize([max(8, round(sent.scale * side)) for side in image.size], Image.Resampling.BICUBIC)
    data = io.BytesIO()
    small.save(data, "JPEG", quality=sent.quality, subsampling="4:2:0")
    return np.asarray(Image.open(data).resize(image.size, Image.Resampling.BICUBIC))
