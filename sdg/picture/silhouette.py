"""Silhouettes: how much of each pixel a mesh covers, from wherever light or a camera looks at it."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from assets.common.blender import gpu
from assets.library import Mesh
from sdg.picture.opengl import OpenGL, pixels_of
from sdg.scene.camera import SENSOR_MM, Camera

FINE = 4
"""A garment's outline in a picture has so many samples across a pixel."""


class Silhouettes:
    """Draws silhouettes with OpenGL: they cost little, as nothing is shaded."""

    def __init__(self, opengl: OpenGL) -> None:
        self.opengl = opengl
        self.shader: gpu.types.GPUShader | None = None

    def draw(self, mesh: Mesh, projections: Sequence[np.ndarray], size: int, fine: int) -> list[Image.Image]:
        """Return one image of `size`, 255 where all of a pixel is covered, for each of `projections`.

        There are `fine` samples across a pixel, if OpenGL can draw an image that large.

        A projection (4, 4) takes homogeneous world coordinates to those of an image, which is -1 to 1 wide
        and high; what it puts behind the eye (w < 0) is not drawn.
        """
        drawn = self.opengl.run(lambda: self._draw(mesh, projections, size, fine))
        return [Image.fromarray(one).reduce(drawn.shape[1] // size) for one in drawn]

    def _draw(self, mesh: Mesh, projections: Sequence[np.ndarray], size: int, fine: int) -> np.ndarray:
        """Return (len(projections), side, side) bytes, top row first: 255 where there is something."""
        side = size * max(1, min(fine, gpu.capabilities.max_texture_size_get() // size))
        if self.shader is None:
            self.shader = _new_shader()
        batch = _batch(mesh)
        texture = gpu.types.GPUTexture((side, side), format="R8")
        frame = gpu.types.GPUFrameBuffer(color_slots=[texture])
        drawn = np.empty((len(projections), side, side), np.uint8)
        gpu.state.depth_test_set("NONE")
        for one, projection in zip(drawn, projections, strict=True):
            with frame.bind():
                frame.clear(color=(0.0, 0.0, 0.0, 0.0))
                self.shader.bind()
                self.shader.uniform_float("projection", projection.T.reshape(-1).tolist())
                batch.draw(self.shader)
            one[:] = pixels_of(texture, 1, np.uint8)[..., 0]
        return drawn


def through(camera: Camera) -> np.ndarray:
    """Return the projection (4, 4) of a camera's picture."""
    right, up, back = camera.axes
    zoom = 2 * camera.focal_mm / SENSOR_MM
    rows = np.stack([zoom * right, zoom * up, np.zeros(3), -back])
    return np.column_stack([rows, -rows @ camera.position])


def _new_shader() -> gpu.types.GPUShader:
    code = gpu.types.GPUShaderCreateInfo()
    code.push_constant("MAT4", "projection")
    code.vertex_in(0, "VEC3", "position")
    code.fragment_out(0, "FLOAT", "cover")
    code.vertex_source("void main() { gl_Position = projection * vec4(position, 1.0); }")
    code.fragment_source("void main() { cover = 1.0; }")
    return gpu.shader.create_from_info(code)


def _batch(mesh: Mesh) -> gpu.types.GPUBatch:
    layout = gpu.types.GPUVertFormat()
    layout.attr_add(id="position", comp_type="F32", len=3, fetch_mode="FLOAT")
    buffer = gpu.types.GPUVertBuf(layout, len(mesh.vertices))
    buffer.attr_fill("position", np.ascontiguousarray(mesh.vertices, np.float32))
    faces = gpu.types.GPUIndexBuf(type="TRIS", seq=np.ascontiguousarray(mesh.faces, np.int32))
    return gpu.types.GPUBatch(type="TRIS", buf=buffer, elem=faces)
