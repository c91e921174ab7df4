"""A user's own meshes: good UVs are kept, useless ones made anew."""

from pathlib import Path

import numpy as np
import pytest

from assets.common.blender import bpy, empty_scene
from assets.own.cloth_uv import cloth_uv
from assets.own.layout import without_folds
from assets.own.triangles import part_of, welded
from assets.sewing.strain import along_cloth, signed_areas
from tests.helpers.meshes import add, tapered


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


def test_panels_stacked_on_one_another_are_kept():
    vertices, faces, uv = grid()
    column = np.minimum(uv[..., 0].min(axis=1) * 5, 4).astype(int)
    stacked = uv - np.stack([column / 5, 0 * column], axis=1)[:, None]
    new, said = cloth_uv(vertices, faces, stacked, up=2)
    assert said is None
    assert np.ptp(new[..., 0]) == pytest.approx(0.8 / 5)


SPOIL = {
    "no UVs": lambda uv: None,
    "not numbers": lambda uv: uv * np.nan,
    "scraps": lambda uv: uv + 3 * np.arange(len(uv))[:, None, None],
    "mirrored within a panel": lambda uv: np.stack(
        [np.abs((5 * uv[..., 0] + 0.5) % 1 - 0.5), uv[..., 1]], axis=2
    ),
    "stretched": lambda uv: uv**4,
    "no area": lambda uv: uv * [1, 0],
    "UVs have no area": lambda uv: (uv + 1e6).astype(np.float32),  # rounded away
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


def folded_tube(gap=0.002):
    """A tube of two layers `gap` apart with a small fold across its front, and what follows its outer layer.

    Return vertices (V, 3), faces (F, 3), and which faces (F,) are outer ones on the front, above the fold.
    """
    empty_scene()
    vertices, quads = tapered(0.2, 0.2, height=0.9, rows=60, around=64)
    angle = np.arctan2(vertices[:, 1], vertices[:, 0]) + np.pi / 2
    t = (vertices[:, 2] - 0.4) / 0.06
    bump = np.exp(-((angle / 0.5) ** 2)) * np.exp(-(t**2))
    vertices[:, 2] -= 0.06 * bump  # cloth hangs over itself
    vertices[:, 1] -= 0.03 * bump
    body = add("cloth", vertices, quads)
    solid = body.modifiers.new("solidify", "SOLIDIFY")
    solid.thickness, solid.offset = gap, -1
    bpy.context.view_layer.update()
    part = welded(part_of(body, Path()))
    centre = part.vertices[part.faces].mean(axis=1)
    radius = np.hypot(centre[:, 0], centre[:, 1])
    smooth = (centre[:, 2] > 0.6) & (centre[:, 2] < 0.89)
    return part.vertices, part.faces, smooth & (radius > 0.2 - gap / 2), smooth & (radius < 0.2 - gap / 2)


def test_cloth_of_two_layers_with_a_fold_has_one_grain_and_both_layers_the_same():
    vertices, faces, outer, inner = folded_tube()
    uv, _ = cloth_uv(vertices, faces, None, up=2)
    _, along_v = along_cloth(vertices[faces], uv, np.ones(len(faces), bool))
    assert along_v[outer | inner, 2] == pytest.approx(1, abs=0.08)
    front = vertices[faces].mean(axis=1)[:, 1] < -0.05
    below = (vertices[faces].mean(axis=1)[:, 2] < 0.2) & front
    offset = (uv[..., 1] - vertices[faces][..., 2]).mean(axis=1)
    assert np.ptp(offset[outer & front]) < 0.02
    assert offset[inner & front] == pytest.approx(np.median(offset[outer & front]), abs=0.02)
    assert np.ptp(offset[below]) < 0.02


def test_a_small_patch_that_faces_back_is_a_fold_and_no_side_of_its_own():
    vertices, faces, _ = grid()
    middle = vertices[faces].mean(axis=1)
    behind = middle[:, 0] > 0.4
    fold = (np.abs(middle[:, 0] - 0.2) < 0.08) & (np.abs(middle[:, 2] - 0.4) < 0.08)
    assert (without_folds(vertices, faces, behind ^ fold) == behind).all()
