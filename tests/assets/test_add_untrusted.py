"""A user's own meshes: nothing in them runs, and every bad one is one clear line."""

import gzip
import os
import signal
import zipfile

import click
import pytest

import assets.add
import assets.own.suspicious
from assets.add import read_alone
from assets.common.blender import bpy, empty_scene
from assets.own.prepare import Wanted, prepare
from tests.helpers.meshes import cylinder, export


def test_scripts_and_drivers_in_a_blend_file_never_run(tmp_path):
    empty_scene()
    body = cylinder("cloth", 0.25, 0.9, 0.45)
    text = bpy.data.texts.new("run.py")
    text.write(f"open({str(tmp_path / 'ran')!r}, 'w')")
    text.use_module = True
    driver = body.driver_add("location", 0).driver
    driver.type = "SCRIPTED"
    driver.expression = f"len([open({str(tmp_path / 'driven')!r}, 'w')])"
    (garment,) = prepare(Wanted(), export(tmp_path / "evil.blend"))
    assert len(garment.mesh.faces)
    assert not (tmp_path / "ran").exists()
    assert not (tmp_path / "driven").exists()


def escaping_usdz(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../out.usdc", b"x")


def bomb_usdz(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(3):
            archive.writestr(f"{i}.usdc", bytes(1000))


def bomb_blend(path):
    path.write_bytes(gzip.compress(b"BLENDER-v405" + bytes(3000)))


def nan_blend(path):
    empty_scene()
    bpy.ops.mesh.primitive_cube_add()
    bpy.context.object.data.vertices[0].co.x = float("nan")
    bpy.ops.wm.save_as_mainfile(filepath=str(path))


BAD = {
    "none.glb": (None, "no such file"),
    "odd.xyz": (b"", "unknown kind"),
    "broken.glb": (b"nothing", "cannot read"),
    "broken.fbx": (b"nothing", "cannot read"),
    "broken.blend": (b"nothing", "cannot read"),
    "broken.gz.blend": (b"\x1f\x8bnothing", "compression is broken"),
    "broken.usdz": (b"nothing", r"not a \.usdz"),
    "broken.stl": (b"nothing", "cannot read"),
    "broken.ply": (b"nothing", "cannot read"),
    "points.obj": (b"v 0 0 0\nv 1 0 0\n", "no faces"),
    "nan.blend": (nan_blend, "not numbers"),
    "huge.obj": (b"v 0 0 0\nv 900000 0 0\nv 0 900000 0\nf 1 2 3\n", "--height"),
    "dust.obj": (b"v 0 0 0\nv 0 1e-9 0\nv 1e-9 0 0\nf 1 2 3\n", "--height"),
    "point.obj": (b"v 0 0 0\nv 0 0 0\nv 0 0 0\nf 1 2 3\n", "no extent"),
    "line.obj": (b"v 0 0 0\nv 0 1 0\nv 0 0.5 0\nf 1 2 3\n", "no area"),
    "escape.usdz": (escaping_usdz, "escapes"),
    "bomb.usdz": (bomb_usdz, "unpacks to more"),
    "bomb.blend": (bomb_blend, "unpacks to more"),
    "escape.gltf": (b'{"asset": {"version": "2.0"}, "buffers": [{"uri": "../x.bin"}]}', "outside its folder"),
    "root.gltf": (
        b'{"asset": {"version": "2.0"}, "images": [{"uri": "%2Fetc/passwd"}]}',
        "outside its folder",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_mesh_names_file_and_cure(tmp_path, name, monkeypatch):
    monkeypatch.setattr(assets.own.suspicious, "LARGEST_UNPACKED", 2000)
    content, says = BAD[name]
    path = tmp_path / name
    if callable(content):
        content(path)
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(click.ClickException, match=says) as caught:
        prepare(Wanted("skirt"), path)
    assert caught.value.message.startswith(f"{path}: ")
    assert "\n" not in caught.value.message


def test_a_file_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(assets.own.suspicious, "LARGEST_FILE", 10)
    (tmp_path / "a.glb").write_bytes(bytes(11))
    with pytest.raises(click.ClickException, match=r"a\.glb: larger than"):
        prepare(Wanted(), tmp_path / "a.glb")


def die(wanted, path):
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_file_that_kills_blender_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(assets.add, "prepare_alone", die)
    with pytest.raises(click.ClickException, match=r"a\.glb: Blender died"):
        read_alone([tmp_path / "a.glb"], Wanted())
