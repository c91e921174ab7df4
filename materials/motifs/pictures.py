"""Pictures: sunsets with palms, mountains, cities, portraits; flat in a few inks, or as a photo in tones."""

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter
from scipy import ndimage

from materials.motifs import art, figures
from materials.motifs.art import WIDTH, Inks
from materials.motifs.fonts import figure_mask

SILHOUETTES = "🌴🌴🌴⛵🦅🏄"
"""What stands in a landscape."""


def scene(rng: np.random.Generator, inks: Inks, aspect: float) -> Image.Image:
    """Draw a flat landscape, clipped to a circle, a box or a shield, or without a frame."""
    height = round(WIDTH * float(np.clip(aspect, 0.6, 1.2)))
    framed = rng.random() < 0.75
    first, second, third = (inks[i % len(inks)] for i in range(3))
    drawing = art.inked(Image.new("L", (WIDTH, height), 255 * framed), first)
    side = WIDTH * rng.uniform(0.35, 0.6)
    sun = Image.new("L", drawing.size)
    pen = ImageDraw.Draw(sun)
    x, y = WIDTH * rng.uniform(0.35, 0.65), height * rng.uniform(0.3, 0.55)
    pen.ellipse((x - side / 2, y - side / 2, x + side / 2, y + side / 2), 255)
    if rng.random() < 0.6:
        for i in range(5):
            at = y + side * (i - 1) * 0.11
            pen.rectangle((0, at, WIDTH, at + 2 + 1.6 * i), 0)
    put(drawing, sun, second, framed and second == first)
    if rng.random() < 0.5:
        put(drawing, ridge(rng, height, rng.uniform(0.5, 0.7)), third, framed and third == first)
    waves = Image.new("L", drawing.size)
    pen = ImageDraw.Draw(waves)
    top = height * rng.uniform(0.68, 0.8)
    if rng.random() < 0.5:
        pen.rectangle((0, top, WIDTH, height), 255)
    else:
        for i in range(5):
            pen.line([(0, top + i * 15), (WIDTH, top + i * 15)], 255, 7)
    dark = figures.darkest(inks) if framed and len(inks) > 1 else third
    put(drawing, waves, dark, framed and dark == first)
    for _ in range(int(rng.integers(1, 4))):
        tree = art.filled(figure_mask(str(rng.choice(list(SILHOUETTES)))))
        tree = art.scaled(tree, WIDTH * rng.uniform(0.2, 0.45))
        shape = Image.new("L", drawing.size)
        shape.paste(
            tree,
            (round(rng.uniform(0, WIDTH - tree.width)), round(top - tree.height * rng.uniform(0.7, 0.95))),
        )
        put(drawing, shape, dark, framed and dark == first)
    if framed:
        clip(drawing, str(rng.choice(["circle", "box", "box", "shield", "diamond", "heart"])))
    return drawing


def put(drawing: Image.Image, mask: Image.Image, ink: art.Rgb, cut: bool) -> None:
    """Print a mask, or `cut` it out of what is printed."""
    if cut:
        drawing.putalpha(ImageChops.subtract(drawing.getchannel("A"), mask))
    else:
        art.lay(drawing, art.inked(mask, ink))


def clip(drawing: Image.Image, shape: str) -> None:
    """Keep what lies inside a shape as large as the drawing."""
    inside = art.polygon(*drawing.size, art.outline_of(shape, *drawing.size))
    drawing.putalpha(ImageChops.multiply(drawing.getchannel("A"), inside))


def ridge(rng: np.random.Generator, height: int, level: float) -> Image.Image:
    """Return a mask of mountains whose tops are about `level` of the height down."""
    x = np.linspace(0, 1, 40)
    tops = sum(rng.uniform(-1, 1) / k * np.abs((x * k + rng.random()) % 1 - 0.5) for k in (1.5, 3, 6, 12))
    tops = height * (level + 0.5 * np.asarray(tops))
    outline = np.concatenate([x * WIDTH + 1j * tops, [WIDTH + 1j * height, 1j * height]])
    return art.polygon(WIDTH, height, outline)


