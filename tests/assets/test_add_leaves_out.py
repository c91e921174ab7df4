"""A user's own meshes: bone shapes, hidden objects, floors and backdrops are no garment, and are named."""

import click
import numpy as np
import pytest

from assets.add import read_alone
from assets.common.blender import bpy, empty_scene
from assets.own.prepare import Wanted, prepare
from tests.helpers.meshes import add, cylinder, export, plane, tapered


def only_the_tube(garments, height=1.05):
    (garment,) = garments
    assert np.ptp(garment.mesh.vertices, axis=0) == pytest.approx((0.5, 0.5, height), abs=0.01)
    assert [slot.name for slot in garment.slots] == ["cloth"]
    return garment


def rig(shape=None):
    """Put the tube into the scene, moved by an armature of one bone that `shape` may draw."""
    body = add("tube", *tapered(), "cloth")
    armature = bpy.data.objects.new("rig", bpy.data.armatures.new("rig"))
    bpy.context.scene.collection.objects.link(armature)
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    bone = armature.data.edit_bones.new("spine")
    bone.tail = (0, 0, 1)
    bpy.ops.object.mode_set(mode="OBJECT")
    armature.pose.bones["spine"].custom_shape = shape
    body.parent = armature
    body.vertex_groups.new(name="spine").add(range(len(body.data.vertices)), 1.0, "REPLACE")
    body.modifiers.new("rig", "ARMATURE").object = armature


@pytest.mark.parametrize("kind", ["glb", "gltf", "fbx"])
def test_a_rigged_garment_comes_without_the_importers_bone_shapes(tmp_path, kind):
    empty_scene()
    rig()
    assert "left out" not in str(
        only_the_tube(prepare(Wanted("dress"), export(tmp_path / f"a.{kind}"))).remarks
    )


def test_an_animators_bone_shape_is_no_garment(tmp_path):
    empty_scene()
    rig(shape=cylinder("control", 1.0, 0.1, 0.5))
    only_the_tube(prepare(Wanted("dress"), export(tmp_path / "a.blend")))


@pytest.mark.parametrize("how", ["hide_viewport", "hide_render", "hide_set", "collection"])
def test_what_is_hidden_is_left_out_and_named(tmp_path, how):
    empty_scene()
    add("tube", *tapered(), "cloth")
    hidden = cylinder("cage", 0.6, 1.2, 0.5)
    if how == "hide_set":
        hidden.hide_set(True)
    elif how == "collection":
        bpy.context.scene.collection.objects.unlink(hidden)
        collection = bpy.data.collections.new("spare")
        bpy.context.scene.collection.children.link(collection)
        collection.objects.link(hidden)
        bpy.context.view_layer.layer_collection.children["spare"].exclude = True
    else:
        setattr(hidden, how, True)
    garment = only_the_tube(prepare(Wanted("dress"), export(tmp_path / "a.blend")))
    assert "left out 'cage', which is hidden" in garment.remarks


def test_a_file_of_hidden_meshes_says_so(tmp_path):
    empty_scene()
    add("tube", *tapered(), "cloth").hide_render = True
    with pytest.raises(click.ClickException, match="all its meshes are hidden; show the garment"):
        prepare(Wanted("dress"), export(tmp_path / "a.blend"))


@pytest.mark.parametrize("kind", ["blend", "obj"])
@pytest.mark.parametrize("what", ["floor", "wall", "backdrop"])
def test_a_plane_below_or_behind_is_left_out_and_named(tmp_path, kind, what):
    empty_scene()
    add("tube", *tapered(), "cloth")
    name = "backdrop" if what == "backdrop" else "surface"
    body = plane(name, 1.5 if what == "wall" else 10)
    if what == "wall":
        body.rotation_euler = (1.4, 0, 0.3)
        body.location.y = 0.6
    garment = only_the_tube(prepare(Wanted("dress"), export(tmp_path / f"a.{kind}")))
    assert any(remark.startswith(f"left out '{name}', ") for remark in garment.remarks)


def test_a_room_far_larger_than_the_garment_is_left_out(tmp_path):
    empty_scene()
    add("tube", *tapered(), "cloth")
    bpy.ops.mesh.primitive_cube_add(size=8, location=(0, 0, 4))
    bpy.context.object.name = "room"
    garment = only_the_tube(prepare(Wanted("dress"), export(tmp_path / "a.glb")))
    assert "left out 'room', far larger than the rest" in garment.remarks


def test_a_plane_fixed_to_the_camera_is_left_out(tmp_path):
    scene = empty_scene()
    add("tube", *tapered(), "cloth")
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    scene.collection.objects.link(camera)
    plane("card", 0.5).parent = camera
    garment = only_the_tube(prepare(Wanted("dress"), export(tmp_path / "a.blend")))
    assert "left out 'card', which is fixed to a camera" in garment.remarks


def test_a_flat_garment_keeps_its_cloth_beside_buttons_and_a_hanger(tmp_path):
    empty_scene()
    t = np.linspace(-0.35, 0.35, 15)
    x, z = (a.reshape(-1) for a in np.meshgrid(t, t))
    k = (np.arange(14)[:, None] * 15 + np.arange(14)).reshape(-1)
    add("sheet", np.column_stack([x, 0 * x, z]), np.stack([k, k + 1, k + 16, k + 15], axis=1), "cloth")
    for i in range(3):
        cylinder(f"button {i}", 0.01, 0.004, 0.1 * i)
    (garment,) = prepare(Wanted("t-shirt"), export(tmp_path / "a.glb"))
    assert np.ptp(garment.mesh.vertices[:, 2]) == pytest.approx(0.7, abs=0.01)
    assert {slot.name for slot in garment.slots} >= {"cloth", "button 0"}


def test_blender_says_nothing_of_its_own(tmp_path, capfd):
    empty_scene()
    add("tube", *tapered(), "cloth")
    path = export(tmp_path / "a.glb")
    capfd.readouterr()
    read_alone([path], Wanted("dress"))
    said = "".join(capfd.readouterr())
    assert "INFO" not in said  # of the reader; loading, Blender 5.2 says which colours it takes
    assert "WARN" not in said
