"""T-shirt: short set-in sleeves, a ribbed round or V neck."""

import numpy as np

from assets.patterns.blocks.bodice import Bodice, bodice


def sample(rng: np.random.Generator) -> Bodice:
    """Draw a t-shirt between a fitted woman's and a boxy man's."""
    chest = rng.uniform(0.44, 0.60)
    v = rng.random() < 0.2
    return Bodice(
        chest=chest,
        length=chest * rng.uniform(1.15, 1.40),
        hem=chest * rng.uniform(0.95, 1.06),
        shoulder=chest * rng.uniform(0.78, 0.92),
        armhole=0.09 + 0.22 * chest + rng.uniform(-0.01, 0.02),
        neck=rng.uniform(0.17, 0.21),
        neck_front=rng.uniform(0.14, 0.18) if v else rng.uniform(0.08, 0.12),
        neckline="v" if v else "round",
        neck_rib=rng.uniform(0.014, 0.024),
        sleeve=rng.uniform(0.15, 0.25),
        sleeve_angle=rng.uniform(22, 42),
        cuff=rng.uniform(0.155, 0.20),
    )


draft = bodice
