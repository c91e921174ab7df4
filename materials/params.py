"""Settings of the materials (`materials:` in params.yaml)."""

from importlib import import_module

from pydantic import Field, field_validator

from assets.common.settings import Settings


class FloralParams(Settings):
    texture_dir: str = Field(
        default="",
        description="folder of your own square, seamless floral tiles; half of the tiles are then drawn from "
        "it. Empty: built-in tiles only",
    )


class OtherParams(Settings):
    without: list[str] = Field(
        default=[],
        description="kinds of class `other` (`materials.others.kinds.KINDS`) that are never drawn, so that a "
        "check can speak of kinds never seen",
    )

    @field_validator("without")
    @classmethod
    def _kinds_to_leave_out(cls, names: list[str]) -> list[str]:
        # imported by name, or every reader of params would depend on it
        kinds = import_module("materials.others.kinds").KINDS
        for name in names:
            if name not in kinds:
                raise ValueError(f"no kind {name!r}; choose from {', '.join(kinds)}")
        if not set(kinds) - set(names):
            raise ValueError("leaves no kind to draw; remove some")
        return names


class MaterialParams(Settings):
    floral: FloralParams = FloralParams()
    other: OtherParams = OtherParams()
