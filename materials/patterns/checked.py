"""Checks: gingham, buffalo, windowpane, tattersall, tartan, madras, glen; woven, so that both yarns show.

The same bands run across (weft) and along (warp). Where two of them cross, half of either yarn lies on top.
"""

from typing import Any, NamedTuple

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from materials import palette
from materials.color import Color, encoded, linear
from materials.fabric import TAU, resolved
from materials.nodes import (
    Graph,
    Inputs,
    Operand,
    Value,
    absolute,
    floor,
    fract,
    maximum,
    minimum,
    noise,
    random,
    rotate,
    sin,
    vector,
)
from materials.surface import Cloth, Surface
from materials.view import View

MIN_REPEATS = 3.5
"""At least this many repeats fit on the garment."""
MIN_BAND_PIXELS = 2.0
"""A band, and the ground beside it, span at least this many pixels of the final image, ..."""
MIN_LINE_PIXELS = 1.3
"""... a thin line of an overcheck this many."""
MIN_CONTRAST = 0.09
"""Bands differ from the ground by this much (delta E OK), narrow ones by twice `MIN_SIGNAL`, ..."""
MIN_STEP = 0.035
"""... and where they cross it, so that half of them shows, still by this much in lightness (OKLCH)."""
MIN_LINE_CONTRAST = 0.1
"""Lines, as far as they show, differ from the ground by this much, thin ones by `MIN_SIGNAL`, ..."""
MIN_SIGNAL = 0.33
"""Contrast times width in pixels: below `palette.MIN_SIGNAL`, as a grid is seen sooner than lone lines."""
LIGHTNESS_PART = 0.7
"""... and this part of it is a difference in lightness (OKLCH)."""
MIN_SECOND = 0.08
"""The second band differs from the first and from the ground by this much (delta E OK)."""
TONAL_SHARE = 0.45
"""In this share of draws the bands are shades of the ground, hardly above these limits, ..."""
TONAL_SECOND = 0.6
"""... and in this share of those the second band and the lines are, too."""
LINE_TRIES = 20
MIN_BIAS_CONTRAST = 0.3
"""Cut at 45 degrees, bands and lines differ from the ground by this much, or they look like quilting."""
LIGHT_GROUND, LIGHT_SHARE = 0.8, 0.4
"""In this share of draws, as in shirts, the other yarn is the ground if it is not this light (OKLCH)."""
BIAS_SHARE = 0.06
"""This share of clothes is cut at 45 degrees."""


class Kind(NamedTuple):
    """A family of checks."""

    weight: float
    """How often clothes show it."""
    pixels: float
    """A repeat spans at least this many pixels of the final image."""
    least_cm: float
    """Shortest repeat."""
    most_cm: float
    """Longest repeat."""


KINDS = {
    "gingham": Kind(0.2, 4.2, 0.8, 7),
    "buffalo": Kind(0.1, 8.0, 7, 20),
    "windowpane": Kind(0.13, 7.5, 2.5, 20),
    "tattersall": Kind(0.12, 10.0, 1.5, 10),
    "tartan": Kind(0.3, 11.0, 3, 24),
    "madras": Kind(0.1, 16.0, 5, 24),
    "glen": Kind(0.07, 20.0, 4, 18),
}
MIN_PIXELS = KINDS["gingham"].pixels
"""The finest checks."""


