"""Flowers and foliage: scattered blossoms, large blooms, ditsy prints, vines, palms; painted or line art.

Three sources: shader nodes on a lattice, image tiles (`materials.tiles`), and a user's own tiles
(`materials.textures`). Longer than other files: a pattern is one file, and this one has the most promises.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from materials import palette, textures, tiles
from materials.color import Color
from materials.inputs import File
from materials.nodes import (
    Graph,
    Inputs,
    Operand,
    Value,
    absolute,
    atan2,
    below,
    cos,
    floor,
    fract,
    image,
    length,
    maximum,
    random,
    sin,
    smoothstep,
    vector,
)
from materials.surface import Cloth, Surface
from materials.view import View

TAU = 6.283185307179586
TILE = "Tile"
"""Name of the image node."""
MIN_PIXELS = 12.0
"""Neighbouring large blooms are at least this many pixels of the final image apart."""
MIN_TILE_PIXELS = 15.0
"""On tiles, where blooms differ more in size, they are this far apart if the garment allows."""
MIN_FINE_PIXELS = 17.0
"""Watercolour and line art need blooms this far apart."""
MIN_REPEATS = 2.6
"""At least this many large blooms fit across the garment."""
MIN_CONTRAST = 0.25
"""Petals and ground differ by at least this much (delta E OK) ..."""
MIN_LIGHTNESS = 0.15
"""... and in lightness by this much (OKLCH)."""
MIN_LINE_CONTRAST = 0.38
"""In line art, petals and ground differ by at least this much: lines are thin."""
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
MIN_DENSE_PIXELS = 19.0
"""Tiles whose blooms hide the ground need them this far apart."""
MIN_DITSY_PIXELS = 20.0
"""Bunched, ditsy and meadow tiles, whose flowers are small, and palm leaves need a period this long."""
MIN_FOLIAGE_PIXELS = 24.0
"""Leaves alone, mostly of palms, need a period this long."""
MIN_FOLIAGE, MIN_FOLIAGE_LIGHTNESS = 0.28, 0.18
"""They differ from the ground by this much (delta E OK; OKLCH lightness)."""
TILE_SHARE = 0.75
"""This share of draws is an image tile."""
TEXTURE_SHARE = 0.5
"""This share of tiles is the user's, if there are any."""
MAX_NODE_WASH = 0.45
"""Watercolour drawn by nodes is at most this strong: more blurs blossoms into blobs of camouflage."""
MIN_SILHOUETTE_PIXELS = 24.0
"""Flowers of one colour are this far apart: smaller outlines look like camouflage."""
MIN_SILHOUETTE, MIN_SILHOUETTE_LIGHTNESS = 0.15, 0.11
"""They differ by at least this much (delta E OK; OKLCH lightness), as in a jacquard, ..."""
MIN_TONAL_CHROMA, BOLD = 0.05, 0.4
"""... and one of them has this much chroma (OKLCH) if they differ by less than the second number: in greys
blossoms look like the camouflage of winter."""
MAX_FADING, LEAST_FADING = 0.5, 0.05
"""Dyes are mixed with at most this share of the ground, and with none if it would be less than the second."""
KINDS = {
    "flowers": (0.54, MIN_TILE_PIXELS),
    "foliage": (0.18, MIN_FOLIAGE_PIXELS),
    "silhouette": (0.16, MIN_SILHOUETTE_PIXELS),
    "lush": (0.12, MIN_DENSE_PIXELS),
}
"""What tiles show -> how often, and the shortest period in pixels, if the garment allows.

Foliage has few flowers or none. A silhouette has two colours: all that grows is of one, the ground of the
other. Lush are large blooms close together, in watercolour.
"""
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


