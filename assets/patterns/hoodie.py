"""Hoodie: a hood, a kangaroo pocket, ribs at cuffs and hem; sometimes a zip."""

import numpy as np

from assets.library import Slot
from assets.patterns.blocks.bodice import Bodice, bodice
from assets.patterns.blocks.patches import edgings, pocket, strip, with_patches
from assets.patterns.panels import Pattern


class Hoodie(Bodice):
    zip: bool


def sample(rng: np.random.Generator) -> Hoodie:
    """Draw a hoodie between regular and oversized."""
    chest = rng.uniform(0.50, 0.64)
    zip = bool(rng.random() < 0.4)
    return Hoodie(
        chest=chest,
        length=chest * rng.uniform(1.08, 1.25),
        hem=chest * rng.uniform(0.84, 0.94),
        shoulder=chest * rng.uniform(0.80, 0.92),
        armhole=0.11 + 0.22 * chest,
        neck=rng.uniform(0.20, 0.23),
        neck_front=rng.uniform(0.085, 0.105),
        neck_back=0.025,
        sleeve=rng.uniform(0.55, 0.62),
        sleeve_angle=rng.uniform(36, 48),
        cuff=rng.uniform(0.10, 0.125),
        cuff_rib=rng.uniform(0.05, 0.07),
        hem_rib=rng.uniform(0.05, 0.07),
        hood=rng.uniform(0.27, 0.32),
        front_open=zip,
        zip=zip,
        opened=zip and bool(rng.random() < 0.5),
        stiffness=4.0,
    )


def draft(m: Hoodie) -> Pattern:
    """Draft the hoodie."""
    low = -m.length + m.hem_rib + 0.012
    if m.zip:
        sides = [pocket("pocket", sign * m.hem * 0.23, low + 0.17, m.hem * 0.32, 0.17) for sign in (-1, 1)]
        zipper = Slot(name="zip", color=(0.4, 0.4, 0.42), roughness=0.35, metallic=1.0)
        top, bottom = -m.neck_front - 0.002, -m.length + 0.004
        if m.opened:
            teeth = edgings("zip", top, bottom, 0.006, slot=1)
        else:
            teeth = [strip("zip", top, bottom, 0.012, slot=1)]
        return with_patches(bodice(m), [*sides, *teeth], (), [zipper])
    kangaroo = pocket("pocket", 0.0, low + 0.19, m.hem * 0.42, 0.19, taper=-0.06)
    return with_patches(bodice(m), [kangaroo])
