"""What is sewn or printed onto clothes of any pattern: seams, pockets, closures, hems, bands, a chest print.

Every class draws its trims from the same distribution, so that a button or a logo never says which pattern
it is: each covers a small part of the garment and repeats too seldom to be a pattern of its own.
"""

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from materials import palette
from materials.color import Color
from materials.nodes import (
    Graph,
    Inputs,
    Value,
    absolute,
    below,
    floor,
    fract,
    length,
    maximum,
    random,
    vector,
)
from materials.surface import Cloth
from materials.view import View

MAX_PRINT_SHARE = 0.2
"""A print is a small logo: at most this wide, share of `View.body_cm`, and about half as high.

One of `patterns.graphic.MIN_SHARE` and more is the class `graphic`; nothing is drawn between."""
MAX_HEM_SHARE = 0.09
"""A hem or a cuff is at most this share of the garment's height or width."""
MIN_BAND_CM = 0.6
"""Hems and cuffs are at least this wide."""
BUTTON_DISTANCE_CM = 9.0


class Trims(Settings):
    """Parameters of the trims; an opacity of 0 means that there is none."""

    thread: Color = Field("#141414", description="colour of seams, stitching and buttons")
    placket: float = Field(
        0, ge=-1, le=1, description="front edge in the middle: darker, < 0 lighter, by 40 %"
    )
    buttons: float = Field(0, ge=0, le=1, description="1 = buttons along the middle, 9 cm apart")
    zip: float = Field(0, ge=0, le=1, description="opacity of a zip along the middle, in the trim's colour")
    seam: float = Field(0, ge=0, le=1, description="opacity of a level seam, up to 60 %")
    seam_height: float = Field(0.8, ge=0.2, le=0.95, description="its height, share of the garment")
    pocket: float = Field(
        0, ge=0, le=1, description="opacity of the outline of two patch pockets, up to 60 %"
    )
    pocket_x: float = Field(9, ge=5, le=16, description="their distance from the middle, cm")
    pocket_y: float = Field(0.68, ge=0.15, le=0.8, description="their height, share of the garment")
    trim: Color = Field("#f4f4f4", description="colour of contrasting hem and cuffs")
    hem: float = Field(0, ge=0, le=1, description="opacity of a hem in the trim's colour")
    hem_cm: float = Field(4, ge=MIN_BAND_CM, le=8, description="height of the hem")
    cuffs: float = Field(0, ge=0, le=1, description="opacity of edges at both sides in the trim's colour")
    cuff_cm: float = Field(2, ge=MIN_BAND_CM, le=6, description="width of these edges")
    waist: float = Field(0, ge=0, le=1, description="opacity of a band at the top in the trim's colour")
    sides: float = Field(0, ge=0, le=1, description="opacity of narrow bands along both sides")
    sides_cm: float = Field(2, ge=1, le=4, description="distance of these bands, of which there are two")
    print: float = Field(0, ge=0, le=1, description="opacity of a print on the front")
    print_color: Color = Field("#f4f4f4", description="colour of the print")
    print_x: float = Field(0.6, ge=0.3, le=0.7, description="its place, share of the width")
    print_y: float = Field(0.7, ge=0.4, le=0.8, description="its place, share of the height")
    print_cm: float = Field(6, ge=1.5, le=26, description="its width")
    print_round: float = Field(0, ge=0, le=1, description="0 = lines of lettering, 1 = a badge")
    seed: float = Field(0, ge=0, le=100, description="moves the lettering about")


NO_TRIMS = Trims.model_validate({})