class Params(Settings):
    """Large blooms with leaves, small blossoms between, vines behind; sizes in shares of the period."""

    source: Literal["nodes", "tile", "texture"] = Field(
        "nodes", description="drawn by shader nodes, on an image tile, or a tile of the user's"
    )
    texture: File = Field("", description="the user's tile")
    texture_sha256: File = Field("", description="SHA-256 of that file")
    layout: Literal["scatter", "bunches", "dense", "ditsy", "meadow", "sprays", "foliage"] = Field(
        "scatter", description="how an image tile places its flowers; foliage: leaves, few flowers"
    )
    ground: Color = Field("#f4efe6", description="colour of the cloth")
    petal_1: Color = Field("#c4506a", description="colour of most petals")
    petal_2: Color = Field("#e6a4b4", description="colour of the other petals")
    petal_3: Color = Field("#c4506a", description="colour of some petals on image tiles")
    centre: Color = Field("#e8b93c", description="colour of the flowers' centres")
    leaf: Color = Field("#4f7d3a", description="colour of leaves and stems")
    period_cm: float = Field(12, ge=2, le=45, description="distance of the large blooms")
    petals: float = Field(5, ge=4, le=9, description="number of petals, whole")
    bloom: float = Field(0.32, ge=0.2, le=0.42, description="radius of a large bloom")
    notch: float = Field(0.45, ge=0.2, le=0.75, description="how deep the petals are cut")
    roundness: float = Field(0.6, ge=0.3, le=1.6, description="low = round petals, high = pointed")
    centre_size: float = Field(0.28, ge=0.15, le=0.45, description="radius of the centre, share of the bloom")
    shading: float = Field(0.5, ge=0, le=1, description="petals darken toward the centre and at their edges")
    outline: float = Field(0, ge=0, le=1, description="1 = line art: petals are drawn as outlines")
    wash: float = Field(0, ge=0, le=1, description="1 = watercolour: edges bleed and the dye pools there")
    leaf_count: float = Field(3, ge=2, le=9, description="leaves around a bloom, whole")
    leaf_length: float = Field(
        0.46, ge=0.3, le=0.5, description="reach of the leaves from the bloom's centre"
    )
    leaf_width: float = Field(0.5, ge=0.25, le=1, description="low = narrow leaves")
    double: float = Field(0, ge=0, le=1, description="1 = a second, smaller ring of petals inside the first")
    small: float = Field(0.26, ge=0, le=0.38, description="radius of the small blossoms; 0 = none")
    small_scale: float = Field(0.55, ge=0.4, le=0.8, description="distance of the small blossoms, in periods")
    vine_cm: float = Field(0.2, ge=0, le=0.8, description="thickness of the vines; 0 = none")
    jitter: float = Field(0.12, ge=0, le=0.25, description="random shift of each flower")
    drift: float = Field(0.1, ge=0, le=0.2, description="slow bend of the lattice, in periods")
    density: float = Field(1, ge=0.6, le=1, description="share of places that carry a bloom")
    seed: float = Field(0, ge=0, le=100, description="moves the flowers about")


def sample(rng: np.random.Generator, view: View, own: Sequence[textures.Texture] = ()) -> Params:
    """Draw flowers that `view` resolves, half of the tiles from a user's `own` if there are any.

    Raises click.ClickException if no size is visible.
    """
    low, high = view.period_cm("floral", 2, 45, MIN_PIXELS, MIN_REPEATS)
    tile = rng.random() < TILE_SHARE
    kind = str(rng.choice(list(KINDS), p=[share for share, _ in KINDS.values()])) if tile else "flowers"
    period = float(low * (high / low) ** (rng.beta(2.5, 2.5) if kind == "lush" else rng.beta(1, 2.4)))
    if tile:
        period = min(max(period, KINDS[kind][1] * view.cm_per_pixel), high)
    pixels = period / view.cm_per_pixel
    if pixels < KINDS[kind][1]:
        kind = "flowers"
    layouts = ["scatter"]
    if pixels >= MIN_DENSE_PIXELS:
        layouts = ["scatter", "scatter", "dense"]
    if pixels >= MIN_DITSY_PIXELS:
        layouts = ["scatter", "dense", "bunches", "ditsy", "meadow", "sprays"]
    look = str(rng.choice(["painted", "watercolour", "line art"], p=[0.56, 0.3, 0.14]))
    if pixels < MIN_FINE_PIXELS or kind == "silhouette" or (kind == "foliage" and look == "line art"):
        look = "painted"
    tropical = pixels >= MIN_DITSY_PIXELS and kind != "silhouette" and rng.random() < 0.2
    match kind:
        case "foliage":
            colors, layouts = _foliage(rng), ["foliage"]
        case "silhouette":
            colors = _silhouette(rng)
            layouts = [layout for layout in layouts if layout in ("scatter", "ditsy", "sprays")]
        case "lush":
            colors, layouts, look = _colors(rng, MIN_CONTRAST), ["dense"], "watercolour"
        case _:
            colors = _colors(rng, MIN_LINE_CONTRAST if look == "line art" else MIN_CONTRAST)
    bloom = rng.uniform(0.27, 0.38)
    params = Params(
        source="tile" if tile else "nodes",
        layout=str(rng.choice(layouts)),  # type: ignore[arg-type]
        **colors,
        period_cm=period,
        petals=float(rng.integers(4, 9)),
        bloom=bloom,
        notch=rng.uniform(0.35, 0.65),
        roundness=rng.uniform(0.35, 0.9),
        centre_size=rng.uniform(0.18, 0.32),
        shading=rng.uniform(0.2, 0.9),
        outline=float(look == "line art"),
        wash=rng.uniform(0.3, 0.8 if tile else MAX_NODE_WASH) if look == "watercolour" else 0.0,
        leaf_count=float(rng.integers(5, 10) if tropical else rng.integers(2, 5)),
        leaf_length=rng.uniform(0.44, 0.5),
        leaf_width=rng.uniform(0.6, 1) if tropical else rng.uniform(0.3, 0.8),
        double=float(rng.random() < 0.4),
        small=rng.uniform(0.2, 0.34) if rng.random() < 0.7 else 0.0,
        small_scale=rng.uniform(0.45, 0.7),
        vine_cm=float(np.clip(rng.uniform(0.008, 0.025) * period, 0, 0.8)) if rng.random() < 0.5 else 0.0,
        jitter=rng.uniform(0.05, 0.2),
        drift=rng.uniform(0.05, 0.18),
        density=rng.uniform(0.75, 1),
        seed=rng.uniform(0, 100),
    )
    if own and tile and rng.random() < TEXTURE_SHARE:
        chosen = own[int(rng.integers(len(own)))]
        update = {"source": "texture", "texture": chosen.file, "texture_sha256": chosen.sha256}
        return params.model_copy(update=update)
    return params


