"""Loss curves and sample translations for people to look at, through dvclive."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from dvclive import Live
from PIL import Image, ImageDraw

from assets.common.files import atomic_path
from train.data.images import to_uint8
from train.networks.generator import Generator

LABEL_WIDTH = 100
"""Pixels left of the rows of a grid, for the class name."""


class Curves:
    """Writes `folder` (dvclive's layout) from a history that the checkpoint keeps.

    Whatever an interrupted run had written is written again when it resumes, so a curve has every step once.
    Metrics land in `folder/plots/metrics/<name>.tsv` (columns step and name), the newest in `metrics.json`,
    pictures in `folder/plots/images`.

    Args: history: one {"step": int, metric: float, ...} per entry, in order; pictures: PNG files to show.
    """

    def __init__(self, folder: Path, history: Sequence[dict[str, float]], pictures: Sequence[Path]) -> None:
        self.live = Live(str(folder), save_dvc_exp=False, dvcyaml=None, report=None)
        for entry in history:
            self.log(entry)
        for picture in pictures:
            self.show(picture)

    def log(self, entry: dict[str, float]) -> None:
        """Append one entry of the history."""
        self.live.step = int(entry["step"])
        for name, value in entry.items():
            if name != "step":
                self.live.log_metric(name, value)
        self.live.make_summary()

    def show(self, picture: Path) -> None:
        """Add a picture under its own name."""
        self.live.log_image(picture.name, str(picture))


@torch.no_grad()
def translation_grid(
    path: Path, generator: Generator, images: torch.Tensor, labels: np.ndarray, classes: Sequence[str]
) -> None:
    """Write a PNG: one row per class, its images in pairs x | G(x).

    Args: images (N, 3, S, S) in [-1, 1], sorted by class, equally many of each; labels (N,).
    """
    pairs = torch.stack([images, generator(images).float()], dim=1) * 0.5 + 0.5
    tiles = to_uint8(pairs)
    size = tiles.shape[2]
    columns = max(np.bincount(labels)) * 2
    grid = Image.new("RGB", (LABEL_WIDTH + columns * size, len(np.unique(labels)) * size), "white")
    draw = ImageDraw.Draw(grid)
    for row, label in enumerate(np.unique(labels)):
        draw.text((6, row * size + size // 2), classes[label], fill="black", anchor="lm")
        for column, tile in enumerate(tiles[labels == label].reshape(-1, size, size, 3)):
            grid.paste(Image.fromarray(tile), (LABEL_WIDTH + column * size, row * size))
    with atomic_path(path) as temporary:
        grid.save(temporary)