def photo(rng: np.random.Generator, inks: Inks, aspect: float) -> Image.Image:
    """Draw a picture in tones: a person, an animal, a city, mountains or a sky; printed in ink or colours."""
    height = round(WIDTH * float(np.clip(aspect, 0.6, 1.5)))
    subject = str(rng.choice(["person", "animal", "city", "mountains", "sky"], p=[0.3, 0.3, 0.15, 0.15, 0.1]))
    tone, body = {"person": person, "animal": animal, "city": city, "mountains": mountains, "sky": sky}[
        subject
    ](rng, height)
    steps = np.linspace(0, 1, 33)
    even = np.interp(tone, np.quantile(tone, steps), steps)  # so that no picture is all dark or all light
    tone = 0.4 * tone + 0.6 * even
    tone = np.clip(tone + rng.normal(0, rng.uniform(0, 0.06), tone.shape), 0, 1)
    alone = body is not None and rng.random() < 0.45
    if len(inks) == 1 or rng.random() < 0.4:  # one ink: the lighter, the less of it
        amount = tone if sum(inks[0]) > 380 else 1 - tone
        amount = 0.12 + 0.88 * np.clip((amount - 0.5) * 1.5 + 0.55, 0, 1)
        if rng.random() < 0.5:
            amount = halftone(amount, rng.uniform(6, 11))
        drawing = Image.new("RGBA", (WIDTH, height), (*inks[0], 0))
        alpha = amount
    else:
        stops = np.array(sorted(inks, key=sum), float)
        stops = np.concatenate([[art.BLACK], stops, [art.WHITE]]) if rng.random() < 0.6 else stops
        place = np.linspace(0, 1, len(stops))
        color = np.stack([np.interp(tone, place, stops[:, c]) for c in range(3)], -1)
        drawing = Image.fromarray(color.astype(np.uint8)).convert("RGBA")
        alpha = np.ones_like(tone)
    frame = body if alone and body is not None else edges(rng, height)
    alpha = alpha * frame
    drawing.putalpha(Image.fromarray((alpha * 255).astype(np.uint8)))
    return drawing


def halftone(amount: np.ndarray, period: float) -> np.ndarray:
    """Return dots on a slanted grid, `period` pixels apart, whose size follows `amount`."""
    y, x = np.indices(amount.shape) * (2 * np.pi / period)
    screen = 0.5 + 0.25 * (np.cos((x + y) * 0.707) + np.cos((x - y) * 0.707))
    return np.clip((amount - screen) * 6 + 0.5, 0, 1)


def edges(rng: np.random.Generator, height: int) -> np.ndarray:
    """Return the opacity (H, W) of a picture's frame: sharp, feathered, rough as brushed, or an oval."""
    kind = str(rng.choice(["sharp", "feathered", "rough", "oval"], p=[0.4, 0.2, 0.25, 0.15]))
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : WIDTH * 1j]
    if kind == "sharp":
        return np.ones((height, WIDTH))
    out = np.hypot(x, y) if kind == "oval" else np.maximum(np.abs(x), np.abs(y))
    if kind == "feathered":
        return np.clip((1 - out) / 0.25, 0, 1)
    rough = art.clouds(rng, height, WIDTH, 40) * (0.3 if kind == "rough" else 0.02)
    return np.clip((1 - out - rough) * 30, 0, 1)