class Params(Settings):
    """Two bands and two thin lines, the same in warp and weft; places and widths are shares of the period."""

    ground: Color = Field("#f2f0ea", description="colour of the yarn between the bands")
    color_1: Color = Field("#2a3a6a", description="colour of the first band, on top of the second")
    color_2: Color = Field("#2f5a3a", description="colour of the second band")
    color_3: Color = Field("#c8a030", description="colour of the first line")
    color_4: Color = Field("#f2f0ea", description="colour of the second line")
    period_cm: float = Field(4, ge=0.8, le=24, description="length of one repeat along the weft")
    aspect: float = Field(1, ge=0.75, le=1.35, description="length of a repeat along the warp, in periods")
    angle_deg: float = Field(0, ge=-50, le=50, description="turn of the cloth: 45 = cut on the bias")
    width_1: float = Field(0.5, ge=0, le=0.7, description="width of the first band; 0 = none")
    stripes: float = Field(1, ge=1, le=6, description="stripes that the first band consists of, whole")
    at_2: float = Field(0.5, ge=0, le=1, description="middle of the second band")
    width_2: float = Field(0, ge=0, le=0.5, description="width of the second band; 0 = none")
    at_3: float = Field(0.5, ge=0, le=1, description="middle of the first line")
    width_3: float = Field(0, ge=0, le=0.25, description="width of the first line; 0 = none")
    at_4: float = Field(0.25, ge=0, le=1, description="middle of the second line")
    width_4: float = Field(0, ge=0, le=0.25, description="width of the second line; 0 = none")
    over: float = Field(0.7, ge=0.5, le=1, description="how much of a line lies on top of other yarn")
    swap: float = Field(0, ge=0, le=1, description="1 = in the weft, the two bands swap their colours")
    warp: float = Field(0.5, ge=0.4, le=0.6, description="share of the warp on the face of the cloth")
    uneven: float = Field(0, ge=0, le=0.5, description="bands are narrower by up to this share, at random")
    softness_cm: float = Field(0.06, ge=0.02, le=1, description="blur of the edges")
    brushed: float = Field(0, ge=0, le=1, description="raised fibres of flannel mix the yarns in specks")
    twill: float = Field(0, ge=0, le=1, description="how clearly slanted threads show where bands cross")
    thread_cm: float = Field(0.3, ge=0.1, le=1, description="distance of these threads")
    seed: float = Field(0, ge=0, le=100, description="moves the randomness about")


def sample(rng: np.random.Generator, view: View) -> Params:
    """Draw checks that `view` resolves.

    Raises click.ClickException if no period is visible.
    """
    low, high = view.period_cm("checked", 0.8, 24, MIN_PIXELS, MIN_REPEATS)
    ranges = {
        name: (max(low, kind.least_cm, kind.pixels * view.cm_per_pixel), min(high, kind.most_cm))
        for name, kind in KINDS.items()
    }
    ranges = {name: limits for name, limits in ranges.items() if limits[0] <= limits[1]}
    if not ranges:
        ranges = {"gingham": (low, high)}
    weights = np.array([KINDS[name].weight for name in ranges])
    name = str(rng.choice(list(ranges), p=weights / weights.sum()))
    low, high = ranges[name]
    period = float(low * (high / low) ** rng.beta(1.2, 1.6))
    pixels = period / view.cm_per_pixel
    shares: dict[str, Any] = _shares(rng, name, pixels)
    over = rng.uniform(0.6, 1)
    bias = rng.random() < BIAS_SHARE
    flannel = rng.random() < 0.3
    soft = float(rng.choice([2, 7])) if flannel else 1.0
    colors: dict[str, Any] = _colors(rng, shares, pixels, over, MIN_BIAS_CONTRAST if bias else 0.0)
    thread = rng.uniform(0.15, 0.6)
    return Params(
        **colors,
        **shares,
        period_cm=period,
        aspect=float(np.clip(rng.normal(1.05, 0.1), 0.8, 1.3)) if rng.random() < 0.6 else 1.0,
        angle_deg=rng.choice([-45, 45]) + rng.normal(0, 1) if bias else rng.normal(0, 1),
        over=over,
        swap=float(name == "madras"),
        warp=rng.uniform(0.42, 0.58),
        uneven=rng.uniform(0.1, 0.4) if name == "madras" else 0.0,
        softness_cm=float(np.clip(soft * rng.uniform(0.01, 0.04) * period, 0.02, 1)),
        brushed=rng.uniform(0.3, 1) if flannel else 0.0,
        twill=rng.uniform(0.3, 1) * resolved(thread, view) if rng.random() < 0.5 else 0.0,
        thread_cm=thread,
        seed=rng.uniform(0, 100),
    )


