"""A user's own meshes: every format goes in, every object finds its garment."""

import click
import numpy as np
import pytest

from assets.common.blender import bpy, empty_scene
from assets.own.prepare import Wanted, prepare
from assets.sewing.strain import scales
from tests.helpers.meshes import EXPORT, NO_MATERIALS, cylinder, export, tube


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
