"""A user's own meshes: every format goes in, every bad file is one clear line."""

import zipfile

import click
import numpy as np
import pytest

from assets.add import add
from assets.common.blender import bpy, empty_scene
from assets.library import INDEX, Mesh, read_library

EXPORT = {
    "glb": lambda p: bpy.ops.export_scene.gltf(filepath=p),
    "obj": lambda p: bpy.ops.wm.obj_export(filepath=p),
    "fbx": lambda p: bpy.ops.export_scene.fbx(filepath=p),
    "usdc": lambda p: bpy.ops.wm.usd_export(filepath=p),
    "stl": lambda p: bpy.ops.wm.stl_export(filepath=p),
    "ply": lambda p: bpy.ops.wm.ply_export(filepath=p),
    "blend": lambda p: bpy.ops.wm.save_as_mainfile(filepath=p),
}


def tube(path, script=None):
    """Export a tube 0.9 m high with a small knob of another material."""
    empty_scene()
    for name, (radius, depth, z) in {"cloth": (0.25, 0.9, 0.45), "knob": (0.02, 0.02, 0.5)}.items():
        bpy.ops.mesh.primitive_cylinder_add(radius=radius, depth=depth, location=(0, 0, z), vertices=48)
        bpy.context.object.data.materials.append(bpy.data.materials.new(name))
    if script:
        text = bpy.data.texts.new("run.py")
        text.write(script)
        text.use_module = True
    EXPORT[path.suffix[1:]](str(path))
    empty_scene()
    return path


@pytest.mark.parametrize("kind", EXPORT)
def test_every_format_goes_in_with_uvs_in_metres(tmp_path, kind):
    entry = add(tube(tmp_path / f"My Tube.{kind}"), tmp_path / "lib", "skirt", "worn")
    assert entry.id == "own-my-tube"
    assert entry.dimensions_m == pytest.approx((0.5, 0.5, 0.9), abs=0.01)
    mesh = Mesh.load(tmp_path / "lib" / entry.file)
    corners = mesh.vertices[mesh.faces]
    lengths = [np.linalg.norm(np.roll(c, 1, axis=1) - c, axis=2) for c in (corners, mesh.uv)]
    assert np.median(lengths[0] / lengths[1].clip(min=1e-9)) == pytest.approx(1, abs=0.05)
    assert entry.slots[0].fabric
    assert mesh.ao.min() >= 0
    assert mesh.ao.max() <= 1
    if kind not in ("stl", "ply"):  # those two know no materials
        assert [slot.name for slot in entry.slots] == ["cloth", "knob"]
        assert (mesh.material_index == 1).any()


def test_scripts_in_a_blend_file_never_run(tmp_path):
    path = tube(tmp_path / "evil.blend", script=f"open({str(tmp_path / 'ran')!r}, 'w')")
    add(path, tmp_path / "lib", "skirt", "worn")
    assert not (tmp_path / "ran").exists()


def test_units_are_guessed_and_height_decides(tmp_path):
    path = tmp_path / "cm.obj"
    path.write_text("v 0 0 0\nv 40 0 0\nv 0 90 0\nv 30 80 20\nf 1 2 3\nf 2 3 4\n")
    assert add(path, tmp_path / "lib", "dress", "worn").dimensions_m[2] == pytest.approx(0.9)
    assert add(path, tmp_path / "lib", "dress", "worn", height=1.2).dimensions_m[2] == pytest.approx(1.2)
    assert len(read_library(tmp_path / "lib")) == 1


def escaping_usdz(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../out.usdc", b"x")


def nan_blend(path):
    empty_scene()
    bpy.ops.mesh.primitive_cube_add()
    bpy.context.object.data.vertices[0].co.x = float("nan")
    bpy.ops.wm.save_as_mainfile(filepath=str(path))


BAD = {
    "none.glb": (None, "no such file"),
    "odd.xyz": (b"", "unknown kind"),
    "broken.glb": (b"nothing", "cannot read"),
    "broken.usdz": (b"nothing", "not a .usdz"),
    "points.obj": (b"v 0 0 0\nv 1 0 0\n", "no faces"),
    "nan.blend": (nan_blend, "not numbers"),
    "huge.obj": (b"v 0 0 0\nv 900000 0 0\nv 0 900000 0\nf 1 2 3\n", "--height"),
    "escape.usdz": (escaping_usdz, "escapes"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_mesh_names_file_and_cure_and_leaves_nothing(tmp_path, name):
    content, says = BAD[name]
    path = tmp_path / name
    if callable(content):
        content(path)
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(click.ClickException, match=says) as caught:
        add(path, tmp_path / "lib", "skirt", "worn")
    assert name in caught.value.message
    assert not (tmp_path / "lib" / INDEX).exists()
    assert not list(tmp_path.glob("lib/*.npz"))
