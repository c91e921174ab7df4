"""From any photo to the square of pixels that the networks see: the one way, for every command.

It needs NumPy and Pillow only, and nothing of this project: copy it beside an exported ONNX file.

>>> square(Image.new("RGBA", (40, 30)), 32)[0, 0].tolist()
[255, 255, 255]
"""

import io
import warnings
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
from PIL import Image

MAX_PIXELS = 100_000_000  # 300 MB once decoded; Pillow itself refuses from 179 million on
MAX_ASPECT = 20  # long side : short side; such a strip is no photo of clothes
SMALLEST = 16  # pixels of the short side; there is nothing to read from less
MISSING = 0.1  # share of the rows that a JPEG which was cut short may lack

warnings.filterwarnings("ignore", module="PIL")  # damaged metadata; sizes are checked here
Image.init()
# EPS runs Ghostscript on the file; the others are stubs that Pillow recognises but cannot read.
FORMATS = tuple(sorted(set(Image.OPEN) - {"EPS", "WMF", "BUFR", "GRIB", "HDF5", "MPEG"}))
TURN = Image.Transpose
ORIENTATION = 0x0112
UPRIGHT = {
    2: TURN.FLIP_LEFT_RIGHT,
    3: TURN.ROTATE_180,
    4: TURN.FLIP_TOP_BOTTOM,
    5: TURN.TRANSPOSE,
    6: TURN.ROTATE_270,
    7: TURN.TRANSVERSE,
    8: TURN.ROTATE_90,
}
"""EXIF orientation -> what undoes it."""
RESTART = 0xD0  # the first of a JPEG's eight restart markers
RANGES = (1, 255, 65_535, 2**31 - 1)
"""What white may be in a format that does not say so: of floats, 8, 16 and 32 bits."""


class UnreadablePhoto(Exception):
    """Why a file is no usable photo, in words for its owner."""


class Photo(NamedTuple):
    """A decoded photo: upright RGB, 8 bits a channel, and `note`, what its owner should know or ""."""

    image: Image.Image
    note: str


def open_photo(source: Path | str | BinaryIO) -> Photo:
    """Decode a file; of an animation the first frame. See `upright_rgb`.

    Raises UnreadablePhoto, whatever is wrong with it.
    """
    try:
        if isinstance(source, Path | str) and Path(source).exists() and not Path(source).is_file():
            raise UnreadablePhoto("not a file")
        with Path(source).open("rb") if isinstance(source, Path | str) else nullcontext(source) as file:
            try:
                image, cut = _load(file)
            except Image.UnidentifiedImageError:
                raise UnreadablePhoto(_unidentified(file)) from None
            with image:
                photo = upright_rgb(image)
            return Photo(photo.image, "; ".join(filter(None, [cut, photo.note])))
    except UnreadablePhoto:
        raise
    except OSError as error:
        raise UnreadablePhoto(error.strerror or _one_line(error)) from None
    except Exception as error:  # damaged files make Pillow's decoders raise nearly anything
        raise UnreadablePhoto(_one_line(error)) from None


def upright_rgb(image: Image.Image) -> Photo:
    """Turn `image` upright (EXIF orientation), put it over white where it is transparent, make it 8-bit RGB.

    Integers of more than 8 bits and floats are scaled so that the least of RANGES that holds them is white.
    Raises UnreadablePhoto for values that fit none.
    """
    notes = []
    try:
        Image.Exif().load(image.info.get("exif", b""))  # of a JPEG, getexif does not say that it is damaged
        turn = UPRIGHT.get(image.getexif().get(ORIENTATION, 1))
    except Exception:  # Pillow raises nearly anything for damaged EXIF; the pixels may be whole
        turn = None
        notes.append("damaged EXIF, so it may not be upright")
    if image.mode == "F" or image.mode.startswith("I"):
        image, note = _to_8_bits(image)
        notes.append(note)
    elif image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    if image.mode != "RGB" or image.info:
        image = image.convert("RGB")
        image.info.clear()  # or it would be turned again
    return Photo(image if turn is None else image.transpose(turn), "; ".join(filter(None, notes)))


