"""Polo: short sleeves, a soft collar, a short placket with two or three buttons."""

import numpy as np

from assets.library import Slot
from assets.patterns.blocks.bodice import Bodice, bodice
from assets.patterns.blocks.patches import collar, strip, with_patches
from assets.patterns.panels import Button, Pattern


class Polo(Bodice):
    placket: float
    buttons: int
    collar_point: float


def sample(rng: np.random.Generator) -> Polo:
    """Draw a polo between fitted and roomy."""
    chest = rng.uniform(0.45, 0.58)
    return Polo(
        chest=chest,
        length=chest * rng.uniform(1.22, 1.38),
        hem=chest * rng.uniform(0.96, 1.03),
        shoulder=chest * rng.uniform(0.78, 0.88),
        armhole=0.095 + 0.22 * chest,
        neck=rng.uniform(0.17, 0.19),
        neck_front=rng.uniform(0.075, 0.095),
        neck_rib=0.02,
        sleeve=rng.uniform(0.19, 0.25),
        sleeve_angle=rng.uniform(25, 42),
        cuff=rng.uniform(0.15, 0.18),
        cuff_rib=0.025,
        placket=rng.uniform(0.11, 0.16),
        buttons=int(rng.integers(2, 4)),
        collar_point=rng.uniform(0.035, 0.055),
        stiffness=1.3,
    )


def draft(m: Polo) -> Pattern:
    """Draft the polo."""
    top = -m.neck_front - 0.001
    patches = [strip("placket", top, top - m.placket, 0.032), *collar(m, 0.048, m.collar_point, 0.05)]
    buttons = [Button(0.0, float(y)) for y in np.linspace(top - 0.02, top - m.placket + 0.03, m.buttons)]
    return with_patches(
        bodice(m), patches, buttons, [Slot(name="button", color=(0.6, 0.58, 0.55), roughness=0.3)]
    )
