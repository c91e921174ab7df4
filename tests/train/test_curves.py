import numpy as np
import torch
from PIL import Image
from torch import nn

from train.loop.curves import LABEL_WIDTH, translation_grid


class Negative(nn.Module):
    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return -images


def test_a_grid_shows_each_image_beside_its_translation_one_row_per_class(tmp_path):
    levels = np.array([0, 40, 80, 120, 160, 200])
    images = (torch.from_numpy(levels).float() / 127.5 - 1).view(6, 1, 1, 1).expand(6, 3, 8, 8)
    translation_grid(tmp_path / "grid.png", Negative(), images, ["plain", "striped"])
    with Image.open(tmp_path / "grid.png") as grid:
        tiles = np.asarray(grid)[:, LABEL_WIDTH:].reshape(2, 8, 6, 8, 3)
        labels = np.asarray(grid)[:, :LABEL_WIDTH]
    pairs = np.stack([levels, 255 - levels], axis=1).reshape(2, 6)
    assert (tiles == pairs[:, None, :, None, None]).all()
    assert all((half != 255).any() for half in np.split(labels, 2))
