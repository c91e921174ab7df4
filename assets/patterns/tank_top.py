"""Tank top: no sleeves, narrow shoulders, a deep round neck, narrow binding."""

import numpy as np

from assets.patterns.blocks.bodice import Bodice, bodice


def sample(rng: np.random.Generator) -> Bodice:
    """Draw a tank top between a fitted camisole width and a loose vest."""
    chest = rng.uniform(0.40, 0.52)
    return Bodice(
        chest=chest,
        length=chest * rng.uniform(1.25, 1.5),
        hem=chest * rng.uniform(0.98, 1.1),
        shoulder=chest * rng.uniform(0.60, 0.74),
        slope=0.03,
        armhole=0.08 + 0.25 * chest,
        neck=rng.uniform(0.18, 0.22),
        neck_front=rng.uniform(0.12, 0.18),
        neck_back=rng.uniform(0.03, 0.08),
        neck_rib=0.012,
        stiffness=0.8,
    )


draft = bodice
