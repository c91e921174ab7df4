"""Garments drawn with OpenGL: materials as GLSL, in light that was worked out for every corner of a face.

EEVEE shows the same; `materials.glsl` says why it does not draw here.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import NamedTuple

import numpy as np

from assets.common.blender import gpu
from materials import fabric
from materials.glsl.library import LIBRARY
from materials.glsl.program import Program
from materials.layers import DATA_IMAGES
from materials.shader import Appearance
from sdg.picture.opengl import OpenGL, pixels_of

MATTE, GLINT = 0.6, 0.6
"""Cloth of less roughness than the first glints: the smoothest adds the second times what the light grows."""
DARKEST = 0.4
"""This share of the light reaches cloth however it is bent: where a pattern jumps, its relief is a cliff."""

VERTEX = """
void main() {
  gl_Position = projection * vec4(position, 1.0);
  point = position;
  outward = normal;
  generated = (position - numbers.low.xyz) / numbers.extent.xyz;
  uv = cloth;
  lit = light;
  bent = bend;
  shone = shine;
  AO = ao;
  Hem = hem;
}
"""
FRAGMENT = """
vec3 facing;
vec3 bumped(float height) {
  vec3 across = dFdx(point), up = dFdy(point), x = cross(up, facing), y = cross(facing, across);
  float area = dot(across, x), side = gl_FrontFacing ? sign(area) : -sign(area);
  return normalize(abs(area) * facing - side * (dFdx(height) * x + dFdy(height) * y));
}
void main() {
  facing = normalize(gl_FrontFacing ? outward : -outward);
$statements
  vec3 color = $color;
  float turned = dot(bent, $normal - facing), satin = max($matte - $roughness, 0.0) / ($matte - 0.3);
  color *= max(1.0 + turned * (1.0 + 0.6 * satin), $darkest);
  float glint = shone * max(1.0 + turned * (1.0 + 5.0 * satin), 0.0) + satin * $glint * max(turned, 0.0);
  pixel = vec4(lit * (color + glint), 1.0);
}
"""
BETWEEN = {
    "point": "VEC3", "outward": "VEC3", "generated": "VEC3", "lit": "VEC3", "bent": "VEC3", "uv": "VEC2",
    "shone": "FLOAT", "AO": "FLOAT", "Hem": "FLOAT",
}  # fmt: skip
PLAIN = Program("", "numbers.of[0].xyz", "facing", "1.0", numbers=(("", "Color"),), images=())
"""What is not fabric: one colour."""
NOTHING = np.zeros((1, 1, 3), np.uint8)
"""The image of a material that needs none."""
SAME = {("Folds", fabric.YARN): fabric.draw_yarn()}
"""Images that all materials have."""


WIDTHS = {"position": 3, "normal": 3, "light": 3, "bend": 3, "shine": 1, "cloth": 2, "ao": 1, "hem": 1}
"""Numbers of each of `Corners`."""


class Corners(NamedTuple):
    """The three corners of each of F faces; float32."""

    position: np.ndarray
    """(3 F, 3), metres"""
    normal: np.ndarray
    """(3 F, 3), unit, outward"""
    light: np.ndarray
    """(3 F, 3); this and the next two as in `garment_light.Shading`"""
    bend: np.ndarray
    shine: np.ndarray
    cloth: np.ndarray
    """(3 F, 2): UVs, metres of cloth"""
    ao: np.ndarray
    """(3 F,): how open to light, 0..1"""
    hem: np.ndarray
    """(3 F,): see `materials.hems`"""


Part = tuple[np.ndarray, Program, Appearance]
"""The faces (N,) that show a program, and what it is given."""


class Drawing:
    """Draws garments at `side` x `side` pixels, or what OpenGL can, one sample each, without a background."""

    def __init__(self, opengl: OpenGL, side: int) -> None:
        self.opengl, self.side = opengl, side
        self.shaders: dict[Program, gpu.types.GPUShader] = {}

    def draw(
        self, corners: Corners, box: np.ndarray, projection: np.ndarray, parts: Sequence[Part]
    ) -> np.ndarray:
        """Return what a `projection` (4, 4) of homogeneous world coordinates shows of `parts` of a garment.

        `box` (2, 3): the lower corner of the garment's bounding box and its size, metres. Returns (side,
        side, 4) float32: linear RGB times alpha, and alpha; top row first. Raises RuntimeError if OpenGL
        cannot draw.
        """
        return self.opengl.run(lambda: self._draw(corners, box, projection, parts))

    def _draw(
        self, corners: Corners, box: np.ndarray, projection: np.ndarray, parts: Sequence[Part]
    ) -> np.ndarray:
        side = min(self.side, gpu.capabilities.max_texture_size_get())
        color = gpu.types.GPUTexture((side, side), format="RGBA16F")
        depth = gpu.types.GPUTexture((side, side), format="DEPTH_COMPONENT32F")
        frame = gpu.types.GPUFrameBuffer(depth_slot=depth, color_slots=[color])
        buffer = _buffer(corners)
        with frame.bind():
            frame.clear(color=(0.0, 0.0, 0.0, 0.0), depth=1.0)
            gpu.state.depth_test_set("LESS_EQUAL")
            gpu.state.depth_mask_set(True)
            for faces, program, shown in parts:
                shader = self._shader(program)
                shader.bind()
                shader.uniform_float("projection", projection.T.reshape(-1).tolist())
                numbers = _numbers(box, program, shown)
                shader.uniform_block("numbers", numbers)
                images = SAME | shown.images
                textures = [_texture(images.get(key, NOTHING), key) for key in program.images]
                for i, texture in enumerate(textures):
                    shader.uniform_sampler(f"image{i}", texture)
                index = (3 * faces[:, None] + np.arange(3)).astype(np.int32)
                triangles = gpu.types.GPUIndexBuf(type="TRIS", seq=np.ascontiguousarray(index))
                gpu.types.GPUBatch(type="TRIS", buf=buffer, elem=triangles).draw(shader)
        return pixels_of(color, 4)

    def _shader(self, program: Program) -> gpu.types.GPUShader:
        if program not in self.shaders:
            self.shaders[program] = _new_shader(program)
        return self.shaders[program]


def _new_shader(program: Program) -> gpu.types.GPUShader:
    between = gpu.types.GPUStageInterfaceInfo("garment")
    for name, kind in BETWEEN.items():
        between.smooth(kind, name)
    code = gpu.types.GPUShaderCreateInfo()
    code.push_constant("MAT4", "projection")
    code.typedef_source(f"struct Numbers {{ vec4 low, extent, of[{len(program.numbers)}]; }};")
    code.uniform_buf(0, "Numbers", "numbers")
    for i, name in enumerate(Corners._fields):
        code.vertex_in(i, {1: "FLOAT", 2: "VEC2", 3: "VEC3"}[WIDTHS[name]], name)
    for i in range(len(program.images)):
        code.sampler(i, "FLOAT_2D", f"image{i}")
    code.vertex_out(between)
    code.fragment_out(0, "VEC4", "pixel")
    code.vertex_source(VERTEX)
    main = Template(FRAGMENT).substitute(program._asdict(), matte=MATTE, glint=GLINT, darkest=DARKEST)
    code.fragment_source(LIBRARY + main)
    try:
        return gpu.shader.create_from_info(code)
    except Exception as error:
        path = Path(tempfile.gettempdir()) / "fashion-cut.glsl"
        path.write_text(LIBRARY + main)
        raise RuntimeError(
            f"a material does not compile ({error}); its fragment shader is in {path}"
        ) from error


def _buffer(corners: Corners) -> gpu.types.GPUVertBuf:
    layout = gpu.types.GPUVertFormat()
    for name in Corners._fields:
        layout.attr_add(id=name, comp_type="F32", len=WIDTHS[name], fetch_mode="FLOAT")
    buffer = gpu.types.GPUVertBuf(layout, len(corners.position))
    for name, values in corners._asdict().items():
        buffer.attr_fill(name, np.ascontiguousarray(values, np.float32).reshape(-1, WIDTHS[name]))
    return buffer


def _numbers(box: np.ndarray, program: Program, shown: Appearance) -> gpu.types.GPUUniformBuf:
    given = [box[0], np.maximum(box[1], 1e-6)]
    given += [np.atleast_1d(shown.values[layer][name]) for layer, name in program.numbers]
    values = np.zeros((len(given), 4), np.float32)
    for row, value in zip(values, given, strict=True):
        row[: len(value)] = value
    return gpu.types.GPUUniformBuf(gpu.types.Buffer("FLOAT", values.size, values.reshape(-1)))


def _texture(pixels: np.ndarray, key: tuple[str, str]) -> gpu.types.GPUTexture:
    height, width, channels = pixels.shape
    rgba = np.ones((height, width, 4), np.float32)
    rgba[..., :channels] = pixels[::-1] / np.float32(255)
    data = gpu.types.Buffer("FLOAT", rgba.size, rgba.reshape(-1))
    return gpu.types.GPUTexture(
        (width, height), format="RGBA8" if key[1] in DATA_IMAGES else "SRGB8_A8", data=data
    )