def _colors(rng: np.random.Generator, min_contrast: float) -> dict[str, str]:
    """Draw ground, petals, centre and leaf; the leaf is often green, and always less conspicuous than petals.

    Petals have no colour of uniforms and are not nearly black, which would make them blobs of camouflage.

    Raises click.ClickException if no such colours are found.
    """
    for _ in range(palette.TRIES):
        light = "cream" if rng.random() < 0.4 else "white"
        ground = (
            palette.from_family(rng, palette.FAMILIES[light])
            if rng.random() < LIGHT_SHARE
            else palette.color(rng)
        )
        petal = _petal(rng)
        second = _petal(rng) if rng.random() < 0.6 else petal
        leaf = str(rng.choice(LEAVES)) if rng.random() < 0.75 else palette.color(rng)
        if _tell_apart(ground, petal, second, leaf, min_contrast):
            centre = palette.another(rng, (petal, second), MIN_CENTRE)
            third = _petal(rng) if rng.random() < 0.5 else petal
            if palette.contrast(third, ground) < MIN_SILHOUETTE:
                third = petal
            names = ("petal_1", "petal_2", "petal_3", "centre", "leaf")
            dyes = dict(zip(names, (petal, second, third, centre, leaf), strict=True))
            return {"ground": ground, **_faded(rng, ground, dyes, min_contrast)}
    raise palette.no_colors("colours of flowers that differ", min_contrast)


def _tell_apart(ground: str, petal: str, second: str, leaf: str, min_contrast: float) -> bool:
    petals = (petal, second)
    dark = min(palette.to_oklch(color)[0] for color in petals) < DARK_PETAL
    return (
        not any(palette.is_earthy(color) or is_dull(color) for color in petals)
        and min(palette.contrast(color, ground) for color in petals) >= min_contrast
        and palette.lightness_contrast(petal, ground) >= MIN_LIGHTNESS
        and palette.lightness_contrast(second, ground) >= 0.1
        and min(palette.contrast(leaf, color) for color in petals) >= MIN_LEAF_PETAL
        and MIN_LEAF <= palette.contrast(leaf, ground) <= palette.contrast(petal, ground) + MAX_LEAF_EXCESS
        and not (dark and palette.to_oklch(ground)[0] < LIGHT_GROUND)
    )


