"""COCO's annotations of rendered images (https://cocodataset.org/#format-data)."""

import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

OPAQUE = 128
"""Pixels of a mask at least so bright, alpha 0.5, are the garment's."""


def document(classes: Sequence[str], images: Sequence[str], annotations: Sequence[str]) -> bytes:
    """Return the file of entries that are JSON already; the categories are `classes`, numbered from 1."""
    head = {
        "info": {"description": "Clothes rendered by Fashion CUT", "version": version("fashion-cut")},
        "licenses": [{"id": 1, "name": "The images belong to whoever rendered them", "url": ""}],
        "categories": [
            {"id": number, "name": name, "supercategory": "pattern"} for number, name in enumerate(classes, 1)
        ],
    }
    lists = f'"images": [\n{_lines(images)}\n],\n"annotations": [\n{_lines(annotations)}\n]'
    return f"{json.dumps(head)[:-1]},\n{lists}}}\n".encode()


def _lines(entries: Sequence[str]) -> str:
    return ",\n".join(entries)


def image(number: int, file: str, size: int) -> str:
    """Return the entry of image `number`, at `file`, as JSON."""
    return json.dumps({"id": number, "file_name": file, "width": size, "height": size, "license": 1})


def annotation(number: int, category: int, mask: Path, attributes: dict[str, Any]) -> str:
    """Return the annotation, as JSON, of what `mask`, a PNG, shows of image `number`.

    Raises OSError if the mask cannot be read, ValueError if it shows nothing.
    """
    with Image.open(mask) as opened:
        shown = np.asarray(opened) >= OPAQUE
    if not shown.any():
        raise ValueError("the mask is empty")
    rows, columns = np.flatnonzero(shown.any(axis=1)), np.flatnonzero(shown.any(axis=0))
    x, y, right, low = (int(i) for i in (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))
    return json.dumps(
        {
            "id": number,
            "image_id": number,
            "category_id": category,
            "bbox": [x, y, right - x, low - y],
            "area": int(shown.sum()),
            "iscrowd": 0,
            "segmentation": {"size": list(shown.shape), "counts": run_lengths(shown)},
            "attributes": attributes,
        }
    )


def run_lengths(shown: np.ndarray) -> list[int]:
    """Return the uncompressed run lengths of a mask (H, W) bool: down its columns, beginning with False."""
    values = shown.reshape(-1, order="F")
    edges = np.flatnonzero(values[1:] != values[:-1]) + 1
    lengths = np.diff(np.concatenate([[0], edges, [len(values)]]))
    return [0] * bool(values[0]) + lengths.tolist()
