"""Shorts: legs that end between mid-thigh and knee."""

import numpy as np

from assets.patterns.blocks.trousers import Trousers
from assets.patterns.blocks.trousers import trousers as draft  # noqa: F401


def sample(rng: np.random.Generator) -> Trousers:
    """Draw shorts between close and wide."""
    waist = rng.uniform(0.36, 0.46)
    hip = waist + rng.uniform(0.08, 0.14)
    hem = hip / 2 * rng.uniform(0.98, 1.12)
    return Trousers(
        waist=waist,
        band=rng.uniform(0.035, 0.05),
        hip=hip,
        rise=rng.uniform(0.26, 0.31),
        inseam=rng.uniform(0.10, 0.26),
        knee=hem * 1.02,
        hem=hem,
        spread=rng.uniform(0.015, 0.045),
        stiffness=rng.uniform(1.2, 2.5),
    )
