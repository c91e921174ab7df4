"""What a run renders: for each class the folder, the images and their orders."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from assets.library import library_hash, read_library
from materials.textures import Texture
from sdg.dataset.fingerprint import fingerprint, passes_code
from sdg.dataset.folder import Dataset
from sdg.farm.order import Order
from sdg.params import PassName, Quality
from sdg.scene.wardrobe import pick_garment


class ClassRun(NamedTuple):
    """One class of a run."""

    data: Dataset
    wanted: Sequence[int]
    order: Callable[[int], Order]
    """Index of an image -> its order."""


def plan(
    names: Sequence[str],
    wanted: Sequence[int],
    out: Path,
    seed: int,
    quality: Quality,
    garments: Path,
    tiles: tuple[Texture, ...] = (),
    without: Sequence[str] = (),
    passes: tuple[PassName, ...] = (),
) -> list[ClassRun]:
    """Return a run for each class, to render the images `wanted` and `passes`.

    Floral takes the `tiles`, and other goes `without` some of its kinds, in whatever order they are named.
    """
    library, of_library = read_library(garments), library_hash(garments)
    codes = dict.fromkeys(passes, passes_code()) if passes else {}

    def of_class(name: str) -> ClassRun:
        textures = tiles if name == "floral" else ()
        absent = tuple(sorted(set(without))) if name == "other" else ()
        identity = fingerprint(name, seed, quality, of_library, textures, absent)
        data = Dataset(out / name, identity, quality.format, codes)

        def order(index: int) -> Order:
            garment = pick_garment(library, seed, name, index)
            image, lacking = data.missing(index)
            return Order(
                name=name, index=index, seed=seed, quality=quality, garment=garment, textures=textures,
                without=absent, fingerprint=identity, image=image, passes=lacking,
            )  # fmt: skip

        return ClassRun(data, wanted, order)

    return [of_class(name) for name in names]
