"""A library of two small garments, which renders fast."""

from pathlib import Path

import numpy as np

from assets.library import Mesh, Slot, entry_for, write_index


def write_garments(folder: Path) -> Path:
    """Write a library of two wavy squares of cloth, one flat and one hung."""
    entries = []
    for presentation in ("flat", "hung"):
        mesh = cloth(presentation)
        mesh.save(folder / f"square-{presentation}.npz")
        entries.append(
            entry_for(
                folder / f"square-{presentation}.npz", mesh, type="square", presentation=presentation, seed=0,
                slots=[Slot(name="fabric", fabric=True), Slot(name="button", color=(0.1, 0.1, 0.1))],
            )
        )  # fmt: skip
    write_index(folder, entries)
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def cloth(presentation: str, n: int = 12) -> Mesh:
    x, y = (axis.reshape(-1) for axis in np.meshgrid(np.linspace(-0.3, 0.3, n), np.linspace(-0.4, 0.4, n)))
    wave = 0.02 + 0.01 * np.sin(12 * x)
    places = [x, y, wave] if presentation == "flat" else [x, -wave, y + 0.4]
    vertices = np.stack(places, axis=1).astype(np.float32)
    corner = np.arange(n * n).reshape(n, n)
    a, b, c, d = corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]
    faces = np.concatenate([np.stack(t, axis=-1).reshape(-1, 3) for t in ((a, b, c), (a, c, d))]).astype(
        np.int32
    )
    uv = np.stack([x, y], axis=1).astype(np.float32)[faces]
    return Mesh(vertices, faces, uv, np.ones(n * n, np.float32), np.zeros(len(faces), np.int32))
