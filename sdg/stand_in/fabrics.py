"""Fabrics as painted images: each class drawn by numpy, SciPy and Pillow, by no code of `materials/`.

`paint(name, rng, cm_per_pixel)` returns a `Swatch`. Textures are sRGB in 0..1, their first row is at the
bottom (as in Blender). Sizes are drawn in picture pixels and turned into centimetres by `cm_per_pixel`, so
that a person who sees the garment in the picture can name its pattern.
"""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFont
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


def paint(name: str, rng: Rng, cm_per_pixel: float) -> Swatch:
    """Paint a cloth of class `name` for a picture in which one pixel shows `cm_per_pixel` of the garment."""
    return PAINTERS[name](rng, cm_per_pixel)


def plain(rng: Rng, cm_per_pixel: float) -> Swatch:
    """One dye: solid, mélange yarn, rib knit or washed twill; one in five has a small print on the chest."""
    if rng.random() < 0.2:
        return _with_logo(rng)
    base, width = pick_dye(rng, neutral=0.6), 24.0
    color, height = np.broadcast_to(base, (256, 256, 3)), np.zeros((256, 256))
    kind = rng.choice(["solid", "melange", "knit", "twill"], p=[0.5, 0.18, 0.18, 0.14])
    if kind == "melange":
        fibres = noise(rng, (256, 256), (0.8, 5.0))
        color = color + 0.05 * fibres[..., None]
    elif kind == "knit":
        ribs = 2 * np.pi * np.arange(256) / 256 * round(width / rng.uniform(0.7, 1.6))
        height = np.broadcast_to(1.2 * np.abs(np.sin(ribs / 2)), (256, 256))
    elif kind == "twill":
        color = color * (1 + 0.08 * noise(rng, (256, 256), (2.5, 1.0)))[..., None]
    return cloth(rng, color, height, (width, width))


