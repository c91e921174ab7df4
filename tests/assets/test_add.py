"""A user's own meshes: every format goes in, every bad file is one clear line."""

import gzip
import os
import signal
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
import pytest

import assets.add
import assets.own.suspicious
from assets.add import accept, read_alone, stage
from assets.common.blender import bpy, empty_scene, silence
from assets.library import INDEX, Mesh, read_library
from assets.own.cloth_uv import cloth_uv
from assets.own.prepare import Prepared, Wanted, prepare, usual_height
from assets.patterns import PATTERNS
from assets.sewing.strain import along_cloth, scales, signed_areas

EXPORT = {
    "glb": lambda p: bpy.ops.export_scene.gltf(filepath=p),
    "gltf": lambda p: bpy.ops.export_scene.gltf(filepath=p, export_format="GLTF_SEPARATE"),
    "obj": lambda p: bpy.ops.wm.obj_export(filepath=p),
    "fbx": lambda p: bpy.ops.export_scene.fbx(filepath=p),
    "usd": lambda p: bpy.ops.wm.usd_export(filepath=p),
    "usda": lambda p: bpy.ops.wm.usd_export(filepath=p),
    "usdc": lambda p: bpy.ops.wm.usd_export(filepath=p),
    "usdz": lambda p: bpy.ops.wm.usd_export(filepath=p),
    "stl": lambda p: bpy.ops.wm.stl_export(filepath=p),
    "ply": lambda p: bpy.ops.wm.ply_export(filepath=p),
    "blend": lambda p: bpy.ops.wm.save_as_mainfile(filepath=p),
}
NO_MATERIALS = ("stl", "ply")


def cylinder(name, radius, depth, z, x=0.0, color=(0.2, 0.4, 0.6, 1.0)):
    bpy.ops.mesh.primitive_cylinder_add(radius=radius, depth=depth, location=(x, 0, z), vertices=48)
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    material.node_tree.nodes["Principled BSDF"].inputs["Base Color"].default_value = color
    bpy.context.object.name = name
    bpy.context.object.data.materials.append(material)
    return bpy.context.object


def export(path):
    with silence():
        EXPORT[path.suffix[1:]](str(path))
    empty_scene()
    return path


def tube(path):
    """Export a tube 0.9 m high with a small knob of another material."""
    empty_scene()
    cylinder("cloth", 0.25, 0.9, 0.45)
    cylinder("knob", 0.02, 0.02, 0.5)
    return export(path)


@pytest.mark.parametrize("kind", EXPORT)
def test_every_format_goes_in_with_ten_centimetres_of_cloth_measuring_ten(tmp_path, kind):
    (garment,) = prepare(Wanted("skirt"), tube(tmp_path / f"tube.{kind}"))
    mesh = garment.mesh
    assert np.ptp(mesh.vertices, axis=0) == pytest.approx((0.5, 0.5, 0.9), abs=0.01)
    cloth = mesh.material_index == 0
    assert scales(mesh.vertices[mesh.faces[cloth]], mesh.uv[cloth]) == pytest.approx((1, 1), abs=0.05)
    assert garment.slots[0].fabric
    assert 0 <= mesh.ao.min() <= mesh.ao.max() <= 1
    if kind not in NO_MATERIALS:
        assert [slot.name for slot in garment.slots] == ["cloth", "knob"]
        assert garment.slots[1].color == pytest.approx((0.2, 0.4, 0.6), abs=0.01)
        assert (mesh.material_index == 1).any()


def test_objects_that_touch_are_one_garment_and_those_apart_are_several(tmp_path):
    empty_scene()
    cylinder("shirt", 0.25, 0.7, 0.35)
    cylinder("button", 0.01, 0.01, 0.4)
    cylinder("dress", 0.25, 1.0, 0.5, x=1.0)
    cylinder("hanger", 0.01, 0.1, 1.05, x=1.0)
    path = export(tmp_path / "two.glb")
    garments = prepare(Wanted(), path)
    assert {g.name: {slot.name for slot in g.slots} for g in garments} == {
        "shirt": {"shirt", "button"},
        "dress": {"dress", "hanger"},
    }
    heights = {g.name: np.ptp(g.mesh.vertices[:, 2]) for g in garments}
    assert heights["shirt"] == pytest.approx(0.7, abs=0.01)
    assert len(prepare(Wanted(per_object=True), path)) == 4


