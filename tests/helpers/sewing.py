"""Garments that are sewn without being simulated."""

from importlib import import_module

import numpy as np

from assets.common.rng import rng_for
from assets.patterns import PATTERNS
from assets.patterns.panels import Pattern
from assets.sewing.cloth import Cloth, cut
from assets.sewing.finish import Shell, weld

STEP = 0.023


def sewn(type: str, seed: int) -> tuple[Pattern, Cloth, Shell]:
    """A garment cut coarsely and sewn where it lies on the table."""
    style = import_module(PATTERNS[type])
    pattern = style.draft(style.sample(rng_for(seed, "test", type)))
    cloth = cut(pattern, STEP, rng_for(seed, "cut"))
    lying = np.column_stack([cloth.table[:, 0], np.where(cloth.back, 0.01, -0.01), cloth.table[:, 1]])
    return pattern, cloth, weld(cloth, lying, len(pattern.front))
