"""Fabrics as painted images: each class drawn by numpy, SciPy and Pillow, by no code of `materials/`.

`paint(name, rng, cm_per_pixel)` returns a `Swatch`. Textures are sRGB in 0..1, their first row is at the
bottom (as in Blender). Sizes are drawn in picture pixels and turned into centimetres by `cm_per_pixel`, so
that a person who sees the garment in the picture can name its pattern.
"""

from collections.abc import Callable

from sdg.stand_in.fabrics.animal import animal
from sdg.stand_in.fabrics.dyed import gradient, plain
from sdg.stand_in.fabrics.graphic import graphic
from sdg.stand_in.fabrics.other import other
from sdg.stand_in.fabrics.printed import camouflage, dotted, floral
from sdg.stand_in.fabrics.woven import checked, herringbone, striped
from sdg.stand_in.swatch import Rng, Swatch

PAINTERS: dict[str, Callable[[Rng, float], Swatch]] = {
    "plain": plain,
    "floral": floral,
    "striped": striped,
    "dotted": dotted,
    "camouflage": camouflage,
    "gradient": gradient,
    "herringbone": herringbone,
    "checked": checked,
    "animal": animal,
    "graphic": graphic,
    "other": other,
}


def paint(name: str, rng: Rng, cm_per_pixel: float) -> Swatch:
    """Paint a cloth of class `name` for a picture in which one pixel shows `cm_per_pixel` of the garment."""
    return PAINTERS[name](rng, cm_per_pixel)
