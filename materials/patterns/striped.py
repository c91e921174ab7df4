"""Stripes of shirts, suits, tees, rugby, serapes and knits: one to three bands a repeat, any direction.

Repeats are alike, or differ in widths and colours until a cycle of them starts again. Level ones bend where
cloth is draped or flared.
"""

from typing import Any

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from materials import palette
from materials.color import Color
from materials.nodes import (
    Graph,
    Inputs,
    Operand,
    Value,
    absolute,
    below,
    floor,
    fract,
    noise,
    random,
    rotate,
    smoothstep,
    vector,
)
from materials.stripes import KINDS, VIVID, Kind
from materials.surface import Cloth, Surface
from materials.view import View

MIN_PIXELS = 3.2
"""A repeat spans at least this many pixels of the final image, ..."""
MIN_SLANTED_PIXELS = 6.0
"""... slanted ones this many, because steps of pixels make finer ones look like a weave, ..."""
MIN_BAND_PIXELS = 1.5
"""... and each band, and the ground between bands, at least this many."""
MIN_REPEATS = 3.0
"""At least this many repeats fit on the garment, and between its ends across the stripes."""
MIN_NARROW_REPEATS = 8.0
"""Narrow single bands, and stripes on a part of the garment, are as many as fit so often."""
MIN_CONTRAST = 0.11
"""Bands differ from the ground by this much (delta E OK), thin ones by `MIN_SIGNAL`, ..."""
MIN_SIGNAL = 0.2
"""Contrast times width in pixels: below `palette.MIN_SIGNAL`, as lines in a row are seen sooner than one."""
LIGHTNESS_PART = 0.8
"""... and this part of it is a difference in lightness (OKLCH), more than ribs and creases shade."""
MIN_HUED_CONTRAST, MIN_HUED_PIXELS = 0.2, 6.0
"""But bands of so many pixels that differ so much may be as light as the ground: red on blue."""
MIN_OTHER_CONTRAST, MIN_CLOSE_CONTRAST = 0.15, 0.08
"""Further colours differ from the ground by the first number, shades of it by the second."""
TONAL_BEYOND = 0.07
"""Stripes that are tone on tone are at most this much (OKLCH lightness) bolder than that."""
CLOSE_SHARE = 0.6
"""In this share of draws that are tone on tone the other bands are shades of the ground, too."""
MIN_COVERED = 0.5
"""Stripes cover at least this share of the garment's height ..."""
MIN_BODY = 0.6
"""... and of its width."""
MAX_SLUB, MIN_SLUB_CONTRAST = 0.4, 0.25
"""Uneven yarn takes at most this share of a band's contrast, which is at least this much (delta E OK)."""
MAX_UNEVEN = 0.6
"""In uneven repeats a band is narrower by at most this share."""
MAX_BEND = 0.5
"""Draped cloth bends level stripes by at most about this slope: steeper ones look like zigzags."""
DASH_GAP, MAX_DASHED = 0.3, 0.6
"""This share of a dashed band is a gap, which is so far of the way to the ground: more would look dotted."""
MIN_DASH = 2.5
"""A dash with its gap is this many times as long as its band is wide; whole bands run beside a dashed one."""


