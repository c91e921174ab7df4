"""Passes: what is known of an image besides its colours, drawn with OpenGL from the garment's mesh alone.

docs/datasets.md says how each is encoded.
"""

import io
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from assets.common.blender import bpy, gpu
from assets.library import Mesh, Slot
from assets.mesh import to_object
from assets.parts import ids_of
from sdg.params import PassName, Quality
from sdg.picture.camera import aim, new_camera
from sdg.picture.opengl import OpenGL, pixels_of
from sdg.picture.silhouette import FINE, Silhouettes, through

if TYPE_CHECKING:
    from sdg.scene.scene import Scene

DEPTH_M = 1e-4
"""A step of depth."""
VERTEX = """
void main() {
  vec4 seen = view * vec4(position, 1.0);
  gl_Position = projection * seen;
  depth = -seen.z;
  outward = mat3(view) * normal;
  id = part;
}
"""
FRAGMENT = """
void main() {
  shape = vec4(depth, normalize(gl_FrontFacing ? outward : -outward));
  label = id;
}
"""


class Passes:
    """Draws the passes of scenes of one `Quality`."""

    def __init__(self, quality: Quality, garments: Path | str) -> None:
        self.quality, self.garments = quality, Path(garments)
        self.camera = new_camera()
        self.scene = bpy.data.scenes.new("Passes")
        self.scene.collection.objects.link(self.camera)
        self.opengl = OpenGL(self.camera)
        self.silhouettes = Silhouettes(self.opengl)
        self.shader: gpu.types.GPUShader | None = None

    def draw(self, scene: "Scene", names: Collection[PassName]) -> dict[PassName, bytes]:
        """Return the passes `names` of the image of `scene`, encoded as PNG."""
        mesh = Mesh.load(self.garments / scene.garment.file)
        aim(self.camera, scene.camera)
        self.scene.view_layers[0].update()
        drawn: dict[PassName, Image.Image] = {}
        if "mask" in names:
            (drawn["mask"],) = self.silhouettes.draw(mesh, [through(scene.camera)], self.quality.size, FINE)
        if {"depth", "normal", "parts"} & set(names):
            corners = _corners(mesh, scene.garment.slots)
            drawn |= _encoded(self.opengl.run(lambda: self._draw_surface(corners)))
        return {name: _png(drawn[name]) for name in names}

    def _draw_surface(self, corners: dict[str, np.ndarray]) -> np.ndarray:
        """Return (size, size, 5) float32: depth in metres, the unit normal in the camera's axes, the part.

        Top row first; 0 where there is no garment.
        """
        side, targets = self.quality.size, {"RGBA32F": 4, "R32F": 1}
        if self.shader is None:
            self.shader = _new_shader()
        textures = [gpu.types.GPUTexture((side, side), format=format) for format in targets]
        depth = gpu.types.GPUTexture((side, side), format="DEPTH_COMPONENT32F")
        frame = gpu.types.GPUFrameBuffer(depth_slot=depth, color_slots=textures)
        with frame.bind():
            frame.clear(color=(0.0, 0.0, 0.0, 0.0), depth=1.0)
            gpu.state.depth_test_set("LESS_EQUAL")
            gpu.state.depth_mask_set(True)
            self.shader.bind()
            self.shader.uniform_float("view", self.camera.matrix_world.inverted())
            projection = self.camera.calc_matrix_camera(self.scene.view_layers[0].depsgraph, x=side, y=side)
            self.shader.uniform_float("projection", projection)
            _batch(corners).draw(self.shader)
        drawn = [pixels_of(texture, of) for texture, of in zip(textures, targets.values(), strict=True)]
        return np.concatenate(drawn, axis=2)


def _corners(mesh: Mesh, slots: Sequence[Slot]) -> dict[str, np.ndarray]:
    """Return position (3), normal (3) and part (1) of every face corner, float32: (3 F, of each)."""
    thing = to_object("Passes", mesh, slots=0)
    normal = np.empty(3 * mesh.faces.size, np.float32)
    thing.data.corner_normals.foreach_get("vector", normal)
    bpy.data.meshes.remove(thing.data)
    return {
        "position": mesh.vertices[mesh.faces.reshape(-1)],
        "normal": normal.reshape(-1, 3),
        "part": ids_of(mesh, slots).repeat(3).astype(np.float32)[:, None],
    }


def _new_shader() -> gpu.types.GPUShader:
    between = gpu.types.GPUStageInterfaceInfo("garment")
    between.smooth("FLOAT", "depth")
    between.smooth("VEC3", "outward")
    between.flat("FLOAT", "id")
    code = gpu.types.GPUShaderCreateInfo()
    code.push_constant("MAT4", "view")
    code.push_constant("MAT4", "projection")
    code.vertex_in(0, "VEC3", "position")
    code.vertex_in(1, "VEC3", "normal")
    code.vertex_in(2, "FLOAT", "part")
    code.vertex_out(between)
    code.fragment_out(0, "VEC4", "shape")
    code.fragment_out(1, "FLOAT", "label")
    code.vertex_source(VERTEX)
    code.fragment_source(FRAGMENT)
    return gpu.shader.create_from_info(code)


def _batch(corners: dict[str, np.ndarray]) -> gpu.types.GPUBatch:
    layout = gpu.types.GPUVertFormat()
    for name, values in corners.items():
        layout.attr_add(id=name, comp_type="F32", len=values.shape[1], fetch_mode="FLOAT")
    buffer = gpu.types.GPUVertBuf(layout, len(corners["position"]))
    for name, values in corners.items():
        buffer.attr_fill(name, values)
    return gpu.types.GPUBatch(type="TRIS", buf=buffer)


def _encoded(surface: np.ndarray) -> dict[PassName, Image.Image]:
    depth, normal, part = surface[..., :1], surface[..., 1:4], surface[..., 4]
    seen = depth > 0
    steps = np.where(seen, np.clip(np.round(depth / DEPTH_M), 1, 65535), 0)
    colours = np.where(seen, np.round(127.5 * (normal + 1)), 0)
    return {
        "depth": Image.fromarray(steps[..., 0].astype(np.uint16)),
        "normal": Image.fromarray(colours.astype(np.uint8)),
        "parts": Image.fromarray(part.astype(np.uint8)),
    }


def _png(image: Image.Image) -> bytes:
    data = io.BytesIO()
    image.save(data, "PNG", compress_level=4)
    return data.getvalue()
