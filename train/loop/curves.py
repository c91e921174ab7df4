"""Loss curves and sample translations for people to look at, through dvclive."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor
from torchvision.utils import make_grid  # type: ignore[import-untyped]

from assets.common.files import atomic_path
from train.data.batch import to_network
from train.data.domains import Images
from train.data.images import to_uint8
from train.networks.generator import Generator

Live: Any = None  # on a machine that only trains
with suppress(ModuleNotFoundError):
    from dvclive import Live

SAMPLES_PER_CLASS = 3

LABEL_WIDTH = 100
"""Pixels left of the rows of a grid, for the class name."""


class Curves:
    """Writes `folder` (dvclive's layout) from a history that the checkpoint keeps.

    Whatever an interrupted run had written is written again when it resumes, so a curve has every step once.
    Metrics land in `folder/plots/metrics/<name>.tsv` (columns step and name), the newest in `metrics.json`,
    pictures in `folder/plots/images`. Without dvclive nothing is written.

    Args: history: one {"step": int, metric: float, ...} per entry, in order; pictures: PNG files to show.
    """

    def __init__(self, folder: Path, history: Sequence[dict[str, float]], pictures: Sequence[Path]) -> None:
        self.live = Live and Live(str(folder), save_dvc_exp=False, dvcyaml=None, report=None)
        if self.live is None:
            click.echo(f"warning: dvclive is not installed, so there are no curves in {folder}", err=True)
        for entry in history:
            self.log(entry)
        for picture in pictures:
            self.show(picture)

    def log(self, entry: dict[str, float]) -> None:
        """Append one entry of the history."""
        if self.live is None:
            return
        self.live.step = int(entry["step"])
        for name, value in entry.items():
            if name != "step":
                self.live.log_metric(name, value)
        self.live.make_summary()

    def show(self, picture: Path) -> None:
        """Add a picture under its own name."""
        if self.live is not None:
            self.live.log_image(picture.name, str(picture))


def samples_of_each_class(images: Images) -> tuple[Tensor, np.ndarray]:
    """Return images (K N, 3, S, S) in [-1, 1] sorted by class, equally many of each, and the K classes."""
    classes, counts = np.unique(images.labels, return_counts=True)
    count = min(SAMPLES_PER_CLASS, counts.min())
    indices = np.concatenate([np.flatnonzero(images.labels == c)[:count] for c in classes])
    return to_network(images.pixels[indices]), classes


@torch.no_grad()
def translation_grid(path: Path, generator: Generator, images: Tensor, classes: Sequence[str]) -> None:
    """Write a PNG: one row per class, its images in pairs x | G(x).

    Args: images (K N, 3, S, S) in [-1, 1]: N of each of the K `classes`, in their order.
    """
    pairs = torch.stack([images, generator(images).float()], dim=1).flatten(0, 1) * 0.5 + 0.5
    rows = make_grid(pairs, nrow=len(pairs) // len(classes), padding=0)
    size = images.shape[2]
    grid = Image.new("RGB", (LABEL_WIDTH + rows.shape[2], rows.shape[1]), "white")
    grid.paste(Image.fromarray(to_uint8(rows)), (LABEL_WIDTH, 0))
    draw = ImageDraw.Draw(grid)
    for row, name in enumerate(classes):
        draw.text((6, row * size + size // 2), name, fill="black", anchor="lm")
    with atomic_path(path) as temporary:
        grid.save(temporary)
