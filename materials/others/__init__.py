"""The kinds of prints and cloth of class `other`: each draws a tile or a whole garment as a picture."""

from collections.abc import Callable
from typing import NamedTuple

from materials.others import abstract, conversational, ornaments, tie_dye, toile


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


KINDS: dict[str, Kind] = {
    "paisley": Kind(ornaments.paisley, 50, 1.1),
    "damask": Kind(ornaments.damask, 26, 1.8),
    "toile": Kind(toile.draw, 60, 1.1, share=0.7),
    "tie-dye": Kind(tie_dye.draw, 40, 1, placed=True, share=1.3),
    "brush": Kind(abstract.brush, 46, 1.0),
    "cutouts": Kind(abstract.cutouts, 44, 1.1),
    "marbling": Kind(abstract.marbling, 40, 1.0),
    "mixed shapes": Kind(abstract.mixed_shapes, 36, 1.3),
    "arcs": Kind(abstract.arcs, 40, 1.0),
    "lettering": Kind(conversational.lettering, 46, 1.3),
    "icons": Kind(conversational.icons, 46, 1.4, share=2.0),
    "small icons": Kind(conversational.small_icons, 66, 1.0, share=1.0),
    "one thing": Kind(conversational.one_thing, 47, 1.4, share=1.5),
}
"""Name -> kind. Order and names are part of what a seed draws."""
