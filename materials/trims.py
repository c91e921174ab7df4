"""What is sewn or printed onto clothes of any pattern, and their lining; all of it small.

Seams, stitching, pockets, closures, bands, drawstrings, labels, tags, a small print. Every class draws them
from the same distribution, so that a button or a logo never says which pattern it is: each covers a small
part of the garment, or is hardly darker than it, and repeats too seldom to be a pattern of its own.
"""

from typing import Any

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from materials import palette
from materials.color import Color
from materials.emblem import emblem
from materials.hems import REACH_CM
from materials.nodes import (
    Inputs,
    Operand,
    Value,
    absolute,
    below,
    fract,
    length,
    maximum,
    minimum,
    vector,
)
from materials.surface import Cloth
from materials.view import View

MAX_PRINT_SHARE = 0.2
"""A print is a small logo: at most this wide, share of `View.body_cm`, ..."""
MAX_PRINT_AREA = 0.026
"""... and its box covers at most this share of the square on that.

A print that is `patterns.graphic.MIN_SHARE` wide and covers `MIN_AREA` is the class `graphic`; nothing is
drawn between."""
MAX_HEM_SHARE = 0.09
"""A hem, a belt or the cuffs are at most this share of the garment's height or width."""
LINED_SHARE = 0.56
"""A lining shows in the middle of the garment, this share of its width: in necks, hoods, open fronts."""
MIN_BAND_CM = 0.6
"""Hems and cuffs are at least this wide."""
MAX_PATCH_SHARE = 0.17
"""A pocket is at most this wide and high, share of `View.body_cm`: filled ones are no colour blocks."""
MAX_PANEL_SHADE = 0.3
"""A yoke or sleeves are at most this much darker or lighter than the rest: more are colour blocks."""
BUTTON_DISTANCE_CM = 9.0
LINING_STRIPE_CM = 3.0
HOOD_CM = 30.0
"""An opening (`View.opening_cm`) that is this deep may be one of a hood, which has a drawstring."""