def _shares(rng: np.random.Generator, name: str, pixels: float) -> dict[str, float]:
    """Draw the places and the widths of bands and lines of a repeat that spans `pixels`."""
    band, line = MIN_BAND_PIXELS / pixels, MIN_LINE_PIXELS / pixels
    thin = float(np.clip(rng.uniform(0.03, 0.07), line, 0.25))
    if name in ("gingham", "buffalo"):
        return {"width_1": float(np.clip(rng.normal(0.5, 0.04), band, 1 - band))}
    if name == "windowpane":
        double = rng.random() < 0.3 and 5 * line < 0.4
        return {
            "width_1": 0.0,
            "at_3": 0.5,
            "width_3": thin,
            "at_4": 0.5 + 2.2 * thin,
            "width_4": thin if double else 0.0,
        }
    if name == "tattersall":
        return {"width_1": 0.0, "at_3": 0.25, "width_3": thin, "at_4": 0.75, "width_4": thin}
    if name == "glen":
        stripes = int(rng.integers(2, 1 + min(5, int(0.25 / band))))
        widest = rng.uniform(0.4, 0.55)
        line_3 = thin if rng.random() < 0.5 else 0.0
        return {
            "width_1": float(max(widest, band * (2 * stripes - 1))),
            "stripes": float(stripes),
            "at_3": 0.5,
            "width_3": line_3,
        }
    first = max(rng.uniform(0.22, 0.5), band)
    second = max(rng.uniform(0.12, 0.35), band) if name == "madras" or rng.random() < 0.55 else 0.0
    edge = first / 2 + second / 2
    at_2 = edge + rng.uniform(0, 1) * max(1 - first - second, 0) if rng.random() < 0.5 else 0.5
    parts = 2 if first >= 3 * band and rng.random() < 0.35 else 1
    return {
        "width_1": first,
        "stripes": float(parts),
        "at_2": float(min(at_2, 1)),
        "width_2": min(second, 0.5),
        "at_3": float(rng.choice([0.0, 0.5, rng.uniform(0, 1)])),
        "width_3": thin if rng.random() < 0.75 else 0.0,
        "at_4": rng.uniform(0, 1),
        "width_4": thin if name == "madras" or rng.random() < 0.45 else 0.0,
    }


def _colors(
    rng: np.random.Generator, shares: dict[str, float], pixels: float, over: float, least: float
) -> dict[str, str]:
    """Draw a ground, bands and lines that show on it, by at least `least` (delta E OK).

    Raises click.ClickException if no such colours are found.
    """
    width = shares["width_1"] / max(2 * shares.get("stripes", 1) - 1, 1)
    contrast = max(MIN_CONTRAST, least)
    if width:
        thinner = min(width, 1 - shares["width_1"]) * pixels
        contrast = palette.needed_contrast(thinner, contrast, 2 * MIN_SIGNAL)
    light, tonal = rng.random() < LIGHT_SHARE, rng.random() < TONAL_SHARE
    close = tonal and rng.random() < TONAL_SECOND
    for _ in range(palette.TRIES):
        ground, color = palette.pair(rng, contrast, LIGHTNESS_PART * contrast, float(tonal))
        if light and palette.to_oklch(ground)[0] < LIGHT_GROUND:
            ground, color = color, ground
        if palette.lightness_contrast(ground, mixed(ground, color, 0.5)) < MIN_STEP:
            continue
        lines = [
            _line(rng, ground, shares.get(f"width_{i}", 0.0) * pixels, over, 0.0 if width else least, close)
            for i in (3, 4)
        ]
        if lines[0] and lines[1]:
            break
    else:
        raise palette.no_colors("colours of yarns that differ", contrast)
    return {
        "ground": ground,
        "color_1": color,
        "color_2": _second(rng, ground, color, close),
        "color_3": lines[0],
        "color_4": lines[0] if not width and rng.random() < 0.5 else lines[1],
    }


