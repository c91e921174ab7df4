"""Relief of knitwear and pleats, and holes in the cloth's own colour: ribs, welts, cables, eyelets."""

from typing import Any, NamedTuple

import numpy as np

from materials.nodes import (
    Inputs,
    Value,
    absolute,
    below,
    floor,
    fract,
    length,
    maximum,
    smoothstep,
    vector,
)
from materials.surface import Cloth
from materials.view import View

MAX_RIB_SHADE = 0.22
"""The groove between two ribs is at most this much darker: less than the faintest stripes differ by."""
MAX_PALE_RIB = 0.5
"""On pale cloth ribs are at most this deep, ..."""
MIN_RIB_GROOVE = 0.6
"""... and on all they are round: the groove takes up at least this share of their distance."""
MAX_EYELET_SHADE = 0.24
"""Eyelets are at most this much darker, within stitched rims."""
MIN_RIB_PIXELS = 2.5
"""Ribs are at least this many pixels of the final image apart, because unresolved ones would alias, ..."""
MIN_WAFFLE_PIXELS, MIN_ROPE_PIXELS, MIN_EYELET_PIXELS = 3.0, 12.0, 4.0
"""... waffle, cables and eyelets so many."""

WELT_FINER = 1.7
"""The ribs of a welt are so many times finer than the cloth's, and resolved too, ..."""
MAX_WELT_RIB_CM = 3.0
"""... or there is no welt, if the cloth's would then be farther apart than this."""
ROPE_WIDTH = 0.42
"""A cable's rope is this wide, share of the distance of the cables."""


KNITS = ("rib", "cable", "waffle")
"""Makings that have a welt more often than others have, ..."""
SOFT = ("smooth", "heather", "melange", "tweed")
"""... and others that may have one."""


def sample_knit(rng: np.random.Generator, view: View, making: str, pale: bool) -> dict[str, Any]:
    """Draw ribs, wales, waffle or pleats, cables, welts and eyelets that `view` resolves."""
    low, high = {"corduroy": (0.4, 0.9), "pleats": (2.5, 6.0), "waffle": (0.8, 1.8)}.get(making, (0.5, 1.6))
    cross, pleats, cable = making == "waffle", making == "pleats", making == "cable"
    low = max(low, (MIN_WAFFLE_PIXELS if cross else MIN_RIB_PIXELS) * view.cm_per_pixel)
    ribbed = making in (*KNITS, "corduroy", "pleats")
    welt = rng.random() < (0.7 if making in KNITS else 0.12 if making in SOFT else 0.0)
    finest = WELT_FINER * MIN_RIB_PIXELS * view.cm_per_pixel
    welt = welt and finest <= MAX_WELT_RIB_CM
    if welt:
        low = max(low, finest)
    rope = float(np.clip(rng.uniform(4, 10), min(MIN_ROPE_PIXELS * view.cm_per_pixel, 12), 12))
    return {
        "rib": rng.uniform(0.3, MAX_PALE_RIB if pale else 0.7 if cross else 1) if ribbed or welt else 0.0,
        "rib_cm": float(np.clip(rng.uniform(low, max(low, high)), 0.4, 6)),
        "rib_groove": rng.uniform(0.8 if pleats else MIN_RIB_GROOVE, 1),
        "rib_lean": float(pleats and rng.random() < 0.6),
        "rib_loose": rng.uniform(0.4, 1) if pleats else 0.0,
        "rib_cross": float(cross),
        "welt_cm": rng.uniform(3, 9) if welt else 0.0,
        "welt_only": float(not ribbed),
        "rope": rng.uniform(0.4, MAX_PALE_RIB if pale else 1) if cable else 0.0,
        "rope_cm": rope,
        "eyelet": rng.uniform(0.5, 1) if making == "openwork" else 0.0,
        "eyelet_cm": float(np.clip(rng.uniform(1, 2.2), min(MIN_EYELET_PIXELS * view.cm_per_pixel, 6), 6)),
        "eyelet_rows": float(rng.integers(6, 17)),
    }


class Knitted(NamedTuple):
    """The relief at a pixel."""

    hollow: Value
    """How deep it lies, 0..1: 0 on ribs and ropes."""
    height: Value
    """Relief in cm, 0 at the highest."""


def knit(p: Inputs, cloth: Cloth, gather: Value, stretched: Value) -> Knitted:
    """Draw ribs or pleats with their welts, shallow where they are `stretched`, and cables over them."""
    up = cloth.place.y * cloth.extent.y
    welt = up < p.welt_cm
    distance = p.rib_cm * (1.0 - welt * (1.0 - 1.0 / WELT_FINER))
    groove = (
        grooves(p, cloth.uv / distance, gather)
        * p.rib
        * (1.0 - stretched * 0.6)
        * maximum(welt, 1.0 - p.welt_only)
    )
    edge = below(0.5, absolute(up - p.welt_cm), 0.8) * (p.welt_cm > 0.0)
    hollow, raised = ropes(p, cloth)
    below_ropes = maximum(groove * (1.0 - raised), hollow * p.rope)
    return Knitted(
        maximum(below_ropes, edge * 0.7),
        raised * p.rope * p.rope_cm * 0.05 - groove * distance * 0.1 - hollow * p.rope * 0.2 - edge * 0.15,
    )


def grooves(p: Inputs, q: Value, gather: Value) -> Value:
    """1 at the bottom between two ribs, 0 on a rib; knife pleats rise slowly and fall at once."""
    row = floor(q.y) * 0.5 * p.rib_cross
    across = fract(q.x + row + gather * p.rib_loose)
    even = absolute(across * 2.0 - 1.0)
    between = absolute(fract(q.y) * 2.0 - 1.0) * p.rib_cross
    return smoothstep(1.0 - p.rib_groove, 1.0, maximum(even.mix(across, p.rib_lean), between))


def ropes(p: Inputs, cloth: Cloth) -> tuple[Value, Value]:
    """Return the furrows beside and across twisted ropes, and how high these are, 0..1 each."""
    q = cloth.uv / p.rope_cm
    x = (fract(q.x) - 0.5) * (2.0 / ROPE_WIDTH)
    far = absolute(x)
    turn = absolute(fract(q.y * 1.6 + x * (1.0 - x * x * 0.3) * 0.55) * 2.0 - 1.0)
    across = smoothstep(0.6, 1.0, turn) * (far < 1.0)
    beside = smoothstep(0.7, 1.0, far) * below(1.35, far, 0.4)
    dome = maximum(1.0 - x * x, 0.0) * (1.0 - turn * 0.4)
    return maximum(across, beside), dome * (p.rope > 0.0)


def eyelets(p: Inputs, cloth: Cloth) -> tuple[Value, Value]:
    """Return the holes of openwork, in some rows of `eyelet_rows`, and their stitched rims."""
    q = cloth.uv / p.eyelet_cm
    cell = fract(vector(q.x + floor(q.y) * 0.5, q.y)) - 0.5
    middle = length(vector(cell.x, cell.y))
    row = fract(floor(q.y) / p.eyelet_rows) * p.eyelet_rows
    shown = (row < 2.5) * p.eyelet
    hole = below(0.22, middle, 0.12)
    return hole * shown, (below(0.36, middle, 0.12) - hole) * shown
