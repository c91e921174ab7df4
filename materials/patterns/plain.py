"""Plain cloth: one colour, with all that real plain cloth shows and that is no pattern.

Heathered and streaked yarn, tweed, washed and faded denim, worn jeans, fleece, crinkled cloth; ribs, cables,
waffle, pleats and openwork (`materials.knits`); quilting, puffers and tiers (`materials.quilting`).
Seams, buttons and prints are trims, which every class has (`materials.trims`).
"""

from typing import Any

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from materials import palette
from materials.color import Color
from materials.knits import KNITS, MAX_EYELET_SHADE, MAX_RIB_SHADE, eyelets, knit, sample_knit
from materials.nodes import (
    Graph,
    Inputs,
    Value,
    absolute,
    atan2,
    below,
    length,
    maximum,
    noise,
    sin,
    smoothstep,
    vector,
)
from materials.quilting import MAX_PADDING_SHADE, MAX_SEAM_SHADE, quilting, sample_seams
from materials.surface import Cloth, Surface
from materials.view import View

MAX_HEATHER_CONTRAST = 0.12
"""The two yarns of heathered cloth differ by at most this much (delta E OK), ..."""
MAX_STREAK_CONTRAST, LONG_SPECKS = 0.08, 3.0
"""... and by at most this much where specks are this many times longer than thick: on slanted panels, strong
streaks look like herringbone."""
MAX_TWEED_CONTRAST, MAX_TWEED_PIXELS, MAX_TWEED_STRETCH = 0.3, 1.3, 2.0
"""The yarns of tweed and marl differ by up to the first number; its specks are at most so many pixels of the
final image thick, as larger ones would be a print, and at most so many times as long."""
MAX_MELANGE_CONTRAST, MIN_MELANGE_STRETCH = 0.22, 8
"""The yarns of melange and slub jersey differ by up to this much, in level streaks as thin as specks, ..."""
MAX_PALE_MELANGE = 0.13
"""... and on pale cloth by this much."""
MIN_SPECK_CM, MAX_SPECK_CM = 0.15, 1.2
MAX_PILE_SHADE = 0.22
"""The hollows of fleece are at most this much darker, and without any order."""
PALE = 0.75
"""Cloth paler than this (OKLCH) shows lines best: its relief is drawn shallower."""
MAX_WORN_CONTRAST = 0.12
"""Worn areas differ from the cloth by at most this much (delta E OK): more looks like a gradient, ..."""
MAX_WORN_LEGS = 0.3
"""... but on the legs of jeans by this much: down the middle of each leg, between seams of the cloth's
colour, while a gradient's ends differ by more. Streaks are as faint there as on other denim."""
MAX_WHISKER, MAX_TORN = 0.6, 0.8
"""Whiskers and torn patches lie on worn legs alone, and are at most so much of the way to the worn colour."""
MAX_WASH = 0.7
"""A stone wash is at most this strong: stronger streaks look like stripes."""
MAX_CRINKLE_SHADE = 0.36
"""Crinkles, gathered seams and the folds below them are at most this much darker, and without any order."""


MAKINGS = {
    "smooth": 0.26,
    "heather": 0.10,
    "melange": 0.06,
    "tweed": 0.08,
    "denim": 0.12,
    "rib": 0.09,
    "cable": 0.03,
    "waffle": 0.03,
    "corduroy": 0.02,
    "pleats": 0.03,
    "openwork": 0.02,
    "quilt": 0.04,
    "puffer": 0.05,
    "tiers": 0.02,
    "crinkle": 0.03,
    "fleece": 0.02,
}
"""How often a garment is made so, ..."""
LEG_MAKINGS = MAKINGS | {
    "smooth": 0.22,
    "heather": 0.12,
    "denim": 0.38,
    "rib": 0.02,
    "cable": 0.0,
    "waffle": 0.01,
    "corduroy": 0.04,
    "openwork": 0.0,
    "quilt": 0.01,
    "puffer": 0.01,
    "tiers": 0.0,
    "pleats": 0.0,
}
"""... and one with legs."""
JEANS = {name: palette.FAMILIES[name] for name in ("denim", "navy", "charcoal", "grey", "black")}


