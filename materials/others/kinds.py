"""The kinds of prints and cloth of class `other`: each draws a tile or a whole garment as a picture."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from materials.others import (
    abstract,
    blocks,
    conversational,
    figures,
    geometric,
    openwork,
    ornaments,
    packed,
    patchwork,
    tie_dye,
    toile,
    washed,
    woven,
)


class Kind(NamedTuple):
    """One kind: `draw(rng, colors, side)` returns uint8 (side, side, 3) sRGB, row 0 at the top.

    `colors` are five `#rrggbb`: the ground, then four dyes that differ from it.
    """

    draw: Callable
    period_pixels: float
    """A tile spans at least this many pixels of the final image."""
    repeats: float
    """A tile fits at least this often across `view.extent_cm`; below 1 for large motifs."""
    placed: bool = False
    """The picture is no tile: it fills the garment's bounding box once, in front and behind."""
    share: float = 1.0
    """How often it is drawn, relative to others."""
    festive: bool = False
    """All its colours are festive (`palette.is_festive`): in those of uniforms it looks like camouflage."""
    usual_cm: float = np.inf
    """A tile is not longer than this unless it must be to span `period_pixels`."""
    faint: float = 0.0
    """This share of draws is printed in one dye, a shade of the ground."""


KINDS: dict[str, Kind] = {
    "paisley": Kind(ornaments.paisley, 50, 1.1),
    "damask": Kind(ornaments.damask, 40, 1.3, share=1.2, faint=0.35),
    "toile": Kind(toile.draw, 60, 1.1, share=0.7, faint=0.25),
    "tie-dye": Kind(tie_dye.draw, 40, 1, placed=True, share=1.3, festive=True),
    "faded": Kind(washed.faded, 40, 1, placed=True, share=0.8, faint=0.85),
    "acid wash": Kind(washed.acid, 40, 1, placed=True, share=0.5, festive=True),
    "brush": Kind(abstract.brush, 46, 1.0),
    "cutouts": Kind(abstract.cutouts, 44, 1.1, share=0.8),
    "marbling": Kind(abstract.marbling, 40, 1.0),
    "mixed shapes": Kind(abstract.mixed_shapes, 36, 1.3),
    "arcs": Kind(abstract.arcs, 40, 1.0),
    "splinters": Kind(packed.splinters, 44, 1.1, share=1.2),
    "dabs": Kind(packed.dabs, 76, 0.7, usual_cm=35),
    "confetti": Kind(packed.confetti, 72, 0.8, usual_cm=45),
    "lettering": Kind(conversational.lettering, 46, 1.3),
    "icons": Kind(conversational.icons, 46, 1.4, share=2.0),
    "small icons": Kind(conversational.small_icons, 66, 1.0, share=1.0),
    "one thing": Kind(conversational.one_thing, 47, 1.4, share=1.5),
    "tiny things": Kind(conversational.tiny_things, 74, 0.8, usual_cm=60),
    "figures": Kind(figures.tossed, 46, 1.3, share=2.5, faint=0.12),
    "sparse figures": Kind(figures.sparse, 84, 0.7, share=2.5, usual_cm=50, faint=0.08),
    "one figure": Kind(figures.one_figure, 50, 1.3, share=2.5, faint=0.15),
    "shapes": Kind(figures.shapes, 56, 0.9, share=1.5, faint=0.4),
    "shore": Kind(figures.shore, 54, 1.0, share=0.6, festive=True),
    "colour blocks": Kind(blocks.color_blocks, 1, 1, placed=True, share=5.0),
    "patchwork": Kind(patchwork.patchwork, 44, 1.1, share=1.0),
    "striped patches": Kind(patchwork.striped_patches, 44, 1.1, share=0.6),
    "fair isle": Kind(woven.fair_isle, 46, 1.05, share=1.4),
    "nordic": Kind(woven.nordic, 46, 1.05, share=0.8),
    "aztec": Kind(woven.aztec, 34, 1.4, share=1.8),
    "ikat": Kind(woven.ikat, 30, 1.6, share=0.8),
    "lace": Kind(openwork.lace, 40, 1.2, share=0.8, faint=0.3),
    "net": Kind(openwork.net, 26, 1.9, share=0.3),
    "sequins": Kind(openwork.sequins, 36, 1.35, share=0.5),
    "argyle": Kind(geometric.argyle, 36, 1.35, share=0.3),
    "houndstooth": Kind(geometric.houndstooth, 32, 1.5, share=0.25),
    "hexagons": Kind(geometric.hexagons, 36, 1.3, share=0.5),
    "triangles": Kind(geometric.triangles, 30, 1.6, share=0.8),
    "greek key": Kind(geometric.greek_key, 38, 1.3, share=0.4),
    "ogee": Kind(geometric.ogee, 32, 1.5, share=0.5),
    "fans": Kind(geometric.fans, 34, 1.4, share=0.5),
    "op art": Kind(geometric.op_art, 36, 1.3, share=0.5),
    "rings": Kind(geometric.rings, 44, 1.1, share=0.6),
}
"""Name -> kind. Order and names are part of what a seed draws."""
