"""Records of images that nobody rendered: the scene is drawn by the real samplers."""

from assets.library import Garment
from sdg.dataset.record import Record
from sdg.farm.child import answer
from sdg.farm.order import Order
from sdg.params import Quality


class Painted:
    """Stands for `sdg.picture.renderer.Renderer`: whatever the scene, it returns `image`."""

    def __init__(self, image: bytes) -> None:
        self.image = image

    def render(self, name: str, scene: object) -> bytes:
        return self.image


def a_garment(id: str = "t-shirt-0") -> Garment:
    """A t-shirt that somebody wears."""
    return Garment(
        id=id, type="t-shirt", presentation="worn", seed=0, file=f"{id}.npz", sha256="0" * 64,
        dimensions_m=(0.5, 0.25, 0.6), area_m2=1.0, vertices=3, faces=1, slots=(),
    )  # fmt: skip


def record_of(
    image: bytes,
    name: str,
    index: int,
    *,
    garment: str = "t-shirt-0",
    fingerprint: str = "f",
    **quality: object,
) -> Record:
    """The record of `image`, the bytes of image `index` of class `name`."""
    order = Order(
        name=name,
        index=index,
        seed=0,
        quality=Quality.model_validate({"size": 48, **quality}),
        garment=a_garment(garment),
        fingerprint=fingerprint,
    )
    return answer(order, "stub", Painted(image)).record  # type: ignore[arg-type]
