"""The labelled images that a classifier is measured on."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import click

from pipeline.labels import Labelled, each_once, read_labelled
from pipeline.photos import utf8_name
from train.data.manifest import read_manifest

POOLED = "photos"
"""The split of all --images together."""


class Example(NamedTuple):
    """An image whose label is known; `name` is what the CSV of predictions calls it."""

    name: str
    file: Path
    label: str


def list_prepared(synthetic: Path, target: Path) -> dict[str, list[Example]]:
    """Return the labelled images of two manifests by split, named by their path from the manifest."""
    listed = {"test": (target, "test"), "val": (target, "val"), "synthetic": (synthetic, "val")}
    rows = {
        synthetic: read_manifest(synthetic, "python -m pipeline.manifest"),
        target: read_manifest(target, "python -m pipeline.target"),
    }
    return {
        split: [
            Example(row["path"], manifest.parent / row["path"], row["label"])
            for row in rows[manifest]
            if row["split"] == name
        ]
        for split, (manifest, name) in listed.items()
    }


def list_originals(
    sources: Sequence[Path], classes: Sequence[str], pool: bool = False
) -> dict[str, list[Example]]:
    """Return the photos of each CSV or folder of class folders, as a split that goes by its name.

    With `pool`, all of them are the split POOLED. Within a split each photo is there once.
    Raises click.ClickException for two of one name, one without photos, or a photo with two labels.
    """
    splits: dict[str, list[Labelled]] = {}
    for source in sources:
        split = POOLED if pool else utf8_name(source.stem)
        if split in splits and not pool:
            raise click.ClickException(f"--images {source}: another one is called {split} too; rename it")
        photos = read_labelled(source, classes, measured=True)
        if not photos:
            raise click.ClickException(f"{source}: lists no photos")
        splits.setdefault(split, []).extend(photos)
    return {split: examples_of(photos) for split, photos in splits.items()}


def examples_of(labelled: Sequence[Labelled]) -> list[Example]:
    """Return photos as a person has them, named by their whole path, each once; see `each_once`."""
    return [Example(utf8_name(photo), photo, label) for photo, label, _ in each_once(labelled)]
