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
from assets.patterns import PATTERNS
from assets.prepare import Wanted, prepare
from assets.sewing import cut

PIXELS, ACROSS_M = 256, 0.32


def picture(mesh: Mesh, axis: str, path) -> np.ndarray:
    """Render the middle 32 cm from the front, black and white in turn every 5 cm of cloth; (H, W) bool."""
    scene = empty_scene()
    material = bpy.data.materials.new("bands")
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    uv, split, wave = (nodes.new(f"ShaderNode{kind}") for kind in ("UVMap", "SeparateXYZ", "Math"))
    light, out = nodes.new("ShaderNodeEmission"), nodes.new("ShaderNodeOutputMaterial")
    uv.uv_map, wave.operation = UV_LAYER, "PINGPONG"
    wave.inputs[1].default_value = 0.05
    sharp = nodes.new("ShaderNodeMath")
    sharp.operation = "GREATER_THAN"
    sharp.inputs[1].default_value = 0.025
    for a, b in (
        (uv.outputs["UV"], split.inputs[0]),
        (split.outputs["X" if axis == "u" else "Y"], wave.inputs[0]),
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
    return np.asarray(Image.open(path).convert("L")) > 128


def period_cm(bands: np.ndarray) -> float:
    """The distance between rising edges along rows (H, W), in centimetres of the picture."""
    steps = []
    for row in bands[PIXELS // 4 : -PIXELS // 4 : 8]:
        rising = np.flatnonzero(~row[:-1] & row[1:])
        steps += np.diff(rising).tolist()
    assert steps
    return float(np.median(steps)) * 100 * ACROSS_M / PIXELS


def lying(type: str) -> Mesh:
    """The front of a garment as it is cut, upright."""
    style = import_module(PATTERNS[type])
    pattern = style.draft(style.sample(rng_for(7, "scale", type)))
    cloth = cut(pattern, 0.03, rng_for(0))
    front = ~cloth.back[cloth.faces[:, 0]]
    vertices = np.column_stack([cloth.table[:, 0], np.zeros(len(cloth.table)), cloth.table[:, 1]])
    if "crotch" in pattern.anchors:  # between the legs there is nothing to see
        vertices[:, 0] -= pattern.anchors["hip"][0] / 2
        front &= (cloth.table[cloth.faces][:, :, 0] >= 0).all(axis=1)
        used = np.unique(cloth.faces[front])
        vertices[np.setdiff1d(np.arange(len(vertices)), used)] = vertices[used[0]]
    n = int(front.sum())
    return Mesh(
        vertices.astype(np.float32),
        cloth.faces[front],
        cloth.uv[front].astype(np.float32),
        np.ones(len(vertices), np.float32),
        np.zeros(n, np.int32),
    )


@pytest.mark.parametrize("type", PATTERNS)
def test_ten_centimetres_are_ten_on_every_type(tmp_path, type):
    across = picture(lying(type), "u", tmp_path / "u.png")
    up = picture(lying(type), "v", tmp_path / "v.png")
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
    across = picture(garment.mesh, "u", tmp_path / "u.png")
    assert period_cm(across) == pytest.approx(10, rel=0.05)
    assert period_cm(picture(garment.mesh, "v", tmp_path / "v.png").T) == pytest.approx(10, rel=0.05)