class Params(Settings):
    """One colour of cloth and its making."""

    color: Color = Field("#8a8f96", description="colour of the cloth")
    yarn: Color = Field("#a9adb2", description="colour of the second yarn of heathered cloth")
    heather: float = Field(0, ge=0, le=1, description="share of the second yarn: 0 = none, 1 = marl")
    heather_cm: float = Field(0.3, ge=MIN_SPECK_CM, le=MAX_SPECK_CM, description="thickness of its specks")
    heather_stretch: float = Field(4, ge=1, le=12, description="length of its specks over their thickness")
    worn: Color = Field("#a0a5ac", description="colour of worn areas")
    wash: float = Field(0, ge=0, le=1, description="stone wash of denim: upright streaks and worn areas")
    fade: float = Field(0, ge=0, le=1, description="paler in the middle of both sides, like worn thighs")
    legs: float = Field(0, ge=0, le=1, description="paler down the middle of each leg, like worn jeans")
    legs_low: float = Field(0.1, ge=0, le=0.5, description="down to this height, share of the garment")
    whiskers: float = Field(0, ge=0, le=1, description="pale creases that fan out to the hips of worn legs")
    torn: float = Field(0, ge=0, le=1, description="ragged pale patches on worn legs, as large as curls")
    rib: float = Field(0, ge=0, le=1, description="depth of ribs, wales or pleats; 0 = none")
    rib_cm: float = Field(1, ge=0.4, le=6, description="distance of the ribs")
    rib_groove: float = Field(0.4, ge=0.15, le=1, description="width of the groove, share of the distance")
    rib_lean: float = Field(
        0, ge=0, le=1, description="0 = both sides alike, 1 = steep to one, as knife pleats"
    )
    rib_loose: float = Field(0, ge=0, le=1, description="uneven distances, as of pleats; 0 = even")
    rib_cross: float = Field(0, ge=0, le=1, description="depth of level grooves, as of waffle; 0 = none")
    welt_cm: float = Field(
        0, ge=0, le=12, description="height of a welt at the hem, with finer ribs; 0 = none"
    )
    welt_only: float = Field(0, ge=0, le=1, description="1 = ribs on the welt alone")
    rope: float = Field(0, ge=0, le=1, description="depth of cables: twisted ropes; 0 = none")
    rope_cm: float = Field(6, ge=3, le=12, description="distance of the cables")
    eyelet: float = Field(0, ge=0, le=1, description="depth of eyelets in stitched rims; 0 = none")
    eyelet_cm: float = Field(1.5, ge=0.8, le=6, description="distance of the eyelets")
    eyelet_rows: float = Field(8, ge=3, le=16, description="three rows of so many have eyelets, whole")
    quilt_cm: float = Field(6, ge=3, le=30, description="distance of the seams of quilting or tiers")
    quilt_angle_deg: float = Field(0, ge=0, le=50, description="0 = level channels, 45 = diamonds")
    quilt_tilt_deg: float = Field(0, ge=0, le=45, description="turn of all seams; 45 = diamonds are squares")
    quilt: float = Field(0, ge=0, le=1, description="depth of quilting; 0 = none")
    padding: float = Field(0, ge=0, le=1, description="filling between the seams, as of a puffer; 0 = none")
    pucker: float = Field(0, ge=0, le=1, description="gathers of the cloth along quilting seams")
    gather_cm: float = Field(1.6, ge=0.4, le=4, description="width of gathers and crinkles")
    tiers: float = Field(0, ge=0, le=1, description="folds that hang from each level seam; 0 = none")
    crinkle: float = Field(0, ge=0, le=1, description="upright crinkles all over, as of viscose or linen")
    pile: float = Field(0, ge=0, le=1, description="depth of fleece, terry or fur; 0 = none")
    pile_cm: float = Field(1, ge=0.4, le=3, description="size of its curls")
    seed: float = Field(0, ge=0, le=100, description="moves the randomness about")


