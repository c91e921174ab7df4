"""The colours of floral prints: which differ, and by how much, so that flowers are seen as flowers."""

from collections.abc import Mapping

import numpy as np

from materials import palette

MIN_CONTRAST = 0.25
"""Petals and ground differ by at least this much (delta E OK) ..."""
MIN_LIGHTNESS, MIN_SECOND_LIGHTNESS = 0.15, 0.1
"""... and in lightness by the first of these (OKLCH), petals of the second colour by the second."""
MIN_LINE_CONTRAST = 0.38
"""In line art, petals and ground differ by at least this much: lines are thin."""
MIN_FAINT, FAINT_SIGNAL = 0.09, 3.6
"""Faint flowers differ from the ground by the first number, and by more the smaller they are: contrast times
the pixels of the period stays above the second."""
MIN_THIRD = 0.6
"""Some petals differ from the ground by only this share of what the others do."""
MIN_CENTRE = 0.18
"""Petals and the flower's centre differ by at least this much (delta E OK)."""
MIN_LEAF = 0.12
"""Leaves differ from the ground by at least this much (delta E OK), ..."""
MAX_LEAF_EXCESS = 0.15
"""... by at most this much more than the petals do, ..."""
MIN_LEAF_PETAL = 0.28
"""... and from the petals by this much: they are what lies behind most of them."""
DARK_PETAL, LIGHT_GROUND = 0.4, 0.88
"""Petals below the first lightness (OKLCH) need a ground above the second, or they look like holes."""
MIN_DARK_CHROMA = 0.08
"""Such petals, beside leaves of another colour, have at least this chroma (OKLCH)."""
MIN_FOLIAGE, MIN_FOLIAGE_LIGHTNESS = 0.28, 0.18
"""Leaves alone differ from the ground by this much (delta E OK; OKLCH lightness)."""
LIGHTNESS_SHARE = 0.7
"""Two colours differ in lightness (OKLCH) by at least this share of what they differ by in all."""
MIN_TONAL_CHROMA, BOLD = 0.05, 0.4
"""One of two colours has this much chroma (OKLCH) if they differ by less than the second number: in greys
small blossoms look like the camouflage of winter."""
TONAL = 0.15
"""Camouflage has no two colours alone that differ by less than this (delta E OK)."""
TONAL_SHARE = 0.5
"""This share of prints in two colours is one hue in two shades."""
MAX_FADING, LEAST_FADING = 0.5, 0.05
"""Dyes are mixed with at most this share of the ground, and with none if it would be less than the second."""
FAINT_FADING = 0.85
"""The same of faint prints, whose dyes go as far as the promises hold."""
PETALS = {
    "white": palette.Family(16, (0.92, 0.99), (0.0, 0.02), (0, 360)),
    "cream": palette.Family(5, (0.88, 0.94), (0.03, 0.06), (70, 100)),
    "pink": palette.Family(24, (0.66, 0.88), (0.07, 0.18), (340, 375)),
    "red": palette.Family(14, (0.45, 0.62), (0.15, 0.22), (15, 32)),
    "orange": palette.Family(8, (0.65, 0.78), (0.13, 0.18), (40, 65)),
    "yellow": palette.Family(8, (0.82, 0.92), (0.11, 0.17), (80, 105)),
    "blue": palette.Family(12, (0.40, 0.75), (0.08, 0.18), (240, 275)),
    "purple": palette.Family(12, (0.45, 0.78), (0.08, 0.18), (290, 328)),
}
"""Colours of flowers, and how often prints have them."""
FLOWER_COLOR_SHARE = 0.75
"""This share of petals has a flower's colour; the others take any colour of cloth."""
LIGHT_SHARE = 0.45
"""This share of grounds is tried in white or cream only, as most prints are light."""
LEAVES = ("#2f5d34", "#4f7d3a", "#7a8f4a", "#8fa98a", "#2c4a4a", "#a3a86a", "#9dbb84", "#6f9a5b")

Dyes = dict[str, str]
"""petal_1, petal_2, petal_3, centre, leaf, leaf_2, and the ground where it is among them -> `#rrggbb`."""


def faintest(pixels: float) -> float:
    """Return by how much faint flowers differ from the ground where their period has so many pixels."""
    return min(palette.needed_contrast(pixels, MIN_FAINT, FAINT_SIGNAL), MIN_CONTRAST)


def mixed(rng: np.random.Generator, min_contrast: float = MIN_CONTRAST, faint: float = 1) -> Dyes:
    """Draw ground, petals, centre and leaves; these are often green, and always less conspicuous than petals.

    Petals have no colour of uniforms and are not nearly black, which would make them blobs of camouflage.
    Faint prints, whose colours differ by only a share `faint` of the usual, fade as far as that.

    Raises click.ClickException if no such colours are found.
    """
    for _ in range(palette.TRIES):
        light = "cream" if rng.random() < 0.4 else "white"
        ground = (
            palette.from_family(rng, palette.FAMILIES[light])
            if rng.random() < LIGHT_SHARE
            else palette.color(rng)
        )
        petal, leaf = _petal(rng), _leaf(rng)
        dyes = {
            "petal_1": petal,
            "petal_2": _petal(rng) if rng.random() < 0.6 else petal,
            "petal_3": petal,
            "centre": palette.from_families(rng, palette.FAMILIES),
            "leaf": leaf,
            "leaf_2": leaf,
        }
        if tell_apart(ground, dyes, min_contrast):
            richer = dyes | {"petal_3": _petal(rng), "leaf_2": _leaf(rng)}
            dyes = richer if tell_apart(ground, richer, min_contrast) else dyes
            return {"ground": ground, **_faded(rng, ground, dyes, min_contrast, faint)}
    raise palette.no_colors("colours of flowers that differ", min_contrast)


