"""One line of `records.jsonl`: an image, and all that renders it again."""

import json
from collections.abc import Sequence
from typing import Any, Self

import click
from pydantic import Field, ValidationError, model_validator

from assets.common.settings import Settings
from assets.library import Garment, Presentation
from materials.fabric import Fabric
from materials.trims import Trims
from sdg.dataset.names import image_name
from sdg.params import Format, PassName, Preset, Quality
from sdg.scene.backdrop import Backdrop
from sdg.scene.camera import Camera
from sdg.scene.lights import Environment, Light
from sdg.scene.phone import Phone
from sdg.scene.scene import Scene


class RecordedGarment(Settings):
    """What a record keeps of a garment's entry in the library; `sha256` is that of its mesh file."""

    id: str
    type: str
    presentation: Presentation
    seed: int
    sha256: str
    dimensions_m: tuple[float, float, float]


class RecordedPass(Settings):
    """A pass beside the image: the hashes of its file and of the code that drew it."""

    sha256: str
    code: str


class Record(Settings):
    """An image's file, key (class, index, seed), `Quality` and `Scene`, flat and in the order of the file."""

    image: str = Field(description="file name, beside records.jsonl")
    fingerprint: str = Field(description="hash of what the class's images depend on")
    sha256: str = Field(description="of the image file")
    name: str = Field(alias="class")
    index: int = Field(ge=0)
    seed: int = Field(ge=0)
    size: int
    preset: Preset
    format: Format
    samples: int
    blender: str = Field(description="version")
    garment: RecordedGarment
    material: dict[str, Any]
    trims: Trims
    fabric: Fabric
    environment: Environment
    lights: tuple[Light, ...]
    camera: Camera
    backdrop: Backdrop
    phone: Phone = Phone()
    passes: dict[PassName, RecordedPass] = Field({}, description="beside the image, `000000.mask.png`")

    @model_validator(mode="after")
    def _image_of_its_own(self) -> Self:
        if self.image != (name := image_name(self.index, self.format)):
            raise ValueError(f"image {self.index} is {name}, not {self.image}")
        return self

    @classmethod
    def from_line(cls, line: bytes, where: str) -> Self:
        """Read a line of `records.jsonl`; `where` names it in an error.

        Raises click.ClickException, in one line, if it is not a record.
        """
        try:
            return cls.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            message = first["msg"].removeprefix("Value error, ")
            reason = f"{key}: {message}" if key else message
            raise click.ClickException(f"{where}: not a record ({reason})") from None

    @property
    def line(self) -> bytes:
        """The record as a line of `records.jsonl`."""
        return (json.dumps(self.as_dict()) + "\n").encode()

    def as_dict(self) -> dict[str, Any]:
        """Return what the line holds, as JSON types."""
        return self.model_dump(mode="json", by_alias=True)

    @property
    def without(self) -> tuple[str, ...]:
        """The kinds of class `other` that were not to be drawn."""
        return tuple(filter(None, self.material.get("without", "").split(",")))

    @property
    def quality(self) -> Quality:
        """How the image was rendered."""
        return Quality.model_validate({key: getattr(self, key) for key in Quality.model_fields})

    def scene(self, garments: Sequence[Garment]) -> Scene:
        """Return the scene that the image shows, with its garment out of the library's `garments`.

        Raises click.ClickException if they do not hold the garment's very mesh.
        """
        same = [garment for garment in garments if garment.sha256 == self.garment.sha256]
        if not same:
            raise click.ClickException(
                f"the garment library does not hold {self.garment.id} with sha256 {self.garment.sha256}; "
                "name the library it was rendered from with --garments"
            )
        garment = min(same, key=lambda one: one.id != self.garment.id)
        drawn = {key: getattr(self, key) for key in Scene.model_fields if key != "garment"}
        return Scene.model_validate({"garment": garment, **drawn})
