"""Lettering: slogans in lines of different size, arched college words, numbers as on jerseys, brands."""

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from materials.motifs import art, figures, words
from materials.motifs.art import WIDTH, Inks
from materials.motifs.fonts import BLACKLETTER, HEAVY, LIGHT, SCRIPT, Face, text_mask

GAP = 0.04
"""Between two lines, share of the width."""
MIN_LINED = 0.3
"""Lettering with lines across is at least this high, share of its width: flatter one looks like a stripe."""


def slogan(rng: np.random.Generator, inks: Inks, aspect: float) -> Image.Image:
    """Draw words in lines that are as wide as each other, or set left, right or ragged."""
    face = a_face(rng)
    one_face, one_ink = rng.random() < 0.55, rng.random() < 0.6
    ragged = rng.random() < 0.35
    align = float(rng.choice([0.5, 0.0, 1.0], p=[0.7, 0.2, 0.1]))
    rows: list[Image.Image] = []
    height = 0.0
    while height < 0.85 * WIDTH * aspect and len(rows) < 7:
        left = WIDTH * aspect - height
        ink = inks[0] if one_ink else inks[int(rng.integers(len(inks)))]
        if rows and rng.random() < 0.25 and aspect > 0.35:
            row = small_row(rng, ink, WIDTH * rng.uniform(0.5, 1))
        else:
            longest = 11 if left < 0.4 * WIDTH else 8
            drawn = face if one_face else a_face(rng)
            mask = word_mask(rng, drawn, 5 if left < 0.3 * WIDTH else 2, longest)
            width = WIDTH * (rng.uniform(0.55, 1) if ragged and rows else 1)
            mask = squeezed(mask, width, min(left, 0.6 * WIDTH))
            row = styled(rng, mask, ink, inks, often=0.25)
        rows.append(row)
        height += row.height + GAP * WIDTH
    drawing = art.stacked(rows, GAP * WIDTH, align)
    if rng.random() < 0.08:  # read from below to above
        drawing = art.stacked(rows[:2], GAP * WIDTH, align).transpose(Image.Transpose.ROTATE_90)
    return drawing


def college(rng: np.random.Generator, inks: Inks, aspect: float) -> Image.Image:
    """Draw an arched word over a number, a figure or a second word, and small lines."""
    face = HEAVY[int(rng.integers(len(HEAVY)))]
    second = inks[min(1, len(inks) - 1)]
    upper = word_mask(rng, face, 5, 11)
    upper = squeezed(upper, WIDTH, WIDTH * rng.uniform(0.16, 0.3))
    rows = [arched(rng, styled(rng, upper, inks[0], inks, often=0.4))]
    left = WIDTH * aspect - rows[0].height
    kind = rng.random()
    if left > 0.25 * WIDTH:
        if kind < 0.45:
            middle = text_mask(words.number(rng), face)
            row = styled(
                rng, art.scaled(middle, left * middle.width / middle.height), second, inks, often=0.5
            )
        elif kind < 0.7:
            row = figures.one(rng, inks, left)
        else:
            middle = squeezed(word_mask(rng, face, 3, 8), WIDTH * rng.uniform(0.6, 1), 0.8 * left)
            row = styled(rng, middle, second, inks, often=0.3)
        if row.width > WIDTH:
            row = art.scaled(row, WIDTH)
        if rng.random() < 0.4 and row.width < 0.4 * WIDTH:  # EST | 12 | 1987
            side = WIDTH * 0.2
            row = art.abreast([row], 0)
            wing = small_row(rng, inks[0], side), small_row(rng, inks[0], side)
            both = art.blank(WIDTH, row.height)
            art.lay(both, wing[0], 0, (row.height - wing[0].height) / 2)
            art.lay(both, row, (WIDTH - row.width) / 2)
            art.lay(both, wing[1], WIDTH - side, (row.height - wing[1].height) / 2)
            row = both
        rows.append(row)
    if rng.random() < 0.7:
        rows.append(small_row(rng, inks[0], WIDTH * rng.uniform(0.5, 0.9)))
    return art.stacked(rows, GAP * WIDTH)


