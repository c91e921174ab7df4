"""Blocks: the basic drafts that a tailor turns into styles. All measures in metres, of the garment laid flat."""

from collections.abc import Sequence
from math import cos, pi, radians, sin
from typing import Literal

import numpy as np

from assets.library import Slot
from assets.panels import FABRIC, Curve, Panel, Pattern, bezier, bowed, join, line, mirror

from assets.common.settings import Settings


class Bodice(Settings):
    """Measures of a top or dress, the origin midway between the neck points, y up.

    Widths are of the garment laid flat (half the girth). `sleeve` 0 means sleeveless.
    """

    chest: float
    length: float
    hem: float
    waist: float | None = None  # width at `waist_at` below the neck points; None: a straight side seam
    waist_at: float = 0.42
    shoulder: float
    slope: float = 0.045  # the shoulder point lies this much below the neck point
    armhole: float
    neck: float
    neck_front: float
    neck_back: float = 0.02
    neckline: Literal["round", "v"] = "round"
    neck_rib: float = 0.0
    sleeve: float = 0.0
    sleeve_angle: float = 35.0  # degrees below the horizontal
    cuff: float = 0.18
    cuff_rib: float = 0.0
    hem_rib: float = 0.0
    hem_curve: float = 0.01  # the hem's middle lies this much below its ends
    waist_seam: float | None = None  # a seam across the body at this distance below the neck points


def _half_neckline(width: float, depth: float, top: float, shape: str) -> Curve:
    """From the neck point (width / 2, top) to the centre (0, -depth)."""
    w, d = width / 2, depth + top
    if shape == "v":
        return bezier((w, top), (w * 0.72, top - d * 0.35), (w * 0.25, top - d * 0.82), (0, -depth))
    return bezier((w, top), (w * 0.93, top - d * 0.62), (w * 0.55, top - d), (0, -depth))


def _symmetric(name: str, half: Sequence[Curve], **options: object) -> Panel:
    """Close the outline of a piece that is symmetric to x = 0 from its right half, bottom centre to top centre."""
    return Panel(name, (*half, *(mirror(edge) for edge in reversed(half))), **options)  # type: ignore[arg-type]


def bodice(m: Bodice, slots: Sequence[Slot] = (FABRIC,), rib_slot: int = 0) -> Pattern:
    """Draft a top or dress with set-in sleeves."""
    neck_point, shoulder_point = np.array([m.neck / 2, 0.0]), np.array([m.shoulder / 2, -m.slope])
    armpit = np.array([m.chest / 2, -m.slope - m.armhole])
    body_end = -(m.length - m.hem_rib)
    hem_point = np.array([m.hem / 2, body_end + m.hem_curve])
    shoulder = line(shoulder_point, neck_point)
    arm_in = min(m.shoulder, m.chest) / 2 - 0.012
    armhole = bezier(
        armpit, (arm_in, armpit[1] + 0.015), (arm_in, armpit[1] + m.armhole * 0.45), shoulder_point
    )
    if m.waist is None:
        side = line(hem_point, armpit)
    else:
        waist = np.array([m.waist / 2, -m.waist_at])
        side = bezier(hem_point, (m.waist / 2 - 0.0, waist[1] - 0.1), (m.waist / 2 - 0.01, waist[1] + 0.02), armpit)
    hem = bezier((0, body_end), (hem_point[0] * 0.6, body_end), hem_point)
    seams = [side, shoulder]
    parts: dict[str, list[Panel]] = {}
    rib_tip = neck_point + (neck_point - shoulder_point) / np.linalg.norm(neck_point - shoulder_point) * m.neck_rib
    for layer, depth in (("front", m.neck_front), ("back", m.neck_back)):
        shape = m.neckline if layer == "front" else "round"
        neckline = _half_neckline(m.neck, depth, 0.0, shape)
        pieces = [_symmetric("body", (hem, side, armhole, shoulder, neckline))]
        if m.neck_rib:
            inner = _half_neckline(2 * rib_tip[0], depth - m.neck_rib, rib_tip[1], shape)
            edges = (neckline[::-1], line(neck_point, rib_tip), inner)
            full = join(neckline, mirror(neckline))
            pieces.append(_symmetric("neck rib", edges, band=full, slot=rib_slot))
        if m.hem_rib:
            low = hem - [0, m.hem_rib]
            edges = (low, line(low[-1], hem_point), hem[::-1])
            pieces.append(_symmetric("hem rib", edges, band=join(mirror(hem), hem), slot=rib_slot))
        if m.sleeve:
            pieces += _sleeve(m, armpit, shoulder_point, armhole, seams if layer == "front" else [], rib_slot)
        parts[layer] = pieces
    if m.neck_rib:
        seams.append(line(neck_point, rib_tip))
    if m.hem_rib:
        seams.append(line(hem_point - [0, m.hem_rib], hem_point))
    anchors = {
        "neck": (float(neck_point[0]), 0.0),
        "shoulder": (float(shoulder_point[0]), float(shoulder_point[1])),
        "armpit": (float(armpit[0]), float(armpit[1])),
        "hem": (float(hem_point[0]), float(hem_point[1] - m.hem_rib)),
    }
    return Pattern(parts["front"], parts["back"], [*seams, *(mirror(s) for s in seams)], anchors, slots)


def _sleeve(
    m: Bodice, armpit: np.ndarray, shoulder_point: np.ndarray, armhole: Curve, seams: list[Curve], rib_slot: int
) -> list[Panel]:
    """Return both sleeves (and their cuffs); append the right one's seams."""
    angle = radians(m.sleeve_angle)
    along, across = np.array([cos(angle), -sin(angle)]), np.array([-sin(angle), -cos(angle)])
    end_top = shoulder_point + along * (m.sleeve - m.cuff_rib)
    end_low = end_top + across * m.cuff
    under, top, end = bowed(armpit, end_low, 0.012), line(end_top, shoulder_point), line(end_low, end_top)
    options = {"grain": pi / 2 - angle, "origin": (float(shoulder_point[0]), float(shoulder_point[1]))}
    right = [Panel("right sleeve", (under, end, top, armhole[::-1]), **options)]  # type: ignore[arg-type]
    seams += [under, top]
    if m.cuff_rib:
        tip_low, tip_top = end_low + along * m.cuff_rib, end_top + along * m.cuff_rib
        low, high = line(end_low, tip_low), line(tip_top, end_top)
        right.append(
            Panel("right cuff", (low, line(tip_low, tip_top), high, end[::-1]), slot=rib_slot, **options)  # type: ignore[arg-type]
        )
        seams += [low, high]
    return right + [piece.mirrored() for piece in right]
