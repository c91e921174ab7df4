"""Patterns, cloth and finished garments."""

from functools import cache
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from assets.common.blender import empty_scene
from assets.common.rng import rng_for
from assets.mesh import AO_LAYER, UV_LAYER, to_object
from assets.patterns import PATTERNS
from assets.sewing.body import ellipse, ellipse_angle, torso
from assets.sewing.checks import MOST_INSIDE_OUT, check, tangled_share
from assets.sewing.cloth import cloth_coordinates, triangulate
from assets.sewing.figure import Figure
from assets.sewing.finish import subdivide, weld
from assets.sewing.flat import flat
from assets.sewing.hung import hung
from assets.sewing.make import make, sew
from assets.sewing.notions import hanger
from assets.sewing.occlusion import ambient_occlusion
from assets.sewing.rejected import Rejected
from assets.sewing.strain import scales, signed_areas
from assets.sewing.worn import worn
from assets.sewing.wrinkles import crumple
from tests.helpers.sewing import sewn


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


def test_subdivision_keeps_a_plane_and_its_area():
    _, _, surface = sewn("skirt", 1)
    lying = surface.vertices.copy()
    surface.vertices[:, 1] = 0
    fine = subdivide(surface)
    assert len(fine.faces) == 4 * len(surface.faces)
    assert np.abs(fine.vertices[:, 1]).max() == 0
    assert np.ptp(fine.vertices, axis=0) == pytest.approx(np.ptp(lying, axis=0) * [1, 0, 1], rel=0.03)


@pytest.mark.parametrize("type", PATTERNS)
def test_no_garment_is_hung_up_with_its_sleeves_in_its_body(type, monkeypatch):
    """Collisions part no cloth that starts on both sides of itself."""
    monkeypatch.setattr("assets.sewing.hung.simulate", lambda cloth, start, *_, **__: start)
    for seed in range(3):
        pattern, cloth, _ = sewn(type, seed)
        start = weld(cloth, hung(cloth, pattern, rng_for(seed, "hang")), len(pattern.front))
        assert tangled_share(start.vertices, start.faces, "hung") < 0.001


def test_worn_sleeves_start_clear_of_the_sides(monkeypatch):
    monkeypatch.setattr("assets.sewing.worn.simulate", lambda cloth, start, *_, **__: start)
    monkeypatch.setattr("assets.sewing.worn.torso", lambda *_: None)
    shares = []
    for seed, type in enumerate(["shirt", "t-shirt", "polo", "long-sleeve"] * 3):
        pattern, cloth, _ = sewn(type, seed)
        start = weld(cloth, worn(cloth, pattern, rng_for(seed, "wear")), len(pattern.front))
        shares.append(tangled_share(start.vertices, start.faces, "worn"))
    assert np.mean(shares) < 0.005


def test_a_hung_jacket_passes_its_checks():
    """Every attempt at this one was rejected while its sleeves started half inside its body."""
    jacket = sew("jacket", "hung", seed=11, number=0, attempt=0).surface
    assert tangled_share(jacket.vertices, jacket.faces, "hung") < MOST_INSIDE_OUT / 2


def test_the_invisible_wearer_has_no_corner_at_the_chest():
    """A torso of straight stretches showed as a ledge from armpit to armpit."""
    empty_scene()
    heights, chest = np.array([-0.6, -0.3, 0.0, 0.1, 0.2]), np.array([0.1, 0.11, 0.12, 0.1, 0.04])
    solid = torso(heights, 2 * chest, chest)
    points = np.array([vertex.co for vertex in solid.data.vertices])
    front = points[np.abs(points[:, 0]) < 1e-6]
    front = front[front[:, 1] > 0]
    steps = np.diff(front[np.argsort(front[:, 2])][:, 1:], axis=0)
    bends = np.diff(np.degrees(np.arctan2(steps[:, 0], steps[:, 1])))
    assert np.abs(bends).max() < 12
    assert np.interp(heights, front[:, 2], front[:, 1]) == pytest.approx(chest, abs=0.004)


def push_front_through_back(v):
    centre = np.array([0.1, 0, -0.35])
    near = (np.linalg.norm((v - centre)[:, [0, 2]], axis=1) < 0.06) & (v[:, 1] < 0)
    v[near, 1] += 0.025


SPOILT = {
    "not finite": lambda v: v.__setitem__((0, 0), np.nan),
    "exploded": lambda v: v.__setitem__((0, 1), 0.3),
    "its pattern": lambda v: v.__imul__(3),
    "its area is": lambda v: v.__imul__([1, 1, 0.6]),
    "measure 9.2 cm along v": lambda v: v.__imul__([1, 1, 0.92]),
    "measure 10.8 cm along u": lambda v: v.__imul__([1.08, 1, 1]),
    "passed through itself": push_front_through_back,
}