def sample(rng: np.random.Generator, view: View) -> Params:
    """Draw plain cloth; every `view` shows it, and wears jeans where it has legs."""
    shares = LEG_MAKINGS if view.legs else MAKINGS
    making = str(rng.choice(list(shares), p=list(shares.values())))
    denim = making == "denim" or rng.random() < 0.05
    jeans = denim and view.legs
    families = JEANS if jeans else {"denim": palette.FAMILIES["denim"]}
    color = (
        palette.from_families(rng, families)
        if making == "denim" and rng.random() < (0.9 if jeans else 0.6)
        else palette.color(rng)
    )
    fade = rng.beta(1.2, 1.2) if denim and rng.random() < 0.7 else 0.0
    contrast = rng.uniform(0.45, 1) * MAX_WORN_LEGS if jeans else rng.uniform(0.4, 0.9) * MAX_WORN_CONTRAST
    wash = rng.uniform(0.3, MAX_WASH) * min(1, MAX_WORN_CONTRAST / contrast)
    distressed = jeans and rng.random() < 0.25
    pale = palette.to_oklch(color)[0] > PALE
    return Params(
        color=color,
        **_yarn(rng, view, making, color, denim, pale),
        worn=_paler(rng, color, contrast),
        wash=wash if denim else 0.0,
        fade=0.0 if jeans else fade,
        legs=rng.uniform(0.6, 1) if jeans and rng.random() < 0.85 else 0.0,
        legs_low=rng.uniform(0, 0.45),
        whiskers=rng.uniform(0.3, 1) if jeans and rng.random() < 0.5 else 0.0,
        torn=rng.uniform(0.3, 1) if distressed else 0.0,
        **sample_knit(rng, view, making, pale),
        **sample_seams(rng, view, making, pale),
        crinkle=rng.uniform(0.3, 0.8) if making == "crinkle" else 0.0,
        pile=rng.uniform(0.3, 1) if making == "fleece" else 0.0,
        pile_cm=rng.uniform(1.5, 3) if distressed else rng.uniform(0.5, 2.5),
        seed=rng.uniform(0, 100),
    )


def _yarn(
    rng: np.random.Generator, view: View, making: str, color: str, denim: bool, pale: bool
) -> dict[str, Any]:
    """Draw the second yarn: specks of tweed and streaks of melange are thin in `view`, others faint."""
    heathered = making in ("heather", "tweed", "melange") or rng.random() < (0.4 if making in KNITS else 0.1)
    low, high = {"tweed": (1, MAX_TWEED_STRETCH), "melange": (MIN_MELANGE_STRETCH, 12)}.get(making, (1, 8))
    stretch = rng.uniform(low, high)
    speck = rng.uniform(0.15, 0.7)
    if making in ("tweed", "melange"):
        speck = rng.uniform(0.5, MAX_TWEED_PIXELS) * view.cm_per_pixel
    faint = MAX_STREAK_CONTRAST if stretch > LONG_SPECKS else MAX_HEATHER_CONTRAST
    most = {"tweed": MAX_TWEED_CONTRAST, "melange": MAX_PALE_MELANGE if pale else MAX_MELANGE_CONTRAST}.get(
        making, faint
    )
    return {
        "yarn": palette.near(rng, color, most),
        "heather": rng.uniform(0.3, 1) if heathered and not denim else 0.0,
        "heather_cm": float(np.clip(speck, MIN_SPECK_CM, MAX_SPECK_CM)),
        "heather_stretch": stretch,
    }


def _paler(rng: np.random.Generator, color: str, contrast: float) -> str:
    """Draw a shade of a colour that is paler by at most `contrast` (delta E OK)."""
    lightness, chroma, hue = palette.to_oklch(color)
    return palette.oklch(min(lightness + contrast, 0.98), chroma * rng.uniform(0.8, 1), hue)


