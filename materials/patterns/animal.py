"""Animals' coats: leopard, cheetah, zebra, tiger, cow, giraffe, snake; image tiles (`materials.coats`)."""

from typing import Literal, NamedTuple

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from materials import coats, palette
from materials.color import Color
from materials.nodes import Graph, Inputs, image, rotate
from materials.palette import Family
from materials.surface import Cloth, Surface
from materials.view import View

TILE = "Tile"
"""Name of the image node."""
FINE_PIXELS = 7.0
"""Rosettes on tan and sand, which nobody takes for flecks, may be this near, in pixels of the final image."""
MIN_REPEATS = 3.0
"""At least this many marks fit across the garment."""
MIN_CONTRAST = 0.32
"""Marks differ by at least this much from the ground, and from its pale areas (delta E OK), ..."""
MIN_LIGHTNESS = 0.27
"""... and in lightness by this much (OKLCH)."""
MIN_DYE_CONTRAST, MIN_DYE_HEART = 0.4, 0.22
"""In colours that no animal has, marks differ by this much from the ground and from hearts (delta E OK)."""
MAX_DYE_HEART, DYE_HEART = 0.26, 0.3
"""Hearts then differ from the ground by at most the first, or they are dots; most lie so far toward marks."""
MAX_PALE_HEART = 0.2
"""Hearts differ from other grounds than tan and sand by at most this much, or rosettes are flowers."""
MAX_BROKEN = 0.5
"""Rosettes on other grounds than tan and sand stay this whole, or they are flecks."""
MIN_HEART = 0.14
"""Marks differ by at least this much from the hearts they surround (delta E OK)."""
MAX_HEART_EXCESS = 0.05
"""Hearts are lighter than the ground by at most this much (OKLCH), or a leopard is camouflage."""
MIN_PATCH = 0.2
"""Patches of a giraffe differ by at least this much from the gaps between them, in lightness (OKLCH)."""
BLACK_SHARE = 0.55
"""This share of marks is nearly black where the ground has a colour that no animal has."""
HEART_SHARE = 0.6
"""This share of hearts is then a mixture of the ground and the marks."""
BLACK = Family(1, (0.13, 0.24), (0.0, 0.02), (40, 80))
DARK_BROWN = Family(1, (0.24, 0.36), (0.02, 0.05), (45, 70))
WHITE = Family(1, (0.92, 0.98), (0.0, 0.015), (60, 100))
CREAM = Family(1, (0.88, 0.95), (0.02, 0.05), (75, 95))
TAN = Family(1, (0.70, 0.86), (0.05, 0.10), (62, 85))
SAND = Family(1, (0.80, 0.90), (0.03, 0.06), (65, 90))
GREY = Family(1, (0.72, 0.86), (0.0, 0.012), (0, 360))
RUST = Family(1, (0.45, 0.62), (0.07, 0.12), (48, 66))
TAUPE = Family(1, (0.46, 0.62), (0.02, 0.06), (55, 85))
ORANGE = Family(1, (0.66, 0.76), (0.11, 0.16), (55, 70))


class Coat(NamedTuple):
    """How often clothes have a coat, and what keeps it recognisable."""

    weight: float
    pixels: float
    """Neighbouring marks are at least this many pixels of the final image apart."""
    period_cm: tuple[float, float]
    """How far they usually are apart."""
    natural: float
    """This share has an animal's colours."""
    colors: tuple[tuple[Family, Family, Family, Family], ...]
    """Such colours: ground, its pale areas, hearts, marks."""


