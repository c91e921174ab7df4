"""Settings of the materials (`materials:` in params.yaml)."""

from pydantic import Field

from assets.common.settings import Settings


class FloralParams(Settings):
    texture_dir: str = Field(
        default="",
        description="folder of your own square, seamless floral tiles; half of the tiles are then drawn from "
        "it. Empty: built-in tiles only",
    )


class MaterialParams(Settings):
    floral: FloralParams = FloralParams()
