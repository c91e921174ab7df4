"""Cloth with a repeating print: spots, blossoms, camouflage."""

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from sdg.stand_in.swatch import (
    DYES,
    WRAPS,
    Rng,
    Swatch,
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

CAMOUFLAGE = (
    ("olive", "bottle", "brown", "black"),
    ("sand", "camel", "brown", "ecru"),
    ("grey", "silver", "charcoal", "black"),
    ("olive", "sand", "brown", "bottle"),
    ("denim", "navy", "sky", "charcoal"),
    ("olive", "lime", "bottle", "sand"),
    ("pink", "ecru", "wine", "grey"),
)


def dotted(rng: Rng, cm_per_pixel: float) -> Swatch:
    """Printed spots: on a hexagonal or square grid, or strewn with sizes of their own."""
    ground = pick_dye(rng, neutral=0.6)
    ink = contrasting(rng, ground, 0.4)
    kind = rng.choice(["hexagonal", "square", "strewn"], p=[0.55, 0.2, 0.25])
    pitch = rng.uniform(7.0, 16.0)  # pixels of the picture
    radius = pitch * rng.uniform(0.2, 0.33)
    cells = 6
    if kind == "strewn":
        places = scatter(rng, spacing=0.85 / cells, tries=400)
        radii = radius * rng.uniform(0.6, 1.15, len(places))
    else:
        row, column = (grid.ravel() for grid in np.mgrid[:cells, :cells])
        places = np.stack([column + 0.5 * (row % 2) * (kind == "hexagonal"), row], axis=1) / cells
        places = places + 0.02 / cells * rng.standard_normal(places.shape)
        radii = np.full(len(places), radius)
    side = 512
    mask = Image.new("L", (side, side))
    draw = ImageDraw.Draw(mask)
    for (x, y), r in zip(places * side, radii * side / (cells * pitch), strict=True):
        for dx, dy in WRAPS * side:
            draw.ellipse([x + dx - r, y + dy - r, x + dx + r, y + dy + r], fill=255)
    amount = ndimage.gaussian_filter(np.asarray(mask) / 255.0, 1.0, mode="wrap")
    color = blend(np.asarray(ground), np.asarray(ink), amount)
    return cloth(rng, color, np.zeros((side, side)), (cells * pitch * cm_per_pixel,) * 2)


def floral(rng: Rng, cm_per_pixel: float) -> Swatch:
    """Blossoms, buds and leaves drawn once as stamps, then stamped at random turns and sizes."""
    ground = pick_dye(rng, neutral=0.75)
    hues = [contrasting(rng, ground, 0.3) for _ in range(int(rng.integers(1, 4)))]
    greens = [np.array(DYES[n]) / 255 for n in ("olive", "bottle", "teal", "mint", "lime")]
    green = greens[int(rng.integers(5))]
    if np.abs(green - ground).mean() < 0.12:
        green = contrasting(rng, ground, 0.25)
    blossoms = [_blossom(rng, hue) for hue in hues for _ in range(2)]
    leaves = [_leaf(rng, green) for _ in range(2)]
    diameter = rng.uniform(9.0, 22.0)  # pixels of the picture
    spacing = rng.uniform(0.95, 1.35)  # in diameters
    across = 5.0 if rng.random() < 0.5 else 6.5  # the repeat, in diameters
    side = 640
    image = canvas(ground, (side, side))
    places = scatter(rng, spacing / across, tries=250)
    unit = side / across
    for x, y in places * side:
        for _ in range(int(rng.integers(1, 4))):
            turn = rng.uniform(0, 2 * np.pi)
            reach = unit * rng.uniform(0.45, 0.6)
            leaf = leaves[int(rng.integers(len(leaves)))]
            at = (x + reach * np.cos(turn), y - reach * np.sin(turn))
            press(image, leaf, at, unit * rng.uniform(0.5, 0.8), np.degrees(turn))
    for x, y in places * side:
        blossom = blossoms[int(rng.integers(len(blossoms)))]
        press(image, blossom, (x, y), unit * rng.uniform(0.75, 1.1), rng.uniform(0, 360))
    color = as_array(image)
    return cloth(rng, color, np.zeros((side, side)), (across * diameter * cm_per_pixel,) * 2)


def _blossom(rng: Rng, hue: np.ndarray, size: int = 128) -> Image.Image:
    """An RGBA stamp: one or two rings of petals round an eye, each petal with a darker vein."""
    stamp = Image.new("RGBA", (size, size))
    draw = ImageDraw.Draw(stamp)
    middle = size / 2
    petals = int(rng.integers(4, 9))
    eye = np.array(DYES[str(rng.choice(["yellow", "mustard", "brown", "white", "black"]))]) / 255
    for ring in range(int(rng.integers(1, 3))):
        reach = (0.48, 0.3)[ring] * size
        breadth = reach * np.sin(np.pi / petals) * rng.uniform(0.8, 1.1)
        tint = hue * (1.0 if ring == 0 else rng.uniform(0.65, 0.85))
        for petal in range(petals):
            angle = 2 * np.pi * (petal + 0.5 * ring) / petals
            t = np.linspace(0, 2 * np.pi, 24)
            along, aside = reach * (0.55 - 0.45 * np.cos(t)), breadth * np.sin(t) * (0.75 - 0.25 * np.cos(t))
            x = middle + along * np.cos(angle) - aside * np.sin(angle)
            y = middle + along * np.sin(angle) + aside * np.cos(angle)
            shade = tint * rng.uniform(0.88, 1.08)
            draw.polygon(
                list(zip(x, y, strict=True)), fill=(*rgb(shade), 255), outline=(*rgb(shade * 0.7), 255)
            )
            tip = (middle + 0.7 * reach * np.cos(angle), middle + 0.7 * reach * np.sin(angle))
            draw.line([(middle, middle), tip], fill=(*rgb(shade * 0.75), 255), width=2)
    r = size * rng.uniform(0.08, 0.13)
    draw.ellipse([middle - r, middle - r, middle + r, middle + r], fill=(*rgb(eye), 255))
    return stamp


def _leaf(rng: Rng, green: np.ndarray, size: int = 96) -> Image.Image:
    """An RGBA stamp of one leaf that points right, with its midrib."""
    stamp = Image.new("RGBA", (size, size))
    draw = ImageDraw.Draw(stamp)
    t = np.linspace(0, np.pi, 20)
    x = size * (0.5 - 0.48 * np.cos(t))
    bulge = size * rng.uniform(0.14, 0.24) * np.sin(t) ** 1.3
    outline = [*zip(x, size / 2 - bulge, strict=True), *zip(x[::-1], size / 2 + bulge[::-1], strict=True)]
    draw.polygon(outline, fill=(*rgb(green * rng.uniform(0.85, 1.15)), 255))
    draw.line([(0, size / 2), (size, size / 2)], fill=(*rgb(green * 0.7), 255), width=2)
    return stamp


def camouflage(rng: Rng, cm_per_pixel: float) -> Swatch:
    """Layers of thresholded smooth noise, one dye each; one in six is digital: made of square blocks."""
    names = CAMOUFLAGE[int(rng.choice(len(CAMOUFLAGE), p=[0.2, 0.2, 0.16, 0.16, 0.1, 0.1, 0.08]))]
    dyes = [np.array(DYES[name]) / 255 * rng.uniform(0.9, 1.1) for name in rng.permutation(names)]
    side = 384
    blotch = rng.uniform(9.0, 18.0)  # pixels of the picture
    across = 8.0  # the repeat, in blotches
    sigma = side / across / 3.2
    color = np.broadcast_to(dyes[0], (side, side, 3)).copy()
    for dye, share in zip(dyes[1:], (0.42, 0.28, 0.16), strict=True):
        field = noise(rng, (side, side), (sigma, sigma * rng.uniform(1.2, 2.0)))
        field += 0.22 * noise(rng, (side, side), (sigma / 4, sigma / 4))
        color[field > np.quantile(field, 1 - share)] = dye
    if rng.random() < 1 / 6:
        block = 8
        color = color[block // 2 :: block, block // 2 :: block].repeat(block, axis=0).repeat(block, axis=1)
    return cloth(rng, color, np.zeros((side, side)), (across * blotch * cm_per_pixel,) * 2)