class Trims(Settings):
    """Parameters of the trims; an opacity of 0 means that there is none."""

    thread: Color = Field("#141414", description="colour of seams, stitching and buttons")
    placket: float = Field(
        0, ge=-1, le=1, description="front edge in the middle: darker, < 0 lighter, by 40 %"
    )
    buttons: float = Field(0, ge=0, le=1, description="1 = buttons along the middle, 9 cm apart")
    zip: float = Field(0, ge=0, le=1, description="opacity of a zip along the middle, in the trim's colour")
    band: float = Field(0, ge=0, le=1, description="opacity of a band 3 cm wide under buttons or zip")
    closed_to: float = Field(
        0, ge=0, le=0.9, description="buttons, zip and band end at this height, share of the garment"
    )
    seam: float = Field(0, ge=0, le=1, description="opacity of a level seam, up to 60 %")
    seam_height: float = Field(0.8, ge=0.2, le=0.95, description="its height, share of the garment")
    fly: float = Field(
        0, ge=0, le=1, description="opacity of the stitching of jeans: waistband, fly, hand pockets"
    )
    pocket: float = Field(0, ge=0, le=1, description="opacity of the outline of patch pockets, up to 60 %")
    pocket_fill: float = Field(0, ge=0, le=1, description="opacity of pockets in the trim's colour")
    pocket_single: float = Field(0, ge=0, le=1, description="1 = only the one on the right of the picture")
    pocket_x: float = Field(9, ge=5, le=16, description="their distance from the middle, cm")
    pocket_y: float = Field(0.68, ge=0.15, le=0.8, description="their height, share of the garment")
    pocket_cm: float = Field(10, ge=1, le=16, description="their width; they are a tenth higher")
    trim: Color = Field("#f4f4f4", description="colour of contrasting hem, cuffs, bands and zip")
    hem: float = Field(0, ge=0, le=1, description="opacity of a hem in the trim's colour")
    hem_cm: float = Field(4, ge=MIN_BAND_CM, le=8, description="height of the hem, the waist and the belt")
    cuffs: float = Field(0, ge=0, le=1, description="opacity of edges at both sides in the trim's colour")
    cuff_cm: float = Field(2, ge=MIN_BAND_CM, le=8, description="width of these edges")
    top_cm: float = Field(0, ge=0, le=150, description="from the top down to the edge of the waist")
    edge: float = Field(0, ge=0, le=1, description="opacity of bound edges of the cloth in the trim's colour")
    edge_cm: float = Field(1.5, ge=0.5, le=3, description="width of bound edges")
    edge_neck: float = Field(0, ge=0, le=1, description="1 = only the neck's edge is bound")
    waist: float = Field(0, ge=0, le=1, description="opacity of a band at the top in the trim's colour")
    belt: float = Field(0, ge=0, le=1, description="opacity of a band across the garment")
    belt_height: float = Field(0.6, ge=0.4, le=0.75, description="its height, share of the garment")
    sides: float = Field(0, ge=0, le=1, description="opacity of narrow bands along both sides")
    sides_cm: float = Field(2, ge=1, le=4, description="distance of these bands, of which there are two")
    panel: float = Field(
        0,
        ge=-MAX_PANEL_SHADE,
        le=MAX_PANEL_SHADE,
        description="yoke and sleeves are this much darker, < 0 lighter",
    )
    panel_height: float = Field(1, ge=0.6, le=1, description="the yoke begins at this share of the height")
    panel_body: float = Field(1, ge=0.5, le=1, description="sleeves begin at this share of the width")
    strings: float = Field(0, ge=0, le=1, description="opacity of a drawstring's two ends")
    string_cm: float = Field(12, ge=3, le=25, description="their length")
    lining: Color = Field("#8a8f96", description="colour of the lining")
    lining_2: Color = Field("#f4f4f4", description="second colour of a striped lining")
    lining_striped: float = Field(0, ge=0, le=1, description="opacity of the lining's stripes")
    lined: float = Field(0, ge=0, le=1, description="opacity of the lining on the cloth's inside")
    tag: float = Field(0, ge=0, le=1, description="opacity of a tag or a sewn label")
    tag_inside: float = Field(0, ge=0, le=1, description="0 = on the front, 1 = on the inside, at the neck")
    tag_color: Color = Field("#f4f4f4", description="colour of the tag")
    tag_x: float = Field(0.5, ge=0.3, le=0.7, description="its place, share of the width")
    tag_y: float = Field(0.2, ge=0.1, le=1, description="its place, share of the height")
    tag_cm: float = Field(4, ge=1.5, le=6, description="its height; it is two thirds as wide")
    neck_cm: float = Field(
        0,
        ge=0,
        le=150,
        description="from the top down to the neck's edge, where a drawstring ends",
    )
    print: float = Field(0, ge=0, le=1, description="opacity of a print on the front")
    print_color: Color = Field("#f4f4f4", description="colour of the print")
    print_color_2: Color = Field("#f4f4f4", description="second colour of the print")
    print_x: float = Field(0.6, ge=0.2, le=0.8, description="its place, share of the width")
    print_y: float = Field(0.7, ge=0.15, le=0.8, description="its place, share of the height")
    print_cm: float = Field(6, ge=1.5, le=26, description="its width")
    print_aspect: float = Field(0.48, ge=0.1, le=1.3, description="its height over its width")
    print_round: float = Field(0, ge=0, le=1, description="0 = lines of lettering, 1 = a badge")
    print_pair: float = Field(0, ge=0, le=1, description="1 = on the other side is one of the other kind")
    seed: float = Field(0, ge=0, le=100, description="moves the lettering about")


NO_TRIMS = Trims.model_validate({})


