"""Patterns that are none of the named ones: a dozen kinds, each drawn in its own way."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from sdg.stand_in.fabrics.figures import fill, lettering, shape, word
from sdg.stand_in.swatch import (
    Rng,
    Swatch,
    any_dye,
    as_array,
    blend,
    canvas,
    cloth,
    contrasting,
    noise,
    pick_dye,
    press,
    rgb,
    scatter,
)

SIDE = 512


def other(rng: Rng, cm_per_pixel: float) -> Swatch:
    """One of KINDS."""
    return KINDS[int(rng.integers(len(KINDS)))](rng, cm_per_pixel)


def blocks(rng: Rng, cm_per_pixel: float) -> Swatch:
    """Two or three fields of colour over the whole garment, with level or slanting seams."""
    dyes = [pick_dye(rng, neutral=0.5)]
    for _ in range(int(rng.integers(1, 3))):
        dyes.append(contrasting(rng, dyes[-1], 0.2))
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE
    slant = rng.choice([0.0, rng.uniform(-0.7, 0.7)])
    along = y + slant * (x - 0.5)
    seams = {2: np.array([0.5]), 3: np.array([0.36, 0.64])}[len(dyes)] + rng.uniform(-0.1, 0.1)
    color = np.array(dyes)[np.digitize(along, seams)]
    return cloth(rng, color, np.zeros((SIDE, SIDE)), None)


def motifs(rng: Rng, cm_per_pixel: float) -> Swatch:
    """A conversational print: stars, hearts, cats, fish, strewn apart, often upright."""
    ground = pick_dye(rng, neutral=0.6)
    inks = [contrasting(rng, ground, 0.35), any_dye(rng)]
    return _strewn(
        rng, cm_per_pixel, ground, [shape(rng, inks) for _ in range(int(rng.integers(1, 4)))], (10, 18)
    )


def words(rng: Rng, cm_per_pixel: float) -> Swatch:
    """Lettering all over."""
    ground = pick_dye(rng, neutral=0.6)
    stamps = []
    for _ in range(5):
        line = lettering(rng, word(rng, int(rng.integers(3, 7))), contrasting(rng, ground, 0.35))
        stamp = Image.new("RGBA", (line.width,) * 2)
        stamp.paste(line, (0, (line.width - line.height) // 2))
        stamps.append(stamp)
    return _strewn(rng, cm_per_pixel, ground, stamps, (16, 26), crowded=0.6)


def paisley(rng: Rng, cm_per_pixel: float) -> Swatch:
    """Curved drops with drops and beads in them."""
    ground = pick_dye(rng, neutral=0.4)
    inks = [contrasting(rng, ground, 0.25), any_dye(rng), contrasting(rng, ground, 0.3)]
    return _strewn(rng, cm_per_pixel, ground, [_drop(rng, inks) for _ in range(3)], (14, 24), crowded=0.8)


def _drop(rng: Rng, inks: list[np.ndarray], size: int = 160) -> Image.Image:
    stamp = Image.new("RGBA", (size, size))
    draw = ImageDraw.Draw(stamp)
    t = np.linspace(0, 1, 60)
    for k, ink in enumerate(inks):
        scale = (0.95, 0.68, 0.4)[k] * size
        angle = 2 * np.pi * t
        reach = 0.3 * np.sin(np.pi * t) ** 1.4
        x = 0.5 * size + scale * (reach * np.cos(angle) * 1.1 + 0.3 * np.cos(np.pi * t) ** 6 * 0.6)
        y = 0.6 * size + scale * (reach * np.sin(angle) * 1.3 - 0.55 * np.cos(np.pi * t) ** 6)
        draw.polygon(list(zip(x.tolist(), y.tolist(), strict=True)), fill(ink), outline=fill(inks[0] * 0.6))
    return stamp


def mosaic(rng: Rng, cm_per_pixel: float) -> Swatch:
    """Triangles or diamonds of four dyes that fill the cloth."""
    dyes = np.array([pick_dye(rng, neutral=0.4) for _ in range(4)] + [pick_dye(rng, neutral=1.0)])
    dyes[1] = contrasting(rng, dyes[0], 0.3)
    cells = 6
    y, x = np.mgrid[:SIDE, :SIDE] * (cells / SIDE)
    u, v = (x + 0.5 * y, y) if rng.random() < 0.5 else (x, y)
    upper = (u % 1 + v % 1 > 1).astype(int)
    if rng.random() < 0.3:  # bands inside each triangle turn it into an optical weave
        inside = np.floor(6 * np.where(upper, u % 1, v % 1)).astype(int) % 2
        return cloth(
            rng, dyes[:2][inside], np.zeros((SIDE, SIDE)), _repeat(cells, rng.uniform(9, 16), cm_per_pixel)
        )
    pick = rng.integers(len(dyes), size=(2, cells, cells))
    color = dyes[pick[upper, v.astype(int) % cells, u.astype(int) % cells]]
    return cloth(rng, color, np.zeros((SIDE, SIDE)), _repeat(cells, rng.uniform(9, 18), cm_per_pixel))


def fair_isle(rng: Rng, cm_per_pixel: float) -> Swatch:
    """Knitted rows of zigzags, lozenges, crosses and plain courses, each row in its own two yarns."""
    yarns = [pick_dye(rng, neutral=0.5)]
    yarns += [contrasting(rng, yarns[0], 0.25) for _ in range(2)]
    width = 12
    j = np.arange(width)
    fold = np.minimum(j % 12, 12 - j % 12)
    rows: list[np.ndarray] = []
    for _ in range(5):
        i = np.arange(7)[:, None]
        figure = [
            np.abs(fold[None] - i) < 1.5,
            np.abs(fold[None] % 6 - 3) + np.abs(i - 3) < 3,
            (fold[None] % 4 == i % 4) | ((-fold[None]) % 4 == i % 4),
            (j[None] % 4 < 2) & (i % 6 < 3),
        ][int(rng.integers(4))]
        ground, ink = rng.permutation(3)[:2]
        rows += [np.where(figure, ink, ground), np.full((int(rng.integers(1, 4)), width), ground)]
    stitches = np.array(yarns)[np.concatenate(rows)]
    stitches = stitches * (1 + 0.05 * rng.standard_normal((*stitches.shape[:2], 1)))
    texels, stitch = 8, rng.uniform(1.2, 2.0)
    color = stitches.repeat(texels, axis=0).repeat(texels, axis=1)
    cm = (width * stitch * cm_per_pixel, len(stitches) * stitch * cm_per_pixel)
    return cloth(rng, color, np.zeros(color.shape[:2]), cm)


def tie_dye(rng: Rng, cm_per_pixel: float) -> Swatch:
    """A spiral, rings or clouds of dyes that bleed into each other; covers the garment once."""
    dyes = np.array([pick_dye(rng, neutral=0.25) for _ in range(int(rng.integers(2, 5)))])
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE - rng.uniform(0.35, 0.65, (2, 1, 1))
    wobble = noise(rng, (SIDE, SIDE), (18.0, 18.0))
    turns = {"spiral": 1.0, "rings": 0.0, "clouds": 0.0}
    kind = str(rng.choice(list(turns)))
    phase = turns[kind] * len(dyes) * np.arctan2(y, x) / (2 * np.pi) + 6 * np.hypot(x, y) + 0.25 * wobble
    if kind == "clouds":
        phase = len(dyes) * 0.6 * noise(rng, (SIDE, SIDE), (35.0, 28.0)) + 0.2 * wobble
    low = np.floor(phase).astype(int)
    part = np.clip(1.6 * (phase - low) - 0.3, 0, 1)
    return cloth(
        rng, blend(dyes[low % len(dyes)], dyes[(low + 1) % len(dyes)], part), np.zeros((SIDE, SIDE)), None
    )


def damask(rng: Rng, cm_per_pixel: float) -> Swatch:
    """Ornaments mirrored about upright axes, in rows that are shifted by half, in two or three tones."""
    ground = pick_dye(rng, neutral=0.6)
    tones = np.array([ground, contrasting(rng, ground, 0.25), contrasting(rng, ground, 0.15)])
    quarter = noise(rng, (256, 128), (7.0, 7.0)) + 0.6 * noise(rng, (256, 128), (3.5, 3.5))
    tile = np.concatenate([quarter, quarter[:, ::-1]], axis=1)
    tile = np.concatenate([tile, np.roll(tile, 128, axis=0)], axis=1) if rng.random() < 0.5 else tile
    level = np.digitize(tile, np.quantile(tile, [0.6, 0.85]))
    width = tile.shape[1] / 256 * rng.uniform(14, 26)
    cm = (width * cm_per_pixel, width * 256 / tile.shape[1] * cm_per_pixel)
    return cloth(rng, tones[level], np.zeros(tile.shape), cm)


def patchwork(rng: Rng, cm_per_pixel: float) -> Swatch:
    """Squares of cloth sewn together, some with figures of their own."""
    cells, side = 4, SIDE // 4
    image = canvas(pick_dye(rng, neutral=0.5), (SIDE, SIDE))
    for row in range(cells):
        for column in range(cells):
            dye = pick_dye(rng, neutral=0.3)
            patch = canvas(dye, (side, side))
            draw, ink = ImageDraw.Draw(patch), rgb(contrasting(rng, dye, 0.2))
            kind = rng.choice(["bare", "rows", "beads", "figure"])
            steps = range(side // 8, side, side // 4)
            if kind == "rows":
                for k in steps:
                    draw.line([(0, k), (side, k)], ink, side // 10)
            elif kind == "beads":
                for x in steps:
                    for y in steps:
                        draw.regular_polygon((x, y, side // 14), 4, fill=ink)
            elif kind == "figure":
                stamp = shape(rng, [np.array(ink) / 255, dye * 0.5], side)
                patch.paste(stamp, (0, 0), stamp)
            image.paste(patch, (column * side, row * side))
    return cloth(
        rng, as_array(image), np.zeros((SIDE, SIDE)), _repeat(cells, rng.uniform(14, 24), cm_per_pixel)
    )


def strokes(rng: Rng, cm_per_pixel: float) -> Swatch:
    """Arcs and brush strokes of many colours across each other."""
    ground = pick_dye(rng, neutral=0.6)
    inks = [contrasting(rng, ground, 0.2) for _ in range(3)]
    stamps = []
    for ink in inks:
        stamp = Image.new("RGBA", (160, 160))
        draw = ImageDraw.Draw(stamp)
        for ring in range(int(rng.integers(1, 4))):
            gap = 6 + 24 * ring
            end = rng.uniform(60, 300)
            draw.arc([gap, gap, 160 - gap, 160 - gap], 0, end, fill(ink * rng.uniform(0.8, 1.1)), 14)
        stamps.append(stamp)
    return _strewn(rng, cm_per_pixel, ground, stamps, (14, 26), crowded=0.5)


def melted(rng: Rng, cm_per_pixel: float) -> Swatch:
    """Ikat: lozenges within lozenges whose edges are frayed along the warp."""
    dyes = np.array([pick_dye(rng, neutral=0.4) for _ in range(3)])
    dyes[1] = contrasting(rng, dyes[0], 0.3)
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE
    frayed = 0.02 * noise(rng, (SIDE, SIDE), (14.0, 0.7))
    distance = np.abs((2 * x) % 1 - 0.5) + np.abs((2 * y + 2 * frayed) % 1 - 0.5) * rng.choice([1.0, 0.6])
    color = dyes[np.digitize(distance, [0.18, 0.32, 0.5]) % 3]
    soft = ndimage.gaussian_filter(color, (1.5, 0.6, 0), mode="wrap")
    return cloth(rng, soft, np.zeros((SIDE, SIDE)), _repeat(2, rng.uniform(16, 28), cm_per_pixel))


def _repeat(figures: int, pixels: float, cm_per_pixel: float) -> tuple[float, float]:
    """Size in cm of a square repeat of `figures` figures, each `pixels` of the picture wide."""
    return (figures * pixels * cm_per_pixel,) * 2


def _strewn(
    rng: Rng,
    cm_per_pixel: float,
    ground: np.ndarray,
    stamps: list[Image.Image],
    pixels: tuple[float, float],
    crowded: float = 1.0,
) -> Swatch:
    """Stamps thrown on `ground`, `pixels` of the picture wide and at least `crowded` widths apart."""
    across = 5
    image = canvas(ground, (SIDE, SIDE))
    most = rng.choice([0.0, 25.0, 180.0])
    for place in scatter(rng, crowded / across, tries=300) * SIDE:
        size = SIDE / across * rng.uniform(0.8, 1.0)
        stamp = stamps[int(rng.integers(len(stamps)))]
        press(image, stamp, tuple(place), size, rng.uniform(-most, most))
    return cloth(
        rng, as_array(image), np.zeros((SIDE, SIDE)), _repeat(across, rng.uniform(*pixels), cm_per_pixel)
    )


KINDS: tuple[Callable[[Rng, float], Swatch], ...] = (
    blocks,
    blocks,
    motifs,
    motifs,
    words,
    paisley,
    mosaic,
    fair_isle,
    tie_dye,
    damask,
    patchwork,
    strokes,
    melted,
)
"""Blocks of colour and conversational prints are the most frequent in wardrobes."""
