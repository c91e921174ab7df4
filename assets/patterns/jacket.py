"""Blazer: a deep V closed by one to three buttons, notched lapels, flap pockets, stiff cloth."""

import numpy as np

from assets.library import Slot
from assets.patterns.blocks.bodice import Bodice, bodice
from assets.patterns.blocks.patches import collar, pocket, with_patches
from assets.patterns.panels import Button, Panel, Patch, Pattern, bowed, line, symmetric

LININGS = (
    (0.02, 0.02, 0.025),
    (0.12, 0.12, 0.13),
    (0.03, 0.04, 0.10),
    (0.25, 0.20, 0.15),
    (0.12, 0.02, 0.03),
)
"""Black, grey, navy, beige, wine: linear RGB."""


class Jacket(Bodice):
    lapel: float  # width of the lapel
    buttons: int
    lining: tuple[float, float, float]  # linear RGB


def sample(rng: np.random.Generator) -> Jacket:
    """Draw a blazer between short and waisted and long and straight."""
    chest = rng.uniform(0.46, 0.58)
    return Jacket(
        chest=chest,
        length=chest * rng.uniform(1.22, 1.45),
        hem=chest * rng.uniform(0.98, 1.06),
        waist=chest * rng.uniform(0.88, 0.97),
        shoulder=chest * rng.uniform(0.80, 0.88),
        slope=0.04,
        armhole=0.10 + 0.22 * chest,
        neck=rng.uniform(0.17, 0.19),
        neck_front=rng.uniform(0.27, 0.38),
        neckline="v",
        sleeve=rng.uniform(0.57, 0.63),
        sleeve_angle=rng.uniform(40, 52),
        cuff=rng.uniform(0.125, 0.145),
        front_open=True,
        lapel=rng.uniform(0.06, 0.09),
        buttons=int(rng.integers(1, 4)),
        opened=bool(rng.random() < 0.4),
        lining=LININGS[rng.integers(len(LININGS))],
        stiffness=5.0,
    )


def draft(m: Jacket) -> Pattern:
    """Draft the blazer; the lapels lie on the front along its V."""
    d, x0 = m.neck_front, m.neck / 2
    close, peak = (0.004, -d + 0.004), (x0 * 0.62 + m.lapel, -0.40 * d)
    notch = (x0 * 0.80 + m.lapel * 0.42, -0.34 * d)
    edge = line((x0 * 0.84, -0.20 * d), (x0 * 0.72, -0.35 * d), (x0 * 0.25, -0.82 * d), close)
    lapel = Panel(
        "lapel",
        (edge, bowed(close, peak, -0.012), line(peak, notch), line(notch, (x0 * 0.84, -0.20 * d))),
        grain=0.25,
        part="collar",
    )
    right = Patch(lapel, raised=0.006)
    leaf = m.model_copy(update={"neck_front": 0.30 * d, "neckline": "round"})
    neck = [patch for patch in collar(leaf, 0.045, 0.012, 0.03) if patch.layer == "back"]
    side = Panel(
        "collar",
        (
            line((x0, 0.0), (x0 * 0.84, -0.20 * d)),
            line((x0 * 0.84, -0.20 * d), notch),
            line(notch, (x0 * 0.86 + m.lapel * 0.62, -0.25 * d)),
            bowed((x0 * 0.86 + m.lapel * 0.62, -0.25 * d), (x0 + 0.042, -0.012), -0.006),
            line((x0 + 0.042, -0.012), (x0, 0.0)),
        ),
        grain=0.6,
        part="collar",
    )
    collars = Patch(side, raised=0.0045)
    flap_y = -m.length + 0.30 * m.length
    flaps = [pocket("flap", sign * m.hem * 0.27, flap_y, 0.135, 0.05) for sign in (-1, 1)]
    welt = pocket("welt", m.chest * 0.24, -m.slope - m.armhole * 0.75, 0.095, 0.022)
    buttons = [Button(0.012, -d - 0.02 - 0.10 * i, radius=0.010) for i in range(m.buttons)]
    slots = [
        Slot(name="button", color=(0.03, 0.025, 0.02), roughness=0.35),
        Slot(name="lining", color=m.lining, roughness=0.45),
    ]
    low, wide = (0.03 - m.length, 0.30 * m.chest) if m.opened else (-d - 0.03, 1.1 * x0)
    inner = line((0, low), (wide, low), (wide, -m.slope - m.armhole), (x0, -0.012), (0, -m.neck_back - 0.012))
    lining = Patch(symmetric("lining", (inner,), slot=2, part="lining"), "back", raised=-0.0015)
    patches = [lining, *neck, collars, collars.mirrored(), right, right.mirrored(), *flaps, welt]
    return with_patches(bodice(m), patches, buttons, slots)