def _with_logo(rng: Rng) -> Swatch:
    base = pick_dye(rng, neutral=0.6)
    image = canvas(base, (384, 384))
    draw = ImageDraw.Draw(image)
    ink = rgb(contrasting(rng, base, 0.35))
    x, y = (192, 120) if rng.random() < 0.6 else (232, 110)
    size = int(rng.uniform(14, 30))
    if rng.random() < 0.5:
        word = "".join(rng.choice(list("AEIORSTLNMK"), size=rng.integers(3, 7)))
        draw.text((x, y), word, fill=ink, anchor="mm", font=ImageFont.load_default(size))
    else:
        sides = int(rng.integers(3, 9))
        draw.regular_polygon((x, y, size // 2), sides, rotation=int(rng.integers(360)), fill=ink)
    color = as_array(image)
    return cloth(rng, color, np.zeros(color.shape[:2]), None)


def striped(rng: Rng, cm_per_pixel: float) -> Swatch:
    """A yarn-dye sequence: runs of coloured threads, repeated across or along the cloth."""
    ground = pick_dye(rng, neutral=0.6)
    kind = rng.choice(["even", "breton", "multi"], p=[0.4, 0.3, 0.3])
    other = contrasting(rng, ground, 0.35)
    run = rng.uniform(2.5, 7.0)  # pixels of the picture
    if kind == "even":
        sequence = [(ground, run), (other, run * rng.uniform(0.7, 1.3))]
    elif kind == "breton":
        sequence = [(ground, run * rng.uniform(1.2, 1.8)), (other, max(2.0, run * 0.5))]
    else:
        third = contrasting(rng, ground, 0.25)
        sequence = [
            (ground, run * 1.3),
            (other, run),
            (ground, run * rng.uniform(0.6, 1.3)),
            (third, run * 0.8),
        ]
    texels_per_pixel = 8
    runs = [max(1, round(length * texels_per_pixel)) for _, length in sequence]
    threads = np.repeat(np.array([color for color, _ in sequence]), runs, axis=0)
    threads = threads * (1 + 0.03 * rng.standard_normal((len(threads), 1)))
    columns = 128
    wobble = np.rint(rng.uniform(0, 1.2) * noise(rng, (1, columns), (0, 6))[0]).astype(int)
    rows = (np.arange(len(threads))[:, None] + wobble[None]) % len(threads)
    color = threads[rows]
    height = 0.15 * np.sin(2 * np.pi * np.arange(columns) / 4)[None].repeat(len(threads), axis=0)
    cm = (columns / texels_per_pixel * cm_per_pixel, len(threads) / texels_per_pixel * cm_per_pixel)
    if rng.random() < 0.25:  # along the grain
        color, height, cm = color.swapaxes(0, 1), height.T, cm[::-1]
    return cloth(rng, color, height, cm)


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


def gradient(rng: Rng, cm_per_pixel: float) -> Swatch:
    """Dip-dyed or ombré: two or three dyes that bleed into each other over the garment's whole extent."""
    first = pick_dye(rng, neutral=0.4)
    dyes = [first, contrasting(rng, first, 0.4)]
    if rng.random() < 0.3:
        dyes.insert(1, (dyes[0] + dyes[1]) / 2 + rng.uniform(-0.15, 0.15, 3))
    if rng.random() < 0.5:
        dyes.reverse()
    side = 256
    lean = np.radians(rng.choice([0.0, 25.0, -25.0, 90.0], p=[0.7, 0.1, 0.1, 0.1]))
    y, x = np.mgrid[:side, :side] / (side - 1) - 0.5
    along = (y * np.cos(lean) + x * np.sin(lean)) / (abs(np.cos(lean)) + abs(np.sin(lean))) + 0.5
    along = along + 0.015 * noise(rng, (side, side), (12.0, 4.0))
    steep = rng.uniform(1.0, 1.6)
    along = np.clip((along - 0.5) * steep + 0.5, 0, 1)
    stops = np.linspace(0, 1, len(dyes))
    color = np.stack([np.interp(along, stops, [dye[c] for dye in dyes]) for c in range(3)], axis=-1)
    return cloth(rng, color, np.zeros((side, side)), None)


def herringbone(rng: Rng, cm_per_pixel: float) -> Swatch:
    """A woven 2/2 twill whose diagonal turns back every few warp threads; warp and weft each have one colour.

    Warp thread j lies above weft thread i where (i ± j) mod 4 < 2; at each turn a broken draft skips two
    threads, which makes the bones meet out of step.
    """
    warp = pick_dye(rng, neutral=0.85)
    weft = contrasting(rng, warp, 0.3, neutral=0.8)
    half = int(rng.integers(5, 9))  # warp threads until the diagonal turns
    thread = rng.uniform(1.3, 2.1)  # pixels of the picture
    texels, columns, rows = 8, 2 * half * 2, 32
    j = np.arange(columns)
    leg = (j // half) % 2
    skip = 2 if rng.random() < 0.8 else 0
    shift = np.where(leg == 0, j % half, half - 1 - j % half + skip)
    above = (np.arange(rows)[:, None] + shift[None]) % 4 < 2
    yarn = 1 + 0.06 * rng.standard_normal((rows, columns, 1))
    cells = np.where(above[..., None], warp, weft) * yarn
    color = cells.repeat(texels, axis=0).repeat(texels, axis=1)
    bulge = np.sin(np.pi * (np.arange(texels) + 0.5) / texels)
    over, under = above.repeat(texels, axis=0).repeat(texels, axis=1), np.tile(bulge, rows)[:, None]
    height = np.where(over, np.tile(bulge, columns)[None], under)
    color = color * (0.85 + 0.15 * height[..., None])
    cm = (columns * thread * cm_per_pixel, rows * thread * cm_per_pixel)
    return cloth(rng, color, height, cm)


PAINTERS: dict[str, Callable[[Rng, float], Swatch]] = {
    "plain": plain,
    "floral": floral,
    "striped": striped,
    "dotted": dotted,
    "camouflage": camouflage,
    "gradient": gradient,
    "herringbone": herringbone,
}
