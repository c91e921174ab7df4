"""Other people's photos: find them, decode them, and say plainly what is wrong with those that do not."""

import warnings
from collections.abc import Iterable
from pathlib import Path

import click
from PIL import Image, ImageOps

from train.data.images import rgb

MAX_PIXELS = 100_000_000  # 300 MB once decoded; Pillow itself refuses from 179 million on
MAX_ASPECT = (
    20  # long side : short side; such a strip is no photo of clothes, and resizing it would fill memory
)

warnings.filterwarnings("ignore", module="PIL")  # damaged metadata; sizes are checked here
Image.init()
# EPS runs Ghostscript on the file; the others are stubs that Pillow recognises but cannot read.
FORMATS = tuple(sorted(set(Image.OPEN) - {"EPS", "WMF", "BUFR", "GRIB", "HDF5", "MPEG"}))
EXTENSIONS = frozenset(
    extension for extension, name in Image.registered_extensions().items() if name in FORMATS
) | {".mpo", ".heic", ".heif", ".jxl"}


class UnreadablePhoto(Exception):
    """Why a file is no usable photo, in words for its owner."""


def find_photos(folder: Path) -> list[Path]:
    """Return the image files in `folder` and below, sorted; hidden files and folders are left out.

    A file counts as an image by its extension; one without an extension counts too.
    """
    return sorted(
        path
        for path in folder.rglob("*")
        if (path.suffix.lower() in EXTENSIONS or not path.suffix)
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def open_photo(path: Path, short_side: int | None = None) -> Image.Image:
    """Return the photo as upright (EXIF orientation) 8-bit RGB; of an animation, the first frame.

    Transparent parts become white. With `short_side` (pixels) a large JPEG may be decoded at a reduced size
    whose short side is still at least twice that, which saves most of the time.
    Raises UnreadablePhoto for anything that cannot be decoded.
    """
    try:
        with Image.open(path, formats=FORMATS) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise UnreadablePhoto(
                    f"{width} x {height} pixels: over {MAX_PIXELS // 10**6} megapixels; scale it down"
                )
            if max(width, height) > MAX_ASPECT * min(width, height):
                raise UnreadablePhoto(f"{width} x {height} pixels: too narrow for a photo")
            if short_side:
                scale = 2 * short_side / min(width, height)
                image.draft("RGB", (round(width * scale), round(height * scale)))
            return rgb(ImageOps.exif_transpose(image))
    except UnreadablePhoto:
        raise
    except Image.UnidentifiedImageError:
        raise UnreadablePhoto(_unidentified(path)) from None
    except OSError as error:
        raise UnreadablePhoto(error.strerror or str(error)) from None
    except Exception as error:  # damaged files make Pillow's decoders raise nearly anything
        raise UnreadablePhoto(str(error) or type(error).__name__) from None


def report_unreadable(problems: Iterable[tuple[Path, str]]) -> None:
    """Name each unreadable file and its reason on stderr, one line each."""
    for path, reason in problems:
        click.echo(f"unreadable: {path}: {reason}", err=True)


def _unidentified(path: Path) -> str:
    if path.suffix.lower() in {".heic", ".heif", ".jxl"}:
        return "Pillow does not read this format; convert it to JPEG"
    return "empty file" if path.stat().st_size == 0 else "not an image Pillow can read"