def test_a_mannequin_keeps_its_material_however_large_it_is(tmp_path):
    empty_scene()
    cylinder("Mannequin", 0.2, 1.7, 0.85)
    cylinder("cotton", 0.25, 0.7, 1.0)
    path = export(tmp_path / "dressed.glb")
    (garment,) = prepare(Wanted(), path)
    assert garment.slots[0].name == "cotton"
    (garment,) = prepare(Wanted(fabric_slot="Mannequin"), path)
    assert garment.slots[0].name == "Mannequin"
    with pytest.raises(click.ClickException, match=r"no material 'silk'; it has .*cotton"):
        prepare(Wanted(fabric_slot="silk"), path)


@pytest.mark.parametrize("kind", ["glb", "stl"])
def test_a_heavy_mesh_is_decimated_to_the_budget_and_keeps_its_size(tmp_path, kind):
    empty_scene()
    bpy.ops.mesh.primitive_uv_sphere_add(segments=100, ring_count=60, radius=0.4)
    (garment,) = prepare(Wanted(budget=2000), export(tmp_path / f"ball.{kind}"))
    assert 1000 < len(garment.mesh.vertices) <= 2100
    assert np.ptp(garment.mesh.vertices, axis=0) == pytest.approx((0.8, 0.8, 0.8), abs=0.02)


def test_a_mesh_that_lies_is_stood_up_and_a_flat_one_is_laid(tmp_path):
    def box(size):
        empty_scene()
        bpy.ops.mesh.primitive_cube_add(size=1)
        bpy.context.object.scale = size
        return export(tmp_path / "box.stl")

    def posed(size, presentation, **said):
        return np.ptp(prepare(Wanted("other", presentation, **said), box(size))[0].mesh.vertices, axis=0)

    assert posed((0.5, 1.0, 0.2), "worn") == pytest.approx((0.5, 0.2, 1.0))
    assert posed((0.5, 0.2, 1.0), "worn") == pytest.approx((0.5, 0.2, 1.0))
    assert posed((0.5, 0.2, 1.0), "flat") == pytest.approx((0.5, 1.0, 0.2))
    assert posed((0.5, 0.45, 0.35), "worn", up="y") == pytest.approx((0.5, 0.35, 0.45))
    assert posed((1.0, 0.3, 0.5), "worn", up="x") == pytest.approx((0.5, 0.3, 1.0))


def test_height_and_type_decide_what_a_silent_file_means(tmp_path):
    path = tmp_path / "box.obj"

    def box(height):
        w = 0.6 * height
        corners = [(x, y, z) for x in (0, w) for y in (0, height) for z in (0, w)]
        quads = ("1 2 4 3", "5 7 8 6", "1 5 6 2", "3 4 8 7", "1 3 7 5", "2 6 8 4")
        rows = [*(f"v {x} {y} {z}" for x, y, z in corners), *(f"f {quad}" for quad in quads)]
        path.write_text("\n".join(rows))
        return path

    def height(units, *said, **more):
        return np.ptp(prepare(Wanted(*said, **more), box(units))[0].mesh.vertices[:, 2])

    assert height(90, "dress") == pytest.approx(0.90)  # centimetres
    assert height(40, "dress") == pytest.approx(40 * 0.0254)  # no dress has 40 cm
    assert height(40, "shorts") == pytest.approx(0.40)
    assert height(700, "t-shirt") == pytest.approx(0.70)
    assert height(90, "dress", height=1.2) == pytest.approx(1.2)
    assert all(0.3 < usual_height(type) < 1.3 for type in PATTERNS)


def grid(n=20, size=0.8):
    """A square of cloth facing -y, and UVs (F, 3, 2) that fill the unit square."""
    t = np.linspace(0, 1, n + 1)
    x, z = (a.reshape(-1) for a in np.meshgrid(t, t))
    i = (np.arange(n)[:, None] * (n + 1) + np.arange(n)).reshape(-1)
    faces = np.concatenate(
        [np.stack([i, i + 1, i + n + 2], axis=1), np.stack([i, i + n + 2, i + n + 1], axis=1)]
    )
    vertices = np.column_stack([x * size, 0 * x, z * size])
    return vertices, faces, np.column_stack([x, z])[faces]


SPOIL = {
    "no UVs": lambda uv: None,
    "no area": lambda uv: uv * 0,
    "not numbers": lambda uv: uv * np.nan,
    "scraps": lambda uv: uv + 3 * np.arange(len(uv))[:, None, None],
    "over one another": lambda uv: np.stack([np.abs((5 * uv[..., 0] + 0.5) % 1 - 0.5), uv[..., 1]], axis=2),
    "stretched": lambda uv: uv**4,
}


@pytest.mark.parametrize("why", SPOIL)
def test_useless_uvs_are_made_anew_and_the_user_is_told(why):
    vertices, faces, uv = grid()
    new, said = cloth_uv(vertices, faces, SPOIL[why](uv), up=2)
    assert why in said
    along = along_cloth(vertices[faces], new, np.ones(len(faces), bool))
    for step, direction in zip(along, ([1, 0, 0], [0, 0, 1]), strict=True):
        assert step == pytest.approx(np.broadcast_to(direction, step.shape), abs=0.03)


