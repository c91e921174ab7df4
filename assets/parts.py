"""The parts of a garment that its faces belong to. Imports no Blender."""

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np

from assets.library import Mesh, Slot

Part = Literal[
    "background", "cloth", "trim", "body", "sleeve", "skirt", "leg", "hood", "collar", "rib", "waistband",
    "pocket", "closure", "button", "hanger", "lining",
]  # fmt: skip
"""`cloth` and `trim`: a part that nobody knows, patterned or not. `collar`: lapels too. `rib`: of neck, cuffs
and hem. `closure`: placket or zip."""
PARTS: tuple[Part, ...] = get_args(Part)
"""A part's id is its place here: 0 is the background."""
NAMED: dict[str, Part] = {"button": "button", "zip": "closure", "hanger": "hanger"}
"""Slots of sewn garments that are one part each."""


def ids_of(mesh: Mesh, slots: Sequence[Slot]) -> np.ndarray:
    """Return the part (F,) uint8 of every face of `mesh`.

    A user's own mesh, or one sewn before parts were kept, knows what its `slots` say.
    """
    if mesh.part is not None:
        return mesh.part
    of_slot = ["cloth" if slot.fabric else NAMED.get(slot.name, "trim") for slot in slots]
    return np.array([PARTS.index(part) for part in of_slot], np.uint8)[mesh.material_index]
