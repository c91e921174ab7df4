"""Skirts: front, back and a waistband."""

from collections.abc import Sequence

import numpy as np

from assets.common.settings import Settings
from assets.library import Slot
from assets.patterns.panels import FABRIC, Pattern, bezier, join, line, mirror, shift, symmetric


class Skirt(Settings):
    """Measures of a skirt laid flat, the origin at the middle of the waistband's top."""

    waist: float
    band: float = 0.035
    hip: float
    hip_at: float = 0.2
    hem: float
    length: float
    hem_curve: float = 0.02
    stiffness: float = 1.0


def skirt(m: Skirt, slots: Sequence[Slot] = (FABRIC,)) -> Pattern:
    """Draft a skirt: front, back and a waistband."""
    top, hip = np.array([m.waist / 2, -m.band]), np.array([m.hip / 2, -m.hip_at])
    hem_point = np.array([m.hem / 2, -m.length + m.hem_curve])
    hem = bezier((0, -m.length), (hem_point[0] * 0.55, -m.length), hem_point)
    side = join(bezier(hem_point, hip + (hem_point - hip) * 0.3, hip), bezier(hip, shift(hip, 0, 0.07), top))
    band_low = line((0, -m.band), top)
    tip = np.array([m.waist / 2, 0.0])
    pieces = {
        layer: [
            symmetric(layer, (hem, side, band_low[::-1]), part="skirt"),
            symmetric(
                "waistband",
                (band_low, line(top, tip), line(tip, (0, 0))),
                band=join(mirror(band_low), band_low),
                part="waistband",
            ),
        ]
        for layer in ("front", "back")
    }
    seams = [side, line(top, tip)]
    stitch = shift(hem, 0, 0.022)
    stitch = stitch[stitch[:, 0] < hem_point[0] - 0.014]
    anchors = {"band": (m.waist / 2, m.band), "hip": tuple(hip), "hem": tuple(hem_point)}
    lines = [(join(mirror(stitch), stitch), layer) for layer in pieces]
    both = [*seams, *(mirror(s) for s in seams)]
    return Pattern(pieces["front"], pieces["back"], both, anchors, slots, lines, stiffness=m.stiffness)
