"""A user's own meshes: how large they are, and which way is up."""

from dataclasses import replace

import click
import numpy as np
import pytest

from assets.common.blender import bpy, empty_scene, silence
from assets.own import pose
from assets.own.pose import TURNS, usual_axis
from assets.own.prepare import Wanted, prepare
from assets.own.size import drafted_outlines, usual_height
from assets.own.triangles import Imported
from assets.patterns import PATTERNS
from tests.helpers.meshes import add, export, obj_text, tapered


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


@pytest.mark.parametrize("said", [None, "unit", "height"])
def test_a_unit_that_is_not_the_files_own_is_said(tmp_path, said):
    empty_scene()
    add("shirt", *tapered(1.4, 1.4, height=5.8))
    path = export(tmp_path / "large.glb")
    more = {"unit": {"unit": "in"}, "height": {"height": 0.7}}.get(said, {})
    (garment,) = prepare(Wanted("shirt", **more), path)
    remarks = " ".join(garment.remarks)
    assert ("5.8 m is no garment's size: taken as feet" in remarks) == (said is None)
    height = {None: 5.8 * 0.3048, "unit": 5.8 * 0.0254, "height": 0.7}[said]
    assert np.ptp(garment.mesh.vertices[:, 2]) == pytest.approx(height, rel=1e-3)
    assert ("while a shirt has about" in remarks) == (said != "height")


@pytest.mark.parametrize("kind", ["glb", "blend", "obj"])
def test_the_unit_that_is_said_wins_over_the_files_own(tmp_path, kind):
    empty_scene()
    add("dress", *tapered(height=1.05))
    path = export(tmp_path / f"tube.{kind}")
    (garment,) = prepare(Wanted("dress", unit="ft", up="y" if kind == "obj" else "z"), path)
    assert np.ptp(garment.mesh.vertices[:, 2]) == pytest.approx(1.05 * 0.3048, rel=1e-3)
    with pytest.raises(click.ClickException, match=r"--unit makes it 0\.00105 m across"):
        prepare(Wanted("dress", unit="mm"), path)


@pytest.mark.parametrize(("scale", "system"), [(0.1, "METRIC"), (0.01, "METRIC"), (0.01, "NONE")])
def test_a_blend_files_own_unit_is_read(tmp_path, scale, system):
    scene = empty_scene()
    scene.unit_settings.system, scene.unit_settings.scale_length = system, scale
    own = 1.0 if system == "NONE" else scale
    add("dress", *tapered(0.25 / own, 0.25 / own, height=1.05 / own))
    (garment,) = prepare(Wanted("dress"), export(tmp_path / "tube.blend"))
    assert np.ptp(garment.mesh.vertices[:, 2]) == pytest.approx(1.05, rel=1e-3)
    assert garment.remarks == ("it has no UVs, so new ones were made",)


def test_centimetres_without_a_word_are_taken_and_said(tmp_path):
    vertices, quads = tapered(30, 20, height=110)
    (tmp_path / "cm.obj").write_text(obj_text(vertices[:, [0, 2, 1]] * [1, 1, -1], quads))
    (garment,) = prepare(Wanted("dress"), tmp_path / "cm.obj")
    assert np.ptp(garment.mesh.vertices[:, 2]) == pytest.approx(1.10, rel=1e-3)
    assert "it states no unit: taken as centimetres; --unit or --height says otherwise" in garment.remarks


SKIRT = tapered(0.42, 0.16, height=0.6, rows=8, around=24)
AXES = {
    "x": [2, 0, 1, 1, 1, 1],
    "-x": [2, 0, 1, -1, 1, -1],
    "y": [0, 2, 1, 1, 1, -1],
    "-y": [0, 2, 1, 1, -1, 1],
    "z": [0, 1, 2, 1, 1, 1],
    "-z": [0, 1, 2, 1, -1, -1],
}


