"""Three presentations of a garment, each a way to run the simulation: worn (ghost mannequin), hung, flat."""

from collections.abc import Callable

import numpy as np

from assets.patterns.panels import Pattern
from assets.sewing.cloth import Cloth
from assets.sewing.flat import flat
from assets.sewing.hung import hung
from assets.sewing.worn import worn

STEP_M = {"worn": 0.0235, "hung": 0.0235, "flat": 0.0215}
"""Edge length of the simulated triangles; the finished surface is twice as fine."""

PRESENT: dict[str, Callable[[Cloth, Pattern, np.random.Generator], np.ndarray]] = {
    "worn": worn,
    "hung": hung,
    "flat": flat,
}
