"""What the node groups of a material hand on: `Cloth` and `Drape` into a pattern's, `Surface` out of it."""

from typing import NamedTuple

from materials.nodes import Operand, Value


class Cloth(NamedTuple):
    """Where a pixel lies on the garment."""

    uv: Value
    """Position on the cloth in cm: x across, y up along the grain of the panel."""
    place: Value
    """Position in the garment's bounding box, each 0..1: x across, y up, z from the back to the front."""
    extent: Value
    """Width and height of the garment's bounding box in cm."""
    front: Value
    """1 on the outside of the garment's front, 0 on what lies behind it."""


class Drape(NamedTuple):
    """The folds of the cloth at a pixel."""

    slope: Value
    """Across the front of the garment, up it, and 0."""
    light: Value
    """About 1; less in valleys."""
    wash: Value
    """How washed out the dye is, 0..1."""
    yarn: Value
    """How light the yarn is, about 1."""


class Surface(NamedTuple):
    """What a pattern draws."""

    color: Value
    """The dye: linear RGB."""
    height: Operand
    """Relief of the cloth in cm."""
