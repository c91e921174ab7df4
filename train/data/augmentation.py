"""Random changes to training images that leave the name of the pattern true.

What is drawn and what is done are apart: drawing is a pure function of a generator, so that a batch can be
made again.
"""

import io
import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from train.data.images import to_tensor, to_uint8
from train.params import AugmentParams

SMALLEST_CROP = 0.8
BEST_QUALITY = 95


def draw_maps(smallest: np.ndarray, rng: np.random.Generator) -> Tensor:
    """Draw inverse affine maps, float32 (N, 2, 3), for `transform`; one for each value of `smallest` (N,).

    A square of `smallest` to 100 % of the side anywhere in the image, mirrored or not, turned by up to 10
    degrees.
    """
    count = len(smallest)
    scale = rng.uniform(smallest, 1.0, count)
    angle = np.radians(rng.uniform(-10, 10, count))
    flip = rng.choice([-1.0, 1.0], count)
    shift = rng.uniform(-1, 1, (2, count)) * (1 - scale)
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    maps = np.array([[cos * flip, -sin, shift[0]], [sin * flip, cos, shift[1]]])
    return torch.from_numpy(np.moveaxis(maps, 2, 0).astype(np.float32))


def in_place(count: int) -> Tensor:
    """Return maps, float32 (count, 2, 3), that leave images where they are."""
    return torch.eye(2, 3).repeat(count, 1, 1)


def transform(images: Tensor, maps: Tensor) -> Tensor:
    """Resample images (N, 3, S, S) through `draw_maps`' maps; mirrored at the border."""
    grid = F.affine_grid(maps.to(images.device, non_blocking=True), list(images.shape), align_corners=False)
    resampled = F.grid_sample(images, grid, padding_mode="reflection", align_corners=False)
    return resampled.contiguous(memory_format=torch.channels_last)


@dataclass(frozen=True)
class Appearance:
    """How N images shall look: as from a camera and a shop that a renderer is not.

    Attributes: `factors` float32 (2, N): brightness and contrast, 1 leaves them; `colors` float32 (N, 3, 3):
    what RGB is multiplied by, for saturation and hue; `jittered`: whether they say
    anything; `sigmas` float32 (N,): blur in pixels; `radius`: where
    its kernel ends; `qualities`: JPEG quality of each image, or empty.
    """

    factors: Tensor
    colors: Tensor
    sigmas: Tensor
    jittered: bool
    radius: int
    qualities: list[int]

    def __getitem__(self, chosen: slice) -> "Appearance":
        return Appearance(
            self.factors[:, chosen],
            self.colors[chosen],
            self.sigmas[chosen],
            self.jittered,
            self.radius,
            self.qualities[chosen],
        )

    def to(self, device: torch.device | str) -> "Appearance":
        """Return it with its numbers on a device."""
        names = ("factors", "colors", "sigmas")
        moved = {name: getattr(self, name).to(device, non_blocking=True) for name in names}
        return replace(self, **moved)


@dataclass(frozen=True)
class Augmentation:
    """A change of place and of looks for each of N images: what `draw_maps` and `draw_appearance` drew."""

    maps: Tensor
    looks: Appearance

    def __call__(self, images: Tensor) -> Tensor:
        """Images (N, 3, S, S) in [-1, 1] -> the same, changed."""
        return change_appearance(transform(images, self.maps), self.looks)

    def __getitem__(self, chosen: slice) -> "Augmentation":
        return Augmentation(self.maps[chosen], self.looks[chosen])


def shift_and_flip(images: Tensor, shifts: np.ndarray, flipped: np.ndarray) -> Tensor:
    """Move images (N, 3, S, S) by whole pixels, mirrored at the border, and mirror some.

    No value is resampled: blurring both domains alike would hide what a discriminator shall find.

    Args: shifts int (N, 2): rows and columns, less than S each; flipped bool (N,).

    >>> image = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    >>> shift_and_flip(image, np.array([[0, 1]]), np.array([False]))[0, 0].tolist()      # 2 | 2 is mirrored
    [[2.0, 2.0], [4.0, 4.0]]
    """
    size = images.shape[2]
    mirrored = np.concatenate([np.arange(size), np.arange(size)[::-1]])
    moved = []
    for image, (down, across), flip in zip(images, shifts, flipped, strict=True):
        rows, columns = (mirrored[(np.arange(size) + shift) % (2 * size)] for shift in (down, across))
        columns = columns[::-1].copy() if flip else columns
        moved.append(image[:, torch.from_numpy(rows)][:, :, torch.from_numpy(columns)])
    return torch.stack(moved).contiguous(memory_format=torch.channels_last)


