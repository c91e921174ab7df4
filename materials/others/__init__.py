"""The kinds of the class `other`."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from materials.others import blocks, geometric, openwork, patchwork, woven

Draw = Callable[[np.random.Generator, Sequence[str], int], np.ndarray]


class Kind(NamedTuple):
    """A drawing and the scale at which it can be recognized."""

    draw: Draw
    """draw(rng, five colours, side) -> uint8 (side, side, 3) sRGB, row 0 at the top: a seamless tile."""
    period_pixels: float
    """A tile spans at least this many pixels of the final image."""
    repeats: float
    """A tile fits at least this often across `view.extent_cm`."""
    placed: bool = False
    """The drawing is a picture of the garment's whole box instead, x across, y up."""
    share: float = 1.0
    """How often it is drawn, relative to the others."""


KINDS: dict[str, Kind] = {
    "colour blocks": Kind(blocks.color_blocks, 1, 1, placed=True, share=5.0),
    "patchwork": Kind(patchwork.patchwork, 44, 1.1, share=1.0),
    "striped patches": Kind(patchwork.striped_patches, 44, 1.1, share=0.6),
    "fair isle": Kind(woven.fair_isle, 46, 1.05, share=1.2),
    "nordic": Kind(woven.nordic, 46, 1.05, share=0.6),
    "aztec": Kind(woven.aztec, 34, 1.4, share=1.4),
    "ikat": Kind(woven.ikat, 30, 1.6, share=0.7),
    "lace": Kind(openwork.lace, 40, 1.2, share=0.7),
    "net": Kind(openwork.net, 26, 1.9, share=0.3),
    "sequins": Kind(openwork.sequins, 36, 1.35, share=0.5),
    "argyle": Kind(geometric.argyle, 36, 1.35, share=0.3),
    "houndstooth": Kind(geometric.houndstooth, 32, 1.5, share=0.25),
    "hexagons": Kind(geometric.hexagons, 36, 1.3, share=0.5),
    "triangles": Kind(geometric.triangles, 30, 1.6, share=0.8),
    "zigzag": Kind(geometric.zigzag, 28, 1.7, share=0.5),
    "basket weave": Kind(geometric.basket_weave, 28, 1.7, share=0.2),
    "greek key": Kind(geometric.greek_key, 38, 1.3, share=0.4),
    "ogee": Kind(geometric.ogee, 32, 1.5, share=0.5),
    "fans": Kind(geometric.fans, 34, 1.4, share=0.5),
    "op art": Kind(geometric.op_art, 36, 1.3, share=0.5),
    "rings": Kind(geometric.rings, 44, 1.1, share=0.6),
}
"""Name -> kind."""
