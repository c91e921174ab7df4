"""Small pictures that prints are made of, as RGBA stamps with a transparent ground."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from sdg.stand_in.swatch import Rng, rgb

CONSONANTS, VOWELS = list("BCDFGHKLMNPRSTVW"), list("AEIOU")


def fill(color: np.ndarray) -> tuple[int, int, int, int]:
    return (*rgb(color), 255)


def word(rng: Rng, letters: int) -> str:
    """A word that can be spoken and means nothing."""
    return "".join(str(rng.choice((CONSONANTS, VOWELS)[k % 2])) for k in range(letters))


def lettering(rng: Rng, text: str, color: np.ndarray, size: int = 96) -> Image.Image:
    """One line, cropped to its ink; every third leans and every third is bold."""
    font = ImageFont.load_default(size)
    stroke = size // 20 if rng.random() < 1 / 3 else 0
    left, top, right, bottom = font.getbbox(text, stroke_width=stroke)
    pad = size // 3
    image = Image.new("RGBA", (int(right - left) + 2 * pad, int(bottom - top)))
    ImageDraw.Draw(image).text((pad - left, -top), text, fill(color), font, stroke_width=stroke)
    if rng.random() < 1 / 3:
        lean = 0.25
        image = image.transform(
            image.size,
            Image.Transform.AFFINE,
            (1, lean, -lean * image.height / 2, 0, 1, 0),
            Image.Resampling.BILINEAR,
        )
    return image.crop(image.getbbox())


def shape(rng: Rng, colors: list[np.ndarray], size: int = 128) -> Image.Image:
    """A star, heart, bolt, crescent, fish, tree, cup or cat in the first two `colors`."""
    stamp = Image.new("RGBA", (size, size))
    draw = ImageDraw.Draw(stamp)
    first, second = fill(colors[0]), fill(colors[-1])
    kind = rng.choice(["star", "heart", "bolt", "moon", "fish", "tree", "cup", "cat"])

    def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x * size, y * size) for x, y in points]

    if kind == "star":
        turns = np.linspace(0, 2 * np.pi, 10, endpoint=False) - np.pi / 2
        reach = np.where(np.arange(10) % 2, 0.2, 0.48)
        draw.polygon(at(*zip(0.5 + reach * np.cos(turns), 0.5 + reach * np.sin(turns), strict=True)), first)
    elif kind == "heart":
        t = np.linspace(0, 2 * np.pi, 40)
        x = 0.5 + 0.028 * 16 * np.sin(t) ** 3
        y = 0.48 - 0.028 * (13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t))
        draw.polygon(at(*zip(x, y, strict=True)), first)
    elif kind == "bolt":
        draw.polygon(at((0.6, 0), (0.2, 0.55), (0.45, 0.55), (0.35, 1), (0.8, 0.4), (0.55, 0.4)), first)
    elif kind == "moon":
        draw.ellipse(at((0.08, 0.08), (0.92, 0.92)), first)
        draw.ellipse(at((0.32, 0.04), (1.0, 0.76)), (0, 0, 0, 0))
    elif kind == "fish":
        draw.ellipse(at((0.02, 0.28), (0.75, 0.72)), first)
        draw.polygon(at((0.65, 0.5), (0.98, 0.22), (0.98, 0.78)), first)
        draw.ellipse(at((0.14, 0.4), (0.24, 0.5)), second)
    elif kind == "tree":
        draw.rectangle(at((0.43, 0.6), (0.57, 1)), second)
        for top in (0.0, 0.2, 0.4):
            draw.polygon(at((0.5, top), (0.5 - 0.2 - top / 2, top + 0.4), (0.7 + top / 2, top + 0.4)), first)
    elif kind == "cup":
        draw.polygon(at((0.15, 0.3), (0.75, 0.3), (0.65, 0.95), (0.25, 0.95)), first)
        draw.arc(at((0.6, 0.35), (0.98, 0.75)), 0, 360, first, size // 14)
        draw.line(at((0.35, 0.05), (0.45, 0.22)), second, size // 14)
    else:
        draw.ellipse(at((0.25, 0.4), (0.75, 1.0)), first)
        draw.ellipse(at((0.2, 0.12), (0.8, 0.62)), first)
        draw.polygon(at((0.22, 0.32), (0.24, 0.0), (0.45, 0.18)), first)
        draw.polygon(at((0.78, 0.32), (0.76, 0.0), (0.55, 0.18)), first)
        for x in (0.36, 0.56):
            draw.ellipse(at((x, 0.3), (x + 0.08, 0.4)), second)
    return stamp
