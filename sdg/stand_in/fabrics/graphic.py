"""A placement print: lettering, an emblem, a drawn figure or a photo on the front of a plain garment."""

from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw

from sdg.stand_in.fabrics.figures import fill, lettering, shape, word
from sdg.stand_in.swatch import Rng, Swatch, as_array, canvas, cloth, contrasting, noise, pick_dye

SIDE = 512
MOTIF = 400
"""Side of a motif before it is put on the cloth, texels."""
LEAST = 0.34
"""A motif is at least this wide, in shares of the garment's shorter side: twice the chest logo of `plain`."""


def graphic(rng: Rng, cm_per_pixel: float) -> Swatch:
    """One motif on the chest, of a few inks; one in four is worn thin by washing."""
    ground = pick_dye(rng, neutral=0.65)
    inks = [contrasting(rng, ground, 0.3, neutral=0.5), contrasting(rng, ground, 0.2), pick_dye(rng, 0.2)]
    draw = [_lines, _emblem, _figures, _photo][int(rng.choice(4, p=[0.4, 0.2, 0.25, 0.15]))]
    motif = draw(rng, inks)
    motif = motif.crop(motif.getbbox())
    if rng.random() < 0.25:
        worn = np.array(motif)
        holes = noise(rng, (motif.height, motif.width), (1.5, 1.5)) > rng.uniform(0.4, 1.2)
        worn[..., 3] = np.where(holes, 0, worn[..., 3])
        motif = Image.fromarray(worn)
    scale = SIDE * rng.uniform(LEAST, 0.62) / max(motif.width, 0.8 * motif.height)
    motif = motif.resize((round(motif.width * scale), round(motif.height * scale)), Image.Resampling.LANCZOS)
    image = canvas(ground, (SIDE, SIDE))
    top = round(SIDE * rng.uniform(0.18, 0.28))
    image.paste(motif, ((SIDE - motif.width) // 2, top), motif)
    swatch = cloth(rng, as_array(image), np.zeros((SIDE, SIDE)), None)
    edge = np.ones((SIDE, SIDE), dtype=bool)
    edge[1:-1, 1:-1] = False
    swatch.color[edge] = ground
    return replace(swatch, placed=True)


def _stack(rows: list[Image.Image], gap: int) -> Image.Image:
    """Rows one above the other, centred."""
    stacked = Image.new("RGBA", (max(row.width for row in rows), sum(row.height + gap for row in rows)))
    y = 0
    for row in rows:
        stacked.paste(row, ((stacked.width - row.width) // 2, y), row)
        y += row.height + gap
    return stacked


def _fit(image: Image.Image, width: int, tallest: int = MOTIF) -> Image.Image:
    scale = min(width / image.width, tallest / image.height)
    return image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))


def _lines(rng: Rng, inks: list[np.ndarray]) -> Image.Image:
    """Two to four lines of lettering, one of them large; now and then a number or a figure among them."""
    rows = []
    for k in range(int(rng.integers(2, 5))):
        text = str(rng.integers(10, 100)) if rng.random() < 0.15 else word(rng, int(rng.integers(3, 9)))
        if rng.random() < 0.2:
            text += " " + word(rng, int(rng.integers(2, 6)))
        row = lettering(rng, text, inks[0] if rng.random() < 0.7 else inks[1])
        rows.append(_fit(row, MOTIF if k == 0 else int(MOTIF * rng.uniform(0.45, 1.0)), MOTIF // 2))
    if rng.random() < 0.3:
        rows.append(_fit(shape(rng, inks), int(MOTIF * rng.uniform(0.3, 0.6))))
    order = rng.permutation(len(rows))
    return _stack([rows[k] for k in order], gap=14)


def _emblem(rng: Rng, inks: list[np.ndarray]) -> Image.Image:
    """A badge: a disc, shield or ring with a figure in it and a name across or below."""
    badge = Image.new("RGBA", (MOTIF, MOTIF))
    draw = ImageDraw.Draw(badge)
    box, width = (4, 4, MOTIF - 4, MOTIF - 4), int(MOTIF * rng.uniform(0.03, 0.09))
    kind = rng.choice(["ring", "disc", "shield"])
    if kind == "ring":
        draw.ellipse(box, outline=fill(inks[0]), width=width)
        draw.ellipse([2.2 * width] * 2 + [MOTIF - 2.2 * width] * 2, outline=fill(inks[1]), width=width // 2)
    elif kind == "disc":
        draw.ellipse(box, fill=fill(inks[0]))
    else:
        m = MOTIF
        draw.polygon(
            [(0.1 * m, 0), (0.9 * m, 0), (0.9 * m, 0.55 * m), (0.5 * m, m), (0.1 * m, 0.55 * m)],
            fill(inks[0]),
        )
    inner = inks[1] if kind == "ring" else contrasting(rng, inks[0], 0.3)
    middle = _fit(shape(rng, [inner, inks[2]]), int(0.52 * MOTIF))
    badge.paste(middle, ((MOTIF - middle.width) // 2, int(0.2 * MOTIF)), middle)
    name = _fit(
        lettering(rng, word(rng, int(rng.integers(4, 9))), inks[0]), int(rng.uniform(0.8, 1.1) * MOTIF), 110
    )
    return _stack([badge, name] if rng.random() < 0.7 else [badge], gap=16)


def _figures(rng: Rng, inks: list[np.ndarray]) -> Image.Image:
    """One large figure, or a handful of them in a heap, in two or three inks."""
    if rng.random() < 0.5:
        return shape(rng, inks, MOTIF)
    heap = Image.new("RGBA", (MOTIF, MOTIF))
    for _ in range(int(rng.integers(4, 10))):
        size = int(MOTIF * rng.uniform(0.25, 0.5))
        piece = shape(rng, [inks[k] for k in rng.permutation(3)[:2]], size)
        piece = piece.rotate(rng.uniform(-40, 40), Image.Resampling.BILINEAR)
        x, y = (int(v) for v in rng.integers(0, MOTIF - size, 2))
        heap.paste(piece, (x, y), piece)
    return heap


def _photo(rng: Rng, inks: list[np.ndarray]) -> Image.Image:
    """A picture in tones: a sky over hills, or clouds of light, in a rectangle, a disc or without an edge."""
    shade = noise(rng, (MOTIF, MOTIF), (40.0, 60.0)) + 0.5 * noise(rng, (MOTIF, MOTIF), (8.0, 12.0))
    y, x = np.mgrid[:MOTIF, :MOTIF] / MOTIF - 0.5
    if rng.random() < 0.6:
        hills = 0.1 + 0.06 * noise(rng, (1, MOTIF), (0.0, 30.0)) + 0.02 * noise(rng, (1, MOTIF), (0.0, 6.0))
        shade = np.where(y > hills, -1.5 + 0.3 * shade, 1.2 - 2.0 * y + 0.4 * shade)
    tone = np.clip(0.5 + 0.3 * shade, 0, 1)[..., None]
    dark, light = (
        (0.25 * inks[1], 0.4 * inks[0] + 0.6) if rng.random() < 0.6 else (np.zeros(3) + 0.1, np.ones(3))
    )
    pixels = dark + tone * (light - dark)
    edge = rng.choice(["square", "disc", "soft"])
    inside = np.ones((MOTIF, MOTIF))
    if edge == "disc":
        inside = (np.hypot(x, y) < 0.49).astype(float)
    elif edge == "soft":
        inside = np.clip(6 * (0.45 - np.hypot(x, y)) + 0.4 * shade, 0, 1)
    picture = Image.fromarray(np.rint(np.dstack([pixels, inside]) * 255).astype(np.uint8))
    if rng.random() < 0.5:
        return _stack(
            [picture, _fit(lettering(rng, word(rng, int(rng.integers(4, 8))), inks[0]), MOTIF, 110)], gap=16
        )
    return picture
