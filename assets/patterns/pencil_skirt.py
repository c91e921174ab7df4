"""Pencil skirt: close at the hips, narrower at the knee."""

import numpy as np

from assets.patterns.blocks.skirt import Skirt
from assets.patterns.blocks.skirt import skirt as draft  # noqa: F401


def sample(rng: np.random.Generator) -> Skirt:
    """Draw a skirt that ends around the knee."""
    waist = rng.uniform(0.33, 0.41)
    hip = waist + rng.uniform(0.07, 0.11)
    return Skirt(
        waist=waist,
        band=rng.uniform(0.03, 0.045),
        hip=hip,
        hem=hip - rng.uniform(0.02, 0.07),
        length=rng.uniform(0.52, 0.70),
        hem_curve=0.004,
        stiffness=rng.uniform(1.5, 3.0),
    )
