"""Cloth that was dyed unevenly in one dye: faded tie-dye in soft clouds, acid wash in grainy ones."""

from collections.abc import Sequence

import numpy as np

from materials.others.fields import clouds, layers, ramp


def faded(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw wide soft stains with a few veins between, over a whole garment; uint8 (side, side, 3)."""
    stain = clouds(rng, side, rng.uniform(2, 3.5), 0.35)
    veins = ramp(0.4, 0.0, np.abs(clouds(rng, side, 5, 0.5))) * ramp(-1.2, 0.8, stain)
    return layers(colors[0], [(colors[1], np.maximum(ramp(-0.4, 1.7, stain), 0.7 * veins))])


def acid(rng: np.random.Generator, colors: Sequence[str], side: int) -> np.ndarray:
    """Draw mottles of all sizes, as bleach and pumice leave them; (side, side, 3)."""
    mottles = clouds(rng, side, rng.uniform(14, 20), 1.0) + 0.6 * clouds(rng, side, 4, 0.5)
    return layers(colors[0], [(colors[1], ramp(-1.9, 2.1, mottles))])
