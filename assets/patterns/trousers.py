"""Trousers: straight, slim or wide legs."""

import numpy as np

from assets.patterns.blocks.trousers import Trousers
from assets.patterns.blocks.trousers import trousers as draft  # noqa: F401


def sample(rng: np.random.Generator) -> Trousers:
    """Draw trousers between slim and wide."""
    waist = rng.uniform(0.36, 0.46)
    hip = waist + rng.uniform(0.07, 0.13)
    hem = rng.uniform(0.15, 0.26)
    return Trousers(
        waist=waist,
        band=rng.uniform(0.035, 0.045),
        hip=hip,
        rise=rng.uniform(0.25, 0.31),
        inseam=rng.uniform(0.66, 0.80),
        knee=0.5 * hem + 0.22 * hip + rng.uniform(0.0, 0.01),
        hem=hem,
        spread=rng.uniform(0.0, 0.07),
        stiffness=rng.uniform(1.5, 3.0),
    )