class Params(Settings):
    """Bands of up to three colours on a ground; positions are shares of the period."""

    ground: Color = Field("#f2f0ea", description="colour between the bands")
    color_1: Color = Field("#1f2a4d", description="colour of the first band")
    color_2: Color = Field("#1f2a4d", description="colour of the second band")
    color_3: Color = Field("#1f2a4d", description="colour of the third band")
    color_4: Color = Field("#8a2f3a", description="colour of the first band in some repeats")
    period_cm: float = Field(3, ge=0.8, le=24, description="length of one repeat")
    angle_deg: float = Field(0, ge=-90, le=90, description="0 = horizontal stripes, 90 = vertical")
    width_1: float = Field(0.5, ge=0.05, le=0.8, description="width of the first band")
    start_2: float = Field(0.5, ge=0, le=1, description="where the second band begins")
    width_2: float = Field(0, ge=0, le=0.5, description="width of the second band; 0 = none")
    start_3: float = Field(0.5, ge=0, le=1, description="where the third band begins")
    width_3: float = Field(0, ge=0, le=0.5, description="width of the third band; 0 = none")
    softness: float = Field(0.02, ge=0.01, le=0.25, description="blur of the edges, share of the period")
    cycle: float = Field(1, ge=1, le=6, description="repeats, whole, until widths and colours start again")
    uneven: float = Field(0, ge=0, le=0.6, description="bands are narrower by up to this share, by repeat")
    mixed: float = Field(
        0, ge=0, le=1, description="share of repeats in which the first two bands have another colour"
    )
    dash_cm: float = Field(2, ge=0.8, le=24, description="length of a dash and its gap in dashed bands")
    dashed: float = Field(0, ge=0, le=1, description="gaps in the first band; 1 = the ground shows")
    sag_cm: float = Field(0, ge=-12, le=12, description="the sides of the hem's stripes are so much higher")
    wave_cm: float = Field(0, ge=0, le=12, description="height of waves of the hem's stripes")
    waves: float = Field(4, ge=2, le=7, description="such waves across the garment")
    phase: float = Field(0, ge=0, le=1, description="shift, share of the period")
    from_height: float = Field(
        0, ge=0, le=0.5, description="no stripes below this share of the height (Breton)"
    )
    to_height: float = Field(
        1, ge=0.5, le=1, description="no stripes above this share of the height (Breton)"
    )
    body: float = Field(1, ge=0.6, le=1, description="no stripes beyond this share of the width (sleeves)")
    slub: float = Field(0, ge=0, le=0.4, description="uneven yarn of the bands, share of their contrast")
    seed: float = Field(0, ge=0, le=100, description="moves uneven yarn and repeats about")


def sample(rng: np.random.Generator, view: View) -> Params:
    """Draw stripes that `view` resolves.

    Raises click.ClickException if no period is visible.
    """
    low, high = view.period_cm("striped", 0.8, 24, MIN_PIXELS, MIN_REPEATS)
    name = str(rng.choice(list(KINDS), p=[kind.weight for kind in KINDS.values()]))
    kind = KINDS[name]
    angle = _angle(rng, kind)
    level, slanted = abs(angle) < 5, 5 < abs(angle) < 85
    span = view.height_cm if level else view.body_cm
    high = max(low, min(high, span / MIN_REPEATS))
    low, high = min(low * kind.least, high), min(low * kind.most, high)
    period = float(low * (high / low) ** rng.beta(1, 1.6))
    bands = int(rng.choice([1, 2, 3], p=kind.bands))
    if period < 3 * MIN_PIXELS * view.cm_per_pixel:
        bands = 1  # several bands need pixels
    if slanted:
        period = min(max(period, MIN_SLANTED_PIXELS * view.cm_per_pixel), high)
    many = period < min(span, view.extent_cm) / MIN_NARROW_REPEATS
    narrow = rng.random() < kind.narrow and many
    thinnest = MIN_BAND_PIXELS * view.cm_per_pixel / period
    shares: dict[str, Any] = _shares(rng, bands, narrow, thinnest)
    widths = [width for key, width in shares.items() if key.startswith("width")]
    uneven = max(min(rng.uniform(0.2, MAX_UNEVEN), 1 - thinnest / min(widths)), 0) if kind.changing else 0.0
    first = min(widths[0] * (1 - uneven), 1 - sum(widths))
    pixels = first * period / view.cm_per_pixel
    contrast = palette.needed_contrast(pixels, MIN_CONTRAST, MIN_SIGNAL)
    if name == "dashed":
        contrast /= 1 - DASH_GAP * MAX_DASHED
    colors: dict[str, Any] = _colors(rng, name, contrast, pixels)
    slubbed = (
        pixels * MIN_CONTRAST >= MIN_SIGNAL
        and palette.contrast(colors["ground"], colors["color_1"]) >= MIN_SLUB_CONTRAST
        and rng.random() < 0.3
    )
    blurred = rng.random() < kind.soft
    softness = rng.uniform(0.6, 1) * first if blurred else min(rng.uniform(0.01, 0.08), first / 2)
    return Params(
        **colors,
        **shares,
        period_cm=period,
        angle_deg=angle,
        softness=float(np.clip(softness, 0.01, 0.25)),
        cycle=float(rng.integers(2, 7)) if kind.changing else 1.0,
        uneven=uneven,
        mixed=rng.uniform(0.2, 0.7) if kind.changing else 0.0,
        dash_cm=float(np.clip(rng.uniform(MIN_DASH, 2 * MIN_DASH) * widths[0] * period, 0.8, 24)),
        dashed=rng.uniform(0.4, MAX_DASHED) if name == "dashed" and bands > 1 else 0.0,
        **(_drape(rng, view) if level and rng.random() < 0.3 else {}),
        phase=rng.uniform(0, 1),
        **(_breton(rng) if level and many and rng.random() < 0.2 else {}),
        body=rng.uniform(MIN_BODY, 0.9) if (level or many) and rng.random() < 0.12 else 1.0,
        slub=rng.uniform(0.1, MAX_SLUB) if slubbed else 0.0,
        seed=rng.uniform(0, 100),
    )


