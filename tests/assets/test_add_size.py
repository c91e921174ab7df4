"""A user's own meshes: how large they are, and which way is up."""

import numpy as np
import pytest

from assets.common.blender import bpy, empty_scene
from assets.own.prepare import Wanted, prepare
from assets.own.size import usual_height
from assets.patterns import PATTERNS
from tests.helpers.meshes import export


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
