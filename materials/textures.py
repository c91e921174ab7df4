"""A user's own floral tiles: square, seamless images in a folder, known by their content."""

import hashlib
import io
from pathlib import Path

import click
import numpy as np
from PIL import Image

from assets.common.settings import Settings

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp"}
MIN_SIDE = 64
"""A tile has at least this many pixels a side."""


class Texture(Settings):
    """One tile of a user."""

    file: str
    """Path as the user named the folder, so relative to where the command runs."""
    sha256: str


def read_textures(folder: Path | str) -> tuple[Texture, ...]:
    """Return the tiles in `folder`, sorted by name, each checked.

    Raises click.ClickException if there is no such folder or tile, or if one is not a square image.
    """
    folder = Path(folder)
    cure = "name a folder of PNG, JPEG or WebP tiles in materials.floral.texture_dir, or leave it empty"
    if not folder.is_dir():
        raise click.ClickException(f"{folder}: no such folder; {cure}")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if not paths:
        raise click.ClickException(f"{folder}: holds no tiles; {cure}")
    found = []
    for path in paths:
        data = _read(path)
        decode(data, path, MIN_SIDE)
        found.append(Texture(file=path.as_posix(), sha256=hashlib.sha256(data).hexdigest()))
    return tuple(found)


def load_texture(file: str, sha256: str, side: int) -> np.ndarray:
    """Return the tile `file` as uint8 (side, side, 3) sRGB.

    Raises click.ClickException if it is no longer there or no longer the one with that hash.
    """
    data = _read(Path(file))
    if hashlib.sha256(data).hexdigest() != sha256:
        raise click.ClickException(
            f"{file}: has changed since this image was drawn; restore it, or render again with --overwrite"
        )
    return decode(data, Path(file), side)


def decode(data: bytes, path: Path, side: int) -> np.ndarray:
    """Return an encoded square image, resized, as uint8 (side, side, 3) sRGB."""
    try:
        image = Image.open(io.BytesIO(data)).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise click.ClickException(f"{path}: not a readable image ({error}); remove or replace it") from None
    width, height = image.size
    if width != height or width < MIN_SIDE:
        raise click.ClickException(
            f"{path}: {width} x {height} pixels; a tile is square with at least {MIN_SIDE} pixels a side: "
            "crop or enlarge it, or move it elsewhere"
        )
    return np.asarray(image.resize((side, side), Image.Resampling.LANCZOS))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise click.ClickException(
            f"{path}: cannot be read ({error.strerror}); restore it; each machine that renders reads it"
        ) from None
