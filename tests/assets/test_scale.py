"""Ten centimetres of cloth are ten centimetres in the picture, on sewn garments and on a user's mesh."""

from importlib import import_module
from math import radians

import numpy as np
import pytest
from PIL import Image

from assets.common.blender import CYCLES, bpy, empty_scene, silence
from assets.common.rng import rng_for
from assets.library import Mesh
from assets.mesh import UV_LAYER, to_object
from assets.own.prepare import Wanted, prepare
from assets.patterns import PATTERNS
from assets.sewing.cloth import cut

PIXELS, ACROSS_M = 256, 0.32


def picture(mesh: Mesh, path) -> np.ndarray:
    """Render the middle 32 cm from the front: 5 cm of cloth dark, 5 cm light, in turn.

    Return bool (2, H, W): bands across u, bands across v.
    """
    scene = empty_scene()
    material = bpy.data.materials.new("bands")
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    uv, wave, sharp = (nodes.new(f"ShaderNode{kind}") for kind in ("UVMap", "VectorMath", "VectorMath"))
    light, out = nodes.new("ShaderNodeEmission"), nodes.new("ShaderNodeOutputMaterial")
    uv.uv_map, wave.operation, sharp.operation = UV_LAYER, "FRACTION", "MULTIPLY_ADD"
    metres = nodes.new("ShaderNodeVectorMath")
    metres.operation = "SCALE"
    metres.inputs["Scale"].default_value = 10  # periods in a metre
    sharp.inputs[1].default_value, sharp.inputs[2].default_value = (1e4,) * 3, (-5e3,) * 3
    for a, b in (
        (uv.outputs["UV"], metres.inputs[0]),
        (metres.outputs[0], wave.inputs[0]),
        (wave.outputs[0], sharp.inputs[0]),
        (sharp.outputs[0], light.inputs["Color"]),
        (light.outputs[0], out.inputs["Surface"]),
    ):
        links.new(a, b)
    body = to_object("cloth", mesh, slots=1)
    body.data.materials[0] = material
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.type, camera.data.ortho_scale = "ORTHO", ACROSS_M
    middle = (mesh.vertices.min(axis=0) + mesh.vertices.max(axis=0)) / 2
    camera.location = middle - [0, 3, 0]
    camera.rotation_euler = (radians(90), 0, 0)
    for item in (body, camera):
        scene.collection.objects.link(item)
    scene.camera = camera
    scene.render.engine, scene.cycles.samples, scene.cycles.device = CYCLES, 1, "CPU"
    scene.render.resolution_x = scene.render.resolution_y = PIXELS
    scene.view_settings.view_transform = "Standard"
    scene.render.filepath = str(path)
    with silence():
        bpy.ops.render.render(write_still=True)
    return np.moveaxis(np.asarray(Image.open(path).convert("RGB"))[:, :, :2] > 128, 2, 0)


def period_cm(bands: np.ndarray) -> float:
    """The distance between rising edges along rows (H, W), in centimetres of the picture."""
    steps = []
    for row in bands[PIXELS // 4 : -PIXELS // 4 : 8]:
        rising = np.flatnonzero(~row[:-1] & row[1:])
        steps += np.diff(rising).tolist()
    assert steps
    return float(np.median(steps)) * 100 * ACROSS_M / PIXELS


def largest_piece(type: str) -> Mesh:
    """The largest piece of a garment's front as it is cut, upright: no seam crosses it."""
    style = import_module(PATTERNS[type])
    pattern = style.draft(style.sample(rng_for(7, "scale", type)))
    cloth = cut(pattern, 0.03, rng_for(0))
    piece = cloth.panel == np.bincount(cloth.panel[cloth.panel < len(pattern.front)]).argmax()
    used, faces = np.unique(cloth.faces[piece], return_inverse=True)
    table = cloth.table[used]
    return Mesh(
        np.column_stack([table[:, 0], 0 * table[:, 0], table[:, 1]]).astype(np.float32),
        faces.reshape(-1, 3),
        cloth.uv[piece].astype(np.float32),
        np.ones(len(used), np.float32),
        np.zeros(int(piece.sum()), np.int32),
    )


@pytest.mark.parametrize("type", PATTERNS)
def test_ten_centimetres_are_ten_on_every_type(tmp_path, type):
    across, up = picture(largest_piece(type), tmp_path / "bands.png")
    assert period_cm(across) == pytest.approx(10, rel=0.05)
    assert period_cm(up.T) == pytest.approx(10, rel=0.05)


def test_ten_centimetres_are_ten_on_a_users_mesh(tmp_path):
    """Exported in centimetres, y up, by Blender, its UVs a square for an oblong of cloth."""
    empty_scene()
    bpy.ops.mesh.primitive_grid_add(x_subdivisions=12, y_subdivisions=18, size=2, location=(0, 0, 0))
    bpy.context.object.scale = (20, 35, 1)
    for vertex in bpy.context.object.data.vertices:
        vertex.co.z = 4 * (1 - vertex.co.x**2)
    with silence():
        bpy.ops.wm.obj_export(filepath=str(tmp_path / "cloth.obj"), forward_axis="Y", up_axis="Z")
        (garment,) = prepare(Wanted("t-shirt"), tmp_path / "cloth.obj")
    size = np.ptp(garment.mesh.vertices, axis=0)
    assert size[[0, 2]] == pytest.approx((0.4, 0.7), abs=0.01)
    across, up = picture(garment.mesh, tmp_path / "bands.png")
    assert period_cm(across) == pytest.approx(10, rel=0.05)
    assert period_cm(up.T) == pytest.approx(10, rel=0.05)
