"""Long-sleeve top: a t-shirt with sleeves to the wrist."""

import numpy as np

from assets.patterns.blocks.bodice import Bodice, bodice


def sample(rng: np.random.Generator) -> Bodice:
    """Draw a long-sleeve top between close-fitting and loose."""
    chest = rng.uniform(0.43, 0.58)
    rib = rng.random() < 0.4
    return Bodice(
        chest=chest,
        length=chest * rng.uniform(1.20, 1.42),
        hem=chest * rng.uniform(0.94, 1.04),
        shoulder=chest * rng.uniform(0.76, 0.88),
        armhole=0.085 + 0.22 * chest + rng.uniform(-0.01, 0.02),
        neck=rng.uniform(0.17, 0.23),
        neck_front=rng.uniform(0.07, 0.13),
        neck_rib=rng.uniform(0.014, 0.022),
        sleeve=rng.uniform(0.55, 0.64),
        sleeve_angle=rng.uniform(38, 52),
        cuff=rng.uniform(0.09, 0.12),
        cuff_rib=rng.uniform(0.04, 0.06) if rib else 0.0,
    )


draft = bodice
