"""Sleeveless dress: fitted bodice, waist seam, flared skirt."""

import numpy as np

from assets.patterns.blocks.bodice import Bodice, bodice


def sample(rng: np.random.Generator) -> Bodice:
    """Draw a dress of knee to midi length."""
    chest = rng.uniform(0.42, 0.50)
    waist = chest * rng.uniform(0.78, 0.94)
    return Bodice(
        chest=chest,
        length=rng.uniform(0.86, 1.14),
        hem=rng.uniform(0.58, 0.92),
        waist=waist,
        waist_at=rng.uniform(0.37, 0.43),
        waist_seam=True,
        shoulder=chest * rng.uniform(0.66, 0.80),
        slope=0.03,
        armhole=0.085 + 0.22 * chest,
        neck=rng.uniform(0.18, 0.24),
        neck_front=rng.uniform(0.09, 0.17),
        neck_back=rng.uniform(0.02, 0.08),
        hem_curve=rng.uniform(0.02, 0.05),
        stiffness=1.2,
    )


draft = bodice
