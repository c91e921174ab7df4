"""A motif of any family, fitted to its box, worn, and at the resolution of the final image."""

from collections.abc import Callable

import numpy as np
from PIL import Image
from scipy import ndimage

from assets.common.rng import rng_for
from materials.motifs import art, emblems, figures, lettering, pictures
from materials.motifs.art import WIDTH, Inks

Family = Callable[[np.random.Generator, Inks, float], Image.Image]

FAMILIES: dict[str, Family] = {
    "slogan": lettering.slogan,
    "college": lettering.college,
    "jersey": lettering.jersey,
    "brand": lettering.brand,
    "emblem": emblems.draw,
    "figure": figures.draw,
    "scene": pictures.scene,
    "photo": pictures.photo,
    "geometric": pictures.geometric,
}
PICTURES = ("figure", "scene", "photo", "geometric")
"""Families that may have a line of lettering above or below."""
MIN_COVER = 0.2
"""At least this share of the box is ink (opacity over a half); thinner drawings are thickened."""
MAX_WORN = 0.25
"""A worn print has lost at most this share of its ink."""


def draw(
    family: str, seed: float, inks: Inks, aspect: float, caption: bool, wear: float, pixels: int
) -> np.ndarray:
    """Draw a motif as uint8 (H, W, 4) sRGB, `pixels` wide and `aspect` times as high, with straight alpha.

    `caption` adds a line of lettering to a picture; `wear` 0..1 rubs ink off.
    """
    rng = rng_for("motif", family, str(seed))
    room = 0.3 if caption and family in PICTURES else 0.0
    drawing = art.cropped(FAMILIES[family](rng, inks, aspect - room))
    if room:
        face = lettering.a_face(rng)
        line = lettering.squeezed(lettering.word_mask(rng, face, 3, 9), WIDTH, WIDTH * 0.2)
        row = lettering.styled(rng, line, inks[0], inks, often=0.2)
        row = lettering.arched(rng, row) if rng.random() < 0.25 else row
        rows = [row, drawing] if rng.random() < 0.5 else [drawing, row]
        drawing = art.cropped(art.stacked(rows, WIDTH * 0.05))
    drawing = drawing.resize((WIDTH, max(round(WIDTH * aspect), 8)), Image.Resampling.BILINEAR)
    size = (pixels, max(round(pixels * aspect), 4))
    drawing = thickened(drawing, size)
    if wear:
        drawing.putalpha(worn(rng, drawing.getchannel("A"), wear))
    return np.asarray(drawing.resize(size, Image.Resampling.BOX))


def thickened(drawing: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Let ink spread into the cloth until it covers `MIN_COVER` of the box where that is `size` pixels."""
    pixels = np.asarray(drawing)
    alpha = pixels[..., 3]
    while _cover(alpha, size) < MIN_COVER / (1 - MAX_WORN):
        alpha = ndimage.maximum_filter(alpha, size=3)
    if alpha is pixels[..., 3]:
        return drawing
    nearest = ndimage.distance_transform_edt(
        pixels[..., 3] < 128, return_distances=False, return_indices=True
    )
    return Image.fromarray(np.dstack([pixels[..., :3][tuple(nearest)], alpha]))


def _cover(alpha: np.ndarray, size: tuple[int, int]) -> float:
    reduced = Image.fromarray(alpha).resize(size, Image.Resampling.BOX)
    return float((np.asarray(reduced) > 127).mean())


def worn(rng: np.random.Generator, alpha: Image.Image, wear: float) -> Image.Image:
    """Rub flecks off a print, in patches."""
    width, height = alpha.size
    patches = art.clouds(rng, height, width, 90)
    flecks = art.clouds(rng, height, width, 5) + 0.6 * patches
    lost = flecks > np.quantile(flecks, 1 - MAX_WORN * wear)
    kept = np.asarray(alpha) * np.where(lost, 0.15, 1.0)
    return Image.fromarray(kept.astype(np.uint8))