def _shares(rng: np.random.Generator, bands: int, narrow: bool, thinnest: float) -> dict[str, float]:
    """Draw where the bands of a repeat begin and how wide they are, each at least `thinnest`."""
    if bands == 1:
        width = rng.uniform(0.08, 0.3) if narrow else rng.uniform(0.35, 0.65)
        return {"width_1": min(max(width, thinnest), 1 - thinnest, 0.8)}
    thinnest = max(thinnest, 0.05)
    if bands == 2:
        width, gap, width_2 = rng.dirichlet([5, 3, 3, 4])[:3] * (1 - 4 * thinnest) + thinnest
        return {"width_1": width, "start_2": width + gap, "width_2": min(width_2, 0.5)}
    width, gap, width_2, gap_2, width_3 = (
        rng.dirichlet([4, 2, 3, 2, 3, 4])[:5] * (1 - 6 * thinnest) + thinnest
    )
    return {
        "width_1": width,
        "start_2": width + gap,
        "width_2": min(width_2, 0.5),
        "start_3": width + gap + width_2 + gap_2,
        "width_3": min(width_3, 0.5),
    }


def _colors(rng: np.random.Generator, name: str, contrast: float, pixels: float) -> dict[str, str]:
    """Draw a ground and the colours of bands that differ from it, the first by `contrast` (delta E OK).

    The first is at least `pixels` wide. Raises click.ClickException if no such colours are found.
    """
    kind = KINDS[name]
    tonal = rng.random() < kind.tonal
    least = (contrast, LIGHTNESS_PART * contrast)
    families = grounds = palette.FAMILIES
    if not tonal and rng.random() < kind.vivid and pixels >= MIN_HUED_PIXELS:
        families = grounds = VIVID
        least = (max(contrast, MIN_HUED_CONTRAST), 0.0)
    elif rng.random() < kind.schemed:
        families = grounds = _families(kind.scheme)
    elif rng.random() < kind.usual:
        grounds = _families(kind.grounds)
    ground = palette.from_families(rng, grounds)
    shade = palette.tone(rng, ground, *least, TONAL_BEYOND) if tonal else None
    first = shade or palette.another(rng, [ground], *least, families)
    darker = palette.to_oklch(ground)[0] < palette.to_oklch(first)[0]
    if name == "pinstripe" and not darker and rng.random() < 0.8:
        ground, first = first, ground
    close = shade is not None and rng.random() < CLOSE_SHARE

    def further() -> str:
        if rng.random() < 0.3:
            return first
        shade = palette.tone(rng, ground, MIN_CLOSE_CONTRAST, 0) if close else None
        return shade or palette.another(rng, [ground], MIN_OTHER_CONTRAST, families=families)

    second, third, fourth = further(), further(), further()
    return {"ground": ground, "color_1": first, "color_2": second, "color_3": third, "color_4": fourth}


