"""Emblems: round seals with lettering on a ring, shields and diamonds with a figure, a date and a name."""

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from materials.motifs import art, figures, lettering, words
from materials.motifs.art import WIDTH, Inks
from materials.motifs.fonts import HEAVY, text_mask


def draw(rng: np.random.Generator, inks: Inks, aspect: float) -> Image.Image:
    """Draw a seal or a crest."""
    return seal(rng, inks) if rng.random() < 0.55 else crest(rng, inks, aspect)


def seal(rng: np.random.Generator, inks: Inks) -> Image.Image:
    """Draw lettering around a figure, with rings, or on a disk."""
    disk = rng.random() < 0.4
    second = inks[min(1, len(inks) - 1)]
    face = HEAVY[int(rng.integers(len(HEAVY)))]
    mask = Image.new("L", (WIDTH, WIDTH))
    pen = ImageDraw.Draw(mask)
    if disk:
        pen.ellipse((0, 0, WIDTH - 1, WIDTH - 1), 255)
    elif rng.random() < 0.7:
        pen.ellipse((0, 0, WIDTH - 1, WIDTH - 1), outline=255, width=round(WIDTH * rng.uniform(0.015, 0.04)))
    inset = round(WIDTH * 0.2)
    ring = Image.new("L", mask.size)
    ImageDraw.Draw(ring).ellipse(
        (inset, inset, WIDTH - inset, WIDTH - inset), outline=255, width=round(WIDTH * 0.015)
    )
    upper = " ".join(words.word(rng, 4, 9) for _ in range(2))
    lower = words.word(rng, 4, 9)
    letters = ImageChops.lighter(ring, around(upper, face, 0.405, 200))
    letters = ImageChops.lighter(letters, around(lower, face, 0.405, 90, below=True))
    if disk:
        drawing = art.inked(ImageChops.subtract(mask, letters), inks[0])
        if len(inks) > 1:
            art.lay(drawing, art.inked(letters, second))
    else:
        drawing = art.inked(ImageChops.lighter(mask, letters), inks[0])
    middle = figures.one(rng, inks[1:] or inks, WIDTH * 0.4) if not disk or len(inks) > 1 else None
    if middle is None:
        cut = figures.colored(rng, figures.a_figure(rng), inks, "line").getchannel("A")
        hole = Image.new("L", mask.size)
        hole.paste(art.scaled(cut, WIDTH * 0.42), (round(WIDTH * 0.29), round(WIDTH * 0.29)))
        drawing.putalpha(ImageChops.subtract(drawing.getchannel("A"), hole))
    else:
        side = max(middle.size)
        middle = art.scaled(middle, middle.width * WIDTH * 0.42 / side)
        art.lay(drawing, middle, (WIDTH - middle.width) / 2, (WIDTH - middle.height) / 2)
    return drawing


def crest(rng: np.random.Generator, inks: Inks, aspect: float) -> Image.Image:
    """Draw a shield, diamond, hexagon or heart with a figure or a name in it, and lines below."""
    height = round(WIDTH * float(np.clip(aspect, 0.8, 1.2)) * 0.8)
    width = round(WIDTH * rng.uniform(0.7, 1))
    shape = str(rng.choice(["shield", "diamond", "hexagon", "circle", "heart"]))
    second = inks[min(1, len(inks) - 1)]
    body = art.polygon(width, height, art.outline_of(shape, width, height))
    drawing = art.inked(body, inks[0])
    if rng.random() < 0.6:
        thick = WIDTH * 0.025
        inner = art.scaled(body, width - 4 * thick, height - 4 * thick)
        core = art.scaled(body, width - 6 * thick, height - 6 * thick)
        line = Image.new("L", body.size)
        line.paste(inner, (round(2 * thick), round(2 * thick)))
        inside = Image.new("L", body.size)
        inside.paste(core, (round(3 * thick), round(3 * thick)))
        line = ImageChops.subtract(line, inside)
        drawing.putalpha(ImageChops.subtract(drawing.getchannel("A"), line))
    if rng.random() < 0.6:
        middle = figures.one(rng, inks[1:] or [art.WHITE if sum(inks[0]) < 380 else art.BLACK], width * 0.5)
        middle = art.scaled(middle, middle.width * width * 0.5 / max(middle.size))
    else:
        mask = lettering.word_mask(rng, HEAVY[int(rng.integers(len(HEAVY)))], 3, 8)
        contrasting = art.WHITE if sum(inks[0]) < 380 else art.BLACK
        middle = art.inked(lettering.squeezed(mask, width * 0.66, height * 0.28), contrasting)
    art.lay(drawing, middle, (width - middle.width) / 2, (height - middle.height) / 2)
    if rng.random() < 0.6:
        name = lettering.squeezed(lettering.word_mask(rng, lettering.a_face(rng), 4, 9), WIDTH, WIDTH * 0.2)
        return art.stacked([drawing, art.inked(name, second)], WIDTH * 0.05)
    return drawing


def around(
    text: str, face: lettering.Face, radius: float, degrees: float, below: bool = False
) -> Image.Image:
    """Return a square mask with `text` along a circle of `radius` (in widths), at most `degrees` of it."""
    letters = text_mask(text, face, stroke=2)
    high = WIDTH * 0.13
    length = min(letters.width * high / letters.height, np.radians(degrees) * radius * WIDTH)
    row = np.asarray(art.scaled(letters, length, high))
    y, x = np.mgrid[0:WIDTH, 0:WIDTH] - (WIDTH - 1) / 2
    out, angle = np.hypot(x, y), np.arctan2(x, y if below else -y)
    across = angle * radius * WIDTH + row.shape[1] / 2
    down = (out - radius * WIDTH if below else radius * WIDTH - out) + row.shape[0] / 2
    inside = (across >= 0) & (across < row.shape[1]) & (down >= 0) & (down < row.shape[0])
    found = np.zeros((WIDTH, WIDTH), np.uint8)
    found[inside] = row[down[inside].astype(int), across[inside].astype(int)]
    return Image.fromarray(found)
