"""Plain cloth of one colour."""

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from materials import palette
from materials.nodes import Graph, Inputs
from materials.parameters import Color
from materials.surface import Cloth, Surface
from materials.view import View


class Params(Settings):
    """One colour."""

    color: Color = Field("#8a8f96", description="colour of the cloth")


def sample(rng: np.random.Generator, view: View) -> Params:
    """Draw plain cloth."""
    return Params(color=palette.color(rng))


def build(graph: Graph, p: Inputs, cloth: Cloth) -> Surface:
    """Draw the colour."""
    return Surface(p.color, 0.0)