def _faded(
    rng: np.random.Generator, ground: str, dyes: dict[str, str], min_contrast: float
) -> dict[str, str]:
    """Move the dyes toward the ground, as far as flowers stay: most real prints are soft."""
    share = rng.uniform(0, MAX_FADING)
    while share > LEAST_FADING:
        faded = {name: palette.blend(color, ground, share) for name, color in dyes.items()}
        petals = (faded["petal_1"], faded["petal_2"])
        if (
            _tell_apart(ground, *petals, faded["leaf"], min_contrast)
            and min(palette.contrast(faded["centre"], petal) for petal in petals) >= MIN_CENTRE
            and palette.contrast(faded["petal_3"], ground) >= MIN_SILHOUETTE
        ):
            return faded
        share /= 2
    return dyes


def is_dull(color: str) -> bool:
    """Say whether a petal would be a dark grey."""
    lightness, chroma, _ = palette.to_oklch(color)
    return lightness < DARK_PETAL and chroma < MIN_DARK_CHROMA


def _petal(rng: np.random.Generator) -> str:
    if rng.random() >= FLOWER_COLOR_SHARE:
        return palette.color(rng)
    return palette.from_families(rng, PETALS)


def _silhouette(rng: np.random.Generator) -> dict[str, str]:
    """Draw a ground and one colour for all that grows on it; the flowers' centres are the ground's.

    One of them is a colour that uniforms never have, none is earthy: or flowers would look like camouflage.
    Raises click.ClickException if no such two colours are found.
    """
    for _ in range(palette.TRIES):
        ground, dye = palette.pair(rng, MIN_SILHOUETTE, MIN_SILHOUETTE_LIGHTNESS)
        if palette.is_earthy(ground) or palette.is_earthy(dye):
            continue
        chroma = max(palette.to_oklch(color)[1] for color in (ground, dye))
        if chroma < MIN_TONAL_CHROMA and palette.contrast(ground, dye) < BOLD:
            continue
        if palette.is_festive(ground) or palette.is_festive(dye):
            break
    else:
        raise palette.no_colors("two colours of flowers that differ", MIN_SILHOUETTE)
    if palette.to_oklch(dye)[0] < min(palette.to_oklch(ground)[0], DARK_PETAL):
        ground, dye = dye, ground
    return {"ground": ground, "centre": ground} | dict.fromkeys(
        ("petal_1", "petal_2", "petal_3", "leaf"), dye
    )


def _foliage(rng: np.random.Generator) -> dict[str, str]:
    """Draw a ground, leaves that stand out from it, and flowers; not in two colours of uniforms.

    Raises click.ClickException if no such colours are found.
    """
    for _ in range(palette.TRIES):
        ground = palette.from_family(
            rng, palette.FAMILIES[str(rng.choice(["white", "cream", "black", "navy"]))]
        )
        if rng.random() < 0.3:
            ground = palette.color(rng)
        leaf = str(rng.choice(LEAVES)) if rng.random() < 0.6 else palette.color(rng)
        petal = _petal(rng)
        if (
            palette.contrast(leaf, ground) >= MIN_FOLIAGE
            and palette.lightness_contrast(leaf, ground) >= MIN_FOLIAGE_LIGHTNESS
            and min(palette.contrast(petal, color) for color in (leaf, ground)) >= MIN_CONTRAST
            and not (palette.is_earthy(leaf) and palette.is_earthy(ground))
        ):
            other = palette.near(rng, leaf, MIN_LEAF) if rng.random() < 0.6 else petal
            centre = palette.another(rng, (petal,), MIN_CENTRE)
            return {
                "ground": ground,
                "petal_1": petal,
                "petal_2": other,
                "petal_3": petal,
                "centre": centre,
                "leaf": leaf,
            }
    raise palette.no_colors("colours of leaves and flowers that differ", MIN_FOLIAGE)


class Flower(NamedTuple):
    """The polar frame of the flower nearest to a pixel; lengths in shares of the lattice's period."""

    radius: Value
    """Distance from its centre."""
    angle: Value
    """Angle around it, turned at random per flower."""
    chance: Value
    """Three random numbers of this flower."""