def _families(names: tuple[str, ...]) -> dict[str, palette.Family]:
    return {name: palette.FAMILIES[name] for name in names}


def build(graph: Graph, p: Inputs, cloth: Cloth) -> Surface:
    """Draw the bands over the ground, the first on top."""
    q = rotate(cloth.uv, -p.angle_deg)
    repeats = (q.y - bend(p, cloth)) / p.period_cm + p.phase
    t = fract(repeats)
    row = floor(fract((floor(repeats + p.softness) + 0.5) / p.cycle) * p.cycle)
    chance = random(vector(row, 3.0), p.seed)
    full = 1.0 - p.uneven * chance.z
    first = p.color_1.mix(p.color_4, chance.x < p.mixed)
    second = p.color_2.mix(p.color_4, chance.y < p.mixed)
    color = p.ground.mix(p.color_3, band(t, p.start_3, p.width_3 * full, p.softness))
    color = color.mix(second, band(t, p.start_2, p.width_2 * full, p.softness))
    dash = fract(q.x / p.dash_cm + floor(repeats) * 0.382)
    gap = below(DASH_GAP / 2, absolute(dash - 0.5), 0.15) * p.dashed
    color = color.mix(first, band(t, 0.0, p.width_1 * full, p.softness) * (1.0 - gap))
    inside = smoothstep(p.from_height - 0.005, p.from_height + 0.005, cloth.place.y)
    inside = inside * smoothstep(p.to_height + 0.005, p.to_height - 0.005, cloth.place.y)
    inside = inside * below(p.body * 0.5, absolute(cloth.place.x - 0.5), 0.01)
    yarn = smoothstep(0.35, 0.65, noise(vector(q.x * 0.4, q.y * 2.0), detail=1, seed=p.seed))
    return Surface(p.ground.mix(color, inside * (1.0 - p.slub * yarn)), 0.0)


def bend(p: Inputs, cloth: Cloth) -> Value:
    """How many cm draped cloth lifts level stripes: not at the shoulders or the waist, most at the hem."""
    aside = cloth.place.x * 2.0 - 1.0
    wave = noise(vector(cloth.place.x * p.waves, cloth.place.y), seed=p.seed + 7.0) * 2.0 - 1.0
    return (aside * aside * p.sag_cm + wave * p.wave_cm) * (1.0 - cloth.place.y)


def band(t: Value, start: Operand, width: Value, softness: Value) -> Value:
    """1 where `t`, a position on a circle of length 1, lies within start .. start + width."""
    centre_distance = absolute(fract(t - start - width * 0.5 + 0.5) - 0.5)
    return below(width * 0.5, centre_distance, softness) * (width > 0.0)


def _angle(rng: np.random.Generator, kind: Kind) -> float:
    run = rng.choice(["level", "upright", "slanted"], p=kind.angles)
    if run == "slanted":
        return float(rng.choice([-1, 1]) * rng.uniform(25, 65))
    return float(np.clip(rng.normal(90 if run == "upright" else 0, 1), -90, 90))


def _drape(rng: np.random.Generator, view: View) -> dict[str, Any]:
    """Draw how level stripes bend: in a bow, in waves, or in both, up to about `MAX_BEND`."""
    width, waves = view.whole_width_cm, rng.uniform(2, 7)
    bow, wavy = rng.uniform(-1, 1), rng.uniform(0.2, 1)
    if rng.random() < 0.3:
        wavy = 0.0
    return {
        "sag_cm": float(np.clip(bow * (1 - 0.5 * wavy) * MAX_BEND * width / 4, -12, 12)),
        "wave_cm": float(np.clip(wavy * MAX_BEND * width / waves, 0, 12)),
        "waves": waves,
    }


def _breton(rng: np.random.Generator) -> dict[str, Any]:
    low = rng.uniform(0, 1 - MIN_COVERED)
    return {"from_height": low, "to_height": rng.uniform(low + MIN_COVERED, 1.0)}
