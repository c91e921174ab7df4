"""One image to render, as it travels from the coordinator to the process that holds Blender, and back."""

from typing import NamedTuple

from pydantic import Field

from assets.common.settings import Settings
from assets.library import Garment
from materials.textures import Texture
from sdg.dataset.record import Record
from sdg.params import PassName, Quality
from sdg.scene.scene import Scene


class Order(Settings):
    """One image to render, or its passes."""

    name: str
    index: int
    seed: int
    quality: Quality
    garment: Garment
    textures: tuple[Texture, ...] = ()
    """A user's own floral tiles."""
    without: tuple[str, ...] = ()
    """Kinds of `other` that are not drawn."""
    fingerprint: str
    """Of the data set, for the record."""
    scene: Scene | None = None
    """What to show, if an earlier record says so; else it is drawn."""
    passes: dict[PassName, str] = Field({})
    """What to draw beside it, each with the hash of the code that does so, for the record."""
    image: str | None = None
    """Hash of the image, if it is there already: then only passes are drawn."""

    @property
    def limit_s(self) -> float:
        """Seconds after which an image counts as hung: a hundred times what it takes on a slow core."""
        return 60 + 2e-4 * self.quality.size**2 * self.quality.samples


class Rendered(NamedTuple):
    """What an order asks for."""

    image: bytes | None
    """Encoded; None if it is there already."""
    passes: dict[PassName, bytes]
    """As PNG."""
    record: Record
    """Of the image, and of these passes only."""
