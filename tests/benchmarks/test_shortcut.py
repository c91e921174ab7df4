"""The shortcut benchmark takes the classes that were rendered, be they seven or all."""

from pathlib import Path

import click
import pytest

from benchmarks.shortcut import read_images
from tests.helpers.pipeline_project import write_synthetic


def test_classes_without_a_folder_are_left_out(tmp_path: Path) -> None:
    write_synthetic(tmp_path, ["striped", "plain"], 3)
    images = read_images(tmp_path, 2)
    assert list(images) == ["plain", "striped"]
    assert [path.name for path in images["striped"]] == ["000000.jpg", "000001.jpg"]


def test_a_folder_of_something_else_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match="no folders of two classes or more"):
        read_images(tmp_path, 2)
