"""Trousers and shorts: two legs and a waistband."""

from collections.abc import Sequence
from math import atan2

import numpy as np

from assets.common.settings import Settings
from assets.library import Slot
from assets.patterns.panels import (
    FABRIC,
    Panel,
    Pattern,
    bezier,
    bowed,
    join,
    line,
    mirror,
    shift,
    symmetric,
)


class Trousers(Settings):
    """Measures of trousers laid flat, the origin at the middle of the waistband's top."""

    waist: float
    band: float = 0.04
    hip: float
    rise: float
    inseam: float
    knee: float
    hem: float
    spread: float  # the legs' middle lines part by this much from crotch to hem
    hem_rib: float = 0.0
    stiffness: float = 1.0


def trousers(m: Trousers, slots: Sequence[Slot] = (FABRIC,)) -> Pattern:
    """Draft trousers or shorts: two legs each with front and back, a waistband, a fly."""
    top, tip, hip = (
        np.array([m.waist / 2, -m.band]),
        np.array([m.waist / 2, 0.0]),
        np.array([m.hip / 2, -0.75 * m.rise]),
    )
    crotch, low = np.array([0.0, -m.rise]), -m.rise - m.inseam
    middle = m.hip / 4 + m.spread
    hem_in, hem_out = np.array([middle - m.hem / 2, low]), np.array([middle + m.hem / 2, low])
    hem_in[0] = max(hem_in[0], 0.012)
    knee_y = -m.rise - 0.5 * m.inseam
    knee_x = m.hip / 4 + m.spread / 2
    knee_in = np.array([max(knee_x - m.knee / 2, 0.010), knee_y])
    knee_out = np.array([knee_x + m.knee / 2, knee_y])
    inseam = bezier(crotch, (0.012, crotch[1] - 0.01), knee_in + (knee_in - hem_in) * 0.6, knee_in)
    inseam = join(inseam, line(knee_in, hem_in))
    side = join(
        bezier(hem_out, knee_out + (hem_out - knee_out) * 0.3, shift(knee_out, 0, 0.12), hip),
        bezier(hip, shift(hip, 0, 0.08), top),
    )
    band_low, centre = line((0, -m.band), top), line((0, -m.band), crotch)
    grain = -atan2(m.spread, m.rise + m.inseam)
    pieces: dict[str, list[Panel]] = {}
    for layer in ("front", "back"):
        leg = (inseam, line(hem_in, hem_out), side, band_low[::-1], centre)
        right = Panel(f"right {layer}", leg, grain=-grain, part="leg")
        edges = (band_low, line(top, tip), line(tip, (0, 0)))
        band = symmetric("waistband", edges, band=join(mirror(band_low), band_low), part="waistband")
        pieces[layer] = [right, right.mirrored(), band]
    seams = [inseam, side, line(top, tip)]
    fly = join(
        line((0.035, -m.band - 0.012), (0.035, -m.rise * 0.5)),
        bowed((0.035, -m.rise * 0.5), (0.008, -m.rise * 0.62), 0.006),
    )
    pocket = line((m.waist / 2 - 0.045, -m.band - 0.012), (m.hip / 2 - 0.018, -m.rise * 0.62))
    stitch = line(shift(hem_in, 0.012, 0.022), shift(hem_out, -0.012, 0.022))
    lines = [(fly, "front"), (pocket, "front"), (mirror(pocket), "front")]
    lines += [(curve, layer) for layer in pieces for curve in (stitch, mirror(stitch))]
    anchors = {
        "band": (m.waist / 2, m.band),
        "hip": tuple(hip),
        "crotch": tuple(crotch),
        "hem": tuple(hem_out),
        "hem_in": tuple(hem_in),
    }
    both = [*seams, *(mirror(s) for s in seams)]
    return Pattern(pieces["front"], pieces["back"], both, anchors, slots, lines, stiffness=m.stiffness)
