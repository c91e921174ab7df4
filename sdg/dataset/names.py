"""Names of the files of rendered images."""

import re

from sdg.params import PASS

IMAGE = re.compile(r"\d{6,}\.(jpg|png)")


def image_name(index: int, suffix: str) -> str:
    """Return the file name of image `index`, e.g. `000012.jpg`."""
    return f"{index:06d}.{suffix}"


def pass_file(index: int, name: str) -> str:
    """Return the file name of a pass of image `index`, e.g. `000012.mask.png`."""
    return image_name(index, f"{name}.png")


def is_of_an_image(name: str) -> bool:
    """Whether a file in a folder of rendered images is one of them, or a pass, by its `name`."""
    return bool(IMAGE.fullmatch(name) or PASS.fullmatch(name))