def sample_trims(rng: np.random.Generator, view: View) -> Trims:
    """Draw trims; most clothes have one or two of them."""
    black = palette.FAMILIES["black"]
    closed = rng.choice(["no", "buttons", "zip"], p=[0.72, 0.17, 0.11])
    belted = 0.0 if view.legs or closed != "no" else 0.07
    striped = 0.15 if view.legs else 0.06
    bands = rng.choice(["no", "belt", "sides"], p=[1 - belted - striped, belted, striped])
    hooded = view.legs or view.opening_cm > HOOD_CM
    sewn = _one_in(rng, 0.5) if view.legs else 0.0
    shaded, yoke = _one_in(rng, 0.12), rng.random() < 0.4
    return Trims(
        thread=_thread(rng, tan=sewn > 0),
        placket=_one_in(rng, 0.8) * rng.uniform(-0.8, 1) if closed != "no" else 0.0,
        buttons=float(closed == "buttons"),
        zip=rng.uniform(0.4, 1) if closed == "zip" else 0.0,
        band=_one_in(rng, 0.3) * rng.uniform(0.3, 1) if closed != "no" else 0.0,
        closed_to=_closed_to(rng, view.legs),
        seam=_one_in(rng, 0.3) * rng.uniform(0.2, 1),
        seam_height=rng.uniform(0.2, 0.95),
        fly=sewn * rng.uniform(0.3, 1),
        pocket=_one_in(rng, 0.2) * rng.uniform(0.2, 1),
        pocket_fill=_one_in(rng, 0.05) * rng.uniform(0.4, 1),
        pocket_single=_one_in(rng, 0.5),
        pocket_x=rng.uniform(6, 13),
        pocket_y=rng.uniform(0.2, 0.75),
        pocket_cm=float(np.clip(rng.uniform(0.07, MAX_PATCH_SHARE / 1.1) * view.body_cm, 1, 16)),
        trim=palette.color(rng),
        hem=_one_in(rng, 0.2) * rng.uniform(0.3, 1),
        hem_cm=_band(rng, MAX_HEM_SHARE * view.height_cm, 8),
        cuffs=_one_in(rng, 0.15) * rng.uniform(0.3, 1),
        cuff_cm=_band(rng, MAX_HEM_SHARE / 2 * view.width_cm, 8),
        top_cm=float(min(view.opening_cm, 150)) if view.legs else 0.0,
        edge=_one_in(rng, 0.1) * rng.uniform(0.5, 1),
        edge_cm=rng.uniform(0.6, 2.5),
        edge_neck=_one_in(rng, 0.4),
        waist=_one_in(rng, 0.2 if view.legs else 0.1) * rng.uniform(0.3, 1),
        belt=rng.uniform(0.4, 1) if bands == "belt" else 0.0,
        belt_height=rng.uniform(0.45, 0.7),
        sides=rng.uniform(0.5, 1) if bands == "sides" else 0.0,
        sides_cm=rng.uniform(1.2, 3),
        panel=shaded * rng.choice([-1, 1]) * rng.uniform(0.12, MAX_PANEL_SHADE),
        panel_height=rng.uniform(0.7, 0.85) if yoke else 1.0,
        panel_body=1.0 if yoke else rng.uniform(0.55, 0.75),
        strings=_one_in(rng, 0.25 if hooded else 0.03) * rng.uniform(0.5, 1),
        string_cm=rng.uniform(5, 20),
        lining=palette.color(rng),
        lining_2=palette.color(rng),
        lining_striped=_one_in(rng, 0.2) * rng.uniform(0.5, 1),
        lined=_one_in(rng, 0.3) * rng.uniform(0.5, 1),
        tag=_one_in(rng, 0.45),
        tag_color=palette.from_family(rng, palette.FAMILIES["white"] if rng.random() < 0.6 else black),
        tag_cm=rng.uniform(1.5, 5),
        **_tag(rng, view),
        neck_cm=float(min(view.opening_cm, 150)),
        **_print(rng, view),
        seed=rng.uniform(0, 100),
    )


