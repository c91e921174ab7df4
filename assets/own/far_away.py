"""An .obj far from the origin, whose numbers a reader in float32 would round."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np


@contextmanager
def moved_to_origin(path: Path) -> Iterator[Path]:
    """Yield a copy of the .obj whose vertices are centred, in double; materials stay where they are."""
    lines = path.read_bytes().split(b"\n")
    where = [i for i, line in enumerate(lines) if line.startswith((b"v ", b"v\t"))]
    kept, points = [], []
    for i in where:
        try:
            points.append([float(number) for number in lines[i].split()[1:4]])
            kept.append(i)
        except ValueError:
            continue
    centred = np.array(points, dtype=float).reshape(-1, 3)
    centred -= centred.mean(axis=0) if len(centred) else 0.0
    for i, (x, y, z) in zip(kept, centred, strict=True):
        rest = b" ".join(lines[i].split()[4:])
        lines[i] = f"v {x:.9g} {y:.9g} {z:.9g} ".encode() + rest
    with tempfile.TemporaryDirectory() as folder:
        for i, line in enumerate(lines):
            if line.startswith(b"mtllib "):
                beside = os.path.relpath(path.parent.resolve(), folder).encode()
                lines[i] = b"mtllib " + beside + b"/" + line.removeprefix(b"mtllib ").strip()
        copy = Path(folder) / "moved.obj"
        copy.write_bytes(b"\n".join(lines))
        yield copy
