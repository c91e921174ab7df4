"""Button-up shirt: collar on a stand, buttoned placket, cuffs, often a pocket; long or short sleeves."""

import numpy as np

from assets.library import Slot
from assets.patterns.blocks.bodice import Bodice, bodice
from assets.patterns.blocks.patches import collar, edgings, pocket, strip, with_patches
from assets.patterns.panels import Button, Pattern

SHAPED_FROM = 0.65
"""Shirts longer than this (metres) are shaped at the waist; on a shorter one there is no room below it."""


class Shirt(Bodice):
    collar_fall: float
    collar_point: float
    collar_spread: float
    chest_pocket: bool
    button_color: tuple[float, float, float]  # linear RGB


def sample(rng: np.random.Generator) -> Shirt:
    """Draw a shirt between a slim blouse and a wide men's shirt."""
    chest = rng.uniform(0.46, 0.60)
    long = rng.random() < 0.7
    length = chest * rng.uniform(1.22, 1.42)
    shade = float(rng.choice([0.02, 0.15, 0.75]))
    opened = bool(rng.random() < 0.25)
    return Shirt(
        chest=chest,
        length=length,
        hem=chest * rng.uniform(0.96, 1.04),
        waist=chest * rng.uniform(0.88, 0.98) if length > SHAPED_FROM else None,
        shoulder=chest * rng.uniform(0.78, 0.88),
        armhole=0.10 + 0.22 * chest,
        neck=rng.uniform(0.165, 0.185),
        neck_front=rng.uniform(0.075, 0.095),
        neck_rib=0.026,
        sleeve=rng.uniform(0.56, 0.63) if long else rng.uniform(0.20, 0.26),
        sleeve_angle=rng.uniform(36, 50) if long else rng.uniform(28, 42),
        cuff=rng.uniform(0.105, 0.125) if long else rng.uniform(0.17, 0.20),
        cuff_rib=0.06 if long else 0.025,
        hem_curve=rng.uniform(0.01, 0.05),
        collar_fall=rng.uniform(0.038, 0.048),
        collar_point=rng.uniform(0.055, 0.075),
        collar_spread=rng.uniform(0.02, 0.055),
        chest_pocket=bool(rng.random() < 0.5),
        button_color=(shade, 0.95 * shade, 0.88 * shade),
        front_open=opened,
        opened=opened,
        stiffness=1.5,
    )


def draft(m: Shirt) -> Pattern:
    """Draft the shirt."""
    top, bottom = -m.neck_front - 0.001, -m.length + 0.004
    placket = edgings("placket", top, bottom, 0.03) if m.opened else [strip("placket", top, bottom, 0.034)]
    patches = [*placket, *collar(m, m.collar_fall, m.collar_point, m.collar_spread)]
    if m.chest_pocket:
        patches.append(pocket("pocket", -m.chest * 0.24, -m.slope - m.armhole * 0.62, 0.105, 0.12))
    buttons = [Button(0.015 * m.opened, float(y)) for y in np.arange(top - 0.035, bottom + 0.06, -0.085)]
    return with_patches(
        bodice(m), patches, buttons, [Slot(name="button", color=m.button_color, roughness=0.3)]
    )
