"""Flowers and foliage: large blooms, ditsy prints, sprigs, vines, palms; bold, faint, painted or line art.

Three sources: shader nodes on a lattice, image tiles (`materials.florals`), and a user's own tiles
(`materials.textures`).
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from materials import textures, tiles
from materials.color import Color
from materials.florals import colors, lattice, tile
from materials.inputs import File
from materials.nodes import Graph, Inputs, image, vector
from materials.surface import Cloth, Surface
from materials.view import View

TILE = "Tile"
"""Name of the image node."""
MIN_PIXELS = 12.0
"""Neighbouring large blooms are at least this many pixels of the final image apart."""
MIN_TILE_PIXELS = 15.0
"""On tiles, where blooms differ more in size, they are this far apart if the garment allows."""
MIN_FINE_PIXELS = 17.0
"""Watercolour and line art need blooms this far apart."""
MIN_DENSE_PIXELS = 19.0
"""Tiles whose blooms hide the ground need them this far apart."""
MIN_DITSY_PIXELS = 22.0
"""Bunched, ditsy and meadow tiles, whose flowers are small, and palm leaves need a period this long; ..."""
MIN_FOLIAGE_PIXELS = 24.0
"""... leaves alone, mostly of palms, flowers of one colour, whose outlines would look like camouflage, and
flowers gathered at a border one this long; ..."""
MIN_SPRIG_PIXELS = 30.0
"""... sprigs, which would look like dots, large and faint flowers one this long."""
MIN_GREY_PIXELS = 34.0
"""Faint flowers in one shade of grey or of a uniform's colour need a period this long."""
MIN_REPEATS, MIN_ACROSS = 2.6, 1.8
"""At least this many large blooms fit across the garment, and across its body where sleeves are spread."""
TILE_SHARE = 0.88
"""This share of draws is an image tile."""
TEXTURE_SHARE = 0.5
"""This share of tiles is the user's, if there are any."""
MAX_NODE_WASH = 0.45
"""Watercolour drawn by nodes is at most this strong: more blurs blossoms into blobs of camouflage."""
BORDER = (0.35, 0.75)
"""Flowers gathered at the hem or along a line reach over this share of the garment."""


class Kind(NamedTuple):
    """One kind of print on tiles."""

    share: float
    """How often it is drawn."""
    min_pixels: float
    """Its shortest period in pixels, if the garment allows."""
    sizes: tuple[float, float]
    """Beta distribution of the logarithm of its period, between the shortest and the longest visible."""
    layouts: tuple[str, ...]


KINDS = {
    "mixed": Kind(0.2, MIN_TILE_PIXELS, (1, 2.4), ("scatter", "dense", "bunches", "sprays")),
    "bold": Kind(0.19, MIN_FOLIAGE_PIXELS, (2, 1.6), ("bold",)),
    "ditsy": Kind(0.18, MIN_DITSY_PIXELS, (1, 3), ("ditsy", "meadow")),
    "sprigs": Kind(0.07, MIN_SPRIG_PIXELS, (1, 2), ("sprigs",)),
    "two": Kind(
        0.14, MIN_FOLIAGE_PIXELS, (1, 1.8), ("scatter", "ditsy", "meadow", "sprays", "bold", "sprigs")
    ),
    "faint": Kind(0.07, MIN_SPRIG_PIXELS, (1.5, 1.5), ("scatter", "bold", "sprays")),
    "foliage": Kind(0.07, MIN_FOLIAGE_PIXELS, (1, 2.4), ("foliage",)),
    "border": Kind(0.08, MIN_FOLIAGE_PIXELS, (1, 1), ("border", "garland")),
}
"""Name -> what it shows. Two has two colours: all that grows is of one, the ground of the other."""
SPARSE = ("scatter", "dense")
"""Layouts of mixed flowers; where these are finer than `MIN_DENSE_PIXELS` only the first, from
`MIN_DITSY_PIXELS` on also the others."""


