"""A user's own meshes: what buttons look like, and names that may hold anything."""

import numpy as np
import pytest
from PIL import Image

from assets.common.blender import bpy, empty_scene
from assets.own.prepare import Wanted, prepare
from tests.helpers.meshes import add, cylinder, export, obj_text, tapered

RED_MTL = "newmtl cloth\nKd 1 1 1\nnewmtl trim\nKd 0 0 0\nmap_Kd red.png\n"


def trimmed(folder, mtl=RED_MTL):
    """Write an .obj of a tube with a band of the material "trim"."""
    vertices, quads = tapered(rows=10)
    rows = obj_text(vertices[:, [0, 2, 1]] * [1, 1, -1], quads, "mtllib a.mtl\nusemtl cloth\n").splitlines()
    rows.insert(len(rows) - 24, "usemtl trim")
    (folder / "a.obj").write_text("\n".join(rows))
    (folder / "a.mtl").write_text(mtl)
    return folder / "a.obj"


def color_of(garments, name):
    return next(slot.color for slot in garments[0].slots if slot.name == name)


def test_a_texture_wins_over_a_colour(tmp_path):
    path = trimmed(tmp_path)
    Image.new("RGB", (8, 8), (255, 0, 0)).save(tmp_path / "red.png")
    assert color_of(prepare(Wanted("dress"), path), "trim") == pytest.approx((1, 0, 0), abs=0.01)


def test_a_textures_average_is_that_of_light(tmp_path):
    path = trimmed(tmp_path)
    Image.fromarray(np.array([[[255] * 3, [0] * 3]] * 2, np.uint8)).save(tmp_path / "red.png")
    assert color_of(prepare(Wanted("dress"), path), "trim") == pytest.approx((0.5,) * 3, abs=0.01)


@pytest.mark.parametrize("texture", ["missing.png", "../red.png", "broken.png"])
def test_a_texture_that_is_not_there_or_lies_elsewhere_leaves_the_colour(tmp_path, texture):
    folder = tmp_path / "here"
    folder.mkdir()
    path = trimmed(folder, RED_MTL.replace("red.png", texture).replace("0 0 0", "0 1 0"))
    Image.new("RGB", (8, 8), (255, 0, 0)).save(tmp_path / "red.png")
    (folder / "broken.png").write_bytes(b"nothing")
    assert color_of(prepare(Wanted("dress"), path), "trim") == pytest.approx((0, 1, 0), abs=0.01)


def test_a_texture_in_a_glb_is_times_its_factor(tmp_path):
    empty_scene()
    add("tube", *tapered(), "cloth")
    trim = cylinder("trim", 0.05, 0.05, 0.5)
    nodes, links = trim.active_material.node_tree.nodes, trim.active_material.node_tree.links
    picture, mix = nodes.new("ShaderNodeTexImage"), nodes.new("ShaderNodeMix")
    picture.image = bpy.data.images.new("white", 4, 4)
    picture.image.generated_color = (1, 1, 1, 1)
    picture.image.pack()
    mix.data_type, mix.blend_type = "RGBA", "MULTIPLY"
    mix.inputs["Factor"].default_value = 1.0
    mix.inputs[7].default_value = (0.5, 0.25, 1, 1)
    links.new(picture.outputs[0], mix.inputs[6])
    links.new(mix.outputs[2], nodes["Principled BSDF"].inputs["Base Color"])
    garments = prepare(Wanted("dress"), export(tmp_path / "a.glb"))
    assert color_of(garments, "trim") == pytest.approx((0.5, 0.25, 1), abs=0.02)


def test_cloth_that_several_objects_share_carries_the_pattern_in_all(tmp_path):
    empty_scene()
    vertices, quads = tapered(height=0.5)
    add("skirt", vertices, quads, "cotton")
    add("bodice", vertices + np.array([0, 0, 0.5]), quads, "cotton")
    (garment,) = prepare(Wanted("dress"), export(tmp_path / "a.glb"))
    assert [slot.name for slot in garment.slots] == ["cotton"]
    assert (garment.mesh.material_index == 0).all()


NAMES = {"Cyrillic": "Ткань", "long": "x" * 60, "newline": "a\nb", "escape": "a\x1b[31mb", "empty": ""}


@pytest.mark.parametrize("kind", ["glb", "obj"])
@pytest.mark.parametrize("name", NAMES)
def test_names_may_hold_anything_and_print_on_one_line(tmp_path, kind, name):
    empty_scene()
    body = add("tube", *tapered(), "cloth")
    body.name = body.data.name = body.active_material.name = NAMES[name]
    (garment,) = prepare(Wanted("dress"), export(tmp_path / f"a.{kind}"))
    assert garment.slots[0].name.isprintable()
    assert garment.slots[0].name
    assert garment.name.isprintable()


def test_an_obj_whose_material_has_300_letters_goes_in_and_can_be_asked_for(tmp_path):
    path = trimmed(tmp_path, RED_MTL.replace("trim", "y" * 300))
    path.write_text(path.read_text().replace("trim", "y" * 300))
    (garment,) = prepare(Wanted("dress"), path)
    wanted = garment.slots[1].name
    assert len(wanted) <= 60
    (garment,) = prepare(Wanted("dress", fabric_slot=wanted), path)
    assert garment.slots[0].name == wanted


def test_two_objects_of_one_name_are_both_read(tmp_path):
    vertices, quads = tapered(height=0.5)
    y_up = vertices[:, [0, 2, 1]] * [1, 1, -1]
    first = obj_text(y_up, quads, "o same\n")
    second = obj_text(y_up + np.array([0, 0.5, 0]), quads + len(vertices), "o same\n")
    (tmp_path / "a.obj").write_text(first + second)
    (garment,) = prepare(Wanted("dress"), tmp_path / "a.obj")
    assert np.ptp(garment.mesh.vertices[:, 2]) == pytest.approx(1.0, abs=0.01)
