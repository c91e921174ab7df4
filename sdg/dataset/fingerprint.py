"""What an image depends on besides its class and index, as one hash: equal hashes, equal images."""

import hashlib
import json
from collections.abc import Sequence
from importlib.metadata import version

from assets.common.code import code_hash
from materials.patterns import PATTERNS
from materials.textures import Texture
from sdg.params import Quality

ENTRIES = ("sdg.scene.wardrobe", "sdg.scene.scene", "sdg.picture.renderer")
"""What turns a key into pixels, besides the pattern: which garment, how it is shown, the picture of it."""


def passes_code() -> str:
    """Return the hash of the code that draws passes. Whatever else they depend on is in the fingerprint."""
    return code_hash("sdg.picture.passes")


def fingerprint(
    name: str,
    seed: int,
    quality: Quality,
    library: str,
    textures: Sequence[Texture] = (),
    without: Sequence[str] = (),
) -> str:
    """Return the hex SHA-256 of what decides the images of class `name`.

    That is the seed, the quality, the hash of the garment library, a user's own tiles, the kinds it is
    rendered `without`, Blender's version, and the code that ENTRIES and the class's pattern reach
    (`assets.common.code`).
    """
    everything = {
        "class": name,
        "seed": seed,
        "quality": quality.model_dump(mode="json"),
        "library": library,
        "blender": version("bpy"),
        "code": code_hash(*ENTRIES, PATTERNS[name]),
    }
    if textures:
        everything["textures"] = [texture.model_dump() for texture in textures]
    if without:
        everything["without"] = list(without)
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()
