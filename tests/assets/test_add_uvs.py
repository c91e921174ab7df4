"""A user's own meshes: good UVs are kept, useless ones made anew."""

import numpy as np
import pytest

from assets.own.cloth_uv import cloth_uv
from assets.sewing.strain import along_cloth, signed_areas


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
