"""The settings of a rival in table 1, from the code that knows it best: one YAML file a row, in recipes/."""

from functools import cache
from pathlib import Path
from typing import Any

from assets.common.settings import Settings, read_yaml

FOLDER = Path(__file__).parent / "recipes"


class Recipe(Settings):
    """`recipes/<row>.yaml`."""

    source: str
    """Address of the reference code whose settings these are."""
    differs: str
    """What is not as there, in a sentence for readers of the table."""
    train: dict[str, Any]
    """Keys of `train:`, validated with all others."""


@cache
def recipe(row: str) -> Recipe | None:
    """Return the recipe of a row of table 1, or None if it takes `train:` as it is."""
    path = FOLDER / f"{row}.yaml"
    return Recipe.parse(read_yaml(path), str(path)) if path.exists() else None