@pytest.mark.parametrize(
    "authored",
    [
        lambda uv: uv * [3.0, 0.2],
        lambda uv: uv * [-1, 1],
        lambda uv: 5 - uv,
        lambda uv: uv[..., ::-1] * [1, -1],
    ],
    ids=["uneven", "mirrored", "turned", "on its side"],
)
def test_good_uvs_are_kept_but_for_scale_and_mirroring(authored):
    vertices, faces, uv = grid()
    new, said = cloth_uv(vertices, faces, authored(uv), up=2)
    assert said is None
    along_u, along_v = along_cloth(vertices[faces], new, np.ones(len(faces), bool))
    assert np.linalg.norm(along_u, axis=1) == pytest.approx(1, abs=1e-6)
    assert np.linalg.norm(along_v, axis=1) == pytest.approx(1, abs=1e-6)
    assert np.cross(along_u, along_v) == pytest.approx(np.broadcast_to([0, -1, 0], along_u.shape), abs=1e-6)


def test_the_two_halves_of_a_symmetric_layout_are_not_mirrored():
    vertices, faces, uv = grid()
    left = uv[..., 0].mean(axis=1) < 0.5
    uv = uv.copy()
    uv[left, :, 0] = 1 - uv[left, :, 0]
    new, said = cloth_uv(vertices, faces, uv, up=2)
    assert said is None
    assert (signed_areas(new) > 0).all()


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


def run(out, *arguments, answer=""):
    command = [sys.executable, "-m", "assets.add", *map(str, arguments), "--out", str(out)]
    return subprocess.run(
        [*command, "--sheet", str(out.parent / "added.png")],
        input=answer,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def test_a_garment_enters_the_library_when_its_picture_is_accepted(tmp_path):
    path, out = tube(tmp_path / "My Tube.glb"), tmp_path / "lib"
    refused = run(out, path, "--type", "skirt", answer="n\n")
    assert refused.returncode == 1
    assert "nothing was added" in refused.stderr
    assert (tmp_path / "added.png").exists()
    assert not out.exists()
    accepted = run(out, path, "--type", "skirt", answer="y\n")
    assert accepted.returncode == 0, accepted.stderr
    assert "own-my-tube: 0.50 x 0.50 x 0.90 m" in accepted.stdout
    (entry,) = read_library(out)
    assert (entry.id, entry.type, entry.presentation) == ("own-my-tube", "skirt", "worn")
    assert len(Mesh.load(out / entry.file).vertices) == entry.vertices
    assert {item.name for item in out.iterdir()} == {INDEX, "own-my-tube.npz"}


def test_adding_again_replaces_and_leaves_others_alone(tmp_path):
    def staged(name, height):
        mesh = Mesh(*(np.zeros(shape) for shape in ((3, 3), (1, 3), (1, 3, 2), 3, 1)))
        mesh.vertices[:] = [[0, 0, 0], [1, 0, 0], [0, 0, height]]
        prepared = Prepared(name, replace(mesh, faces=np.array([[0, 1, 2]])), (), ())
        folder = tmp_path / f"staged-{name}-{height}"
        accept(folder, stage(folder, [(Path(f"{name}.glb"), prepared)], Wanted()), tmp_path / "lib")

    staged("a", 1.0)
    staged("b", 1.0)
    staged("a", 0.5)
    heights = {entry.id: entry.dimensions_m[2] for entry in read_library(tmp_path / "lib")}
    assert heights == {"own-a": 0.5, "own-b": 1.0}


def test_garments_of_one_name_get_names_of_their_own(tmp_path):
    mesh = Mesh(*(np.zeros(shape) for shape in ((3, 3), (1, 3), (1, 3, 2), 3, 1)))
    prepared = Prepared("Top", replace(mesh, faces=np.array([[0, 1, 2]])), (), ())
    entries = stage(tmp_path, [(Path("set.glb"), prepared)] * 3, Wanted())
    assert [entry.id for entry in entries] == ["own-set-top", "own-set-top-2", "own-set-top-3"]


def test_one_bad_file_among_good_ones_leaves_the_library_as_it_was(tmp_path):
    good, bad, out = tube(tmp_path / "good.glb"), tmp_path / "bad.glb", tmp_path / "lib"
    bad.write_bytes(b"nothing")
    result = run(out, good, bad, "--yes")
    assert result.returncode == 1
    assert "bad.glb: Blender cannot read it" in result.stderr
    assert not out.exists()
