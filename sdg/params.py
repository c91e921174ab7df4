"""Settings of the renderer (`render:` in params.yaml)."""

from typing import Literal

from pydantic import Field

from assets.common.settings import Settings

SAMPLES = {"cpu": 2, "gpu": 16, "cycles": 64}
"""Samples per pixel of each preset."""
MIN_SIZE = 48
"""Images of fewer pixels hide most patterns; below 64, a few narrow garments cannot show every one."""


Preset = Literal["cpu", "gpu", "cycles"]
Format = Literal["jpg", "png"]


class Look(Settings):
    """What a user chooses."""

    size: int = Field(default=128, ge=MIN_SIZE, le=4096, description="width and height of an image, pixels")
    preset: Preset = Field(
        default="cpu",
        description="cpu: EEVEE draws light worked out beforehand; gpu: EEVEE with lamps, real shadows and "
        "more samples, slow without a GPU; cycles: path tracing, for comparison",
    )
    format: Format = Field(default="jpg", description="image file format")


class Quality(Look):
    """What decides an image besides its scene."""

    samples: int = Field(default=SAMPLES["cpu"], ge=1, description="samples per pixel")

    @property
    def lamps(self) -> bool:
        """Whether Blender lights the scene; otherwise numpy does, and Blender draws what it is told."""
        return self.preset != "cpu"


class RenderParams(Look):
    n: int = Field(default=100, ge=1, description="images per class")