def build(graph: Graph, p: Inputs, cloth: Cloth) -> Surface:
    """Draw the yarn, the wash, the ribs and the seams."""
    speck = noise(
        vector(cloth.uv.x / p.heather_stretch, cloth.uv.y) / p.heather_cm,
        detail=1,
        roughness=0.7,
        seed=p.seed,
    )
    color = p.color.mix(p.yarn, smoothstep(0.62, 0.4, speck) * p.heather)
    worn = noise(vector(cloth.uv.x / 2.5, cloth.uv.y / 16.0), detail=3, roughness=0.55, seed=p.seed + 5.0)
    curl = noise(cloth.uv / p.pile_cm, detail=2, roughness=0.6, seed=p.seed + 13.0)
    thigh = length(vector((absolute(cloth.place.x - 0.5) - 0.24) / 0.2, (cloth.place.y - 0.62) / 0.34))
    pale = maximum(smoothstep(0.3, 0.9, worn) * p.wash, smoothstep(1.0, 0.1, thigh) * p.fade)
    color = color.mix(p.worn, maximum(pale, worn_legs(p, cloth, worn, curl)))

    gather = noise(vector(cloth.uv.x, cloth.uv.y * 0.32) / p.gather_cm, detail=1, seed=p.seed + 9.0)
    crease = smoothstep(0.4, 0.65, gather)
    knitted = knit(p, cloth, gather, worn)
    hole, rim = eyelets(p, cloth)
    quilted = quilting(p, cloth, gather)
    flat = 1.0 - quilted.puff
    seam = (below(0.5, quilted.seam_cm, 1.0) * 0.4 + flat + flat * p.pucker * crease) * (MAX_SEAM_SHADE / 2.4)
    hollow = smoothstep(0.65, 0.35, curl)
    shade = (1.0 - MAX_RIB_SHADE * knitted.hollow) * (1.0 - p.quilt * seam)
    shade = shade * (1.0 - p.pile * MAX_PILE_SHADE * hollow)
    valley = flat * (0.8 + p.pucker * 0.4 * crease) + (1.0 - quilted.dome) * 0.2 - quilted.facing_up * 0.3
    slack = smoothstep(0.7, 0.3, worn) * 0.7 * p.pucker
    shade = shade * (1.0 - p.padding * (MAX_PADDING_SHADE / 1.4) * (1.0 - slack) * valley)
    folds = maximum(p.crinkle, p.tiers * quilted.hang) * smoothstep(0.15, 0.85, gather)
    folds = maximum(folds, p.tiers * below(0.7, quilted.seam_cm, 1.0))
    shade = shade * (1.0 - MAX_CRINKLE_SHADE * folds) * (1.0 - MAX_EYELET_SHADE * hole + 0.08 * rim)
    height = (quilted.puff * p.quilt * 0.12 + quilted.dome * p.padding * 0.07) * p.quilt_cm
    return Surface(color * shade, height + knitted.height + rim * 0.08 - hole * 0.1 - folds * 0.15)


def worn_legs(p: Inputs, cloth: Cloth, worn: Value, curl: Value) -> Value:
    """How pale jeans are: down the middle of each leg, in whiskers at the hips and where they are torn."""
    aside, up = absolute(cloth.place.x - 0.5), cloth.place.y
    across = absolute(aside + up * 0.09 - 0.29) * 5.0 + (worn - 0.5) * 0.5
    down = smoothstep(p.legs_low - 0.2, p.legs_low + 0.25, up) * smoothstep(0.9, 0.65, up)
    middle = smoothstep(0.85, 0.05, across) * down
    fan = sin(atan2(up - 0.66, aside) * 22.0 + worn * 8.0)
    hip = smoothstep(0.3, 0.05, absolute(up - 0.76) * 2.0 + absolute(aside - 0.2))
    crease = smoothstep(0.0, 1.0, fan) * hip * p.whiskers * MAX_WHISKER
    patch = smoothstep(0.6, 0.66, curl) * smoothstep(0.3, 0.6, middle) * p.torn * MAX_TORN
    return maximum(maximum(middle, crease), patch) * p.legs
