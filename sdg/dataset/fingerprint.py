"""What an image depends on besides its class and index, as one hash: equal hashes, equal images."""

import hashlib
import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import assets
import materials
import sdg
from assets.common.code import code_hash
from materials.patterns import PATTERNS
from materials.textures import Texture
from sdg.params import Quality

NOT_RENDERING = {
    "__init__",
    "child",
    "dataset",
    "farm",
    "fingerprint",
    "order",
    "render",
    "sheet",
    "verify",
    "worker",
}
"""Modules of this room that do not decide how an image looks; every other one counts."""

SHARED = ("mesh.py", "common/blender.py", "common/rng.py", "common/settings.py")
"""Files of `assets` that decide how an image looks, besides the library itself."""


def fingerprint(
    name: str, seed: int, quality: Quality, library: str, textures: Sequence[Texture] = ()
) -> str:
    """Return the hex SHA-256 of what decides the images of class `name`.

    That is the seed, the quality, the hash of the garment library, a user's own tiles, Blender's version, and
    the code: of this class's material but of no other's, of what all materials share, and of scene and
    renderer. Comments and layout of the code do not count.
    """
    everything = {
        "class": name,
        "seed": seed,
        "quality": quality.model_dump(mode="json"),
        "library": library,
        "blender": version("bpy"),
        "code": code_hash(sources(name)),
    }
    if textures:
        everything["textures"] = [texture.model_dump() for texture in textures]
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()


def sources(name: str) -> list[Path]:
    """Return the source files that decide how an image of class `name` looks."""
    rooms = {room.__name__: Path(str(room.__file__)).parent for room in (assets, materials, sdg)}
    others = {module.split(".")[-1] for other, module in PATTERNS.items() if other != name}
    shared = [rooms["assets"] / file for file in SHARED]
    material = [
        path
        for path in sorted(rooms["materials"].glob("*.py"))
        if path.stem not in others | {"sheet", "export"}
    ]
    scene = [path for path in sorted(rooms["sdg"].glob("*.py")) if path.stem not in NOT_RENDERING]
    return shared + material + scene
