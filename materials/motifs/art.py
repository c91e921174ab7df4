"""Masks and layers: what every family of motifs is drawn with.

A mask is an image of mode L (255 = ink); art is an image of mode RGBA, transparent where the cloth shows.
"""

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

WIDTH = 320
"""Motifs are drawn this many pixels wide."""

Rgb = tuple[int, int, int]
Inks = Sequence[Rgb]
"""The colours of a print, the one that contrasts most with the cloth first."""

BLACK, WHITE = (16, 16, 18), (246, 246, 244)


def blank(width: int, height: int) -> Image.Image:
    """Return art without ink."""
    return Image.new("RGBA", (max(width, 1), max(height, 1)))


def inked(mask: Image.Image, color: Rgb) -> Image.Image:
    """Return art that shows a mask in one colour."""
    art = Image.new("RGBA", mask.size, (*color, 0))
    art.putalpha(mask)
    return art


def lay(art: Image.Image, over: Image.Image, x: float = 0, y: float = 0) -> None:
    """Lay art over art; `x` and `y` are pixels, and what sticks out is cut off."""
    layer = blank(*art.size)
    layer.paste(over, (round(x), round(y)))
    art.alpha_composite(layer)


def scaled(image: Image.Image, width: float, height: float | None = None) -> Image.Image:
    """Resize to a width in pixels, and to a height or in proportion."""
    height = width * image.height / image.width if height is None else height
    return image.resize((max(round(width), 1), max(round(height), 1)), Image.Resampling.BILINEAR)


def cropped(art: Image.Image) -> Image.Image:
    """Cut off the transparent margin."""
    return art.crop(art.getchannel("A").point(lambda value: 255 * (value > 40)).getbbox())


def grown(mask: Image.Image, pixels: int) -> Image.Image:
    """Thicken a mask by so many pixels on every side; the image grows too."""
    padded = np.pad(np.asarray(mask), pixels)
    return Image.fromarray(ndimage.maximum_filter(padded, size=2 * pixels + 1))


def filled(mask: Image.Image) -> Image.Image:
    """Return the silhouette of a mask: its holes are ink too."""
    return Image.fromarray((ndimage.binary_fill_holes(np.asarray(mask) > 100) * 255).astype(np.uint8))


def stacked(rows: Sequence[Image.Image], gap: float, align: float = 0.5) -> Image.Image:
    """Put art in rows, `gap` pixels apart; `align` is 0 for the left, 0.5 for the middle."""
    width = max(row.width for row in rows)
    art = blank(width, round(sum(row.height for row in rows) + gap * (len(rows) - 1)))
    y = 0.0
    for row in rows:
        art.paste(row, (round((width - row.width) * align), round(y)))
        y += row.height + gap
    return art


def abreast(images: Sequence[Image.Image], gap: float) -> Image.Image:
    """Put art side by side, all as high as the first."""
    same = [scaled(image, image.width * images[0].height / image.height) for image in images]
    art = blank(round(sum(image.width for image in same) + gap * (len(same) - 1)), images[0].height)
    x = 0.0
    for image in same:
        art.paste(image, (round(x), 0))
        x += image.width + gap
    return art


def polygon(width: int, height: int, *outlines: np.ndarray) -> Image.Image:
    """Return a mask of filled outlines: complex (N,) pixels, x right + 1j * y down."""
    mask = Image.new("L", (width, height))
    pen = ImageDraw.Draw(mask)
    for outline in outlines:
        pen.polygon([(point.real, point.imag) for point in outline], fill=255)
    return mask


def outline_of(shape: str, width: int, height: int) -> np.ndarray:
    """Return an outline (complex pixels): circle, box, shield, diamond, hexagon, star or heart."""
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False) - np.pi / 2
    unit = {
        "circle": np.exp(1j * turn),
        "box": np.array([-1 - 1j, 1 - 1j, 1 + 1j, -1 + 1j]),
        "diamond": np.array([-1j, 1, 1j, -1]),
        "hexagon": np.array([-1j, 1 - 0.5j, 1 + 0.5j, 1j, -1 + 0.5j, -1 - 0.5j]),
        "star": np.exp(1j * turn[::6]) * np.tile([1, 0.42], 5),
        "shield": np.array(
            [
                -1 - 0.8j,
                -0.5 - 0.95j,
                -1j,
                0.5 - 0.95j,
                1 - 0.8j,
                1 + 0.1j,
                0.7 + 0.6j,
                1j,
                -0.7 + 0.6j,
                -1 + 0.1j,
            ]
        ),
        "heart": (16 * np.sin(turn) ** 3) / 16
        - 1j * (13 * np.cos(turn) - 5 * np.cos(2 * turn) - 2 * np.cos(3 * turn) - np.cos(4 * turn)) / 15,
    }[shape]
    return (unit.real + 1) * 0.5 * (width - 1) + 0.5j * (unit.imag + 1) * (height - 1)


def bent(
    image: Image.Image, top: Callable[[np.ndarray], np.ndarray], bottom: Callable[[np.ndarray], np.ndarray]
) -> Image.Image:
    """Bend an image between two curves: its edges at x from 0 to 1, in heights of the image, downwards."""
    strips = 24
    at = np.linspace(0, 1, strips + 1)
    high, low = top(at) * image.height, bottom(at) * image.height
    high, low = high - high.min(), low - high.min()
    height = round(low.max())
    x = np.linspace(0, image.width, strips + 1)
    first = -high / (low - high) * image.height  # the row of the image that is seen at y = 0 ...
    last = (height - high) / (low - high) * image.height  # ... and at y = height
    mesh = [
        (
            (round(x[i]), 0, round(x[i + 1]), height),
            (x[i], first[i], x[i], last[i], x[i + 1], last[i + 1], x[i + 1], first[i + 1]),
        )
        for i in range(strips)
    ]
    return image.transform((image.width, height), Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def clouds(rng: np.random.Generator, height: int, width: int, size: float) -> np.ndarray:
    """Return smooth noise 0..1 (H, W) with features about `size` pixels wide and finer ones."""
    field = np.zeros((height, width))
    for octave in range(3):
        step = max(size / 2**octave, 1.0)
        small = rng.random((int(height / step) + 2, int(width / step) + 2))
        full = Image.fromarray((small * 255).astype(np.uint8)).resize(
            (width, height), Image.Resampling.BICUBIC
        )
        field += np.asarray(full, float) / 255 / 2**octave
    field -= field.min()
    return field / max(field.max(), 1e-6)