LEOPARDS = (
    (TAN, SAND, RUST, BLACK),
    (TAN, CREAM, RUST, DARK_BROWN),
    (SAND, CREAM, TAN, BLACK),
    (SAND, CREAM, TAN, DARK_BROWN),
    (GREY, WHITE, TAUPE, BLACK),
    (WHITE, WHITE, GREY, BLACK),
)
ANIMALS = {
    "leopard": Coat(52, 9, (2.5, 9), 0.72, LEOPARDS),
    "cheetah": Coat(7, 9, (2, 6), 1.0, ((TAN, CREAM, RUST, BLACK), (TAN, SAND, RUST, DARK_BROWN))),
    "zebra": Coat(
        17,
        8,
        (2.5, 9),
        0.75,
        ((WHITE, WHITE, GREY, BLACK), (WHITE, CREAM, GREY, BLACK), (CREAM, WHITE, TAN, DARK_BROWN)),
    ),
    "tiger": Coat(7, 9, (3, 9), 0.9, ((ORANGE, CREAM, RUST, BLACK), (ORANGE, SAND, RUST, BLACK))),
    "cow": Coat(5, 15, (9, 18), 1.0, ((WHITE, WHITE, GREY, BLACK), (WHITE, CREAM, TAN, DARK_BROWN))),
    "giraffe": Coat(5, 11, (5, 13), 1.0, ((CREAM, WHITE, RUST, DARK_BROWN), (SAND, CREAM, RUST, DARK_BROWN))),
    "snake": Coat(
        7,
        16,
        (6, 16),
        1.0,
        ((CREAM, WHITE, TAUPE, BLACK), (GREY, WHITE, TAUPE, BLACK), (SAND, CREAM, TAUPE, DARK_BROWN)),
    ),
}
"""The key names the animal; see `coats.COATS`."""


class Params(Settings):
    """Dark marks, some around a heart of another colour, on a ground with paler areas."""

    coat: Literal["leopard", "cheetah", "zebra", "tiger", "cow", "giraffe", "snake"] = Field(
        "leopard", description="whose coat it is"
    )
    ground: Color = Field("#d3a86c", description="colour between the marks")
    pale: Color = Field("#ecd7ae", description="colour of the ground's paler areas")
    heart: Color = Field("#a9743c", description="colour inside rosettes, diamonds and patches")
    mark: Color = Field("#1f1612", description="colour of the marks")
    period_cm: float = Field(5, ge=1.5, le=45, description="distance of the marks")
    cover: float = Field(0.5, ge=0, le=1, description="thickness of the marks")
    broken: float = Field(
        0.5, ge=0, le=1, description="1 = rings fall into pieces, stripes are uneven and end"
    )
    wander: float = Field(0.5, ge=0, le=1, description="1 = outlines and directions stray most")
    flank: float = Field(0.3, ge=0, le=1, description="how pale the paler areas become")
    fur: float = Field(0.3, ge=0, le=1, description="depth of fine streaks, as of hair")
    angle_deg: float = Field(0, ge=-90, le=90, description="turns the coat; 0 = a tiger's stripes run level")
    seed: float = Field(0, ge=0, le=100, description="moves the marks about")


def sample(rng: np.random.Generator, view: View) -> Params:
    """Draw a coat that `view` resolves.

    Raises click.ClickException if no size is visible.
    """
    weights = np.array([coat.weight for coat in ANIMALS.values()])
    name = str(rng.choice(list(ANIMALS), p=weights / weights.sum()))
    coat = ANIMALS[name]
    ground, pale, heart, mark = _colors(rng, coat)
    tan = name == "leopard" and palette.is_earthy(ground)
    pixels = FINE_PIXELS if tan else coat.pixels
    low, high = view.period_cm("animal", 1.5, 45, pixels, MIN_REPEATS)
    usual = np.log(coat.period_cm)
    turned = name in ("zebra", "tiger", "snake") and rng.random() < 0.5
    return Params(
        coat=name,  # type: ignore[arg-type]
        ground=ground,
        pale=pale,
        heart=heart,
        mark=mark,
        period_cm=float(np.clip(np.exp(rng.uniform(*usual)), low, high)),
        cover=rng.uniform(0, 1),
        broken=rng.uniform(0, 1) if tan or name != "leopard" else rng.uniform(0, MAX_BROKEN),
        wander=rng.uniform(0, 1),
        flank=rng.uniform(0, 1) if rng.random() < 0.5 else 0.0,
        fur=0.0 if name == "snake" else rng.beta(0.6, 1.4),
        angle_deg=rng.uniform(-90, 90) if turned else float(np.clip(rng.normal(0, 12), -90, 90)),
        seed=rng.uniform(0, 100),
    )