def tell_apart(ground: str, dyes: Mapping[str, str], min_contrast: float, faint: float = 1) -> bool:
    """Say whether petals, centres, leaves and the ground differ, by a share `faint` of the usual."""
    petals = (dyes["petal_1"], dyes["petal_2"])
    leaves = (dyes["leaf"], dyes["leaf_2"])
    dark = min(palette.to_oklch(color)[0] for color in petals) < DARK_PETAL
    inner = faint**1.5  # within a faint flower less is needed than around it
    most = palette.contrast(petals[0], ground) + MAX_LEAF_EXCESS * faint
    return (
        not any(palette.is_earthy(color) or is_dull(color) for color in petals)
        and not (dark and palette.to_oklch(ground)[0] < LIGHT_GROUND)
        and min(palette.contrast(color, ground) for color in petals) >= min_contrast * faint
        and palette.contrast(dyes["petal_3"], ground) >= MIN_THIRD * min_contrast * faint
        and palette.lightness_contrast(petals[0], ground) >= MIN_LIGHTNESS * faint
        and palette.lightness_contrast(petals[1], ground) >= MIN_SECOND_LIGHTNESS * faint
        and all(MIN_LEAF * inner <= palette.contrast(leaf, ground) <= most for leaf in leaves)
        and all(
            palette.contrast(leaf, petal) >= MIN_LEAF_PETAL * inner for leaf in leaves for petal in petals
        )
        and min(palette.contrast(dyes["centre"], petal) for petal in petals) >= MIN_CENTRE * inner
    )


def is_dull(color: str) -> bool:
    """Say whether a petal would be a dark grey."""
    lightness, chroma, _ = palette.to_oklch(color)
    return lightness < DARK_PETAL and chroma < MIN_DARK_CHROMA


def two(rng: np.random.Generator, min_contrast: float, greys: bool) -> Dyes:
    """Draw a ground and one colour for all that grows on it; the flowers' centres are the ground's.

    One of them is a colour that uniforms never have, none is earthy: or flowers would look like camouflage.
    With `greys`, of large flowers, a pair that differs by less than `TONAL` may be grey and of any colour.
    Raises click.ClickException if no such two colours are found.
    """
    for _ in range(palette.TRIES):
        ground, dye = palette.pair(rng, min_contrast, LIGHTNESS_SHARE * min_contrast, TONAL_SHARE)
        if (greys and palette.contrast(ground, dye) < TONAL) or _unlike_uniforms(ground, dye):
            break
    else:
        raise palette.no_colors("two colours of flowers that differ", min_contrast)
    if palette.to_oklch(dye)[0] < min(palette.to_oklch(ground)[0], DARK_PETAL):
        ground, dye = dye, ground
    grown = dict.fromkeys(("petal_1", "petal_2", "petal_3", "leaf", "leaf_2"), dye)
    return {"ground": ground, "centre": ground, **grown}


def foliage(rng: np.random.Generator) -> Dyes:
    """Draw a ground, leaves that stand out from it, and flowers; not in two colours of uniforms.

    Raises click.ClickException if no such colours are found.
    """
    for _ in range(palette.TRIES):
        family = str(rng.choice(["white", "cream", "black", "navy", "any"], p=[0.175] * 4 + [0.3]))
        ground = palette.color(rng) if family == "any" else palette.from_family(rng, palette.FAMILIES[family])
        leaf, petal = _leaf(rng, green=0.6), _petal(rng)
        if (
            palette.contrast(leaf, ground) >= MIN_FOLIAGE
            and palette.lightness_contrast(leaf, ground) >= MIN_FOLIAGE_LIGHTNESS
            and min(palette.contrast(petal, color) for color in (leaf, ground)) >= MIN_CONTRAST
            and not (palette.is_earthy(leaf) and palette.is_earthy(ground))
        ):
            return {
                "ground": ground,
                "petal_1": petal,
                "petal_2": palette.near(rng, leaf, MIN_LEAF) if rng.random() < 0.6 else petal,
                "petal_3": petal,
                "centre": palette.another(rng, (petal,), MIN_CENTRE),
                "leaf": leaf,
                "leaf_2": palette.near(rng, leaf, MIN_LEAF),
            }
    raise palette.no_colors("colours of leaves and flowers that differ", MIN_FOLIAGE)


def _unlike_uniforms(ground: str, dye: str) -> bool:
    pair = (ground, dye)
    chroma = max(palette.to_oklch(color)[1] for color in pair)
    return (
        not any(palette.is_earthy(color) for color in pair)
        and any(palette.is_festive(color) for color in pair)
        and (chroma >= MIN_TONAL_CHROMA or palette.contrast(ground, dye) >= BOLD)
    )


def _faded(rng: np.random.Generator, ground: str, dyes: Dyes, min_contrast: float, faint: float) -> Dyes:
    """Move the dyes toward the ground, as far as flowers stay: most real prints are soft."""
    share = rng.uniform(0, MAX_FADING) if faint == 1 else FAINT_FADING
    while share > LEAST_FADING:
        faded = {name: palette.blend(color, ground, share) for name, color in dyes.items()}
        if tell_apart(ground, faded, min_contrast, faint):
            return faded
        share *= 0.5 if faint == 1 else 0.9
    return dyes


def _petal(rng: np.random.Generator) -> str:
    if rng.random() >= FLOWER_COLOR_SHARE:
        return palette.color(rng)
    return palette.from_families(rng, PETALS)


def _leaf(rng: np.random.Generator, green: float = 0.75) -> str:
    return str(rng.choice(LEAVES)) if rng.random() < green else palette.color(rng)
