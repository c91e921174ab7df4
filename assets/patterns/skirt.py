"""A-line skirt."""

import numpy as np

from assets.patterns.blocks.skirt import Skirt
from assets.patterns.blocks.skirt import skirt as draft  # noqa: F401


def sample(rng: np.random.Generator) -> Skirt:
    """Draw a skirt from mini to midi, from slightly to widely flared."""
    waist = rng.uniform(0.32, 0.42)
    hip = waist + rng.uniform(0.08, 0.16)
    length = rng.uniform(0.40, 0.78)
    return Skirt(
        waist=waist,
        band=rng.uniform(0.03, 0.045),
        hip=hip,
        hem=hip + length * rng.uniform(0.25, 0.65),
        length=length,
        hem_curve=rng.uniform(0.02, 0.05),
        stiffness=rng.uniform(0.8, 2.0),
    )