def _second(rng: np.random.Generator, ground: str, color: str, close: bool) -> str:
    """Draw the colour of the second band: a shade of the ground if it has to be `close` to it."""
    for _ in range(LINE_TRIES if close else 0):
        shade = palette.tone(rng, ground, MIN_SECOND, 0)
        if shade and palette.contrast(shade, color) >= MIN_SECOND:
            return shade
    return palette.another(rng, [ground, color], MIN_SECOND)


def _line(
    rng: np.random.Generator, ground: str, pixels: float, over: float, least: float, close: bool
) -> str:
    """Draw the colour of a line that is `pixels` wide, 0 if there is none; "" if none shows on `ground`.

    If it has to be `close` to the ground, it is a shade of it.
    """
    contrast = palette.needed_contrast(pixels, max(MIN_LINE_CONTRAST, least), MIN_SIGNAL) if pixels else 0.0
    for _ in range(LINE_TRIES):
        color = None if close else palette.color(rng)
        drawn = (
            color or palette.tone(rng, ground, contrast / over, LIGHTNESS_PART * contrast / over) or ground
        )
        shown = mixed(ground, drawn, over)
        far = palette.contrast(ground, shown) >= contrast
        if far and palette.lightness_contrast(ground, shown) >= LIGHTNESS_PART * contrast:
            return drawn
    return ""


def mixed(a: str, b: str, share: float) -> str:
    """Return the colour of yarns that lie side by side too fine to see: `share` of them `b`, the rest `a`."""
    light = encoded((1 - share) * linear(a) + share * linear(b))
    return "#" + "".join(f"{round(255 * float(channel)):02x}" for channel in light)


def build(graph: Graph, p: Inputs, cloth: Cloth) -> Surface:
    """Lay the warp over the weft, thread by thread, and the lines on top."""
    q = rotate(cloth.uv, -p.angle_deg)
    repeats = q / (p.period_cm * vector(1.0, p.aspect))
    soft = p.softness_cm / p.period_cm
    chance = vector(
        random(vector(floor(repeats.x), 3.0), p.seed).x, random(vector(floor(repeats.y), 7.0), p.seed).x
    )
    full = 1.0 - chance * p.uneven
    stripes = p.stripes * 2.0 - 1.0
    inside = fract(repeats + p.width_1 * 0.5) / maximum(p.width_1, 0.01) * stripes
    alternate = bands(inside * 0.5 - 0.25, 0.0, 0.5, soft / maximum(p.width_1, 0.01) * stripes * 0.5)
    first = bands(repeats, 0.0, full * p.width_1, soft) * maximum(alternate, p.stripes < 1.5)
    first = first * (p.width_1 > 0.0)
    second = bands(repeats, p.at_2, full * p.width_2, soft) * (p.width_2 > 0.0)
    warp = p.ground.mix(p.color_2, second.x).mix(p.color_1, first.x)
    weft = p.ground.mix(p.color_2.mix(p.color_1, p.swap), second.y)
    weft = weft.mix(p.color_1.mix(p.color_2, p.swap), first.y)
    speck = noise(q * 1.1, detail=2, roughness=0.7, seed=p.seed) - 0.5
    slant = sin((q.x + q.y) * TAU / p.thread_cm)
    color = weft.mix(warp, p.warp + speck * p.brushed + slant * p.twill * 0.5)
    for dye, at, width in ((p.color_3, p.at_3, p.width_3), (p.color_4, p.at_4, p.width_4)):
        there = bands(repeats, at, width, minimum(soft, width * 0.5 + 0.001)) * (width > 0.0)
        line = 1.0 - there * p.over
        color = color.mix(dye, 1.0 - line.x * line.y)
    return Surface(color, 0.0)


def bands(repeats: Value, at: Operand, width: Operand, softness: Value) -> Value:
    """Return how much of a band lies here: x of the warp's, which varies along x, y of the weft's."""
    from_middle = absolute(fract(repeats - at + 0.5) - 0.5)
    edge = (width * 0.5 - from_middle) / softness + 0.5
    return maximum(minimum(edge, 1.0), 0.0)