def _tag(rng: np.random.Generator, view: View) -> dict[str, Any]:
    """Draw where a label is: inside, at the neck, or now and then on the front, as a price tag may be."""
    if rng.random() < 0.15:
        return {"tag_x": rng.uniform(0.32, 0.68), "tag_y": rng.uniform(0.1, 0.75)}
    down = view.opening_cm - rng.uniform(10, 14)
    return {"tag_inside": 1.0, "tag_y": float(np.clip(1 - down / view.whole_height_cm, 0.1, 0.97))}


def _closed_to(rng: np.random.Generator, legs: bool) -> float:
    """Draw how far down buttons or a zip reach: trousers have a fly, some tops a neck placket."""
    if legs:
        return rng.uniform(0.78, 0.85)
    return rng.uniform(0.5, 0.75) if rng.random() < 0.3 else 0.0


def _thread(rng: np.random.Generator, tan: bool) -> str:
    """Draw the colour of thread and buttons: mostly black, at jeans often tan."""
    if tan and rng.random() < 0.4:
        return palette.from_family(rng, palette.FAMILIES["beige"])
    if rng.random() < 0.7:
        return palette.from_family(rng, palette.FAMILIES["black"])
    return palette.color(rng)


def _print(rng: np.random.Generator, view: View) -> dict[str, Any]:
    """Draw a small print: a line or a badge at the chest, on a pocket or a leg, or wider in the middle."""
    small = view.legs or rng.random() < 0.7
    share = rng.uniform(0.07, 0.16) if small else rng.uniform(0.12, MAX_PRINT_SHARE)
    badge = rng.random() < 0.3
    tallest = min(MAX_PRINT_AREA / share**2, 1.25)
    across = rng.uniform(*((0.18, 0.28) if view.legs else (0.08, 0.18))) * rng.choice([-1, 1])
    color = palette.color(rng)
    aside = small and (view.legs or rng.random() >= 0.2)
    return {
        "print": _one_in(rng, 0.3) * rng.uniform(0.5, 1),
        "print_color": color,
        "print_color_2": palette.color(rng) if rng.random() < 0.4 else color,
        "print_x": 0.5 + across if aside else 0.5,
        "print_y": rng.uniform(0.2, 0.75) if view.legs else rng.uniform(0.5, 0.78),
        "print_cm": float(np.clip(share * view.body_cm, 1.5, 26)),
        "print_aspect": rng.uniform(0.8 if badge else 0.25, 1) * tallest if small else min(0.48, tallest),
        "print_round": float(badge),
        "print_pair": _one_in(rng, 0.3) if aside and share < MAX_PRINT_SHARE / 2 else 0.0,
    }