def square(image: Image.Image, size: int) -> np.ndarray:
    """Return any image as uint8 RGB (size, size, 3): see `upright_rgb`, short side to `size`, centre crop.

    Only the centre square is resized, so an absurd aspect ratio costs nothing. Bicubic with Pillow's
    anti-aliasing.
    """
    image = upright_rgb(image).image
    side = min(image.size)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    box = (left, top, left + side, top + side)
    return np.asarray(image.resize((size, size), Image.Resampling.BICUBIC, box=box, reducing_gap=3.0))


def _load(file: BinaryIO) -> tuple[Image.Image, str]:
    """Return the decoded image and a note. Of a JPEG that was cut short, what is there."""
    image: Image.Image = Image.open(file, formats=FORMATS)
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise UnreadablePhoto(
            f"{width} x {height} pixels: over {MAX_PIXELS // 10**6} megapixels; scale it down"
        )
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise UnreadablePhoto(f"{width} x {height} pixels: too narrow for a photo")
    if min(width, height) < SMALLEST:
        raise UnreadablePhoto(f"{width} x {height} pixels: too small")
    try:
        image.load()
    except OSError:
        if image.format not in ("JPEG", "MPO"):
            raise
    else:
        return image, ""
    file.seek(0)
    content = file.read()
    image = _decode_cut(content)
    missing = _missing_rows(content, image)
    if missing > MISSING * height:
        raise UnreadablePhoto(f"cut short: the lower {missing / height:.0%} of it is missing")
    return image, "cut short: parts of it may be missing or coarse"


def _decode_cut(content: bytes, more: bytes = b"") -> Image.Image:
    image = Image.open(io.BytesIO(content + more + b"\xff\xd9"), formats=["JPEG"])  # the marker of the end
    image.load()
    return image


def _missing_rows(content: bytes, image: Image.Image) -> int:
    """Return how many of the lowest rows of a JPEG that was cut short, decoded as `image`, are not there.

    libjpeg makes them mid-grey, as they may be in the photo too: noise behind what is there changes the row
    where that ends, and none that is above it.
    """
    pixels = np.asarray(image, np.int16).reshape(image.height, -1)
    grey = np.abs(pixels - 128).max(axis=1) <= 1
    lowest = int(grey[::-1].argmin() if not grey.all() else image.height)
    if not lowest:
        return 0
    noise = np.random.default_rng(0).integers(0, 255, 256, np.uint8).tobytes()  # holds no marker
    more = b"".join(noise + bytes([0xFF, RESTART + i]) for i in range(8))
    other = np.asarray(_decode_cut(content.rstrip(b"\xff"), more))  # behind FF noise would be a marker
    changed = (pixels != other.reshape(image.height, -1)).any(axis=1)
    return min(lowest, image.height - int(changed.argmax())) if changed.any() else 0


def _to_8_bits(image: Image.Image) -> tuple[Image.Image, str]:
    """Return mode "L" of mode "I", "I;16" or "F", and a note where its white had to be guessed."""
    values = np.asarray(image, dtype=np.float64)
    low, high = float(values.min()), float(values.max())
    possible = RANGES if image.mode == "F" else RANGES[2:3] if image.mode.startswith("I;16") else RANGES[1:]
    white = next((white for white in possible if high <= white), None)
    if white is None or not low >= 0:
        raise UnreadablePhoto(f"values from {low:g} to {high:g}, not those of a photo; save it with 8 bits")
    note = "" if len(possible) == 1 else f"values from {low:g} to {high:g}: {white} was taken for white"
    return Image.fromarray(np.rint(values * 255 / white).astype(np.uint8)), note


def _unidentified(file: BinaryIO) -> str:
    file.seek(0)
    head = file.read(12)
    if head[4:8] == b"ftyp" or head[:2] == b"\xff\x0a" or head[4:8] == b"JXL ":
        return "Pillow does not read this format; convert it to JPEG"
    return "not an image Pillow can read" if head else "empty file"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
