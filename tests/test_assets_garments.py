"""Patterns, cloth and finished garments."""

from functools import cache
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.checks import check
from assets.common.rng import rng_for
from assets.finish import subdivide, weld
from assets.make import make
from assets.mesh import AO_LAYER, UV_LAYER, to_object
from assets.panels import cross
from assets.patterns import PATTERNS
from assets.rejected import Rejected
from assets.sewing import cut

STEP = 0.023


def sewn(type: str, seed: int):
    """A garment cut coarsely and sewn where it lies on the table."""
    style = import_module(PATTERNS[type])
    pattern = style.draft(style.sample(rng_for(seed, "test", type)))
    cloth = cut(pattern, STEP, rng_for(seed, "cut"))
    lying = np.column_stack([cloth.table[:, 0], np.where(cloth.back, 0.01, -0.01), cloth.table[:, 1]])
    return pattern, cloth, weld(cloth, lying, len(pattern.front))


@cache
def skirt(presentation: str):
    """One finished skirt."""
    return make("skirt", presentation, seed=5, number=0)


def edge_ratio(corners: np.ndarray, uv: np.ndarray) -> np.ndarray:
    """Return each edge's length on the mesh over its length in UV."""
    on_mesh = np.linalg.norm(np.roll(corners, 1, axis=1) - corners, axis=2)
    return (on_mesh / np.maximum(np.linalg.norm(np.roll(uv, 1, axis=1) - uv, axis=2), 1e-9)).reshape(-1)


@pytest.mark.parametrize("type", PATTERNS)
@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_any_draw_of_a_pattern_is_cut_in_metres_and_closes(type, seed):
    pattern, cloth, surface = sewn(type, seed)
    check(cloth, surface.vertices, surface.faces, "hung")
    plain = np.array([panel.band is None for panel in cloth.panels])[cloth.panel]
    table = cloth.table[cloth.faces]
    assert edge_ratio(table[plain], cloth.uv[plain]) == pytest.approx(1, abs=1e-3)
    assert len(cloth.pairs) == len(np.unique(cloth.pairs[:, 0])) == len(np.unique(cloth.pairs[:, 1]))
    assert {panel.slot for panel in cloth.panels} <= set(range(len(pattern.slots)))


def test_the_back_is_not_mirrored():
    _, cloth, _ = sewn("t-shirt", 0)
    for layer in (False, True):
        a, b, c = np.moveaxis(cloth.uv[cloth.back[cloth.faces[:, 0]] == layer], 1, 0)
        assert (cross(b - a, c - a) > 0).mean() > 0.9  # outward faces run counter-clockwise in cloth


def test_subdivision_keeps_a_plane_and_its_area():
    _, _, surface = sewn("skirt", 1)
    flat = surface.vertices.copy()
    surface.vertices[:, 1] = 0
    fine = subdivide(surface)
    assert len(fine.faces) == 4 * len(surface.faces)
    assert np.abs(fine.vertices[:, 1]).max() == 0
    assert np.ptp(fine.vertices, axis=0) == pytest.approx(np.ptp(flat, axis=0) * [1, 0, 1], rel=0.03)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda v: v.__setitem__((0, 0), np.nan), "not finite"),
        (lambda v: v.__setitem__((0, 1), 0.3), "exploded"),
        (lambda v: v.__imul__(3), "pattern"),
        (lambda v: v.__imul__([1, 1, 0.6]), "area"),
    ],
)
def test_a_spoilt_garment_is_rejected(spoil, says):
    _, cloth, surface = sewn("t-shirt", 0)
    check(cloth, surface.vertices, surface.faces, "hung")
    spoil(surface.vertices)
    with pytest.raises(Rejected, match=says):
        check(cloth, surface.vertices, surface.faces, "hung")


@pytest.mark.parametrize("presentation", ["worn", "hung", "flat"])
def test_a_finished_garment_keeps_its_cloth(presentation):
    made = skirt(presentation)
    mesh = made.mesh
    fabric = mesh.material_index == 0
    ratio = edge_ratio(mesh.vertices[mesh.faces[fabric]], mesh.uv[fabric])
    assert np.median(ratio) == pytest.approx(1, abs=0.05)
    assert mesh.ao.min() >= 0
    assert mesh.ao.max() <= 1
    assert np.ptp(mesh.ao) > 0.2
    assert made.slots[0].fabric
    assert mesh.material_index.max() == len(made.slots) - 1
    height = np.ptp(mesh.vertices[np.unique(mesh.faces[fabric])], axis=0)
    assert height[1 if presentation == "flat" else 2] > 0.3


def test_the_same_seed_sews_the_same_garment():
    first, second = (make("shorts", "worn", seed=3, number=1).mesh for _ in range(2))
    for name in ("vertices", "faces", "uv", "ao", "material_index"):
        assert np.array_equal(getattr(first, name), getattr(second, name)), name
    assert not np.array_equal(first.vertices, make("shorts", "worn", seed=4, number=1).mesh.vertices)


def test_a_loaded_object_has_what_the_renderer_needs():
    mesh = skirt("hung").mesh
    body = to_object("skirt", mesh, slots=2)
    assert len(body.data.materials) == 2
    uv = np.empty(mesh.faces.size * 2, dtype=np.float32)
    body.data.uv_layers[UV_LAYER].uv.foreach_get("vector", uv)
    assert np.array_equal(uv, mesh.uv.reshape(-1))
    assert body.data.color_attributes[AO_LAYER].data[7].color[0] == pytest.approx(mesh.ao[7], abs=1e-6)
    assert not body.users_collection
