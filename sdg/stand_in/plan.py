"""Which pictures there are: each a pure function of seed, split, index and settings. No Blender."""

import numpy as np

from assets.common.rng import rng_for
from assets.common.settings import Settings

MIX = {
    "plain": 0.52,
    "striped": 0.14,
    "floral": 0.1,
    "dotted": 0.08,
    "camouflage": 0.06,
    "gradient": 0.05,
    "herringbone": 0.05,
    "graphic": 0.22,
    "checked": 0.055,
    "other": 0.085,
    "animal": 0.03,
}
"""How often each class is among unlabelled pictures, against the others that are asked for.

Mostly plain, as in people's wardrobes. Of 357 labelled real photos of the paper's seven 75 % are plain, 10 %
striped, 6 % floral, 5 % dotted, 2 % camouflage, 1 % gradient, 1 % herringbone: flattened here, so that a few
hundred pictures hold some of each. The seven add up to 1. Of all such photos 28 % show none of the seven:
16 % a graphic, 4 % checks, 8 % others, of which few are animal prints (flattened).
"""


class Shot(Settings):
    """All that picture `index` of `split` depends on, besides the garment library."""

    seed: int
    split: str
    index: int
    label: str
    size: int
    samples: int

    @property
    def file(self) -> str:
        """Path in the output folder; it does not give the label away."""
        return f"{self.split}/{self.index:06d}.jpg"


def plan(
    seed: int, unlabelled: int, labelled: int, classes: tuple[str, ...], size: int, samples: int
) -> list[Shot]:
    """Return every shot; a longer plan begins with the shots of a shorter one.

    `unlabelled` pictures whose classes follow MIX; `labelled` ones of every class in each of val and test.
    """
    common = {"seed": seed, "size": size, "samples": samples}
    share = np.array([MIX[name] for name in classes])
    shots = []
    for k in range(unlabelled):
        rng = rng_for(seed, "stand_in", "unlabelled", "label", k)
        label = classes[int(rng.choice(len(classes), p=share / share.sum()))]
        shots.append(Shot.model_validate({**common, "split": "unlabelled", "index": k, "label": label}))
    for split in ("val", "test"):
        for k in range(labelled * len(classes)):
            block, place = divmod(k, len(classes))
            label = classes[
                rng_for(seed, "stand_in", split, "labels", block).permutation(len(classes))[place]
            ]
            shots.append(Shot.model_validate({**common, "split": split, "index": k, "label": label}))
    return shots
