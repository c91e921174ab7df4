"""Tops and dresses: body, set-in sleeves, hood and ribs."""

from collections.abc import Sequence
from math import acos, atan2, cos, degrees, hypot, pi, radians, sin
from typing import Literal

import numpy as np

from assets.common.settings import Settings
from assets.library import Slot
from assets.patterns.panels import (
    FABRIC,
    Curve,
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
    waist_seam: bool = False  # a seam across the body at the waist
    front_open: bool = False  # the front is cut in two halves
    opened: bool = False  # which lie apart, unbuttoned or unzipped
    hood: float = 0.0  # the hood's height above the neck points
    stiffness: float = 1.0  # of the cloth against bending, relative to a t-shirt's


def half_neckline(width: float, depth: float, top: float, shape: str) -> Curve:
    """From the neck point (width / 2, top) to the centre (0, -depth)."""
    w, d = width / 2, depth + top
    if shape == "v":
        return bezier((w, top), (w * 0.72, top - d * 0.35), (w * 0.25, top - d * 0.82), (0, -depth))
    return bezier((w, top), (w * 0.93, top - d * 0.62), (w * 0.55, top - d), (0, -depth))


def bodice(m: Bodice, slots: Sequence[Slot] = (FABRIC,), rib_slot: int = 0) -> Pattern:
    """Draft a top or dress with set-in sleeves, hood and ribs as its measures say."""
    m = _clear_underarm(m)
    neck, shoulder_point = np.array([m.neck / 2, 0.0]), np.array([m.shoulder / 2, -m.slope])
    armpit = np.array([m.chest / 2, -m.slope - m.armhole])
    low_y = -(m.length - m.hem_rib)
    hem_point = np.array([m.hem / 2, low_y + m.hem_curve])
    shoulder = line(shoulder_point, neck)
    inset = min(m.shoulder, m.chest) / 2 - 0.012
    armhole = bezier(
        armpit, (inset, armpit[1] + 0.015), (inset, armpit[1] + m.armhole * 0.45), shoulder_point
    )
    hem = bezier((0, low_y), (hem_point[0] * 0.6, low_y), hem_point)
    waist = np.array([(m.waist or 0) / 2, -m.waist_at])
    if m.waist is None:
        sides = [line(hem_point, armpit)]
    elif m.waist_seam:
        sides = [bowed(hem_point, waist, -0.01), bowed(waist, armpit, 0.004)]
    else:
        sides = [bezier(hem_point, (hem_point[0], waist[1] - 0.12), shift(waist, -0.01, -0.1), waist)]
        sides = [join(*sides, bezier(waist, shift(waist, 0.01, 0.08), shift(armpit, 0, -0.06), armpit))]
    rib_tip = neck + (neck - shoulder_point) / np.linalg.norm(neck - shoulder_point) * m.neck_rib
    seams = [*sides, shoulder]
    parts: dict[str, list[Panel]] = {}
    for layer, depth in (("front", m.neck_front), ("back", m.neck_back)):
        shape = m.neckline if layer == "front" else "round"
        neckline = half_neckline(m.neck, depth, 0.0, shape)
        upper = (armhole, shoulder, neckline)
        halved = layer == "front" and m.front_open
        if m.waist_seam:
            across = line((0, waist[1]), waist)
            pieces = _body(layer, (across, sides[1], *upper), halved)
            pieces += _body(
                f"{layer} skirt", (hem, sides[0], across[::-1]), halved, origin=(0.021, 0.013), part="skirt"
            )
        else:
            pieces = _body(layer, (hem, sides[0], *upper), halved)
        if m.neck_rib:
            inner = half_neckline(2 * rib_tip[0], depth - m.neck_rib, rib_tip[1], shape)
            edges = (neckline[::-1], line(neck, rib_tip), inner)
            band = join(neckline, mirror(neckline))
            pieces += _body("neck rib", edges, halved, band=band, slot=rib_slot, part="rib")
        if m.hem_rib:
            low = shift(hem, 0, -m.hem_rib)
            edges = (low, line(low[-1], hem_point), hem[::-1])
            band = join(mirror(hem), hem)
            pieces += _body("hem rib", edges, halved, band=band, slot=rib_slot, part="rib")
        if m.hood:
            pieces += _hood(m, layer, neckline, neck)
        if m.sleeve:
            pieces += _sleeve(m, armpit, shoulder_point, armhole, seams if layer == "front" else [], rib_slot)
        parts[layer] = pieces
    if m.neck_rib:
        seams.append(line(neck, rib_tip))
    if m.hem_rib:
        seams.append(line(shift(hem_point, 0, -m.hem_rib), hem_point))
    if m.hood:
        seams += _hood_edges(m, neck)
    anchors = {
        "neck": neck,
        "shoulder": shoulder_point,
        "armpit": armpit,
        "hem": shift(hem_point, 0, -m.hem_rib),
    }
    if m.hood:
        anchors["hood"] = np.array([0.0, m.hood])
    lines = []
    if m.sleeve:
        anchors["cuff_top"], anchors["cuff_low"] = _sleeve_end(m, shoulder_point)
    if not m.hem_rib:
        stitch = shift(hem, 0, 0.022)
        stitch = stitch[stitch[:, 0] < sides[0][0, 0] - 0.012]
        lines = [(join(mirror(stitch), stitch), layer) for layer in parts]
    return Pattern(
        parts["front"],
        parts["back"],
        [*seams, *(mirror(s) for s in seams)],
        {name: (float(x), float(y)) for name, (x, y) in anchors.items()},
        slots,
        lines,
        stiffness=m.stiffness,
        open_below=m.neck_rib - m.neck_front if m.opened else None,
    )


def _body(name: str, half: Sequence[Curve], halved: bool, **options: object) -> list[Panel]:
    """Return one symmetric piece or, for a front that opens, its right and left halves."""
    if not halved:
        return [symmetric(name, half, **options)]
    centre = line((0, half[-1][-1, 1]), (0, half[0][0, 1]))
    right = Panel(f"right {name}", (*half, centre), **options)  # type: ignore[arg-type]
    return [right, right.mirrored()]


def _clear_underarm(m: Bodice) -> Bodice:
    """Return `m` with the sleeve raised as far as its lower end needs to clear the side seam by 3 cm."""
    if not m.sleeve:
        return m
    reach, tilt = hypot(m.sleeve, m.cuff), atan2(m.cuff, m.sleeve)
    need = (m.chest - m.shoulder) / 2 + 0.03
    highest = degrees(acos(min(need / reach, 1.0)) - tilt)
    return m.model_copy(update={"sleeve_angle": min(m.sleeve_angle, max(highest, -10.0))})


def _hood_edges(m: Bodice, neck: np.ndarray) -> list[Curve]:
    """Return the hood's right edge from the neck point to its crown on the centre line."""
    wide = m.hood * 0.42
    return [bezier(neck, shift(neck, wide * 0.75, m.hood * 0.30), (wide * 1.05, m.hood), (0, m.hood))]


def _hood(m: Bodice, layer: str, neckline: Curve, neck: np.ndarray) -> list[Panel]:
    """Return the hood's pieces in one layer: whole at the back, two halves around the face at the front."""
    edge = _hood_edges(m, neck)[0]
    if layer == "back":
        return [symmetric("hood back", (neckline[::-1], edge), part="hood")]
    brow = m.hood - 0.055
    chin = neckline[-1]
    face = bezier((0, brow), (m.hood * 0.30, brow), (m.hood * 0.26, 0.02), chin)
    right = Panel("right hood", (neckline[::-1], edge, line((0, m.hood), (0, brow)), face), part="hood")
    return [right, right.mirrored()]


def _sleeve_end(m: Bodice, shoulder_point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the upper and lower end of the right sleeve's opening (of its cuff, if it has one)."""
    angle = radians(m.sleeve_angle)
    top = shoulder_point + m.sleeve * np.array([cos(angle), -sin(angle)])
    return top, top + m.cuff * np.array([-sin(angle), -cos(angle)])


def _sleeve(
    m: Bodice,
    armpit: np.ndarray,
    shoulder_point: np.ndarray,
    armhole: Curve,
    seams: list[Curve],
    rib_slot: int,
) -> list[Panel]:
    """Return both sleeves (and their cuffs); append the right one's seams."""
    angle = radians(m.sleeve_angle)
    along, across = np.array([cos(angle), -sin(angle)]), np.array([-sin(angle), -cos(angle)])
    end_top = shoulder_point + along * (m.sleeve - m.cuff_rib)
    end_low = end_top + across * m.cuff
    under, top, end = bowed(armpit, end_low, 0.012), line(end_top, shoulder_point), line(end_low, end_top)
    options = {"grain": pi / 2 - angle, "origin": (float(shoulder_point[0]), float(shoulder_point[1]))}
    right = [Panel("right sleeve", (under, end, top, armhole[::-1]), part="sleeve", **options)]  # type: ignore[arg-type]
    seams += [under, top]
    if m.cuff_rib:
        tip_low, tip_top = end_low + along * m.cuff_rib, end_top + along * m.cuff_rib
        low, high = line(end_low, tip_low), line(tip_top, end_top)
        edges = (low, line(tip_low, tip_top), high, end[::-1])
        right.append(Panel("right cuff", edges, slot=rib_slot, part="rib", **options))  # type: ignore[arg-type]
        seams += [low, high]
    return right + [piece.mirrored() for piece in right]
