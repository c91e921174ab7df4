"""`python -m sdg.export DATA`: a rendered data set in a format that other programs read."""

import json
import os
import shutil
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, Self

import click

from assets.common.command import Command
from assets.common.files import write_bytes
from assets.common.progress import progress
from materials.patterns import CLASSES
from sdg.dataset import coco
from sdg.dataset.folder import class_folders, read_records
from sdg.dataset.names import pass_file
from sdg.dataset.record import Record
from sdg.dataset.split import Split, split_of
from sdg.params import PASSES, PassName

EXAMPLES = """\b
Examples:
  python -m sdg.export data/synthetic --format coco --out coco
  python -m sdg.export data/synthetic --format imagefolder --out clothes

\b
coco: OUT/train/CLASS/000000.jpg and OUT/annotations/instances_train.json, for pycocotools, torchvision,
Detectron2 and others; of images rendered with `--passes mask`.
imagefolder: OUT/train/CLASS/000000.jpg, its passes, and OUT/train/metadata.jsonl, for
  datasets.load_dataset("imagefolder", data_dir="clothes")
"""


class Exported(NamedTuple):
    """What an export says of an image."""

    source: Path
    label: str
    split: Split
    size: int
    passes: dict[PassName, Path]
    attributes: dict[str, Any]

    @classmethod
    def of(cls, folder: Path, record: Record) -> Self:
        """Return the image of `record` in `folder`."""
        passes: dict[PassName, Path] = {
            name: folder / pass_file(record.index, name) for name in PASSES if name in record.passes
        }
        attributes = {
            "index": record.index,
            "seed": record.seed,
            "garment": record.garment.id,
            "garment_type": record.garment.type,
            "presentation": record.garment.presentation,
            "backdrop": record.backdrop.kind,
            "focal_mm": record.camera.focal_mm,
        }
        split = split_of(record.name, record.index)
        return cls(folder / record.image, record.name, split, record.size, passes, attributes)

    @property
    def file(self) -> str:
        """The image, relative to the folder of its split."""
        return f"{self.label}/{self.source.name}"


@click.command(cls=Command, epilog=EXAMPLES, context_settings={"max_content_width": 110})
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--format", "kind", type=click.Choice(["coco", "imagefolder"]), required=True, help="Format.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="New or empty folder to write.")
def main(data: Path, kind: str, out: Path) -> None:
    """Write the images of DATA, a class or a folder of classes, as COCO or as a Hugging Face image folder.

    One image in ten goes to the split val, the rest to train, as in training here. Files are hard links where
    the disk allows that, else copies.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise click.ClickException(f"{out}: is not an empty folder; name a new one with --out")
    images = [
        Exported.of(folder, record) for folder in class_folders(data) for record in read_records(folder)
    ]
    if not images:
        raise click.ClickException(f"{data}: no rendered images here")
    shared = [name for name in PASSES if all(name in one.passes for one in images)]
    with progress("img") as bar:
        described = bar.track(images, len(images), description=kind)
        files = (
            metadata(described, shared) if kind == "imagefolder" else annotations(described, _classes(images))
        )
    for one in images:
        _place(one.source, out / one.split / one.file)
        for name in shared if kind == "imagefolder" else ():
            _place(one.passes[name], out / one.split / one.label / one.passes[name].name)
    for file, content in files.items():
        write_bytes(out / file, content)
    click.echo(f"{out}: {len(images)} images")


def annotations(images: Iterable[Exported], classes: Sequence[str]) -> dict[str, bytes]:
    """Return the annotation file of each split, by its path in an export.

    Raises click.ClickException that names the first image without a mask that can be read.
    """
    entries: defaultdict[Split, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for number, one in enumerate(images, 1):
        if "mask" not in one.passes:
            raise click.ClickException(
                f"{one.source}: has no mask; render the images again with `--passes mask`, which adds it"
            )
        category = classes.index(one.label) + 1
        try:
            annotation = coco.annotation(number, category, one.passes["mask"], one.attributes)
        except (OSError, ValueError) as error:
            raise _unreadable(one.passes["mask"], error) from None
        entries[one.split][0].append(coco.image(number, one.file, one.size))
        entries[one.split][1].append(annotation)
    return {
        f"annotations/instances_{split}.json": coco.document(classes, *lists)
        for split, lists in entries.items()
    }


def metadata(images: Iterable[Exported], passes: Sequence[PassName]) -> dict[str, bytes]:
    """Return the `metadata.jsonl` of each split, by its path: label, attributes, `passes`, which all have.

    https://huggingface.co/docs/datasets/image_dataset
    """
    lines: defaultdict[Split, list[str]] = defaultdict(list)
    for one in images:
        files = {f"{name}_file_name": f"{one.label}/{one.passes[name].name}" for name in passes}
        row = {"file_name": one.file, "label": one.label, **one.attributes, **files}
        lines[one.split].append(json.dumps(row) + "\n")
    return {f"{split}/metadata.jsonl": "".join(rows).encode() for split, rows in lines.items()}


def _classes(images: Sequence[Exported]) -> list[str]:
    found = {one.label for one in images}
    return [*(name for name in CLASSES if name in found), *sorted(found - set(CLASSES))]


def _place(source: Path, target: Path) -> None:
    """Link or copy a file. Raises click.ClickException if it is not there, or another one has its place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():  # a copy would be written into the file that it is a link to
        raise click.ClickException(
            f"{source}: another folder has {target.name} of this class, too; export one"
        )
    with suppress(OSError):  # another disk, or one without links
        return os.link(source, target)
    try:
        shutil.copyfile(source, target)
    except FileNotFoundError as error:
        raise _unreadable(source, error) from None


def _unreadable(path: Path, error: Exception) -> click.ClickException:
    reason = getattr(error, "strerror", None) or " ".join(str(error).split())
    return click.ClickException(
        f"{path}: {reason}; `python -m sdg.verify {path.parent} --repair` renders it again"
    )


if __name__ == "__main__":
    main()