def person(rng: np.random.Generator, height: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the tones (H, W) of a head and shoulders, and where they are."""
    y, x = np.mgrid[0 : 1 : height * 1j, -0.5 : 0.5 : WIDTH * 1j]
    y = y * height / WIDTH
    middle, size = 0.42 * height / WIDTH, rng.uniform(0.2, 0.27)
    turn = rng.uniform(-0.06, 0.06)
    head = np.hypot((x - turn * 0.3) / (0.75 * size), (y - middle) / size)
    hair = np.hypot((x - turn * 0.2) / (1.05 * size), (y - middle + 0.22 * size) / (1.15 * size))
    long = (np.abs(x) < 1.0 * size) & (y > middle) & (y < middle + rng.uniform(0, 1.8) * size)
    shoulders = np.hypot(x / 0.46, (y - middle - 2.35 * size) / (1.15 * size))
    neck = (np.abs(x) < 0.35 * size) & (y > middle) & (y < middle + 1.5 * size)
    background = rng.uniform(0.55, 1) - 0.3 * y * rng.uniform(0, 1)
    tone = np.where(shoulders < 1, rng.uniform(0.05, 0.4), background)
    tone = np.where((hair < 1) | long, rng.uniform(0.02, 0.3), tone)
    skin = rng.uniform(0.6, 0.85) - 0.25 * (x / size * rng.choice([-1, 1]))
    face = (head < 1) & (y > middle - 0.45 * size)
    tone = np.where(neck | face, np.where(neck & ~face, skin - 0.15, skin), tone)
    for side in (-1, 1):
        eye = np.hypot(
            (x - turn - side * 0.3 * size) / (0.17 * size), (y - middle + 0.1 * size) / (0.09 * size)
        )
        brow = np.hypot(
            (x - turn - side * 0.3 * size) / (0.22 * size), (y - middle + 0.3 * size) / (0.05 * size)
        )
        tone = np.where((eye < 1) | (brow < 1), 0.1, tone)
    if rng.random() < 0.3:  # sunglasses
        for side in (-1, 1):
            lens = np.hypot(
                (x - turn - side * 0.32 * size) / (0.3 * size), (y - middle + 0.12 * size) / (0.22 * size)
            )
            tone = np.where(lens < 1, 0.03, tone)
    mouth = np.hypot((x - turn) / (0.25 * size), (y - middle - 0.5 * size) / (0.07 * size))
    nose = np.hypot(
        (x - turn * 1.3 - 0.05 * size) / (0.06 * size), (y - middle - 0.18 * size) / (0.18 * size)
    )
    tone = np.where(mouth < 1, 0.25, np.where(nose < 1, tone - 0.2, tone))
    body = ((shoulders < 1) | (hair < 1) | long | neck | face).astype(float)
    return ndimage.gaussian_filter(tone, 2.0), ndimage.gaussian_filter(body, 1.0)


def animal(rng: np.random.Generator, height: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the tones (H, W) of an animal lit from one side, and where it is."""
    lines = figure_mask(str(rng.choice(list(figures.ANIMALS))))
    width = min(WIDTH * 0.85, height * 0.85 * lines.width / lines.height)
    lines = art.scaled(lines, width)
    page = Image.new("L", (WIDTH, height))
    page.paste(lines, ((WIDTH - lines.width) // 2, (height - lines.height) // 2))
    body = art.filled(page)
    inside = np.asarray(body, float) / 255
    round_ = np.minimum(
        np.asarray(body.resize((64, 64)).filter(ImageFilter.GaussianBlur(8)).resize(page.size)) / 255, inside
    )
    fur = art.clouds(rng, height, WIDTH, 14) - 0.5
    shade = np.linspace(rng.uniform(-0.3, 0), rng.uniform(0, 0.3), WIDTH)
    tone = np.where(
        inside > 0.5, 0.25 + 0.5 * round_ + 0.5 * fur + shade, rng.uniform(0.0, 1) * np.ones_like(fur)
    )
    ink = np.asarray(page.filter(ImageFilter.GaussianBlur(1.5)), float) / 255
    return tone * (1 - ink) + 0.04 * ink, inside


def city(rng: np.random.Generator, height: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the tones (H, W) of towers before a sky."""
    tone = np.linspace(rng.uniform(0.4, 0.8), rng.uniform(0.7, 1), height)[:, None] * np.ones(WIDTH)
    tone = tone - 0.3 * art.clouds(rng, height, WIDTH, 120)
    page = Image.fromarray((np.clip(tone, 0, 1) * 255).astype(np.uint8))
    pen = ImageDraw.Draw(page)
    for layer in range(3):
        x = -10.0
        while x < WIDTH:
            w, top = rng.uniform(18, 60), height * rng.uniform(0.2 + 0.15 * layer, 0.75)
            pen.rectangle((x, top, x + w, height), round(150 - 60 * layer + rng.uniform(-20, 20)))
            if layer and rng.random() < 0.7:
                for row in range(round(top) + 6, height, 12):
                    for column in range(round(x) + 4, round(x + w) - 4, 10):
                        if rng.random() < 0.5:
                            pen.rectangle((column, row, column + 4, row + 6), round(rng.uniform(120, 240)))
            x += w + rng.uniform(0, 12)
    return np.asarray(page, float) / 255, None


def mountains(rng: np.random.Generator, height: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the tones (H, W) of ridges, the nearer the darker."""
    tone = np.linspace(rng.uniform(0.5, 0.8), 1, height)[:, None] - 0.2 * art.clouds(rng, height, WIDTH, 90)
    for index in range(4):
        mask = np.asarray(ridge(rng, height, 0.35 + 0.16 * index)) > 0
        tone = np.where(mask, 0.62 - 0.18 * index + 0.25 * (art.clouds(rng, height, WIDTH, 30) - 0.5), tone)
    return tone, None


def sky(rng: np.random.Generator, height: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the tones (H, W) of clouds or a galaxy with a planet."""
    tone = np.clip((art.clouds(rng, height, WIDTH, 110) - 0.5) * 1.8 + 0.5, 0, 1)
    y, x = np.indices(tone.shape)
    radius = WIDTH * rng.uniform(0.15, 0.3)
    out = np.hypot(x - WIDTH * rng.uniform(0.3, 0.7), y - height * rng.uniform(0.3, 0.7)) / radius
    return np.where(out < 1, 0.95 - 0.6 * (x / WIDTH) * out, tone * 0.8), None


def geometric(rng: np.random.Generator, inks: Inks, aspect: float) -> Image.Image:
    """Draw a composition: overlapping shapes, a fan of triangles, a flag or rings."""
    height = round(WIDTH * float(np.clip(aspect, 0.5, 1.4)))
    drawing = art.blank(WIDTH, height)
    kind = str(rng.choice(["shapes", "facets", "flag", "rings"], p=[0.35, 0.3, 0.25, 0.1]))
    if kind == "shapes":
        for index in range(int(rng.integers(3, 7))):
            side = round(WIDTH * rng.uniform(0.3, 0.7))
            shape = str(rng.choice(["circle", "box", "diamond", "hexagon", "star"]))
            mask = art.polygon(side, side, art.outline_of(shape, side, side))
            at = rng.uniform(0, WIDTH - side), rng.uniform(0, max(height - side, 1))
            art.lay(drawing, art.inked(mask, inks[index % len(inks)]), *at)
    elif kind == "facets":
        outline = art.outline_of(str(rng.choice(["diamond", "hexagon", "shield", "heart"])), WIDTH, height)
        middle = complex(WIDTH * rng.uniform(0.3, 0.7), height * rng.uniform(0.3, 0.7))
        points = outline[:: max(len(outline) // 10, 1)]
        for index in range(len(points)):
            facet = np.array([points[index], points[(index + 1) % len(points)], middle])
            art.lay(drawing, art.inked(art.polygon(WIDTH, height, facet), faceted(inks, index)))
    elif kind == "flag":
        bands = int(rng.integers(3, 8))
        level = rng.random() < 0.7
        for index in range(bands):
            size = (WIDTH, -(-height // bands)) if level else (-(-WIDTH // bands), height)
            band = art.inked(Image.new("L", size, 255), inks[index % len(inks)])
            if len(inks) > 1 or index % 2 == 0:
                art.lay(drawing, band, *((0, index * size[1]) if level else (index * size[0], 0)))
        if rng.random() < 0.5:
            corner = Image.new("L", (round(WIDTH * 0.45), height // 2), 255)
            art.lay(drawing, art.inked(corner, inks[-1] if len(inks) > 2 else art.BLACK))
        rough = edges(rng, height)
        alpha = np.asarray(drawing.getchannel("A"), float) * rough
        drawing.putalpha(Image.fromarray(alpha.astype(np.uint8)))
    else:
        for index in range(5):
            side = round(min(WIDTH, height) * (1 - index / 5))
            mask = art.polygon(side, side, art.outline_of("circle", side, side))
            put(
                drawing,
                shifted(mask, drawing.size),
                inks[index % len(inks)],
                len(inks) == 1 and index % 2 == 1,
            )
    return drawing


def faceted(inks: Inks, index: int) -> art.Rgb:
    """Return an ink, lighter or darker from facet to facet."""
    ink = np.array(inks[index % len(inks)], float)
    r, g, b = np.clip(ink + (index * 37 % 5 - 2) * 14, 0, 255).astype(int)
    return int(r), int(g), int(b)


def shifted(mask: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Put a mask into the middle of a larger one."""
    page = Image.new("L", size)
    page.paste(mask, ((size[0] - mask.width) // 2, (size[1] - mask.height) // 2))
    return page