@pytest.mark.parametrize("says", SPOILT)
def test_a_spoilt_garment_is_rejected(says):
    _, cloth, surface = sewn("skirt", 0)
    check(cloth, surface.vertices, surface.faces, "hung")
    SPOILT[says](surface.vertices)
    with pytest.raises(Rejected, match=says):
        check(cloth, surface.vertices, surface.faces, "hung")


def test_only_seams_that_show_as_seams_join_pieces():
    """Two pieces meet in edges of exactly two triangles; borders are the neck, the hem and the cuffs only."""
    for type, seed in product(PATTERNS, range(3)):
        pattern, _, surface = sewn(type, seed)
        sides = np.sort(np.concatenate([surface.faces[:, [i, (i + 1) % 3]] for i in range(3)]), axis=1)
        edges, count = np.unique(sides, axis=0, return_counts=True)
        assert count.max() == 2, type
        rim = edges[count == 1]
        degree = np.bincount(rim.reshape(-1), minlength=len(surface.vertices))
        assert set(degree[degree > 0]) == {2}, type  # closed loops
        graph = coo_array((np.ones(len(rim)), rim.T), shape=(len(surface.vertices),) * 2)
        labels = connected_components(graph, directed=False)[1]
        openings = len(np.unique(labels[rim[:, 0]]))
        legs = "crotch" in pattern.anchors
        top = "shoulder" in pattern.anchors
        armholes = 2 if top else 0  # of a sleeveless top, else the cuffs
        neck_and_hem = 2 if pattern.open_below is None else 1  # of an opened front: one edge runs round both
        assert openings == (3 if legs else neck_and_hem + armholes), type


@pytest.mark.parametrize("type", PATTERNS)
def test_no_piece_is_mirrored_or_out_of_scale(type):
    pattern, cloth, _ = sewn(type, 3)
    assert (signed_areas(cloth.uv) > 0).mean() > 0.99  # but for the tips of ribs
    table = np.column_stack([cloth.table, 0 * cloth.table[:, 0]])[cloth.faces]
    for index, panel in enumerate(cloth.panels):
        mine = cloth.panel == index
        bent = 0.001 if panel.band is None else 0.12  # a rib is cut straight, and shorter than its seam
        assert scales(table[mine], cloth.uv[mine]) == pytest.approx((1, 1), abs=bent), panel.name
    for patch in pattern.patches:
        if patch.panel.slot == 0:
            table, faces, _ = triangulate([patch.panel], [], 0.012, rng_for(0))
            uv = cloth_coordinates(patch.panel, table[faces], back=False)
            assert (signed_areas(uv) > 0).all(), patch.panel.name


def test_creases_stay_within_the_cloth_they_crease():
    pattern, _, surface = sewn("t-shirt", 0)
    fine = subdivide(surface)
    fine.vertices[:] = fine.vertices[:, [0, 2, 1]] * [1, 1, -1]  # lying, front up
    creased = crumple(fine, pattern, "flat", rng_for(1))
    moved = creased.vertices - fine.vertices
    assert 0.001 < np.abs(moved[:, 2]).max() < 0.05
    assert np.abs(moved[:, :2]).max() < 0.02
    down = np.unique(fine.faces[fine.panel >= fine.fronts])
    assert np.abs(moved[np.setdiff1d(down, fine.faces[fine.panel < fine.fronts])]).max() == 0  # on the floor
    for index, panel in enumerate(pattern.front):  # every piece gets some
        if panel.band is None:
            assert np.abs(moved[np.unique(fine.faces[fine.panel == index])]).max() > 0.001, panel.name
    assert creased.ao.min() >= 0.6 * fine.ao.min()
    again = crumple(fine, pattern, "flat", rng_for(1))
    assert np.array_equal(creased.vertices, again.vertices)


def test_cloth_is_wrapped_round_a_body_without_being_stretched():
    share, flatness, perimeter = np.linspace(-1, 1, 41), 0.5, 1.0
    wide, deep = ellipse(perimeter, flatness)
    angle = ellipse_angle(share, flatness)
    points = np.column_stack([wide * np.sin(angle), deep * np.cos(angle)])
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    assert steps == pytest.approx(perimeter / 2 / 40, rel=0.01)


def test_a_hanger_stays_under_the_shoulders_that_sag():
    pattern, _, surface = sewn("sweater", 0)
    sagging = surface.vertices - [0, 0, 0.05]
    arm = hanger(pattern, slot=1, cloth=sagging)[0].vertices
    neck = pattern.anchors["neck"][0]
    for x, _, z in arm[np.abs(arm[:, 0]) > neck + 0.02]:
        near = np.abs(sagging[:, 0] - x) < 0.03
        assert z < sagging[near, 2].max()


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


