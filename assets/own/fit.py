"""What a mesh needs to be cloth that one can render."""

from pathlib import Path

import click
import numpy as np

from assets.library import Presentation
from assets.own.shells import patches
from assets.own.triangles import Imported
from assets.own.words import quoted
from assets.sewing.strain import areas

SMALLEST_AREA_M2, NARROWEST_M = 1e-4, 0.01
FEWEST_FACES, LOOSE = 8, 0.5
"""Faces in patches of fewer are loose; a mesh with more than this share of its area in them is no cloth."""


def refuse_unfit(path: Path, raw: Imported, vertices: np.ndarray, presentation: Presentation) -> None:
    """Raise click.ClickException if a garment has no area, no width or no connected cloth.

    vertices (V, 3) metres, posed as `presentation` wants it.
    """
    name = quoted(raw.name)
    area = areas(vertices[raw.faces])
    if area.sum() < SMALLEST_AREA_M2:
        raise click.ClickException(f"{path}: the faces of {name} have no area; export it again")
    width, depth, height = np.ptp(vertices, axis=0)
    seen = (width, depth if presentation == "flat" else height)
    if min(seen) < NARROWEST_M:
        raise click.ClickException(
            f"{path}: seen from the front, {name} is {seen[0]:.3f} m wide and {seen[1]:.3f} m high; "
            "say --up, or turn it to the front"
        )
    patch = patches(raw.faces, np.zeros(len(raw.faces), int))
    if area[np.bincount(patch)[patch] < FEWEST_FACES].sum() > LOOSE * area.sum():
        raise click.ClickException(
            f"{path}: the faces of {name} do not hang together; merge its vertices by distance, and export "
            "cloth, not single triangles"
        )