class Params(Settings):
    """Large blooms with leaves, small blossoms between, vines behind; sizes in shares of the period."""

    source: Literal["nodes", "tile", "texture"] = Field(
        "nodes", description="drawn by shader nodes, on an image tile, or a tile of the user's"
    )
    texture: File = Field("", description="the user's tile")
    texture_sha256: File = Field("", description="SHA-256 of that file")
    layout: Literal[
        "scatter",
        "bunches",
        "dense",
        "ditsy",
        "meadow",
        "sprays",
        "foliage",
        "bold",
        "sprigs",
        "border",
        "garland",
    ] = Field("scatter", description="how an image tile places its flowers; foliage: leaves, few flowers")
    placed: Literal["all over", "level", "upright"] = Field(
        "all over",
        description="whether an image tile repeats everywhere, or in one row across or up the garment",
    )
    edge: float = Field(
        0, ge=-1, le=1, description="where that row begins, in shares of the garment from its hem or side"
    )
    ground: Color = Field("#f4efe6", description="colour of the cloth")
    petal_1: Color = Field("#c4506a", description="colour of most petals")
    petal_2: Color = Field("#e6a4b4", description="colour of the other petals")
    petal_3: Color = Field("#c4506a", description="colour of some petals on image tiles")
    centre: Color = Field("#e8b93c", description="colour of the flowers' centres")
    leaf: Color = Field("#4f7d3a", description="colour of leaves and stems")
    leaf_2: Color = Field("#4f7d3a", description="colour of some leaves on image tiles")
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
    high = max(low, min(high, view.body_cm / MIN_ACROSS))
    on_tile = rng.random() < TILE_SHARE
    name = str(rng.choice(list(KINDS), p=[kind.share for kind in KINDS.values()])) if on_tile else "mixed"
    kind = KINDS[name]
    if name == "border":
        period = rng.uniform(*BORDER) * view.whole_height_cm / tile.BLOOMS
    else:
        period = float(low * (high / low) ** rng.beta(*kind.sizes))
    if on_tile:
        period = min(max(period, low, kind.min_pixels * view.cm_per_pixel), high)
    pixels = period / view.cm_per_pixel
    if pixels < kind.min_pixels * 0.999:
        name, kind = "mixed", KINDS["mixed"]
    layouts = kind.layouts
    if name == "mixed" and pixels < MIN_DITSY_PIXELS:
        layouts = SPARSE[: 2 if pixels >= MIN_DENSE_PIXELS else 1]
    layout = str(rng.choice(layouts))
    if layout == "sprigs" and pixels < MIN_SPRIG_PIXELS * 0.999:
        layout = "ditsy"
    look = str(rng.choice(["painted", "watercolour", "line art"], p=[0.56, 0.3, 0.14]))
    if (
        pixels < MIN_FINE_PIXELS
        or name in ("two", "faint", "sprigs")
        or (name == "foliage" and look == "line art")
    ):
        look = "painted"
    tropical = pixels >= MIN_DITSY_PIXELS and name != "two" and rng.random() < 0.2
    match name:
        case "foliage":
            dyes = colors.foliage(rng)
        case "two":
            dyes = colors.two(rng, colors.faintest(pixels), greys=pixels >= MIN_GREY_PIXELS)
        case "faint":
            dyes = colors.mixed(rng, faint=colors.faintest(pixels) / colors.MIN_CONTRAST)
        case _:
            dyes = colors.mixed(rng, colors.MIN_LINE_CONTRAST if look == "line art" else colors.MIN_CONTRAST)
    placed, edge = _row(rng, view, layout, period)
    bloom = rng.uniform(0.27, 0.38)
    params = Params(
        source="tile" if on_tile else "nodes",
        layout=layout,  # type: ignore[arg-type]
        placed=placed,  # type: ignore[arg-type]
        edge=edge,
        **dyes,
        period_cm=period,
        petals=float(rng.integers(4, 9)),
        bloom=bloom,
        notch=rng.uniform(0.35, 0.65),
        roundness=rng.uniform(0.35, 0.9),
        centre_size=rng.uniform(0.18, 0.32),
        shading=rng.uniform(0.2, 0.9),
        outline=float(look == "line art"),
        wash=rng.uniform(0.3, 0.8 if on_tile else MAX_NODE_WASH) if look == "watercolour" else 0.0,
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
    if own and on_tile and rng.random() < TEXTURE_SHARE:
        chosen = own[int(rng.integers(len(own)))]
        update = {
            "source": "texture",
            "placed": "all over",
            "texture": chosen.file,
            "texture_sha256": chosen.sha256,
        }
        return params.model_copy(update=update)
    return params


def _row(rng: np.random.Generator, view: View, layout: str, period: float) -> tuple[str, float]:
    """Draw whether a row of flowers lies across the garment or up it, and where it begins.

    A border grows from the hem that the image shows, or from one side of the body; a garland hangs across the
    chest or down the front.
    """
    if layout not in ("border", "garland"):
        return "all over", 0.0
    level = view.legs or rng.random() < (0.75 if layout == "border" else 0.4)
    extent = view.whole_height_cm if level else view.whole_width_cm
    low, high = view.shown_y if level else view.shown_x
    if layout == "garland":
        start, within = rng.uniform(0.4, 0.65) if level else 0.5, 0.5
    else:
        start, within = 0.0 if level else 0.5 - 0.45 * view.body_cm / view.width_cm, tile.HEM
    edge = low + start * (high - low) - within * period * tile.BLOOMS / extent
    return "level" if level else "upright", float(np.clip(edge, -1, 1))


def build(graph: Graph, p: Inputs, cloth: Cloth) -> Surface:
    """Show flowers of a lattice, a tile all over the cloth, or a row of tiles."""
    q = cloth.uv / p.period_cm
    size = p.period_cm * tile.BLOOMS
    at = cloth.place * cloth.extent / size
    away = p.placed.select(0.5, at.y - p.edge * cloth.extent.y / size, at.x - p.edge * cloth.extent.x / size)
    spot = p.placed.select(q / tile.BLOOMS, vector(at.x, away), vector(at.y, away))
    row = (away > 0.0) * (away < tile.ROW)
    printed = p.ground.mix(image(TILE, spot), row)
    return Surface(p.source.select(lattice.flowers(p, q), printed), 0.0)


def draw_image(params: Params) -> np.ndarray | None:
    """Return the image for the node `TILE` as uint8 (H, W, 3) sRGB, or None where nodes draw the flowers.

    Raises click.ClickException if a user's tile has gone or changed.
    """
    if params.source == "nodes":
        return None
    if params.source == "texture" and params.texture:  # the picture book names none
        return textures.load_texture(params.texture, params.texture_sha256, tiles.SIZE)
    return tile.draw_tile(
        seed=params.seed,
        layout=params.layout,
        ground=params.ground,
        petal_1=params.petal_1,
        petal_2=params.petal_2,
        petal_3=params.petal_3,
        centre=params.centre,
        leaf=params.leaf,
        leaf_2=params.leaf_2,
        petals=round(params.petals),
        bloom=params.bloom * 1.3,
        small=params.small,
        density=params.density,
        outline=params.outline > 0.5,
        wash=params.wash,
        tropical=params.leaf_count >= 5,
    )