def laid(type: str, monkeypatch, seeds: int):
    """Yield garments as they are put on the floor, before they fall: pattern, cloth, positions (V, 3)."""
    monkeypatch.setattr("assets.sewing.flat.simulate", lambda cloth, start, *_, **__: start)
    for seed in range(seeds):
        empty_scene()
        pattern, cloth, _ = sewn(type, seed)
        yield pattern, cloth, flat(cloth, pattern, rng_for(seed, "lay"))


@pytest.mark.parametrize("type", ["t-shirt", "long-sleeve", "jacket"])
def test_no_sleeve_is_laid_behind_the_body(type, monkeypatch):
    """A sleeve that is hidden looks cut off."""
    for pattern, cloth, start in laid(type, monkeypatch, 12):
        figure = Figure(cloth, pattern)
        body = np.array([panel.part == "body" for panel in cloth.panels])[cloth.panel]
        front = np.unique(cloth.faces[body & ~cloth.back[cloth.faces[:, 0]]])
        below = cKDTree(start[front, :2])
        away = figure.arm.local(np.abs(cloth.table * [1, 0]) + cloth.table * [0, 1])[0]
        away = away > 0.6 * figure.arm.length
        tips = np.flatnonzero(figure.sleeve & away)
        distance, nearest = below.query(start[tips, :2])
        over = distance < 0.01
        behind = start[tips[over], 2] < start[front[nearest[over]], 2]
        assert behind.sum() <= 0.02 * len(tips)


def test_long_sleeves_are_mostly_laid_along_the_sides(monkeypatch):
    slopes = []
    for pattern, cloth, start in laid("long-sleeve", monkeypatch, 25):
        arm = Figure(cloth, pattern).arm
        for sign in (1, -1):
            ends = np.array([arm.top, pattern.anchors["cuff_top"]]) * [sign, 1]
            (x0, y0), (x1, y1) = start[cKDTree(cloth.table[~cloth.back]).query(ends)[1], :2]
            slopes.append(np.degrees(np.arctan2(y0 - y1, sign * (x1 - x0))))
            assert 0.75 < np.hypot(x1 - x0, y1 - y0) / arm.length < 1.05  # bent, but not drawn out
    assert 0.55 < np.mean((np.array(slopes) > 50) & (np.array(slopes) < 90)) < 0.97
    assert np.ptp(slopes) > 40


@pytest.mark.parametrize("type", ["shirt", "hoodie", "jacket"])
def test_an_opened_front_lies_apart_by_its_gap_and_is_not_stretched(type):
    opened = 0
    for seed in range(12):
        pattern, cloth, _ = sewn(type, seed)
        if pattern.open_below is None:
            continue
        opened += 1
        figure = Figure(cloth, pattern, gap=0.10)
        edge = ~cloth.back & (np.abs(cloth.table[:, 0]) < 1e-4) & (figure.y < pattern.anchors["hem"][1])
        assert np.ptp(figure.x[edge]) == pytest.approx(0.10, abs=1e-3)
        low = np.abs(figure.y - pattern.anchors["hem"][1] - 0.05) < 0.03
        folded = np.column_stack([figure.x, figure.y])
        ratio = edge_ratio(
            np.column_stack([folded, 0 * figure.x])[cloth.faces], cloth.table[cloth.faces]
        ).reshape(-1, 3)
        inside = low[cloth.faces].all(axis=1)
        assert np.median(ratio[inside]) == pytest.approx(1, abs=0.01)
        assert figure.side[low & ~cloth.back].max() == 1  # some of the front lies round at the back
    assert opened


def test_the_inside_that_one_sees_is_as_dark_as_it_lies_hidden():
    """The outer side of a back lies on the floor; seen through the neck, the back was black."""
    x, y = np.meshgrid(np.linspace(-0.2, 0.2, 9), np.linspace(-0.2, 0.2, 9))
    sheet = np.column_stack([x.ravel(), y.ravel(), 0 * x.ravel()])
    k = np.arange(80).reshape(-1)[np.arange(80) % 9 < 8][:64]
    faces = np.concatenate([np.stack([k, k + 9, k + 1], 1), np.stack([k + 1, k + 9, k + 10], 1)])
    assert (np.cross(*(sheet[faces][:, i] - sheet[faces][:, 0] for i in (1, 2)))[:, 2] < 0).all()
    assert ambient_occlusion(sheet + np.array([0, 0, 0.005]), faces, ground=0.0).min() > 0.75
    roofed = np.concatenate([sheet + np.array([0, 0, 0.005]), sheet + np.array([0, 0, 0.03])])
    both = np.concatenate([faces, faces[:, ::-1] + len(sheet)])
    assert ambient_occlusion(roofed, both, ground=0.0)[40] < 0.55