def sample_trims(rng: np.random.Generator, view: View) -> Trims:
    """Draw trims; most clothes have one or two of them."""
    dark = rng.random() < 0.7
    closed = rng.choice(["no", "buttons", "zip"], p=[0.74, 0.17, 0.09])
    small = rng.random() < 0.45
    share = rng.uniform(0.07, 0.13) if small else rng.uniform(0.12, MAX_PRINT_SHARE)
    return Trims(
        thread=palette.from_family(rng, palette.FAMILIES["black"]) if dark else palette.color(rng),
        placket=_one_in(rng, 0.8) * rng.uniform(-0.8, 1) if closed != "no" else 0.0,
        buttons=float(closed == "buttons"),
        zip=rng.uniform(0.4, 1) if closed == "zip" else 0.0,
        seam=_one_in(rng, 0.3) * rng.uniform(0.2, 1),
        seam_height=rng.uniform(0.2, 0.95),
        pocket=_one_in(rng, 0.2) * rng.uniform(0.2, 1),
        pocket_x=rng.uniform(6, 13),
        pocket_y=rng.uniform(0.2, 0.75),
        trim=palette.color(rng),
        hem=_one_in(rng, 0.2) * rng.uniform(0.3, 1),
        hem_cm=_band(rng, MAX_HEM_SHARE * view.height_cm, 8),
        cuffs=_one_in(rng, 0.15) * rng.uniform(0.3, 1),
        cuff_cm=_band(rng, MAX_HEM_SHARE / 2 * view.width_cm, 6),
        waist=_one_in(rng, 0.1) * rng.uniform(0.3, 1),
        sides=_one_in(rng, 0.07) * rng.uniform(0.5, 1),
        sides_cm=rng.uniform(1.2, 3),
        print=_one_in(rng, 0.28) * rng.uniform(0.5, 1),
        print_color=palette.color(rng),
        print_x=0.5 if not small or rng.random() < 0.2 else rng.uniform(0.35, 0.65),
        print_y=rng.uniform(0.5, 0.78),
        print_cm=float(np.clip(share * view.body_cm, 1.5, 26)),
        print_round=float(rng.random() < 0.3),
        seed=rng.uniform(0, 100),
    )


def build(graph: Graph, p: Inputs, cloth: Cloth, color: Value) -> Value:
    """Draw the trims over the colour of a pattern; return the colour."""
    across = (cloth.place.x - 0.5) * cloth.extent.x
    up = cloth.place.y * cloth.extent.y
    color = color * (1.0 - p.placket * 0.4 * line(across, 1.5, 0.5) * cloth.front)
    level = line(up - p.seam_height * cloth.extent.y, 0.0, 0.4) * p.seam
    x, y = absolute(absolute(across) - p.pocket_x) - 5.0, absolute(up - p.pocket_y * cloth.extent.y) - 5.5
    pocket = line(maximum(x, y), 0.0, 0.4) * cloth.front * p.pocket
    button = length(vector(across, (fract(up / BUTTON_DISTANCE_CM) - 0.5) * BUTTON_DISTANCE_CM))
    sewn = maximum(maximum(level, pocket) * 0.6, p.buttons * below(0.6, button, 0.2) * cloth.front)
    color = color.mix(p.thread, sewn)

    inward = cloth.extent.x * 0.5 - absolute(across)
    edge = maximum(p.hem * below(p.hem_cm, up, 0.3), p.cuffs * below(p.cuff_cm, inward, 0.3))
    edge = maximum(edge, p.waist * below(p.hem_cm, cloth.extent.y - up, 0.3))
    side = line(fract(inward / p.sides_cm) * p.sides_cm, 0.5, 0.5) * (inward < p.sides_cm * 2.0)
    edge = maximum(edge, p.sides * side)
    color = color.mix(p.trim, maximum(edge, p.zip * line(across, 0.0, 0.8) * cloth.front))
    return color.mix(p.print_color, p.print * cloth.front * emblem(p, cloth))


def line(distance: Value, at: float, width: float) -> Value:
    """Draw a line `width` cm wide where `distance` is `at`."""
    return below(width, absolute(distance - at), 0.3)


def emblem(p: Inputs, cloth: Cloth) -> Value:
    """Draw two lines of lettering or a round badge around the print's place."""
    x = (cloth.place.x - p.print_x) * cloth.extent.x / p.print_cm
    y = (cloth.place.y - p.print_y) * cloth.extent.y / p.print_cm
    letter = random(floor(vector(x * 14.0, y * 24.0)), p.seed).x > 0.4
    rows = below(0.25, absolute(fract(y * 4.0 + 0.5) - 0.5), 0.05)
    inside = (absolute(x) < 0.5) * (absolute(y) < 0.24)
    radius = length(vector(x, y))
    badge = below(0.4, radius, 0.05)
    cut = below(0.3, radius, 0.05) * letter
    return (letter * rows * inside).mix(badge * (1.0 - cut * 0.7), p.print_round)


def _band(rng: np.random.Generator, widest: float, most: float) -> float:
    """Draw the width of a hem or cuff in cm, at most `widest`; on a tiny garment it is `MIN_BAND_CM`."""
    widest = max(widest, MIN_BAND_CM)
    return min(rng.uniform(min(1.0, widest), widest), most)


def _one_in(rng: np.random.Generator, probability: float) -> float:
    return float(rng.random() < probability)
