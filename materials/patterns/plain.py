"""Plain cloth: one colour, with all that real plain cloth shows and that is no pattern.

Heathered yarn, ribs, cables and pleats, corduroy, washed and faded denim, worn jeans, fleece, quilting with
gathered seams, puffers, crinkled cloth and tiers.
Seams, buttons and prints are trims, which every class has (`materials.trims`).
"""

from typing import NamedTuple

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
    atan2,
    below,
    fract,
    length,
    maximum,
    noise,
    rotate,
    sin,
    smoothstep,
    vector,
)
from materials.surface import Cloth, Surface
from materials.view import View

TAU = 6.283185307179586
MAX_HEATHER_CONTRAST = 0.12
"""The two yarns of heathered cloth differ by at most this much (delta E OK), ..."""
MAX_STREAK_CONTRAST, LONG_SPECKS = 0.08, 3.0
"""... and by at most this much where specks are this many times longer than thick: on slanted panels, strong
streaks look like herringbone."""
MAX_TWEED_CONTRAST, MAX_TWEED_PIXELS, MAX_TWEED_STRETCH = 0.24, 1.3, 2.0
"""The yarns of tweed and marl differ by up to the first number; its specks are at most so many pixels of the
final image thick, as larger ones would be a print, and at most so many times as long."""
MIN_SPECK_CM, MAX_SPECK_CM = 0.15, 1.2
MAX_RIB_SHADE = 0.22
"""The groove between two ribs is at most this much darker: less than the faintest stripes differ by."""
MAX_CABLE = 0.4
"""Cables are at most this deep: they are wide apart, and deeper ones look like wavy stripes."""
MAX_PILE_SHADE = 0.22
"""The hollows of fleece are at most this much darker, and without any order."""
MAX_SEAM_SHADE = 0.6
"""A quilting seam and its gathers are at most this much darker, times the depth of the quilting, ..."""
MAX_LEVEL_QUILT = 0.3
"""... which is at most this in level channels, as deeper ones look like stripes."""
MAX_DIAMOND_QUILT = 0.65
"""In diamonds it is at most this: stronger ones look like checks cut on the bias."""
MAX_WORN_CONTRAST = 0.12
"""Worn areas differ from the cloth by at most this much (delta E OK): more looks like a gradient, ..."""
MAX_WORN_LEGS = 0.3
"""... but on the legs of jeans by this much: down the middle of each leg, between seams of the cloth's
colour, while a gradient's ends differ by more. Streaks are as faint there as on other denim."""
MAX_WHISKER, MAX_TORN = 0.6, 0.8
"""Whiskers and torn patches lie on worn legs alone, and are at most so much of the way to the worn colour."""
MAX_WASH = 0.7
"""A stone wash is at most this strong: stronger streaks look like stripes."""
MAX_PADDING_SHADE, MIN_PADDED_PIXELS = 0.5, 5.0
"""The valleys of a puffer are at most this much darker. That is no stripe, because light falls off smoothly
over the whole channel, which is at least so many pixels of the final image wide, ..."""
MAX_LEVEL_PADDING = 0.75
"""... and level channels are padded at most so much."""
MAX_CRINKLE_SHADE = 0.36
"""Crinkles and the folds below gathered seams are at most this much darker, and without any order."""
MIN_RIB_PIXELS = 2.5
"""Ribs are at least this many pixels of the final image apart, because unresolved ones would alias."""


