"""Random numbers that depend on what is drawn, never on when or where."""

import hashlib

import numpy as np


def rng_for(*key: str | int) -> np.random.Generator:
    """Return the generator that belongs to `key`, e.g. `rng_for(seed, "render", "floral", 12)`.

    Equal keys give equal streams on every machine; different keys give independent ones, so image 12
    is the same whatever was rendered before it.
    """
    digest = hashlib.sha256("\x1f".join(f"{type(k).__name__}:{k}" for k in key).encode()).digest()
    return np.random.Generator(np.random.PCG64(np.frombuffer(digest, dtype=np.uint32)))
