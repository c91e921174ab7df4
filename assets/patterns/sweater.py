"""Sweater: thick, roomy, long sleeves, deep ribs at neck, cuffs and hem; sometimes a turtleneck."""

import numpy as np

from assets.patterns.blocks.bodice import Bodice, bodice


def sample(rng: np.random.Generator) -> Bodice:
    """Draw a sweater between regular and oversized."""
    chest = rng.uniform(0.48, 0.64)
    v = rng.random() < 0.25
    return Bodice(
        chest=chest,
        length=chest * rng.uniform(1.02, 1.25),
        hem=chest * rng.uniform(0.84, 0.96),
        shoulder=chest * rng.uniform(0.80, 0.96),
        armhole=0.10 + 0.22 * chest + rng.uniform(0.0, 0.03),
        neck=rng.uniform(0.20, 0.24),
        neck_front=rng.uniform(0.17, 0.21) if v else rng.uniform(0.085, 0.11),
        neck_back=0.03,
        neckline="v" if v else "round",
        neck_rib=rng.uniform(0.025, 0.035),
        sleeve=rng.uniform(0.54, 0.62),
        sleeve_angle=rng.uniform(36, 50),
        cuff=rng.uniform(0.105, 0.135),
        cuff_rib=rng.uniform(0.05, 0.075),
        hem_rib=rng.uniform(0.05, 0.075),
        stiffness=4.0,
    )


draft = bodice
