"""The colours clothes have, drawn in OKLCH, where equal steps look equally large.

One distribution serves every class, so that a colour says nothing about the pattern.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import click
import numpy as np
from coloraide import Color as OkColor

TRIES = 500
MIN_SIGNAL = 0.45
"""Contrast (delta E OK) times width in pixels that a line or a dot of a pattern has at least."""
TONAL_SHARE = 0.25
"""This share of pairs of colours is one hue in two shades."""
MIN_SHADED = 0.4
"""Colours darker than this (OKLCH) have no darker shade: nobody would see it."""
MAX_NEUTRAL_CHROMA, MAX_TINT = 0.02, 0.03
"""Colours of less chroma (OKLCH) than the first are neutral; their shades have up to the second more."""


@dataclass(frozen=True)
class Family:
    """A region of OKLCH: lightness 0..1, chroma 0..0.3, hue in degrees, and how often clothes have it."""

    weight: float
    lightness: tuple[float, float]
    chroma: tuple[float, float]
    hue: tuple[float, float]


FAMILIES: dict[str, Family] = {
    "black": Family(13, (0.14, 0.26), (0.0, 0.015), (0, 360)),
    "charcoal": Family(6, (0.28, 0.42), (0.0, 0.02), (0, 360)),
    "grey": Family(8, (0.45, 0.80), (0.0, 0.015), (0, 360)),
    "white": Family(12, (0.90, 0.99), (0.0, 0.015), (60, 130)),
    "cream": Family(4, (0.88, 0.95), (0.02, 0.05), (70, 100)),
    "beige": Family(6, (0.70, 0.86), (0.03, 0.07), (60, 95)),
    "brown": Family(4, (0.30, 0.52), (0.04, 0.09), (40, 75)),
    "navy": Family(9, (0.20, 0.33), (0.03, 0.09), (255, 280)),
    "denim": Family(7, (0.38, 0.68), (0.04, 0.10), (240, 262)),
    "olive": Family(4, (0.38, 0.58), (0.04, 0.09), (95, 130)),
    "burgundy": Family(4, (0.28, 0.42), (0.08, 0.15), (5, 30)),
    "pastel": Family(8, (0.80, 0.92), (0.03, 0.09), (0, 360)),
    "muted": Family(6, (0.45, 0.70), (0.04, 0.09), (0, 360)),
    "bright": Family(9, (0.50, 0.80), (0.14, 0.25), (0, 360)),
}
"""Shares of the colours of everyday clothes, estimated by eye from photos of wardrobes."""


def color(rng: np.random.Generator) -> str:
    """Draw one colour of cloth as `#rrggbb`."""
    return from_families(rng, FAMILIES)


def from_families(rng: np.random.Generator, families: Mapping[str, Family]) -> str:
    """Draw a colour as `#rrggbb` from families, each as often as its weight says."""
    weights = np.array([family.weight for family in families.values()])
    return from_family(rng, tuple(families.values())[rng.choice(len(weights), p=weights / weights.sum())])


def from_family(rng: np.random.Generator, family: Family) -> str:
    """Draw a colour from one family as `#rrggbb`."""
    return oklch(rng.uniform(*family.lightness), rng.uniform(*family.chroma), rng.uniform(*family.hue))


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """Return an OKLCH colour as `#rrggbb`, its chroma reduced until it fits into sRGB."""
    return (
        OkColor("oklch", [lightness, chroma, hue % 360])
        .convert("srgb")
        .fit(method="oklch-chroma")
        .to_string(hex=True)
    )


def to_oklch(color: str) -> tuple[float, float, float]:
    """Return lightness, chroma and hue in degrees (0 for greys) of `#rrggbb`."""
    lightness, chroma, hue = OkColor(color).convert("oklch").coords(nans=False)
    return lightness, chroma, hue


def is_earthy(color: str) -> bool:
    """Say whether a colour is one of uniforms: olive, khaki, brown or sand."""
    lightness, chroma, hue = to_oklch(color)
    return 0.2 < lightness < 0.9 and 0.02 < chroma < 0.13 and 25 < hue < 165


def is_festive(color: str) -> bool:
    """Say whether a colour is one that uniforms never have: white, a pastel, or a bright colour."""
    lightness, chroma, _ = to_oklch(color)
    return lightness > 0.85 or chroma > 0.12


def near(rng: np.random.Generator, other: str, max_contrast: float) -> str:
    """Draw a shade of a colour that differs from it by at most `max_contrast` (delta E OK)."""
    lightness, chroma, hue = to_oklch(other)
    for _ in range(TRIES):
        shift = rng.uniform(-max_contrast, max_contrast)
        drawn = oklch(float(np.clip(lightness + shift, 0.1, 0.98)), chroma * rng.uniform(0.6, 1), hue)
        if contrast(drawn, other) <= max_contrast:
            return drawn
    return other


def blend(a: str, b: str, share: float = 0.5) -> str:
    """Return a mixture of two colours in OKLab: `share` of the second."""
    return OkColor(a).mix(b, share, space="oklab").convert("srgb").fit().to_string(hex=True)


def contrast(a: str, b: str) -> float:
    """Return the perceptual difference (delta E OK: Euclidean distance in OKLab, black to white = 1)."""
    return OkColor(a).delta_e(b, method="ok")


def lightness_contrast(a: str, b: str) -> float:
    """Return the difference in OKLCH lightness, 0..1: the part of the contrast that survives small scales."""
    return abs(to_oklch(a)[0] - to_oklch(b)[0])


def another(
    rng: np.random.Generator,
    others: Sequence[str],
    min_contrast: float,
    min_lightness: float = 0.0,
    families: Mapping[str, Family] = FAMILIES,
) -> str:
    """Draw a colour that differs from all `others` by at least `min_contrast` (delta E OK), and in lightness.

    Raises click.ClickException after 500 draws without one.
    """
    for _ in range(TRIES):
        drawn = from_families(rng, families)
        if all(
            contrast(drawn, other) >= min_contrast and lightness_contrast(drawn, other) >= min_lightness
            for other in others
        ):
            return drawn
    raise no_colors(
        f"a colour that differs from {', '.join(others)} in lightness by {min_lightness:g} and", min_contrast
    )


def no_colors(wanted: str, min_contrast: float) -> click.ClickException:
    """Return the error that says that `TRIES` draws did not find `wanted` colours of that contrast."""
    return click.ClickException(
        f"{wanted} by {min_contrast:g} (delta E OK) was not found in {TRIES} draws; lower the contrast"
    )


def needed_contrast(pixels: float, least: float, signal: float = MIN_SIGNAL) -> float:
    """Return the contrast (delta E OK) that keeps a detail `pixels` wide visible, at least `least`.

    Sampling spreads a thin line or a dot over its neighbours: what stays is its contrast times its width, so
    that this product is kept above `signal`.
    """
    return max(least, signal / pixels)


def pair(
    rng: np.random.Generator, min_contrast: float, min_lightness: float = 0.0, tonal: float = TONAL_SHARE
) -> tuple[str, str]:
    """Draw a ground and a pattern colour that differ by at least `min_contrast` (delta E OK).

    A share `tonal` of the pairs is tone on tone: one hue in two shades, where such shades exist.
    """
    ground = color(rng)
    if rng.random() < tonal and (shade := tone(rng, ground, min_contrast, min_lightness)):
        return ground, shade
    return ground, another(rng, [ground], min_contrast, min_lightness)


def tone(
    rng: np.random.Generator, other: str, min_contrast: float, min_lightness: float, beyond: float = 0.12
) -> str | None:
    """Draw a lighter or darker shade of `other`, at most `beyond` further off than asked for, or None.

    A shade of white, grey or black has a tint of any hue.
    """
    lightness, chroma, hue = to_oklch(other)
    if chroma < MAX_NEUTRAL_CHROMA:
        chroma, hue = chroma + rng.uniform(0, MAX_TINT), rng.uniform(0, 360)
    step = max(min_contrast, min_lightness) + rng.uniform(0.01, beyond)
    up = lightness < 0.5 if rng.random() < 0.8 or lightness < MIN_SHADED else lightness >= 0.5
    drawn = oklch(float(np.clip(lightness + (step if up else -step), 0.1, 0.98)), chroma, hue)
    far = contrast(drawn, other) >= min_contrast and lightness_contrast(drawn, other) >= min_lightness
    return drawn if far else None
