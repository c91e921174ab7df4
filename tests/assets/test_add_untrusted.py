"""A user's own meshes: nothing in them runs, and every bad one is one clear line."""

import gzip
import json
import os
import signal
import zipfile

import click
import numpy as np
import pytest

import assets.add
import assets.own.importing
import assets.own.suspicious
from assets.add import read_alone
from assets.common.blender import bpy, empty_scene
from assets.own.prepare import Wanted, prepare
from tests.helpers.meshes import add, cylinder, export, obj_text, tapered


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


QUAD = b"v 0 0 0\nv 0 1 0\nv 0 1 1\nv 0 0 1\nf 1 2 3 4\n"


def gltf(**content):
    return json.dumps({"asset": {"version": "2.0"}} | content).encode()


def soup():
    rng = np.random.default_rng(0)
    return obj_text(rng.random((90, 3)), np.arange(90).reshape(-1, 3)).encode()


def far_obj(offset):
    """A tube so far away that float32 rounds it to steps of 8 mm."""
    vertices, quads = tapered(rows=8)
    return obj_text(vertices[:, [0, 2, 1]] + [offset, 0, 0], quads).encode()


def narrow():
    """A sheet in the plane of y and z, with enough faces for cloth."""
    t = np.linspace(0, 1, 5)
    y, z = (a.reshape(-1) for a in np.meshgrid(t, t))
    k = (np.arange(4)[:, None] * 5 + np.arange(4)).reshape(-1)
    return obj_text(np.column_stack([0 * y, y, z]), np.stack([k, k + 1, k + 6, k + 5], axis=1)).encode()


def far_ply(path):
    empty_scene()
    vertices, quads = tapered(rows=8)
    add("dress", vertices + np.array([1e5, 0, 0]), quads)
    export(path)


BAD = {
    "narrow.obj": (narrow(), "0.000 m wide and 1.000 m high; say --up"),
    "quad.obj": (QUAD, "0.000 m wide|do not hang together"),
    "triangle.obj": (b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n", "do not hang together"),
    "soup.obj": (soup(), "do not hang together"),
    "far.ply": (far_ply, "so far from the origin that its vertices are rounded to steps of 0.008"),
    "lfs.glb": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "git lfs pull"),
    "lfs.obj": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "git lfs pull"),
    "zip.glb": (b"PK\x03\x04" + bytes(60), "a zip archive; unpack it"),
    "page.glb": (b"\n<!DOCTYPE html><html></html>", "a web page"),
    "empty.stl": (b"", "it is empty"),
    "endless.gltf": (
        gltf(scenes=[{"nodes": [0]}], nodes=[{"children": [1]}, {"children": [0]}]),
        "its nodes contain one another",
    ),
    "self.gltf": (gltf(scenes=[{"nodes": [0]}], nodes=[{"children": [0]}]), "its nodes contain one another"),
    "sceneless.gltf": (gltf(nodes=[{}]), "it has no scene"),
    "keyless.gltf": (gltf(scenes=[{"nodes": [7]}]), r"cannot read it \((?!.*Traceback)(?!.*line \d)"),
    "none.glb": (None, "no such file"),
    "odd.xyz": (b"nothing", "unknown kind"),
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


@pytest.mark.parametrize("kind", ["obj", "glb", "blend"])
def test_a_dress_a_hundred_kilometres_away_is_not_crumpled(tmp_path, kind):
    path = tmp_path / f"far.{kind}"
    if kind == "obj":
        path.write_bytes(far_obj(1e5))
    else:
        empty_scene()
        add("dress", *tapered(rows=8)).location.x = 1e5
        export(path)
    (garment,) = prepare(Wanted("dress"), path)
    rings = np.hypot(*garment.mesh.vertices[:, :2].T)
    assert rings == pytest.approx(0.25, abs=1e-5)


def test_a_mesh_with_too_many_faces_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(assets.own.importing, "MOST_FACES", 100)
    (tmp_path / "a.obj").write_bytes(far_obj(0))
    with pytest.raises(click.ClickException, match=r"a\.obj: 384 triangles are too many; decimate it"):
        prepare(Wanted("dress"), tmp_path / "a.obj")


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
