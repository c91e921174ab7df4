"""Made-up images and a small network, where only the time or the count of what is done matters."""

from pathlib import Path
from typing import Any

import numpy as np

from train.data.domains import Domains, Images
from train.loop.run import Run
from train.params import TrainParams

CLASSES = ("plain", "striped", "dotted")


def cut_params(**changes: Any) -> TrainParams:
    """Fashion CUT with CUT's own generator and lite0; the widths and sizes, which are small, do not count."""
    return TrainParams.model_validate(
        {
            "method": "fashion_cut",
            "size": 32,
            "backbone": "tf_efficientnet_lite0",
            "pretrained": False,
            "batch_size": 8,
            "epochs": 1,
            "pseudo_label_epoch": None,
            "generator": {"width": 8, "blocks": 6},
            "discriminator": {"width": 8, "patch": 0.3},
            "nce": {"patches": 16, "width": 16},
        }
        | changes
    )


def made_up_run(params: TrainParams, folder: Path, steps: int) -> Run:
    """A run of one epoch of `steps` steps over noise."""
    rng, n = np.random.default_rng(0), params.batch_size * steps
    pixels = rng.integers(0, 256, (n, params.size, params.size, 3), dtype=np.uint8)
    labels = np.arange(n) % len(CLASSES)
    photos = Images(pixels, labels[:0], "photos")
    domains = Domains(Images(pixels, labels, "renders"), Images(pixels[:0], labels[:0], ""), photos, photos)
    return Run(params, 0, CLASSES, domains, folder / "models", folder / "run", folder / "report")
