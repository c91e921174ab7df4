"""One image to render, as it travels from the coordinator to the process that holds Blender."""

from assets.common.settings import Settings
from assets.library import Garment
from materials.textures import Texture
from sdg.params import Quality
from sdg.scene.scene import Scene


class Order(Settings):
    """One image to render."""

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

    @property
    def limit_s(self) -> float:
        """Seconds after which an image counts as hung: a hundred times what it takes on a slow core."""
        return 60 + 2e-4 * self.quality.size**2 * self.quality.samples
