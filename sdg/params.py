"""Settings of the renderer (`render:` in params.yaml)."""

import re
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field

from assets.common.settings import Settings

SAMPLES = {"cpu": 4, "gpu": 16, "cycles": 64}
"""Samples per pixel of each preset."""
MIN_SIZE = 48
"""Images of fewer pixels hide most patterns; below 64, a few narrow garments cannot show every one."""


Preset = Literal["cpu", "gpu", "cycles"]
Format = Literal["jpg", "png"]
PassName = Literal["mask", "depth", "normal", "parts"]
PASSES: tuple[PassName, ...] = get_args(PassName)
PASS = re.compile(rf"\d{{6,}}\.({'|'.join(PASSES)})\.png")
"""What the file of a pass is called."""


def pass_names(text: str) -> tuple[PassName, ...]:
    """Return the passes that `text` names, such as "mask,depth", in the order of PASSES.

    Raises ValueError for one that there is not.
    """
    names = {name.strip() for name in text.split(",")} - {""}
    if unknown := sorted(names - set(PASSES)):
        raise ValueError(f"there is no pass {unknown[0]!r}, only {', '.join(PASSES)}")
    return tuple(name for name in PASSES if name in names)


def _of_passes(text: str) -> str:
    pass_names(text)
    return text


class Look(Settings):
    """What a user chooses."""

    size: int = Field(default=128, ge=MIN_SIZE, le=4096, description="width and height of an image, pixels")
    preset: Preset = Field(
        default="cpu",
        description="cpu: OpenGL draws light worked out beforehand; gpu: EEVEE with lamps, real shadows and "
        "more samples, slow without a GPU; cycles: path tracing, for comparison",
    )
    format: Format = Field(default="jpg", description="image file format")


class Quality(Look):
    """What decides an image besides its scene."""

    samples: int = Field(default=SAMPLES["cpu"], ge=1, description="samples per pixel")

    @property
    def lamps(self) -> bool:
        """Whether Blender lights and renders the scene; otherwise numpy lights it, and OpenGL draws it."""
        return self.preset != "cpu"

    @property
    def drawn(self) -> int:
        """Side of what OpenGL draws of a garment's box in an image of preset cpu: one sample a pixel.

        What the box leaves of the image is not drawn, so a small garment has more samples.
        """
        return round(self.size * self.samples**0.5)


class RenderParams(Look):
    n: int = Field(default=100, ge=1, description="images per class")
    passes: Annotated[str, AfterValidator(_of_passes)] = Field(
        default="",
        description=f"what to write beside every image, of {', '.join(PASSES)}; with commas; empty: nothing",
    )
