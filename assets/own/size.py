"""How large a user's garment is: metres per unit of its file, and what the user should know of it."""

from functools import cache
from importlib import import_module
from pathlib import Path

import click
import numpy as np

from assets.common.rng import rng_for
from assets.patterns import PATTERNS

SMALLEST_M, LARGEST_M = 0.25, 2.2
"""Largest extent of a garment, between which a unit is taken to be right."""
POSSIBLE_M = (0.05, 5.0)
"""What the user may say it is."""
UNITS = {"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254, "ft": 0.3048}
NAMES = {"m": "metres", "cm": "centimetres", "mm": "millimetres", "in": "inches", "ft": "feet"}
UNUSUAL = 2.0
"""A garment this many times as long as others of its type, or as short, is remarked upon."""


def metres_per_unit(
    path: Path,
    height: float,
    size: float,
    *,
    type: str,
    stated: float | None,
    said_height: float | None,
    said_unit: str | None,
) -> tuple[float, list[str]]:
    """Return metres per unit, and remarks if that was a guess or the garment is far from its type's size.

    `height` from hem to neck and `size`, the largest extent, are in the file's unit, which is `stated` in
    metres, None if the file does not say. Raises click.ClickException if no unit makes it a garment.
    """
    remarks = []
    if said_unit:
        scale = UNITS[said_unit]
    elif said_height:
        scale = said_height / height
    elif stated is not None and SMALLEST_M <= size * stated <= LARGEST_M:
        scale = stated
    else:
        unit = _guess(path, height, size, type)
        scale = UNITS[unit]
        why = "it states no unit" if stated is None else f"{size * stated:.3g} m is no garment's size"
        remarks.append(f"{why}: taken as {NAMES[unit]}; --unit or --height says otherwise")
    if not POSSIBLE_M[0] <= size * scale <= POSSIBLE_M[1]:
        raise click.ClickException(
            f"{path}: {'--unit' if said_unit else '--height'} makes it {size * scale:.3g} m across, "
            "which is no garment; say another"
        )
    if type in PATTERNS and not said_height:
        usual = usual_height(type)
        if not 1 / UNUSUAL <= height * scale / usual <= UNUSUAL:
            remarks.append(
                f"warning: {height * scale:.2f} m from hem to neck, while a {type} has about {usual:.2f}; "
                "if that is wrong, say --unit or --height"
            )
    return scale, remarks


def _guess(path: Path, height: float, size: float, type: str) -> str:
    fitting = [unit for unit, metres in UNITS.items() if SMALLEST_M <= size * metres <= LARGEST_M]
    if not fitting:
        raise click.ClickException(f"{path}: {size:g} units across fits no garment; say --height in metres")
    if type not in PATTERNS:
        return fitting[0]
    return min(fitting, key=lambda unit: abs(np.log(height * UNITS[unit] / usual_height(type))))


@cache
def drafted_outlines(type: str) -> tuple[np.ndarray, ...]:
    """Return points (N, 2) on the outlines of some of our own patterns of a type, metres, y to the neck."""
    style = import_module(PATTERNS[type])
    patterns = [style.draft(style.sample(rng_for("usual height", type, i))) for i in range(9)]
    return tuple(
        np.concatenate([panel.outline(0.01) for panel in (*pattern.front, *pattern.back)])
        for pattern in patterns
    )


def usual_height(type: str) -> float:
    """Return the median height in metres of our own patterns of a type, laid flat."""
    return float(np.median([np.ptp(points[:, 1]) for points in drafted_outlines(type)]))