MAKINGS = {
    "smooth": 0.33,
    "heather": 0.13,
    "tweed": 0.08,
    "denim": 0.12,
    "rib": 0.08,
    "cable": 0.04,
    "corduroy": 0.02,
    "pleats": 0.03,
    "quilt": 0.04,
    "puffer": 0.05,
    "tiers": 0.02,
    "crinkle": 0.03,
    "fleece": 0.03,
}
"""How often a garment is made so, ..."""
LEG_MAKINGS = MAKINGS | {
    "smooth": 0.19,
    "denim": 0.38,
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
    rib: float = Field(0, ge=0, le=1, description="depth of ribs, wales, cables or pleats; 0 = none")
    rib_cm: float = Field(1, ge=0.4, le=6, description="distance of the ribs")
    rib_groove: float = Field(0.4, ge=0.15, le=0.8, description="width of the groove, share of the distance")
    rib_twist: float = Field(0, ge=0, le=0.35, description="sway of cables, share of the distance; 0 = ribs")
    rib_loose: float = Field(0, ge=0, le=1, description="uneven distances, as of pleats; 0 = even")
    rib_angle_deg: float = Field(90, ge=0, le=90, description="direction: 90 = upright")
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
    tweed = making == "tweed"
    stretch = rng.uniform(1, MAX_TWEED_STRETCH if tweed else 8)
    speck = rng.uniform(0.5, MAX_TWEED_PIXELS) * view.cm_per_pixel if tweed else rng.uniform(0.15, 0.7)
    most = MAX_STREAK_CONTRAST if stretch > LONG_SPECKS else MAX_HEATHER_CONTRAST
    fade = rng.beta(1.2, 1.2) if denim and rng.random() < 0.7 else 0.0
    contrast = rng.uniform(0.45, 1) * MAX_WORN_LEGS if jeans else rng.uniform(0.4, 0.9) * MAX_WORN_CONTRAST
    wash = rng.uniform(0.3, MAX_WASH) * min(1, MAX_WORN_CONTRAST / contrast)
    distressed = jeans and rng.random() < 0.25
    return Params(
        color=color,
        yarn=palette.near(rng, color, MAX_TWEED_CONTRAST if tweed else most),
        heather=rng.uniform(0.3, 1)
        if not denim and (tweed or making == "heather" or rng.random() < 0.1)
        else 0.0,
        heather_cm=float(np.clip(speck, MIN_SPECK_CM, MAX_SPECK_CM)),
        heather_stretch=stretch,
        worn=_paler(rng, color, contrast),
        wash=wash if denim else 0.0,
        fade=0.0 if jeans else fade,
        legs=rng.uniform(0.6, 1) if jeans and rng.random() < 0.85 else 0.0,
        legs_low=rng.uniform(0, 0.45),
        whiskers=rng.uniform(0.3, 1) if jeans and rng.random() < 0.5 else 0.0,
        torn=rng.uniform(0.3, 1) if distressed else 0.0,
        **_ribs(rng, view, making),
        **_seams(rng, view, making),
        crinkle=rng.uniform(0.3, 0.8) if making == "crinkle" else 0.0,
        pile=rng.uniform(0.3, 1) if making == "fleece" else 0.0,
        pile_cm=rng.uniform(1.5, 3) if distressed else rng.uniform(0.5, 2.5),
        seed=rng.uniform(0, 100),
    )


def _ribs(rng: np.random.Generator, view: View, making: str) -> dict[str, float]:
    """Draw ribs, wales, cables or pleats, wide enough to be resolved in `view`."""
    ribbed = making in ("rib", "cable", "corduroy", "pleats")
    finest, widest = {"corduroy": (0.4, 0.9), "cable": (3.0, 6.0), "pleats": (2.5, 6.0)}.get(
        making, (0.5, 1.6)
    )
    finest = max(finest, MIN_RIB_PIXELS * view.cm_per_pixel)
    level = making == "rib" and rng.random() < 0.15
    deepest = MAX_CABLE if making == "cable" else 0.6 if level or making == "pleats" else 1
    return {
        "rib": rng.uniform(0.3, deepest) if ribbed else 0.0,
        "rib_cm": float(np.clip(rng.uniform(finest, max(finest, widest)), 0.4, 6)),
        "rib_groove": 0.8 if making == "pleats" else rng.uniform(0.2, 0.7),
        "rib_twist": rng.uniform(0.1, 0.35) if making == "cable" else 0.0,
        "rib_loose": rng.uniform(0.4, 1) if making == "pleats" else 0.0,
        "rib_angle_deg": 0.0 if level else 90.0,
    }


def _seams(rng: np.random.Generator, view: View, making: str) -> dict[str, float]:
    """Draw the seams of quilting, of a puffer or between tiers; deep ones only where they are padded."""
    channels = making == "tiers" or rng.random() < (0.7 if making == "puffer" else 0.5)
    distance = {"puffer": (5.0, 12.0), "tiers": (12.0, 25.0)}.get(making, (4.0, 12.0))
    if making == "puffer":
        distance = (max(distance[0], MIN_PADDED_PIXELS * view.cm_per_pixel), distance[1])
    return {
        "quilt_cm": float(np.clip(rng.uniform(distance[0], max(distance)), 3, 30)),
        "quilt_angle_deg": 0.0 if channels else rng.uniform(35, 50),
        "quilt_tilt_deg": 45.0 if not channels and rng.random() < 0.3 else 0.0,
        "quilt": rng.uniform(0.2, MAX_LEVEL_QUILT if channels else MAX_DIAMOND_QUILT)
        if making == "quilt"
        else 0.0,
        "padding": rng.uniform(0.4, MAX_LEVEL_PADDING if channels else 1) if making == "puffer" else 0.0,
        "pucker": rng.uniform(0.5, 1) if making == "puffer" else rng.beta(1.5, 1),
        "gather_cm": rng.uniform(
            *{"crinkle": (0.4, 1.0), "tiers": (0.7, 1.6), "pleats": (3, 4)}.get(making, (1.2, 2.0))
        ),
        "tiers": rng.uniform(0.4, 1) if making == "tiers" else 0.0,
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
    groove = grooves(p, cloth, gather)
    quilted = quilting(p, cloth, gather)
    flat = 1.0 - quilted.puff
    seam = (below(0.5, quilted.seam_cm, 1.0) * 0.4 + flat + flat * p.pucker * crease) * (MAX_SEAM_SHADE / 2.4)
    hollow = smoothstep(0.65, 0.35, curl)
    shade = (1.0 - p.rib * MAX_RIB_SHADE * groove) * (1.0 - p.quilt * seam)
    shade = shade * (1.0 - p.pile * MAX_PILE_SHADE * hollow)
    valley = flat * (0.8 + p.pucker * 0.4 * crease) + (1.0 - quilted.dome) * 0.2 - quilted.facing_up * 0.3
    slack = smoothstep(0.7, 0.3, worn) * 0.7 * p.pucker
    shade = shade * (1.0 - p.padding * (MAX_PADDING_SHADE / 1.4) * (1.0 - slack) * valley)
    folds = maximum(p.crinkle, p.tiers * quilted.hang) * smoothstep(0.15, 0.85, gather)
    shade = shade * (1.0 - MAX_CRINKLE_SHADE * folds)
    height = (quilted.puff * p.quilt * 0.12 + quilted.dome * p.padding * 0.07) * p.quilt_cm
    return Surface(color * shade, height - groove * p.rib * p.rib_cm * 0.08 - folds * 0.15)


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


def grooves(p: Inputs, cloth: Cloth, gather: Value) -> Value:
    """1 at the bottom of the groove between two ribs, 0 on a rib; cables sway in turns to left and right."""
    q = rotate(cloth.uv, 90.0 - p.rib_angle_deg) / p.rib_cm
    sway = sin(q.y * (TAU / 3.0)) * p.rib_twist + gather * p.rib_loose
    return smoothstep(1.0 - p.rib_groove, 1.0, absolute(fract(q.x + sway) * 2.0 - 1.0))


class Quilted(NamedTuple):
    """Where a pixel is between the seams of quilted cloth."""

    seam_cm: Value
    """Distance to the nearest seam, cm."""
    puff: Value
    """Height of the padding, 0..1, steep at the seam."""
    dome: Value
    """The same as round as a puffer's, 0..1."""
    facing_up: Value
    """How far the dome faces up, about -1..1."""
    hang: Value
    """How close it is below a seam, 0..1."""


def quilting(p: Inputs, cloth: Cloth, gather: Value) -> Quilted:
    """Draw two sets of seams, wavy where padding puckers them."""
    wavy = (gather - 0.5) * p.pucker * p.padding * 0.08
    rising = rotate(cloth.uv, p.quilt_tilt_deg + p.quilt_angle_deg).y / p.quilt_cm + wavy
    falling = rotate(cloth.uv, p.quilt_tilt_deg - p.quilt_angle_deg).y / p.quilt_cm + wavy
    a, b = fract(rising) - 0.5, fract(falling) - 0.5
    nearest = 0.5 - maximum(absolute(a), absolute(b))
    puff = 1.0 - (1.0 - nearest * 2.0) ** 3.0
    dome = (1.0 - a * a * 4.0) * (1.0 - b * b * 4.0)
    return Quilted(nearest * p.quilt_cm, puff, dome, (a + b) * dome * 2.0, smoothstep(-0.8, 0.5, a))
