"""The garment library on disk: an index and one mesh file per garment. Imports no Blender."""

import hashlib
import io
import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import MISSING, dataclass, fields
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal, Self, get_args

import click
import numpy as np
from pydantic import Field

from assets.common.files import atomic_path, sha256, write_bytes, write_json
from assets.common.settings import Settings

INDEX = "index.json"
OWN = "own-"
"""How the ids of a user's own garments begin (`assets.add`); a build leaves them alone."""
Presentation = Literal["worn", "hung", "flat"]
PRESENTATIONS: tuple[Presentation, ...] = get_args(Presentation)


class Slot(Settings):
    """A material slot: slot 0 is the patterned fabric, every other one may keep its own plain material."""

    name: str
    fabric: bool = False
    color: tuple[float, float, float] = (0.5, 0.5, 0.5)  # linear RGB, 0..1
    roughness: float = Field(default=0.6, ge=0, le=1)
    metallic: float = Field(default=0.0, ge=0, le=1)


class Garment(Settings):
    """One entry of the index. Lengths in metres, area in square metres."""

    id: str
    type: str
    presentation: Presentation
    seed: int
    code: str = Field("", description="hash of the code that sewed it; empty for a user's own mesh")
    file: str
    sha256: str
    dimensions_m: tuple[float, float, float]
    area_m2: float
    vertices: int
    faces: int
    slots: tuple[Slot, ...]


class Failed(Settings):
    """A garment that could not be made: every attempt failed its checks. The next number stands in for it."""

    id: str
    seed: int
    code: str
    reasons: tuple[str, ...] = Field(description="why, one for each attempt")


@dataclass(frozen=True)
class Mesh:
    """A garment's geometry, z up and front toward -y (a flat one lies on z = 0, front up, neck toward +y).

    vertices (V, 3) float32 metres; faces (F, 3) int32; uv (F, 3, 2) float32 metres of cloth per face corner
    (u across the cloth, v up along its grain); ao (V,) float32 ambient occlusion, 0 closed to 1 open;
    material_index (F,) int32 into the entry's slots; part (F,) uint8 into `assets.parts.PARTS`, if known.
    """

    vertices: np.ndarray
    faces: np.ndarray
    uv: np.ndarray
    ao: np.ndarray
    material_index: np.ndarray
    part: np.ndarray | None = None

    def save(self, path: Path | str) -> None:
        """Write a compressed `.npz`; equal meshes give equal bytes."""
        content = io.BytesIO()
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        np.savez_compressed(content, **{name: value for name, value in values.items() if value is not None})
        write_bytes(path, content.getbuffer())

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Read a `.npz` without unpickling anything.

        Raises click.ClickException if the file is missing or not a garment.
        """
        try:
            with np.load(path, allow_pickle=False) as data:
                names = [f.name for f in fields(cls) if f.default is MISSING or f.name in data]
                return cls(**{name: data[name] for name in names})
        except FileNotFoundError:
            raise click.ClickException(f"{path}: no such garment file; {_cure(Path(path).parent)}") from None
        except Exception as error:
            raise click.ClickException(
                f"{path}: not a garment file ({error}); delete it, then {_cure(Path(path).parent)}"
            ) from None


def read_library(folder: Path | str) -> list[Garment]:
    """Return the garments of the library in `folder`, sorted by id.

    Raises click.ClickException that names the cure if the library is absent, broken or empty.
    """
    garments, _ = read_index(folder)
    if not garments:
        raise click.ClickException(f"{Path(folder) / INDEX}: the library is empty; {_cure(folder)}")
    return garments


def read_index(folder: Path | str) -> tuple[list[Garment], list[Failed]]:
    """Return the garments of the library in `folder` and what could not be made, each sorted by id.

    Raises click.ClickException that names the cure if the index is absent or broken.
    """
    path = Path(folder) / INDEX
    try:
        data = json.loads(path.read_text())
        garments, failed = list(data["garments"]), list(data.get("failed", []))
    except FileNotFoundError:
        raise click.ClickException(f"{path}: no garment library here; {_cure(folder)}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise click.ClickException(
            f"{path}: broken index ({error}); delete it, then {_cure(folder)}"
        ) from None
    return (
        [Garment.parse(entry, str(path)) for entry in garments],
        [Failed.parse(entry, str(path)) for entry in failed],
    )


def write_index(
    folder: Path | str,
    garments: Sequence[Garment],
    failed: Sequence[Failed] | None = None,
    meshes: Sequence[Path] = (),
) -> None:
    """Write the index, sorted by id. `failed` None keeps what an index that stands there says of it.

    The files `meshes` are copied into the library with it; an OSError of writing leaves all as it was.
    """
    path = Path(folder) / INDEX
    if failed is None:
        failed = read_index(folder)[1] if path.exists() else ()
    with ExitStack() as stack:  # the index enters first, so it is put in place last
        index = stack.enter_context(atomic_path(path))
        for mesh in meshes:
            write_bytes(stack.enter_context(atomic_path(Path(folder) / mesh.name)), mesh.read_bytes())
        write_json(index, {"garments": _by_id(garments), "failed": _by_id(failed)})


def _by_id(entries: Sequence[Garment] | Sequence[Failed]) -> list[dict[str, Any]]:
    return [entry.model_dump(mode="json") for entry in sorted(entries, key=attrgetter("id"))]


def library_hash(folder: Path | str) -> str:
    """Return the hex SHA-256 of the library: of its index, whose entries carry each file's own hash."""
    read_library(folder)
    return hashlib.sha256((Path(folder) / INDEX).read_bytes()).hexdigest()


def entry_for(
    path: Path,
    mesh: Mesh,
    *,
    type: str,
    presentation: Presentation,
    seed: int,
    slots: Sequence[Slot],
    code: str = "",
) -> Garment:
    """Return the index entry of the garment saved at `path`."""
    a, b, c = (mesh.vertices[mesh.faces[:, i]].astype(float) for i in range(3))
    area = float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)
    x, y, z = (round(float(size), 4) for size in np.ptp(mesh.vertices, axis=0))
    return Garment(
        id=path.stem,
        type=type,
        presentation=presentation,
        seed=seed,
        code=code,
        file=path.name,
        sha256=sha256(path),
        dimensions_m=(x, y, z),
        area_m2=round(area, 4),
        vertices=len(mesh.vertices),
        faces=len(mesh.faces),
        slots=tuple(slots),
    )


def _cure(folder: Path | str) -> str:
    return f"build one with `python -m assets.build --out {folder}`"
