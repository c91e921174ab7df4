"""Blender's OpenGL without a window: there is a context inside a render engine only.

Rendering an empty scene calls the engine here, which draws whatever it is told.
"""

import atexit
from collections.abc import Callable

import numpy as np

from assets.common.blender import bpy, gpu, silence


class OpenGL:
    """Draws with Blender's OpenGL context."""

    def __init__(self, camera: bpy.types.Object) -> None:
        self.empty = bpy.data.scenes.new("Empty")
        self.empty.camera = camera
        self.empty.render.engine = _Engine.bl_idname

    def run(self, draw: Callable[[], np.ndarray]) -> np.ndarray:
        """Return what `draw` returns, called while the context is active.

        Raises RuntimeError if Blender cannot draw.
        """
        _Engine.job, _Engine.outcome = draw, RuntimeError("Blender did not draw")
        with silence():
            bpy.ops.render.render(scene=self.empty.name)
        outcome = _Engine.outcome
        del _Engine.job, _Engine.outcome  # they hold meshes and pictures
        if isinstance(outcome, Exception):
            raise RuntimeError(f"Blender's OpenGL: {outcome}") from outcome
        return outcome


def pixels_of(texture: gpu.types.GPUTexture, channels: int, dtype: type = np.float32) -> np.ndarray:
    """Return what a texture holds, (height, width, channels), top row first."""
    pixels = texture.read()
    pixels.dimensions = channels * texture.width * texture.height
    return np.frombuffer(pixels, dtype).reshape(texture.height, texture.width, channels)[::-1].copy()


class _Engine(bpy.types.RenderEngine):
    """Blender's way to run code with an OpenGL context."""

    bl_idname = "FASHION_CUT_OPENGL"
    bl_label = "Fashion CUT OpenGL"
    bl_use_gpu_context = True
    job: Callable[[], np.ndarray]
    outcome: np.ndarray | Exception

    def render(self, _depsgraph: bpy.types.Depsgraph) -> None:
        """Called by `bpy.ops.render.render`."""
        try:
            _Engine.outcome = _Engine.job()
        except Exception as error:  # Blender would print it and go on
            _Engine.outcome = error


bpy.utils.register_class(_Engine)
atexit.register(bpy.utils.unregister_class, _Engine)  # else Blender waits for it forever as the process ends
