"""Typefaces of installed packages: DejaVu, STIX, Computer Modern (matplotlib); Inter and Noto (bpy)."""

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import click
from PIL import Image, ImageDraw, ImageFont

HEIGHT = 120
"""Letters are drawn at this size in pixels."""
FIGURE_HEIGHT = 300
"""Pictures of the emoji font are drawn at this size."""
EMOJI = "NotoEmoji-VariableFont_wght.woff2"


class Face(NamedTuple):
    """One typeface: a file, the weight of a variable font, and where its letters start if not at A and a."""

    file: str
    weight: int | None = None
    upper: int = ord("A")
    lower: int = ord("a")


HEAVY = (
    Face("Inter.woff2", 900),
    Face("Inter.woff2", 700),
    Face("DejaVuSans-Bold.ttf"),
    Face("DejaVuSans-BoldOblique.ttf"),
    Face("DejaVuSerif-Bold.ttf"),
    Face("DejaVuSerif-BoldItalic.ttf"),
    Face("DejaVuSansMono-Bold.ttf"),
    Face("STIXGeneralBol.ttf"),
    Face("STIXGeneralBolIta.ttf"),
    Face("cmb10.ttf"),
    Face("NotoSansMath-Regular.woff2", upper=0x1D5D4, lower=0x1D5EE),
)
"""Faces for large lines."""
LIGHT = (
    Face("Inter.woff2", 400),
    Face("DejaVuSans.ttf"),
    Face("DejaVuSerif.ttf"),
    Face("DejaVuSansMono.ttf"),
    Face("STIXGeneral.ttf"),
    Face("cmss10.ttf"),
    Face("cmtt10.ttf"),
    Face("cmti10.ttf"),
)
"""Faces for small lines."""
SCRIPT = (
    Face("NotoSansMath-Regular.woff2", upper=0x1D4D0, lower=0x1D4EA),
    Face("STIXGeneralBolIta.ttf"),
    Face("cmti10.ttf"),
    Face("DejaVuSerif-BoldItalic.ttf"),
)
"""Faces that look handwritten."""
BLACKLETTER = (Face("NotoSansMath-Regular.woff2", upper=0x1D56C, lower=0x1D586),)


def text_mask(text: str, face: Face, stroke: int = 0) -> Image.Image:
    """Return `text`, of letters, digits and a few signs, as a mask (L) cropped to its ink."""
    return _drawn(shifted(text, face), _font(face.file, face.weight, HEIGHT), stroke)


def shifted(text: str, face: Face) -> str:
    """Return `text` with Latin letters replaced by those of the face's alphabet."""
    return "".join(
        chr(face.upper + ord(c) - ord("A"))
        if "A" <= c <= "Z"
        else chr(face.lower + ord(c) - ord("a"))
        if "a" <= c <= "z"
        else c
        for c in text
    )


def figure_mask(figure: str, weight: int = 400) -> Image.Image:
    """Return the lines of a picture of the emoji font as a mask (L) cropped to its ink; weight 300..700."""
    return _drawn(figure, _font(EMOJI, weight, FIGURE_HEIGHT), 0)


def missing(characters: Sequence[str], file: str) -> list[str]:
    """Return those characters that the font `file` does not have."""
    font = _font(file, None, HEIGHT)
    none = font.getmask("\ue123").getbbox(), bytes(font.getmask("\ue123"))
    return [c for c in characters if (font.getmask(c).getbbox(), bytes(font.getmask(c))) == none]


def _drawn(text: str, font: ImageFont.FreeTypeFont, stroke: int) -> Image.Image:
    left, top, right, bottom = (round(v) for v in font.getbbox(text, stroke_width=stroke))
    mask = Image.new("L", (max(right - left, 1), max(bottom - top, 1)))
    ImageDraw.Draw(mask).text((-left, -top), text, 255, font, stroke_width=stroke)
    return mask.crop(mask.getbbox())


@cache
def _font(file: str, weight: int | None, size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(_path(file), size, layout_engine=ImageFont.Layout.BASIC)
    if weight is not None:
        axes = [float(axis["default"] or 0) for axis in font.get_variation_axes()]
        font.set_variation_by_axes([*axes[:-1], float(weight)])  # weight is the last axis of both fonts
    return font


@cache
def _path(file: str) -> Path:
    folders = [*_package("matplotlib").glob("mpl-data/fonts/ttf"), *_package("bpy").glob("*/datafiles/fonts")]
    found = [folder / file for folder in folders if (folder / file).is_file()]
    if not found:
        raise click.ClickException(f"{file}: this font comes with matplotlib or bpy; reinstall both")
    return found[0]


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise click.ClickException(f"{name} is not installed; graphic prints use its fonts")
    return Path(spec.origin).parent
