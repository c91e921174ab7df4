"""Long-sleeve dress: shaped at the waist, sleeves from the elbow to the wrist."""

import numpy as np

from assets.patterns.blocks.bodice import Bodice, bodice


def sample(rng: np.random.Generator) -> Bodice:
    """Draw a dress between a straight shift and a flared one."""
    chest = rng.uniform(0.43, 0.52)
    return Bodice(
        chest=chest,
        length=rng.uniform(0.88, 1.12),
        hem=rng.uniform(0.48, 0.72),
        waist=chest * rng.uniform(0.82, 0.96),
        waist_at=rng.uniform(0.37, 0.43),
        waist_seam=bool(rng.random() < 0.5),
        shoulder=chest * rng.uniform(0.76, 0.86),
        armhole=0.09 + 0.22 * chest,
        neck=rng.uniform(0.17, 0.23),
        neck_front=rng.uniform(0.07, 0.14),
        neck_rib=0.012,
        sleeve=rng.uniform(0.42, 0.60),
        sleeve_angle=rng.uniform(38, 50),
        cuff=rng.uniform(0.10, 0.15),
        hem_curve=rng.uniform(0.015, 0.035),
        stiffness=1.2,
    )


draft = bodice