def build(p: Inputs, cloth: Cloth, color: Value, hem: Value) -> Value:
    """Draw the trims over the colour of a pattern; return the colour. `hem` is that of `hems`."""
    across = (cloth.place.x - 0.5) * cloth.extent.x
    up = cloth.place.y * cloth.extent.y
    down = cloth.extent.y - p.top_cm - up
    inside = 1.0 - cloth.front
    body = absolute(cloth.place.x - 0.5) < LINED_SHARE / 2  # twisted sleeves are not lined
    lining = p.lining.mix(p.lining_2, (fract(up / LINING_STRIPE_CM) < 0.4) * p.lining_striped)
    color = color.mix(lining, inside * body * p.lined)

    panel = maximum(cloth.place.y > p.panel_height, absolute(cloth.place.x - 0.5) > p.panel_body * 0.5)
    closed = cloth.front * (cloth.place.y > p.closed_to)
    color = color * (1.0 - p.panel * panel) * (1.0 - p.placket * 0.4 * line(across, 1.5, 0.5) * closed)

    pocket_x = absolute(across) + (across < 0.0) * p.pocket_single * 1000.0 - p.pocket_x
    half = p.pocket_cm * 0.5
    pocket = maximum(absolute(pocket_x) - half, absolute(up - p.pocket_y * cloth.extent.y) - half * 1.1)
    color = color.mix(p.trim, (pocket < 0.0) * cloth.front * p.pocket_fill)
    color = color.mix(p.trim, line(across, 0.0, 1.5) * closed * p.band)

    level = line(up - p.seam_height * cloth.extent.y, 0.0, 0.4) * p.seam
    outline = line(pocket, 0.0, 0.4) * cloth.front * p.pocket
    button = length(vector(across, (fract(up / BUTTON_DISTANCE_CM) - 0.5) * BUTTON_DISTANCE_CM))
    stitched = maximum(maximum(level, outline) * 0.6, p.buttons * below(0.6, button, 0.2) * closed)
    color = color.mix(p.thread, maximum(stitched, jeans(cloth, across, down) * cloth.front * p.fly))

    inward = cloth.extent.x * 0.5 - absolute(across)
    edge = maximum(p.hem * below(p.hem_cm, up, 0.3), p.cuffs * below(p.cuff_cm, inward, 0.3))
    neck = (absolute(cloth.place.x - 0.5) < 0.25) * (cloth.place.y > 0.7)
    bound = (hem > REACH_CM - p.edge_cm) * maximum(neck, 1.0 - p.edge_neck)
    edge = maximum(edge, p.edge * bound)
    edge = maximum(edge, p.waist * below(p.hem_cm, down, 0.3))
    edge = maximum(edge, p.belt * line(up - p.belt_height * cloth.extent.y, 0.0, p.hem_cm * 0.5))
    side = line(fract(inward / p.sides_cm) * p.sides_cm, 0.5, 0.5) * (inward < p.sides_cm * 2.0)
    edge = maximum(edge, p.sides * side)
    from_neck = cloth.extent.y - p.neck_cm - up
    hanging = (from_neck > -5.0) * (from_neck < p.string_cm)
    string = line(absolute(across), from_neck * 0.08 + 2.0, 0.5) * hanging
    sewn = maximum(p.zip * line(across, 0.0, 0.8) * closed, p.strings * string * cloth.front)
    color = color.mix(p.trim, maximum(edge, sewn))

    tag_x = (cloth.place.x - p.tag_x) * cloth.extent.x
    tag = maximum(absolute(tag_x) * 1.5, absolute(up - p.tag_y * cloth.extent.y)) < p.tag_cm * 0.5
    color = color.mix(p.tag_color, tag * p.tag * cloth.front.mix(inside, p.tag_inside))
    ink, covered = emblem(p, cloth)
    return color.mix(ink, p.print * cloth.front * covered)


def line(distance: Value, at: Operand, width: Operand) -> Value:
    """Draw a line where `distance` is `at`, up to `width` cm to both sides."""
    return below(width, absolute(distance - at), 0.3)


def jeans(cloth: Cloth, across: Value, down: Value) -> Value:
    """Draw the stitching of jeans: the waistband's edge, the fly beside the middle, two hand pockets."""
    below_band = down - 4.0
    fly = absolute(across - 3.0) + (below_band > 14.0) * 100.0
    pocket = length(vector((cloth.extent.x * 0.5 - absolute(across)) * 1.2, below_band)) - 12.0
    nearest = minimum(fly, absolute(pocket)) + (below_band < 0.0) * 100.0
    return below(0.3, minimum(absolute(below_band), nearest), 0.3)


def _band(rng: np.random.Generator, widest: float, most: float) -> float:
    """Draw the width of a hem or cuff in cm, at most `widest`; on a tiny garment it is `MIN_BAND_CM`."""
    widest = max(widest, MIN_BAND_CM)
    return min(rng.uniform(min(1.0, widest), widest), most)


def _one_in(rng: np.random.Generator, probability: float) -> float:
    return float(rng.random() < probability)