def jersey(rng: np.random.Generator, inks: Inks, aspect: float) -> Image.Image:
    """Draw a large number, with a name above it or below it or across it."""
    face = HEAVY[int(rng.integers(5))]
    digits = text_mask(words.number(rng), face)
    height = WIDTH * aspect * 0.75
    main = styled(rng, digits.resize((WIDTH, max(round(height), 1))), inks[0], inks, often=0.7)
    name = squeezed(word_mask(rng, face, 4, 10), WIDTH, 0.22 * WIDTH)
    row = styled(rng, name, inks[min(1, len(inks) - 1)], inks, often=0.2)
    if rng.random() < 0.4:
        row = arched(rng, row)
    return art.stacked([row, main] if rng.random() < 0.6 else [main, row], GAP * WIDTH)


def brand(rng: np.random.Generator, inks: Inks, aspect: float) -> Image.Image:
    """Draw a name as a brand writes it: in a box, under a sign, over a stripe, or as initials."""
    face = a_face(rng)
    wide = aspect < 0.4
    second = inks[min(1, len(inks) - 1)]
    kind = str(
        rng.choice(["boxed", "underlined", "plain"] if wide else ["sign", "initials", "boxed", "bars"])
    )
    name = squeezed(word_mask(rng, face, 4, 9), WIDTH, WIDTH * min(aspect, 0.34))
    if kind == "sign":
        sign = sign_of(rng, inks, WIDTH * max(aspect - 0.3, 0.25))
        return art.stacked([sign, styled(rng, name, inks[0], inks, often=0.1)], GAP * WIDTH)
    if kind == "initials":
        letters = text_mask(words.initials(rng), face, stroke=int(rng.integers(0, 6)))
        large = letters.resize((WIDTH, max(round(WIDTH * aspect * 0.75), 1)))
        under = small_row(rng, second, WIDTH * rng.uniform(0.6, 1))
        return art.stacked([styled(rng, large, inks[0], inks, often=0.4), under], GAP * WIDTH)
    if kind == "boxed":
        height = max(name.height + 0.12 * WIDTH, WIDTH * aspect)
        box = Image.new("L", (WIDTH, round(height)), 255)
        inner = art.scaled(name, WIDTH * 0.84)
        at = ((WIDTH - inner.width) // 2, (box.height - inner.height) // 2)
        letters = Image.new("L", box.size)
        letters.paste(inner, at)
        drawing = art.inked(ImageChops.subtract(box, letters), inks[0])
        if rng.random() < 0.5 and len(inks) > 1:
            art.lay(drawing, art.inked(letters, second))
        return drawing
    if kind == "bars":
        bar = Image.new("L", (WIDTH, round(WIDTH * max(aspect - 0.35, 0.1) / 3)), 255)
        bars = [art.inked(bar, inks[i % len(inks)]) for i in range(int(rng.integers(2, 4)))]
        return art.stacked([styled(rng, name, inks[0], inks, often=0.1), *bars], GAP * WIDTH)
    drawing = styled(rng, name, inks[0], inks, often=0.2)
    if kind == "plain":
        return drawing
    bar = Image.new("L", (WIDTH, max(round(WIDTH * rng.uniform(0.02, 0.06)), 2)), 255)
    return art.stacked([drawing, art.inked(bar, second)], GAP * WIDTH)


def sign_of(rng: np.random.Generator, inks: Inks, size: float) -> Image.Image:
    """Draw a brand's sign: a shape with stripes cut out, overlapping shapes, or a figure's silhouette."""
    side = round(size)
    if rng.random() < 0.3:
        return figures.one(rng, inks, size)
    shape = str(rng.choice(["circle", "diamond", "hexagon", "shield", "star"]))
    mask = art.polygon(side, side, art.outline_of(shape, side, side))
    cut = Image.new("L", mask.size)
    pen = ImageDraw.Draw(cut)
    lines, slant = int(rng.integers(1, 4)), rng.uniform(-0.5, 0.5) * side
    for i in range(lines):
        y = side * (i + 1) / (lines + 1)
        pen.line([(0, y + slant), (side, y - slant)], 255, max(round(side * rng.uniform(0.04, 0.1)), 2))
    return art.inked(ImageChops.subtract(mask, cut), inks[int(rng.integers(len(inks)))])


def a_face(rng: np.random.Generator) -> Face:
    """Draw a face for large lines: mostly heavy, sometimes handwritten or blackletter."""
    kinds = (HEAVY, SCRIPT, BLACKLETTER, LIGHT)
    faces = kinds[int(rng.choice(4, p=[0.74, 0.14, 0.05, 0.07]))]
    return faces[int(rng.integers(len(faces)))]


def word_mask(rng: np.random.Generator, face: Face, shortest: int, longest: int) -> Image.Image:
    """Return a random word as a mask: capitals, or small letters after the first."""
    text = words.word(rng, shortest, longest)
    if face in SCRIPT or face in BLACKLETTER or rng.random() < 0.2:
        text = text.capitalize()
    return text_mask(text, face, stroke=int(rng.choice([0, 2, 4], p=[0.5, 0.3, 0.2])))


def small_row(rng: np.random.Generator, ink: art.Rgb, width: float) -> Image.Image:
    """Return a line of small lettering."""
    faces = HEAVY if rng.random() < 0.5 else LIGHT
    mask = text_mask(words.small_line(rng), faces[int(rng.integers(len(faces)))], stroke=2)
    height = min(width * mask.height / mask.width, 0.14 * WIDTH)
    return art.inked(art.scaled(mask, width, max(height, 0.04 * WIDTH)), ink)


def squeezed(mask: Image.Image, width: float, height: float) -> Image.Image:
    """Resize to `width` and about `height`, narrower letters by at most half and wider ones by a third."""
    natural = mask.height * width / mask.width
    return art.scaled(mask, width, float(np.clip(height, natural * 0.75, natural * 2)))


def styled(
    rng: np.random.Generator, mask: Image.Image, ink: art.Rgb, inks: Inks, often: float
) -> Image.Image:
    """Return lettering in `ink`; `often` with an outline, a shadow, a hollow inside or lines across."""
    if rng.random() >= often:
        return art.inked(mask, ink)
    other = next((color for color in inks[::-1] if color != ink), ink)
    thin = max(round(mask.height * 0.04), 2)
    flat = mask.height < MIN_LINED * mask.width
    kind = str(
        rng.choice(["outline", "shadow", "hollow"] if flat else ["outline", "shadow", "hollow", "lines"])
    )
    grown = art.grown(mask, thin)
    inner = Image.new("L", grown.size)
    inner.paste(mask, (thin, thin))
    if kind == "hollow" or (other == ink and kind in ("outline", "shadow")):
        return art.inked(ImageChops.subtract(art.grown(grown, 1).crop((1, 1, *grown.size)), inner), ink)
    if kind == "lines":
        stripes = np.asarray(mask).copy()
        period = max(mask.height // 7, 3)
        stripes[np.arange(len(stripes)) % period < period // 3] = 0
        return art.inked(Image.fromarray(stripes), ink)
    drawing = art.blank(grown.width + 2 * thin, grown.height + 2 * thin)
    if kind == "shadow":
        art.lay(drawing, art.inked(mask, other), 2 * thin, 2 * thin)
        art.lay(drawing, art.inked(mask, ink))
    else:
        art.lay(drawing, art.inked(art.grown(grown, thin), other))
        art.lay(drawing, art.inked(mask, ink), 2 * thin, 2 * thin)
    return art.cropped(drawing)


def arched(rng: np.random.Generator, row: Image.Image) -> Image.Image:
    """Bend a line of lettering: an arch, a valley, a rise, a wave, or feet on one level under an arch."""
    rise = rng.uniform(0.3, 0.9)
    kind = str(rng.choice(["arch", "feet", "valley", "rise", "wave"], p=[0.5, 0.2, 0.1, 0.12, 0.08]))
    curve = {
        "arch": lambda x: rise * (2 * x - 1) ** 2,
        "feet": lambda x: rise * (2 * x - 1) ** 2,
        "valley": lambda x: -rise * (2 * x - 1) ** 2,
        "rise": lambda x: -rise * x,
        "wave": lambda x: 0.3 * rise * np.sin(2 * np.pi * x),
    }[kind]
    return art.bent(row, curve, lambda x: np.full(len(x), 1 + rise) if kind == "feet" else curve(x) + 1)
