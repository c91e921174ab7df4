"""The renderer without Blender: the farm, its processes and pipes are real, the pixels are noise.

    python stub_blender.py render ARGUMENTS     # python -m sdg.render, with stubs behind it
    dask worker --preload stub_blender.py       # a worker, with stubs behind it

Environment: STUB_CRASH and STUB_HANG name the index of an image that does so every time.
"""

import hashlib
import io
import os
import runpy
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from unittest.mock import MagicMock

import numpy as np
from PIL import Image

from sdg.farm.child import answer
from sdg.farm.order import Order, Rendered
from sdg.params import PassName
from sdg.scene.scene import Scene


class Renderer:
    """Stands for `sdg.picture.renderer.Renderer`."""

    def __init__(self, quality: object, garments: Path) -> None:
        self.quality, self.garments = quality, Path(garments)

    def render(self, name: str, scene: Scene) -> bytes:
        """Return noise that depends on the scene and on the garment's file, which its hash names."""
        time.sleep(0.03)
        mesh = (self.garments / f"{scene.garment.sha256}.npz").read_bytes()
        return noise(scene, mesh, self.quality.size)  # type: ignore[attr-defined]


class Passes(Renderer):
    """Stands for `sdg.picture.passes.Passes`."""

    def draw(self, scene: Scene, names: Sequence[PassName]) -> dict[PassName, bytes]:
        return {name: self.render(name, scene) for name in names}


def noise(scene: Scene, mesh: bytes, side: int) -> bytes:
    """A PNG of `side` x `side` pixels, its own for every scene and mesh."""
    shown = scene.model_dump_json(exclude={"garment": {"file"}}).encode()
    seed = hashlib.sha256(shown + mesh).digest()
    pixels = np.random.default_rng(list(seed)).integers(0, 256, (side, side, 3), np.uint8)
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG")
    return data.getvalue()


def render_order(order: Order, mesh: bytes) -> Rendered:
    """Stands for the task of the farm, in its worker's thread: no process, no Blender."""

    class Here:
        def render(self, name: str, scene: Scene) -> bytes:
            return noise(scene, mesh, order.quality.size)

        def draw(self, scene: Scene, names: Sequence[PassName]) -> dict[PassName, bytes]:
            return {name: noise(scene, mesh + name.encode(), order.quality.size) for name in names}

    return answer(order, "stub", Here(), Here())  # type: ignore[arg-type]


def child() -> None:
    """Run `sdg.farm.child` with this module's renderer; the mesh files are read by their hash."""
    blender, renderer, passes = map(
        ModuleType, ("assets.common.blender", "sdg.picture.renderer", "sdg.picture.passes")
    )
    bpy = MagicMock()
    bpy.app.version_string = "stub"
    blender.__dict__.update(bpy=bpy, require_opengl=lambda: None)
    renderer.__dict__.update(Renderer=Renderer)
    passes.__dict__.update(Passes=Passes)
    sys.modules |= {module.__name__: module for module in (blender, renderer, passes)}
    import sdg.scene.scene

    sample = sdg.scene.scene.sample_scene

    def faulty(garment, seed, name, index, *rest):  # type: ignore[no-untyped-def]
        if str(index) == os.environ.get("STUB_CRASH"):
            os.abort()
        if str(index) == os.environ.get("STUB_HANG"):
            time.sleep(1000)
        return sample(garment, seed, name, index, *rest)

    sdg.scene.scene.sample_scene = faulty
    sys.argv[0:2] = ["sdg.farm.child"]
    del sys.modules["sdg.farm.child"]  # imported above, and now to be run
    runpy.run_module("sdg.farm.child", run_name="__main__")


def install() -> None:
    """Let workers of this process start stubs, and shorten their patience."""
    from sdg.farm import worker

    worker.COMMAND = (sys.executable, __file__, "child")  # type: ignore[assignment]
    worker.FIRST_FRAME_LIMIT_S = 0.0
    if "STUB_HANG" in os.environ:
        Order.limit_s = property(lambda order: 5.0)  # type: ignore[assignment, method-assign]


def dask_setup(worker: object) -> None:
    """Called by `dask worker --preload`."""
    install()


if __name__ == "__main__":
    if sys.argv[1] == "child":
        child()
    else:
        install()
        from sdg.render import main

        main(sys.argv[2:])