def build(graph: Graph, p: Inputs, cloth: Cloth) -> Surface:
    """Lay the tile over the cloth."""
    return Surface(image(TILE, rotate(cloth.uv, p.angle_deg) / (p.period_cm * coats.MARKS)), 0.0)


def draw_image(params: Params) -> np.ndarray:
    """Return the image for the node `TILE` as uint8 (H, W, 3) sRGB."""
    return coats.draw_coat(
        coat=params.coat,
        seed=params.seed,
        ground=params.ground,
        pale=params.pale,
        heart=params.heart,
        mark=params.mark,
        shape=coats.Shape(params.cover, params.broken, params.wander),
        flank=params.flank,
        fur=params.fur,
    )


def is_visible(ground: str, pale: str, heart: str, mark: str) -> bool:
    """Say whether marks stand out from ground, pale areas and hearts, and hearts are not too light."""
    return (
        all(
            palette.contrast(mark, color) >= MIN_CONTRAST
            and palette.lightness_contrast(mark, color) >= MIN_LIGHTNESS
            for color in (ground, pale)
        )
        and palette.contrast(mark, heart) >= MIN_HEART
        and palette.to_oklch(heart)[0] <= palette.to_oklch(ground)[0] + MAX_HEART_EXCESS
    )


def is_flower(ground: str, heart: str) -> bool:
    """Say whether a rosette around such a heart looks like a blossom on a ground that is not a leopard's."""
    return not palette.is_earthy(ground) and palette.contrast(ground, heart) > MAX_PALE_HEART


def _colors(rng: np.random.Generator, coat: Coat) -> tuple[str, str, str, str]:
    """Draw ground, pale areas, hearts and marks, of an animal or of fashion.

    Raises click.ClickException if no such colours are found.
    """
    natural = rng.random() < coat.natural
    patches, rosettes = coat is ANIMALS["giraffe"], coat is ANIMALS["leopard"]
    for _ in range(palette.TRIES):
        if natural:
            families = coat.colors[int(rng.integers(len(coat.colors)))]
            ground, pale, heart, mark = (palette.from_family(rng, family) for family in families)
        else:
            ground, pale, heart, mark = dyes(rng)
        if is_visible(ground, pale, heart, mark) and not (
            (patches and palette.lightness_contrast(ground, heart) < MIN_PATCH)
            or (rosettes and natural and is_flower(ground, heart))
        ):
            return ground, pale, heart, mark
    raise palette.no_colors("colours of a coat that differ", MIN_CONTRAST)


def dyes(rng: np.random.Generator) -> tuple[str, str, str, str]:
    """Draw colours that no animal has; the marks are darker than the ground, often black or a tone of it.

    None is a green of uniforms, which would make camouflage of them.
    """
    for _ in range(palette.TRIES):
        ground, mark = palette.pair(rng, MIN_DYE_CONTRAST, MIN_LIGHTNESS)
        if palette.to_oklch(ground)[0] < palette.to_oklch(mark)[0]:
            ground, mark = mark, ground
        if rng.random() < BLACK_SHARE:
            mark = palette.from_family(rng, BLACK)
        heart = palette.blend(ground, mark, DYE_HEART) if rng.random() < HEART_SHARE else palette.color(rng)
        green = any(is_green(color) for color in (ground, heart, mark))
        shows = palette.contrast(heart, mark) >= MIN_DYE_HEART
        if not green and shows and palette.contrast(heart, ground) <= MAX_DYE_HEART:
            return ground, palette.near(rng, ground, 0.12), heart, mark
    raise palette.no_colors("dyes of a coat that differ", MIN_DYE_CONTRAST)


def is_green(color: str) -> bool:
    """Say whether a colour is one of the greens and olives of uniforms, or near them."""
    lightness, chroma, hue = palette.to_oklch(color)
    return lightness < 0.85 and chroma > 0.02 and 95 < hue < 150