def write_skirt(path, up):
    """Write a wide skirt whose waist points to the axis `up` of the file's numbers."""
    *order, a, b, c = AXES[up]
    vertices = SKIRT[0][:, order] * [a, b, c]
    if path.suffix == ".obj":
        path.write_text(obj_text(vertices, SKIRT[1]))
        return
    empty_scene()
    add("skirt", vertices, SKIRT[1])
    with silence():
        operator = bpy.ops.wm.stl_export if path.suffix == ".stl" else bpy.ops.wm.ply_export
        operator(filepath=str(path), forward_axis="Y", up_axis="Z")


@pytest.mark.parametrize("kind", ["obj", "stl", "ply"])
@pytest.mark.parametrize("up", AXES)
def test_a_skirt_stands_upright_whichever_axis_points_to_its_waist(tmp_path, kind, up):
    path = tmp_path / f"skirt.{kind}"
    write_skirt(path, up)
    for said in (up, None):
        (garment,) = prepare(Wanted("skirt", up=said), path)
        mesh = garment.mesh
        assert np.ptp(mesh.vertices, axis=0) == pytest.approx((0.84, 0.84, 0.6), abs=0.01)
        low, high = (mesh.vertices[np.abs(mesh.vertices[:, 2] - z) < 0.01] for z in (0.0, 0.6))
        assert (np.ptp(low[:, 0]), np.ptp(high[:, 0])) == pytest.approx((0.84, 0.32), abs=0.02)
        told = f"it states no axes: taken with {up} to the neck; --up says otherwise"
        assert (told in garment.remarks) == (said is None)
        corners = mesh.vertices[mesh.faces]
        assert np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) > 0  # not mirrored


@pytest.mark.parametrize("kind", ["glb", "fbx", "usdc", "blend"])
def test_up_means_what_the_file_itself_calls_up_where_it_states_its_axes(tmp_path, kind):
    empty_scene()
    add("skirt", SKIRT[0] * [1, -1, -1], SKIRT[1])
    path = export(tmp_path / f"skirt.{kind}")
    (garment,) = prepare(Wanted("skirt", up="-z"), path)
    mesh = garment.mesh
    assert np.ptp(mesh.vertices[mesh.vertices[:, 2] < 0.01], axis=0)[0] == pytest.approx(0.84, abs=0.02)


def rows(outline):
    """Return the x of an outline's points at 39 heights, from the hem to the neck."""
    x, y = outline.T
    return [x[(y >= low) & (y <= low + np.ptp(y) / 20)] for low in np.linspace(y.min(), y.max(), 40)[:-1]]


def tube(outline):
    """Return a mesh with elliptical sections that is as wide as an outline at every height."""
    t = np.linspace(0, 2 * np.pi, 40)
    heights = np.linspace(outline[:, 1].min(), outline[:, 1].max(), 40)[:-1]
    rings = [
        np.column_stack([0.4 * np.ptp(x) * np.cos(t), 0.12 * np.sin(t), np.full(40, height)])
        for x, height in zip(rows(outline), heights, strict=True)
    ]
    i, j = (a.reshape(-1) for a in np.meshgrid(np.arange(len(rings) - 1), np.arange(39), indexing="ij"))
    a, b, c, d = i * 40 + j, i * 40 + j + 1, (i + 1) * 40 + j + 1, (i + 1) * 40 + j
    faces = np.concatenate([np.column_stack([a, b, c]), np.column_stack([a, c, d])])
    return Imported("shape", np.concatenate(rings), faces, None, np.zeros(len(faces), int), (), 0.0)


@pytest.mark.parametrize("type", PATTERNS)
def test_every_type_is_found_upright_by_others_of_its_type(type, monkeypatch):
    outlines = drafted_outlines(type)
    for own in range(3):
        monkeypatch.setattr(pose, "drafted_outlines", lambda _, own=own: outlines[:own] + outlines[own + 1 :])
        shape = tube(outlines[own])
        for usual in ("y", "z"):
            assert usual_axis(shape, usual, type) == "z"
            order, signs = TURNS["y"]
            lying = np.empty_like(shape.vertices)
            lying[:, order] = shape.vertices * signs
            assert usual_axis(replace(shape, vertices=lying), usual, type) == "y"
