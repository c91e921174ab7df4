"""Camouflage: layered blobs in four or five colours; woodland, desert, urban, navy, digital, brush, fleck."""

import numpy as np
from pydantic import Field

from assets.common.settings import Settings
from materials import palette
from materials.color import Color
from materials.nodes import Graph, Inputs, floor, noise, noise3, rotate, smoothstep, vector
from materials.surface import Cloth, Surface
from materials.view import View

MIN_PIXELS = 12.0
"""A blob and its gap span at least this many pixels of the final image ..."""
MIN_BLOCK_PIXELS = 1.8
"""... and a block of digital camouflage at least this many."""
MIN_REPEATS = 2.2
"""At least this many blobs fit across the garment, ..."""
MIN_DIGITAL_REPEATS = 3.5
"""... and this many of square blocks if their size allows, or they look like patchwork."""
MIN_STEP = 0.09
"""Each colour differs from every other by at least this much (delta E OK)."""
MIN_LIGHTNESS_RANGE = 0.3
"""The lightest and the darkest colour differ at least this much in lightness (OKLCH)."""
ISSUED: dict[str, tuple[str, ...]] = {
    "woodland": ("#9a8c62", "#4f6030", "#5a4230", "#1d1e1a"),
    "desert": ("#d3bd93", "#a5865b", "#7a5f40", "#efe2c4"),
    "three-colour desert": ("#cbb48c", "#8c7350", "#77784f", "#5a4630"),
    "urban": ("#a9abac", "#6c6f71", "#2c2d2f", "#e3e4e4"),
    "navy": ("#6f87a6", "#3d5375", "#1a2236", "#a9b8c9"),
    "marine digital": ("#8d8a63", "#59643f", "#3f3a2a", "#1f211a"),
    "snow": ("#eceded", "#b3b7b8", "#6b7072", "#393b3c"),
    "flecktarn": ("#7c8458", "#4a5a3a", "#5d4535", "#22261f"),
    "lime": ("#dfe8cf", "#7fae3c", "#35552a", "#14160f"),
    "autumn": ("#a8a08a", "#6b5a3c", "#3d3423", "#1d1a14"),
    "rose desert": ("#cdb5a3", "#9a7d6c", "#6d5549", "#e6d9cc"),
    "jungle": ("#7d9149", "#3d6034", "#24371f", "#a99a61"),
}
"""Colours of uniforms: ground, then the blobs over it."""
ISSUED_SHARE = 0.92
"""Most camouflage in shops keeps a uniform's colours; the rest takes any hue, in steps of lightness."""


class Params(Settings):
    """Four layers of blobs on a ground, each over the one before."""

    ground: Color = Field("#9a8c62", description="colour under the blobs")
    color_1: Color = Field("#4f6030", description="colour of the lowest layer")
    color_2: Color = Field("#5a4230", description="colour of the second layer")
    color_3: Color = Field("#1d1e1a", description="colour of the third layer")
    color_4: Color = Field("#1d1e1a", description="colour of the top layer")
    scale_cm: float = Field(10, ge=5, le=45, description="size of a blob and its gap")
    cover_1: float = Field(0.5, ge=0.3, le=0.6, description="cloth under the lowest layer, as share")
    cover_2: float = Field(0.4, ge=0.2, le=0.5, description="cloth under the second layer")
    cover_3: float = Field(0.25, ge=0.12, le=0.4, description="cloth under the third layer")
    cover_4: float = Field(0, ge=0, le=0.3, description="cloth under the top layer; 0 = none")
    roughness: float = Field(0.4, ge=0.1, le=1, description="raggedness of the edges; 1 = flecks")
    stretch: float = Field(1.5, ge=1, le=4, description="length of a blob over its width; 3 = brush strokes")
    angle_deg: float = Field(0, ge=-90, le=90, description="direction of the stretch; 0 = across")
    digital: float = Field(0, ge=0, le=1, description="1 = drawn in square blocks")
    block_cm: float = Field(1, ge=0.4, le=6, description="side of a block")
    seed: float = Field(0, ge=0, le=100, description="moves the blobs about")