def build(graph: Graph, p: Inputs, cloth: Cloth) -> Surface:
    """Paint vines, small blossoms, leaves and large blooms over the ground, in this order."""
    q = cloth.uv / p.period_cm
    tile = image(TILE, q / tiles.BLOOMS)
    q = q + vector(sin(q.y * 1.9 + p.seed), sin(q.x * 1.6 + p.seed)) * p.drift
    wave = q.x + sin(q.y * 2.6 + p.seed) * 0.28
    vine = below(p.vine_cm / p.period_cm * 0.5, absolute(fract(wave) - 0.5), 0.01) * (p.vine_cm > 0.0)
    color = p.ground.mix(p.leaf, vine)

    little = flower(q / p.small_scale + 0.37, p.seed + 50.0, p.jitter)
    present = (p.small > 0.0) * (little.chance.z < 0.85)
    color = paint(p, color, little, p.small, p.petal_2.mix(p.petal_1, little.chance.x < 0.3), present)

    large = flower(q, p.seed, p.jitter)
    present = large.chance.z < p.density
    lobe = absolute(cos(large.angle * p.leaf_count * 0.5 + 0.7))
    reach = p.leaf_length * lobe ** (1.6 / p.leaf_width)
    vein = smoothstep(0.94, 0.99, lobe)
    green = p.leaf * (1.0 - 0.35 * vein) * (0.75 + large.chance.y * 0.5)
    leaf_mask = below(reach, large.radius, 0.02 + p.wash * 0.03) * present
    rim = smoothstep(0.75, 0.9, large.radius / positive(reach))
    color = color.mix(green, leaf_mask * (1.0 - p.outline * (1.0 - rim)))
    petal = p.petal_1.mix(p.petal_2, large.chance.x < 0.4)
    color = paint(p, color, large, p.bloom, petal, present)
    inner = Flower(large.radius, large.angle + 0.5, large.chance)
    color = paint(p, color, inner, p.bloom * 0.62, petal * 0.4 + p.petal_2 * 0.6, present * p.double)
    return Surface(p.source.select(color, tile), 0.0)


def draw_image(params: Params) -> np.ndarray | None:
    """Return the image for the node `TILE` as uint8 (H, W, 3) sRGB, or None where nodes draw the flowers.

    Raises click.ClickException if a user's tile has gone or changed.
    """
    if params.source == "nodes":
        return None
    if params.source == "texture" and params.texture:  # the picture book names none
        return textures.load_texture(params.texture, params.texture_sha256, tiles.SIZE)
    return tiles.draw_tile(
        seed=params.seed,
        layout=params.layout,
        ground=params.ground,
        petal_1=params.petal_1,
        petal_2=params.petal_2,
        petal_3=params.petal_3,
        centre=params.centre,
        leaf=params.leaf,
        petals=round(params.petals),
        bloom=params.bloom * 1.3,
        small=params.small,
        density=params.density,
        outline=params.outline > 0.5,
        wash=params.wash,
        tropical=params.leaf_count >= 5,
    )


def flower(q: Value, seed: Operand, jitter: Operand) -> Flower:
    """Place one flower into each cell of a staggered lattice of period 1."""
    q = vector(q.x + floor(q.y) * 0.5, q.y)
    chance = random(floor(q), seed)
    offset = fract(q) - 0.5 - (chance - 0.5) * jitter
    turn = fract((chance.x + chance.y) * 5.0) * TAU
    return Flower(length(vector(offset.x, offset.y)), atan2(offset.y, offset.x) + turn, chance)


def paint(p: Inputs, under: Value, at: Flower, size: Value, petal: Value, present: Value) -> Value:
    """Paint a blossom of radius `size`: petals, their shading or outline, and the centre."""
    lobe = absolute(cos(at.angle * p.petals * 0.5)) ** p.roundness
    edge = size * (1.0 - p.notch * (1.0 - lobe)) * (0.85 + at.chance.y * 0.15)
    inward = at.radius / positive(edge)
    mask = below(1.0, inward, 0.08 + p.wash * 0.3)
    rim = smoothstep(0.72, 0.92, inward)
    shade = 1.0 - p.shading * (0.45 * smoothstep(0.75, 0.2, inward) + 0.3 * smoothstep(0.35, 0.0, lobe))
    pooled = shade * (1.0 - p.wash * 0.3 * rim)
    fill = mask * (1.0 - p.outline * 0.8 * (1.0 - rim)) * (1.0 - p.wash * 0.35 * (1.0 - rim))
    color = under.mix(petal * pooled, fill * present)
    return color.mix(p.centre, below(p.centre_size * size, at.radius, 0.03) * present)


def positive(x: Value) -> Value:
    """Keep a divisor away from zero."""
    return maximum(x, 0.001)