def draw_appearance(count: int, params: AugmentParams, rng: np.random.Generator) -> Appearance:
    """Draw the looks of `count` images."""
    *factors, saturation = 1 + params.jitter * rng.uniform(-1, 1, (3, count))
    sigmas, radius = params.blur * rng.uniform(0, 1, count), math.ceil(3 * params.blur)
    qualities = [] if params.jpeg is None else rng.integers(params.jpeg, BEST_QUALITY + 1, count).tolist()
    turn = params.hue * rng.uniform(-1, 1, count)
    saturation = np.where(rng.random(count) < params.grey, 0.0, saturation)
    colors = color_matrices(saturation, turn)
    return Appearance(
        torch.from_numpy(np.array(factors)).float(),
        colors,
        torch.from_numpy(sigmas).float(),
        bool(params.jitter or params.hue or params.grey),
        radius,
        qualities,
    )


def draw_augmentation(count: int, params: AugmentParams, rng: np.random.Generator) -> Augmentation:
    """Draw the change of `count` images of which each shows at least `params.crop` of its side."""
    return Augmentation(draw_maps(np.full(count, params.crop), rng), draw_appearance(count, params, rng))


def color_matrices(saturation: np.ndarray, turn_deg: np.ndarray) -> Tensor:
    """Return float32 (N, 3, 3): scale the distance from grey by `saturation` (N,), turn it about grey.

    >>> color_matrices(np.array([1.0]), np.array([120.0])).round(decimals=6).abs().tolist()  # red to green
    [[[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]
    """
    cos, sin = (saturation * f(np.radians(turn_deg)) for f in (np.cos, np.sin))
    grey, cross = np.full((3, 3), 1 / 3), np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / 3**0.5
    matrices = grey + cos[:, None, None] * (np.eye(3) - grey) + sin[:, None, None] * cross
    return torch.from_numpy(matrices).float()


def change_appearance(images: Tensor, looks: Appearance) -> Tensor:
    """Return images (N, 3, S, S) in [-1, 1] with other colours, blurred, compressed; same range."""
    if not (looks.jittered or looks.radius or looks.qualities):
        return images
    looks, pixels = looks.to(images.device), images * 0.5 + 0.5
    if looks.jittered:
        pixels = _jitter(pixels, looks.factors, looks.colors)
    if looks.radius:
        pixels = _blur(pixels, looks.sigmas, looks.radius)
    if looks.qualities:
        pixels = _jpeg(pixels, looks.qualities)
    return (pixels * 2 - 1).contiguous(memory_format=torch.channels_last)


def _jitter(pixels: Tensor, factors: Tensor, colors: Tensor) -> Tensor:
    brightness, contrast = factors[:, :, None, None, None]
    pixels = (pixels * brightness).clamp(0, 1)
    mean = pixels.mean(dim=(1, 2, 3), keepdim=True)
    pixels = (mean + (pixels - mean) * contrast).clamp(0, 1)
    return torch.einsum("nij,njhw->nihw", colors, pixels).clamp(0, 1)


def _blur(pixels: Tensor, sigmas: Tensor, radius: int) -> Tensor:
    """Gaussian blur, each image with its own sigma."""
    n, channels, size, _ = pixels.shape
    offsets = torch.arange(-radius, radius + 1, device=pixels.device)
    kernels = torch.exp(-offsets.square() / (2 * sigmas.clamp(min=1e-3).square().unsqueeze(1)))
    kernels = (kernels / kernels.sum(dim=1, keepdim=True)).repeat_interleave(channels, dim=0)
    flat = F.pad(pixels.reshape(1, n * channels, size, size), [radius] * 4, mode="reflect")
    for kernel in (kernels[:, None, :, None], kernels[:, None, None, :]):
        flat = F.conv2d(flat, kernel, groups=n * channels)
    return flat.view(n, channels, size, size)


def _jpeg(pixels: Tensor, qualities: list[int]) -> Tensor:
    compressed = []
    for image, quality in zip(to_uint8(pixels), qualities, strict=True):
        file = io.BytesIO()
        Image.fromarray(image).save(file, "jpeg", quality=quality)
        with Image.open(file) as opened:
            compressed.append(np.asarray(opened))
    return to_tensor(np.stack(compressed)).to(pixels.device)
