"""What lies upon a garment: collars, plackets, zips and pockets."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from assets.library import Slot
from assets.patterns.blocks.bodice import Bodice, half_neckline
from assets.patterns.panels import Button, Panel, Patch, Pattern, bezier, bowed, line, symmetric


def collar(m: Bodice, fall: float, point: float, spread: float, slot: int = 0) -> list[Patch]:
    """Return a turned-down collar: two leaves on the front, one piece on the back.

    `fall` is its width at back and shoulder; the leaf's tip hangs `point` below the collar's front end and
    `spread` further out.
    """
    neck = np.array([m.neck / 2, 0.0])
    outwards = np.array([m.shoulder / 2, -m.slope]) - neck
    outer = neck + outwards / np.linalg.norm(outwards) * fall
    front = half_neckline(m.neck, m.neck_front, 0.0, m.neckline)
    front = front[: round(len(front) * 0.94)]
    tip = front[-1] + np.array([spread, -point])
    leaf = Panel(
        "collar",
        (front, line(front[-1], tip), bowed(tip, outer, -0.006), line(outer, neck)),
        grain=0.5,
        slot=slot,
        part="collar",
    )
    low = np.array([0.0, -m.neck_back - fall])
    back = half_neckline(m.neck, m.neck_back, 0.0, "round")
    half = (bezier(low, (outer[0] * 0.7, low[1]), outer), line(outer, neck), back)
    right = Patch(leaf, raised=0.005)
    back_piece = symmetric("collar back", half, slot=slot, part="collar")
    return [right, right.mirrored(), Patch(back_piece, "back", raised=0.005)]


def strip(name: str, top: float, bottom: float, width: float, slot: int = 0) -> Patch:
    """Return a placket or zip down the centre front between two heights."""
    half = (line((0, bottom), (width / 2, bottom)), line((width / 2, bottom), (width / 2, top)))
    edges = (*half, line((width / 2, top), (0, top)))
    return Patch(symmetric(name, edges, origin=(0.013, 0.007), slot=slot, part="closure"))


def edgings(name: str, top: float, bottom: float, width: float, slot: int = 0) -> list[Patch]:
    """Return the halves of a placket or zip, each `width` metres wide, down both edges of an opened front."""
    a, b, c, d = (0.0, bottom), (width, bottom), (width, top), (0.0, top)
    edges = (line(a, b), line(b, c), line(c, d), line(d, a))
    right = Patch(Panel(name, edges, origin=(0.013, 0.007), slot=slot, part="closure"))
    return [right, right.mirrored()]


def pocket(name: str, x: float, y: float, width: float, depth: float, taper: float = 0.0) -> Patch:
    """Return a patch pocket, its top edge's middle at (x, y); the lower corners `taper` metres further in."""
    a, b = (x - width / 2, y), (x + width / 2, y)
    c, d = (x + width / 2 - taper, y - depth), (x - width / 2 + taper, y - depth)
    edges = (line(a, d), line(d, c), line(c, b), line(b, a))
    return Patch(Panel(name, edges, origin=(0.017, 0.009), part="pocket"), raised=0.0025)


def with_patches(
    pattern: Pattern,
    patches: Sequence[Patch] = (),
    buttons: Sequence[Button] = (),
    slots: Sequence[Slot] = (),
) -> Pattern:
    """Return the pattern with patches and buttons, and the slots of their materials after its own."""
    return replace(pattern, patches=patches, buttons=buttons, slots=(*pattern.slots, *slots))
