"""Figures: animals' heads, skulls, dinosaurs, cars, guitars, food, faces; as lines, silhouettes or cartoons.

Their lines are the emoji font's, which are coloured region by region here.
"""

import numpy as np
from PIL import Image, ImageChops
from scipy import ndimage

from materials.motifs import art
from materials.motifs.art import BLACK, WHITE, WIDTH, Inks
from materials.motifs.fonts import figure_mask

ANIMALS = "🐱🐶🐯🦁🐻🐼🐨🦊🐺🦅🦉🐉🦖🦕🦈🐵🐸🐰🐭🐮🐷🐔🐧🐬🐳🐙🦄🐴🐘🐊🐢🐍🦋🦂🦀🐗🦍🦌🐎🦇🐓🦜🦩🐲🐅"
THINGS = (
    "💀👽👻🤖👹🤡😎😂😍😜😈👑🔥⚡🚗🏎🏍🚲🚀✈⚓⛵🚜🚂🎸🎤🎧🥁⚽🏀🏈🎾🏆🥊🍕🍔🍦🍩🍍🍒🍓🌵"
    "☕👟📷🎮🗡🛹🏄🏂🚴🧗🤘✌👊👁💋💎🧜🧚👸🎅🎃🌴🏔🦸🧛🧟🎩🚁"
)
STYLES = ("cartoon", "line", "stamp", "sticker")


def draw(rng: np.random.Generator, inks: Inks, aspect: float) -> Image.Image:
    """Draw one large figure, or now and then a few in a row or a square."""
    count = int(rng.choice([1, 2, 3, 4], p=[0.8, 0.06, 0.08, 0.06]))
    if count == 1:
        return one(rng, inks, WIDTH)
    style = str(rng.choice(STYLES))
    same = rng.random() < 0.5
    figure = a_figure(rng)
    drawn = [colored(rng, figure if same else a_figure(rng), inks, style) for _ in range(count)]
    if count == 4 or aspect > 1.2:
        half = (count + 1) // 2
        rows = [art.abreast(drawn[:half], 16), art.abreast(drawn[half:], 16)]
        return art.stacked([art.scaled(row, WIDTH * row.width / rows[0].width) for row in rows], 16)
    return art.scaled(art.abreast(drawn, 16), WIDTH)


def one(rng: np.random.Generator, inks: Inks, width: float) -> Image.Image:
    """Draw one figure so many pixels wide."""
    figure = colored(rng, a_figure(rng), inks, str(rng.choice(STYLES, p=[0.5, 0.2, 0.18, 0.12])))
    if rng.random() < 0.5:
        figure = figure.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if rng.random() < 0.3:
        figure = art.cropped(figure.rotate(rng.uniform(-20, 20), Image.Resampling.BILINEAR, expand=True))
    return art.scaled(figure, width)


def a_figure(rng: np.random.Generator) -> str:
    """Draw a character of the emoji font."""
    return str(rng.choice(list(ANIMALS if rng.random() < 0.5 else THINGS)))


def colored(rng: np.random.Generator, figure: str, inks: Inks, style: str) -> Image.Image:
    """Return a figure as "line" art, a "stamp" (its body with lines cut out), a "cartoon" or a "sticker".

    A cartoon has a colour for each region between lines; a sticker has a rim around it too.
    """
    lines = figure_mask(figure, int(rng.choice([400, 500, 700])))
    if style == "line":
        return art.inked(art.grown(lines, 1), inks[0])
    body = art.filled(lines)
    if style == "stamp":
        return art.inked(ImageChops.subtract(art.grown(body, 3).crop((3, 3, *body.size)), lines), inks[0])
    regions, count = ndimage.label(np.asarray(ImageChops.subtract(body, lines)) > 128)
    colors = np.zeros((count + 1, 3), np.uint8)
    pen = min(inks, key=sum) if rng.random() < 0.8 else inks[0]
    colors[0] = pen
    usable = [ink for ink in (*inks, WHITE) if distance(ink, pen) > 90] or [WHITE]
    for region in range(1, count + 1):
        colors[region] = usable[int(rng.integers(len(usable)))]
    areas = np.bincount(regions.ravel(), minlength=count + 1)[1:]
    if count:
        colors[1 + int(areas.argmax())] = usable[0]
    nearest = ndimage.distance_transform_edt(regions == 0, return_distances=False, return_indices=True)
    surface = Image.fromarray(colors[regions[tuple(nearest)]])
    surface.paste(pen, mask=lines)
    surface.putalpha(ImageChops.lighter(body, lines))
    if style == "cartoon":
        return surface
    rim = art.inked(art.grown(body, 10), inks[0] if pen != inks[0] else WHITE)
    art.lay(rim, surface, 10, 10)
    return rim


def darkest(inks: Inks) -> art.Rgb:
    """Return the darkest ink if it is dark, else black."""
    dark = min(inks, key=sum)
    return dark if sum(dark) < 220 else BLACK


def distance(a: art.Rgb, b: art.Rgb) -> float:
    """Return how far two colours are apart, in values 0..255."""
    return float(np.linalg.norm(np.subtract(a, b, dtype=float)))
