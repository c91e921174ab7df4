"""Settings of the materials (`materials:` in params.yaml)."""

from pydantic import Field, field_validator

from assets.common.settings import Settings
from materials.others import KINDS


class FloralParams(Settings):
    texture_dir: str = Field(
        default="",
        description="folder of your own square, seamless floral tiles; half of the tiles are then drawn from "
        "it. Empty: built-in tiles only",
    )


class OtherParams(Settings):
    without: list[str] = Field(
        default=[],
        description="kinds of `other` that are never drawn, so that a check can speak of kinds never seen: "
        + ", ".join(KINDS),
    )

    @field_validator("without")
    @classmethod
    def _kinds_to_leave_out(cls, names: list[str]) -> list[str]:
        for name in names:
            if name not in KINDS:
                raise ValueError(f"no kind {name!r}; choose from {', '.join(KINDS)}")
        if not set(KINDS) - set(names):
            raise ValueError("leaves no kind to draw; remove some")
        return names


class MaterialParams(Settings):
    floral: FloralParams = FloralParams()
    other: OtherParams = OtherParams()
