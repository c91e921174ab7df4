"""Settings of the renderer (`render:` in params.yaml)."""

from typing import Literal

from pydantic import Field

from assets.common.settings import Settings


class Quality(Settings):
    """What an image costs and how it is stored."""

    size: int = Field(default=128, ge=16, le=4096, description="width and height of an image, pixels")
    samples: int = Field(default=2, ge=1, description="samples per pixel")
    engine: Literal["eevee", "cycles"] = Field(default="eevee", description="Blender's render engine")
    shadows: bool = Field(default=False, description="real shadow maps in EEVEE: for GPUs, slow without")
    format: Literal["jpg", "png"] = Field(default="jpg", description="image file format")


class RenderParams(Quality):
    n: int = Field(default=100, ge=1, description="images per class")
