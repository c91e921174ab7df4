"""DeepFashion's attribute annotations (Liu et al. 2016) as labels of ours."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from pipeline.answer import OTHER

FOLDERS = ("Anno_fine", "Anno_coarse", "Anno")
TEXTURE = "1"  # attribute type; 2 fabric, 3 shape, 4 part, 5 style
WORDS = {
    "plain": "plain",
    "solid": "plain",
    "floral": "floral",
    "striped": "striped",
    "stripe": "striped",
    "stripes": "striped",
    "dot": "dotted",
    "dots": "dotted",
    "dotted": "dotted",
    "camo": "camouflage",
    "camouflage": "camouflage",
    "gradient": "gradient",
    "ombre": "gradient",
    "dip": "gradient",
    "herringbone": "herringbone",
    "chevron": "herringbone",
    "check": "checked",
    "checked": "checked",
    "checkered": "checked",
    "gingham": "checked",
    "lattice": "checked",
    "plaid": "checked",
    "tartan": "checked",
    "windowpane": "checked",
    "animal": "animal",
    "cheetah": "animal",
    "giraffe": "animal",
    "leopard": "animal",
    "snake": "animal",
    "snakeskin": "animal",
    "tiger": "animal",
    "zebra": "animal",
    "graphic": "graphic",
    "abstract": OTHER,
    "aztec": OTHER,
    "baroque": OTHER,
    "colorblock": OTHER,
    "damask": OTHER,
    "dye": OTHER,
    "geo": OTHER,
    "geometric": OTHER,
    "ikat": OTHER,
    "kaleidoscope": OTHER,
    "medallion": OTHER,
    "mosaic": OTHER,
    "paisley": OTHER,
    "patchwork": OTHER,
    "tribal": OTHER,
}
"""Word of an attribute's name -> class.

"solid" is in the fine annotations only: the others have no plain. "lattice" is what these call checks. Words
for how cloth is made (pleated, embroidered) say nothing of a pattern. Where another class is named too, a
word for `other` only says how it looks: an "abstract stripe" is striped.
"""


def read_deepfashion(root: Path, classes: Sequence[str]) -> Iterator[tuple[str, Path, str | None]]:
    """Yield (split, image, label) of every image that `list_eval_partition.txt` names.

    Split is "train", "val" or "test". The label is None unless the image's texture attributes name exactly
    one of `classes`; patterns that are none of these are `other` if that is among them, else no label.
    Raises click.ClickException that names the file and line at fault.
    """
    annotations = next((root / name for name in FOLDERS if (root / name).is_dir()), None)
    if annotations is None:
        raise click.ClickException(
            f"{root}: no folder {', '.join(FOLDERS)} in it; name the folder of DeepFashion's \"Category and "
            'Attribute Prediction Benchmark"'
        )
    named = [_class_of(name, kind) for _, (name, kind) in _read(annotations / "list_attr_cloth.txt", 2)]
    labels = {}
    path = annotations / "list_attr_img.txt"
    for line, (image, values) in _read(path, 2, split_right=False):
        marks = values.split()
        if len(marks) != len(named):
            raise click.ClickException(
                f"{path} line {line}: {len(marks)} attributes, but list_attr_cloth.txt has {len(named)}; the "
                "files belong to different releases"
            )
        found = {name for name, mark in zip(named, marks, strict=True) if mark == "1" and name}
        labels[image] = _label(found, classes)
    images = root / "Img" if (root / "Img").is_dir() else root
    for _, (image, split) in _read(root / "Eval" / "list_eval_partition.txt", 2):
        yield split, images / image, labels.get(image)


def _class_of(name: str, kind: str) -> str | None:
    """Return the class that an attribute of a kind names; None if it names none or several."""
    found = {
        WORDS[word] for word in name.lower().replace("_", " ").replace("-", " ").split() if word in WORDS
    }
    if len(found) > 1:
        found -= {OTHER}
    return found.pop() if kind == TEXTURE and len(found) == 1 else None


def _label(found: set[str], classes: Sequence[str]) -> str | None:
    """Return the one of `classes` that an image with the patterns `found` shows; None if that is not one."""
    known = found.intersection(classes) - {OTHER}
    if not known and found and OTHER in classes:
        return OTHER
    return known.pop() if len(known) == 1 else None


def _read(path: Path, columns: int, split_right: bool = True) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, cells) of a list file: a count, a header, one entry per line.

    Only one cell may hold spaces: the first if `split_right`, else the last.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}; unpack the whole benchmark") from None
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{path}: not in UTF-8 ({error}); save it as UTF-8") from None
    for line, entry in enumerate(text.splitlines()[2:], start=3):
        if entry.strip():
            cells = entry.rsplit(None, columns - 1) if split_right else entry.split(None, columns - 1)
            if len(cells) != columns:
                raise click.ClickException(
                    f"{path} line {line}: expected {columns} columns; download it again"
                )
            yield line, [cell.strip() for cell in cells]
