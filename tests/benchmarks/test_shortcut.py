"""The shortcut benchmark takes the classes that were rendered, be they seven or all."""

from pathlib import Path

import click
import numpy as np
import pytest
from PIL import Image

from benchmarks.shortcut import around, mask_of, read_images
from tests.helpers.pipeline_project import write_synthetic


def test_classes_without_a_folder_are_left_out(tmp_path: Path) -> None:
    write_synthetic(tmp_path, ["striped", "plain"], 3)
    images = read_images(tmp_path, 2)
    assert list(images) == ["plain", "striped"]
    assert [path.name for path in images["striped"]] == ["000000.jpg", "000001.jpg"]


def test_a_folder_of_something_else_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match="no folders of two classes or more"):
        read_images(tmp_path, 2)


def test_what_is_around_a_garment_leaves_out_its_colour_and_its_edge(tmp_path: Path) -> None:
    image, mask = np.full((20, 20, 3), 40, np.uint8), np.zeros((20, 20), np.uint8)
    image[5:15, 5:15], mask[5:15, 5:15] = (250, 0, 0), 255
    image[4, 5:15] = (200, 20, 20)
    Image.fromarray(image).save(tmp_path / "000000.png")
    Image.fromarray(mask).save(mask_of(tmp_path / "000000.png"))
    assert around(tmp_path / "000000.png") == pytest.approx(np.full(4, 40 / 255))
