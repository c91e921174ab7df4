"""The process that holds Blender: takes orders over a pipe, answers with images. `worker` starts it.

Blender wants a process's main thread, and when it crashes it takes its process along: it gets its own.
"""

import hashlib
import shutil
import sys
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assets.common.runtime import keep_freed_memory
from sdg.dataset.names import image_name
from sdg.dataset.record import Record, RecordedGarment, RecordedPass
from sdg.farm.order import Order, Rendered
from sdg.scene.scene import sample_scene

if TYPE_CHECKING:
    from sdg.picture.passes import Passes
    from sdg.picture.renderer import Renderer


def serve(pipe: Connection, garments: Path) -> None:
    """Answer orders until the other end of the pipe closes.

    The first message out is ("ready", None) or ("unusable", reason); then every order gets
    ("rendered", Rendered) or ("error", reason).
    """
    try:
        from assets.common.blender import bpy, require_opengl

        require_opengl()
        from sdg.picture.passes import Passes
        from sdg.picture.renderer import Renderer
    except click.ClickException as error:
        pipe.send(("unusable", error.message))
        return
    pipe.send(("ready", None))
    renderer: Renderer | None = None
    passes: Passes | None = None
    while True:
        try:
            order: Order = pipe.recv()
        except (EOFError, ConnectionResetError):
            return
        try:
            if renderer is None or renderer.quality != order.quality:
                renderer, passes = Renderer(order.quality, garments), None
            if order.passes and passes is None:
                passes = Passes(order.quality, garments)
            pipe.send(("rendered", answer(order, bpy.app.version_string, renderer, passes)))
        except BrokenPipeError:
            return
        except click.ClickException as error:
            pipe.send(("error", error.message))
        except Exception:
            pipe.send(("error", traceback.format_exc()))


def answer(order: Order, blender: str, renderer: "Renderer", passes: "Passes | None" = None) -> Rendered:
    """Carry out an order with Blender of version `blender`; `passes` draws those that it asks for."""
    if order.scene:
        scene = order.scene.model_copy(update={"garment": order.garment})
    else:
        scene = sample_scene(
            order.garment, order.seed, order.name, order.index, order.quality.size,
            order.textures, order.without,
        )  # fmt: skip
    image = None if order.image else renderer.render(order.name, scene)
    drawn = passes.draw(scene, order.passes) if passes and order.passes else {}
    entry = {key: getattr(scene.garment, key) for key in RecordedGarment.model_fields}
    record = {
        "image": image_name(order.index, order.quality.format),
        "fingerprint": order.fingerprint,
        "sha256": order.image if image is None else _hash(image),
        "class": order.name,
        "index": order.index,
        "seed": order.seed,
        **dict(order.quality),
        "blender": blender,
        **dict(scene),
        "garment": entry,
        "passes": {
            name: RecordedPass(sha256=_hash(png), code=order.passes[name]) for name, png in drawn.items()
        },
    }
    return Rendered(image, drawn, Record.model_validate(record))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    keep_freed_memory()
    try:
        serve(Connection(int(sys.argv[1])), Path(sys.argv[2]))
    finally:
        shutil.rmtree(sys.argv[2], ignore_errors=True)  # the parent may have been killed