def sample(rng: np.random.Generator, view: View) -> Params:
    """Draw blobs that `view` resolves.

    Raises click.ClickException if no scale is visible.
    """
    low, high = view.period_cm("camouflage", 5, 45, MIN_PIXELS, MIN_REPEATS)
    scale = float(low * (high / low) ** rng.beta(1, 1.4))
    kind = str(rng.choice(["blobs", "digital", "brush", "flecks"], p=[0.6, 0.18, 0.12, 0.1]))
    if kind == "digital":
        scale = max(low, min(scale, view.extent_cm / MIN_DIGITAL_REPEATS))
    roughness = {"blobs": (0.3, 0.6), "digital": (0.4, 0.7), "brush": (0.65, 0.75), "flecks": (0.85, 1)}[kind]
    colors = _colors(rng)
    block = max(MIN_BLOCK_PIXELS * view.cm_per_pixel, scale * rng.uniform(0.07, 0.12))
    return Params(
        ground=colors[0],
        color_1=colors[1],
        color_2=colors[2],
        color_3=colors[3],
        color_4=colors[4],
        scale_cm=scale,
        cover_1=rng.uniform(0.4, 0.55),
        cover_2=rng.uniform(0.28, 0.42),
        cover_3=rng.uniform(0.16, 0.28),
        cover_4=rng.uniform(0.08, 0.16) if rng.random() < 0.4 else 0.0,
        roughness=rng.uniform(*roughness),
        stretch=rng.uniform(2.2, 3.5) if kind == "brush" else rng.uniform(1, 1.9),
        angle_deg=rng.normal(0, 15) if rng.random() < 0.7 else rng.uniform(-90, 90),
        digital=float(kind == "digital"),
        block_cm=float(np.clip(block, 0.4, 6)),
        seed=rng.uniform(0, 100),
    )


def build(graph: Graph, p: Inputs, cloth: Cloth) -> Surface:
    """Draw each layer where its own noise exceeds the threshold that gives the wanted cover."""
    block = (floor(cloth.uv / p.block_cm) + 0.5) * p.block_cm
    q = rotate(cloth.uv.mix(block, p.digital), -p.angle_deg) * (2.0 / p.scale_cm)
    q = vector(q.x / p.stretch, q.y)
    layers = noise3(q, detail=2, roughness=p.roughness, seed=p.seed)
    top = noise(q, detail=1, roughness=p.roughness, seed=p.seed + 31.0)
    color = p.ground
    for dye, cover, field in (
        (p.color_1, p.cover_1, layers.x),
        (p.color_2, p.cover_2, layers.y),
        (p.color_3, p.cover_3, layers.z),
        (p.color_4, p.cover_4, top),
    ):
        threshold = 0.5 + (0.5 - cover) * 0.32
        color = color.mix(dye, smoothstep(threshold - 0.006, threshold + 0.006, field) * (cover > 0.0))
    return Surface(color, 0.0)


def _colors(rng: np.random.Generator) -> tuple[str, ...]:
    """Draw a ground and four blob colours, of a uniform or of one hue family in steps of lightness."""
    for _ in range(palette.TRIES):
        colors = _issued(rng) if rng.random() < ISSUED_SHARE else _tonal(rng)
        lightness = [palette.to_oklch(c)[0] for c in colors]
        steps = [palette.contrast(a, b) for i, a in enumerate(colors) for b in colors[:i]]
        if min(steps) >= MIN_STEP and max(lightness) - min(lightness) >= MIN_LIGHTNESS_RANGE:
            fifth = colors[0] if rng.random() < 0.5 else palette.oklch(rng.uniform(0.1, 0.25), 0.01, 90)
            return (*colors, fifth)
    raise palette.no_colors("four camouflage colours", MIN_STEP)


def _issued(rng: np.random.Generator) -> list[str]:
    colors = ISSUED[str(rng.choice(list(ISSUED)))]
    shift = rng.normal(0, [0.03, 0.01, 8])
    moved = []
    for color in colors:
        lightness, chroma, hue = palette.to_oklch(color)
        own = rng.normal(0, [0.02, 0.006, 4])
        moved.append(
            palette.oklch(
                float(np.clip(lightness + shift[0] + own[0], 0.1, 0.97)),
                max(chroma + shift[1] + own[1], 0),
                hue + shift[2] + own[2],
            )
        )
    return moved


def _tonal(rng: np.random.Generator) -> list[str]:
    _, chroma, hue = palette.to_oklch(palette.color(rng))
    chroma = min(chroma, 0.13)
    ladder = rng.permutation(np.linspace(rng.uniform(0.15, 0.35), rng.uniform(0.72, 0.95), 4))
    return [
        palette.oklch(step, chroma * rng.uniform(0.6, 1.2), hue + rng.normal(0, 15))
        for step in ladder.tolist()
    ]
