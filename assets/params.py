"""Settings of the garment library (`garments:` in params.yaml)."""

from pydantic import Field

from assets.common.settings import Settings


class GarmentParams(Settings):
    n: int = Field(30, ge=1, description="garments to sew, spread evenly over types and presentations")
