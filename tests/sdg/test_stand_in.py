import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from assets.common.rng import rng_for
from assets.library import Garment, Mesh, Slot, entry_for, write_index
from materials.patterns import CLASSES, PAPER
from sdg.stand_in import __main__ as command
from sdg.stand_in.camera import photograph, sample_camera, to_jpeg
from sdg.stand_in.fabrics import PAINTERS, paint
from sdg.stand_in.fabrics.other import KINDS
from sdg.stand_in.pictures import render_all
from sdg.stand_in.plan import MIX, Shot, plan
from sdg.stand_in.rooms import BLACKBODY
from sdg.stand_in.swatch import Rng, Swatch, scatter

PAINTS = [(name, k) for name in PAINTERS for k in range(4)]


def painted(name: str, k: int) -> Swatch:
    return paint(name, rng_for(0, "test", name, k), cm_per_pixel=0.6)


def grey(name: str, k: int) -> np.ndarray:
    return painted(name, k).color.mean(axis=2)


@pytest.fixture
def library(tmp_path: Path) -> tuple[Path, list[Garment]]:
    """A library of one garment: two layers of a square of cloth, half a metre wide."""
    n = 12
    x, z = (grid.ravel() * 0.5 / (n - 1) for grid in np.mgrid[:n, :n])
    i = (np.arange(n - 1)[:, None] * n + np.arange(n - 1)).ravel()
    quads = np.concatenate([np.stack([i, i + n, i + n + 1], 1), np.stack([i, i + n + 1, i + 1], 1)])
    layers = [np.stack([x - 0.25, np.full(n * n, y), z], axis=1) for y in (-0.005, 0.005)]
    faces = np.concatenate([quads, quads[:, ::-1] + n * n]).astype(np.int32)
    vertices = np.concatenate(layers).astype(np.float32)
    mesh = Mesh(
        vertices,
        faces,
        vertices[faces][..., [0, 2]],
        np.ones(len(vertices), np.float32),
        np.zeros(len(faces), np.int32),
    )
    path = tmp_path / "garments" / "square-hung-000.npz"
    mesh.save(path)
    slots = [Slot(name="fabric", fabric=True)]
    garment = entry_for(path, mesh, type="square", presentation="hung", seed=0, slots=slots)
    write_index(path.parent, [garment])
    return path.parent, [garment]


def test_there_is_a_painter_and_a_share_for_every_class() -> None:
    assert set(CLASSES) <= set(PAINTERS) == set(MIX)
    assert tuple(PAINTERS)[: len(PAPER)] == PAPER


def test_with_all_classes_as_many_pictures_show_none_of_the_papers_as_real_photos_do() -> None:
    labels = [shot.label for shot in plan(0, 3000, 1, tuple(PAINTERS), 64, 1) if shot.split == "unlabelled"]
    share = {name: labels.count(name) / len(labels) for name in PAINTERS}
    assert sum(share[name] for name in PAPER) == pytest.approx(0.72, abs=0.03)
    assert share["graphic"] == pytest.approx(0.16, abs=0.02)
    assert share["checked"] == pytest.approx(0.04, abs=0.01)
    assert share["other"] + share["animal"] == pytest.approx(0.08, abs=0.02)


def test_the_papers_classes_get_the_pictures_that_they_always_had() -> None:
    shots = plan(0, 280, 15, PAPER, 128, 4)
    labels = {split: [s.label for s in shots if s.split == split] for split in ("unlabelled", "val")}
    assert [labels["unlabelled"].count(name) for name in PAPER] == [145, 28, 36, 24, 16, 14, 17]
    assert labels["unlabelled"][:8] == [
        "plain",
        "camouflage",
        "plain",
        "floral",
        "plain",
        "floral",
        "plain",
        "striped",
    ]
    assert labels["val"][:7] == [
        "gradient",
        "dotted",
        "striped",
        "camouflage",
        "herringbone",
        "floral",
        "plain",
    ]


@pytest.mark.parametrize(("name", "k"), PAINTS)
def test_a_painted_fabric_is_a_texture_in_range_and_the_same_each_time(name: str, k: int) -> None:
    cloth = painted(name, k)
    assert cloth.color.shape == (*cloth.height.shape, 3)
    assert cloth.color.dtype == cloth.height.dtype == np.float32
    assert cloth.color.min() >= 0
    assert cloth.color.max() <= 1
    assert cloth.cm is None or min(cloth.cm) > 1
    np.testing.assert_array_equal(cloth.color, painted(name, k).color)


@pytest.mark.parametrize(("name", "k"), [(n, k) for n, k in PAINTS if n not in ("gradient", "herringbone")])
def test_a_repeating_fabric_has_no_seam(name: str, k: int) -> None:
    if painted(name, k).cm is None:
        pytest.skip("covers the garment once")
    picture = grey(name, k)
    for axis in (0, 1):
        steps = np.abs(np.diff(np.concatenate([picture, picture.take([0], axis)], axis), axis=axis))
        seam = steps.take(-1, axis).mean()
        others = steps.mean(axis=1 - axis)
        assert seam <= others.max() * 1.3 + 0.01


def striped_share(picture: np.ndarray) -> float:
    """The share of a picture's variance that one profile, across or along, explains."""
    return max(picture.mean(axis=0).var(), picture.mean(axis=1).var()) / picture.var()


@pytest.mark.parametrize("k", range(6))
def test_each_class_has_its_own_measurable_mark(k: int) -> None:
    assert grey("plain", k).std() < 0.08 < min(grey(n, k).std() for n in ("striped", "dotted", "gradient"))
    assert striped_share(grey("striped", k)) > 0.6 > 0.4 > striped_share(grey("dotted", k))
    assert painted("gradient", k).cm is None
    colors = (painted("camouflage", k).color * 16).astype(int).reshape(-1, 3)
    assert 4 <= sum(np.unique(colors, axis=0, return_counts=True)[1] > 0.03 * len(colors)) <= 24
    across, along = (grey("checked", k).mean(axis=axis).std() for axis in (0, 1))
    assert min(across, along) > 0.02
    assert 0.5 < across / along < 2
    dots = grey("dotted", k) > (grey("dotted", k).min() + grey("dotted", k).max()) / 2
    assert min(dots.mean(), 1 - dots.mean()) < 0.4


@pytest.mark.parametrize("k", range(12))
def test_a_graphic_is_one_motif_on_a_bare_ground_and_far_larger_than_a_chest_logo(k: int) -> None:
    cloth = painted("graphic", k)
    assert cloth.placed
    color, ground = cloth.color, cloth.color[0, 0]
    np.testing.assert_array_equal(
        np.concatenate([color[0], color[-1], color[:, 0], color[:, -1]]) - ground, 0
    )
    inked = np.abs(color - ground).max(axis=2) > 0.12
    rows, columns = (np.flatnonzero(inked.any(axis=axis)) for axis in (1, 0))
    side = len(inked)
    assert max(np.ptp(columns), 0.8 * np.ptp(rows)) > 0.3 * side
    assert rows.min() > 0
    assert (columns.min() + columns.max()) / 2 == pytest.approx(side / 2, abs=0.06 * side)


def test_a_graphic_keeps_its_shape_at_the_middle_of_the_top() -> None:
    from sdg.stand_in.render import once

    for box in ([[0, 0], [2, 5]], [[0, 0], [5, 2]]):
        corners = np.array(box, dtype=float)
        top = np.array([[corners[1, 0] / 2, corners[1, 1]]])
        np.testing.assert_allclose(once(top, corners, placed=True), [[0.5, 1.0]])
        np.testing.assert_allclose(once(top - 1, corners, placed=True), [[0.0, 0.5]])
        np.testing.assert_allclose(once(corners, corners, placed=False), [[0, 0], [1, 1]])


def test_a_graphic_is_on_a_garment_with_a_chest(library: tuple[Path, list[Garment]]) -> None:
    from sdg.stand_in.render import garments_for

    top, skirt = (library[1][0].model_copy(update={"type": type}) for type in ("t-shirt", "skirt"))
    assert garments_for("graphic", [skirt, top]) == [top]
    assert garments_for("graphic", [skirt]) == [skirt]
    assert garments_for("checked", [skirt, top]) == [skirt, top]


@pytest.mark.parametrize("kind", set(KINDS))
def test_every_kind_of_other_has_at_least_two_colours_that_one_sees(
    kind: Callable[[Rng, float], Swatch],
) -> None:
    for k in range(4):
        color = kind(rng_for(0, "test", kind.__name__, k), 0.6).color
        assert color.std(axis=(0, 1)).max() > 0.05


@pytest.mark.parametrize("k", range(6))
def test_a_herringbone_runs_diagonally_both_ways(k: int) -> None:
    cells = grey("herringbone", k)[4::8, 4::8]
    cells = cells > cells.mean()
    down = (cells == np.roll(cells, (1, 1), (0, 1))).mean(axis=0)
    up = (cells == np.roll(cells, (-1, 1), (0, 1))).mean(axis=0)
    assert (down > 0.9).mean() > 0.25
    assert (up > 0.9).mean() > 0.25


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**31), st.floats(0.05, 0.4))
def test_scattered_points_keep_their_distance_round_the_edges(seed: int, spacing: float) -> None:
    points = scatter(np.random.default_rng(seed), spacing, tries=80)
    gap = np.abs(points[:, None] - points[None])
    distance = np.hypot(*np.moveaxis(np.minimum(gap, 1 - gap), -1, 0))
    assert (distance[~np.eye(len(points), dtype=bool)] >= spacing).all()


def test_the_camera_meters_whatever_the_light_and_is_deterministic() -> None:
    scene = rng_for("scene").random((64, 64, 3)) * 0.5 + 0.2
    for k in range(20):
        camera = sample_camera(rng_for(k))
        photos = [photograph(scene * light, camera, rng_for("noise")) for light in (0.01, 1.0, 100.0)]
        assert photos[0].dtype == np.uint8
        assert 50 < photos[0].mean() < 230
        assert np.abs(photos[0].astype(int) - photos[2].astype(int)).mean() < 3
        assert to_jpeg(photos[1], camera, "x") == to_jpeg(photos[1], camera, "x")


def test_lamp_light_stays_warm_and_the_dark_grainy_as_renders_are_not() -> None:
    scene = np.full((96, 96, 3), 0.4) * BLACKBODY[:2].mean(axis=0)
    photos = [photograph(scene, sample_camera(rng_for(k)), rng_for("noise")).astype(float) for k in range(40)]
    assert np.median([photo[..., 0].mean() - photo[..., 2].mean() for photo in photos]) > 80
    assert np.median([np.diff(photo, axis=0).std() for photo in photos]) > 5


def test_a_longer_plan_begins_with_a_shorter_one_and_is_balanced() -> None:
    short, long = (plan(3, 10 * n, 2 * n, tuple(PAINTERS), 64, 1) for n in (1, 3))
    assert set(short) <= set(long)
    for split in ("val", "test"):
        labels = [shot.label for shot in long if shot.split == split]
        assert all(labels.count(name) == 6 for name in PAINTERS)
        assert labels != sorted(labels)


def shots(n: int, **changes: int) -> list[Shot]:
    base = {"seed": 1, "split": "val", "size": 32, "samples": 1, **changes}
    return [Shot.model_validate({**base, "index": k, "label": label}) for k, label in enumerate(CLASSES[:n])]


def test_a_picture_is_the_same_alone_as_after_others(library: tuple[Path, list[Garment]]) -> None:
    from sdg.stand_in.render import render

    folder, garments = library
    together = [render(shot, folder, garments, "mark") for shot in shots(4)]
    assert render(shots(4)[3], folder, garments, "mark") == together[3]
    assert len(set(together)) == 4


def test_only_missing_broken_and_changed_pictures_are_rendered(
    tmp_path: Path, library: tuple[Path, list[Garment]]
) -> None:
    out = tmp_path / "out"
    assert render_all(out, shots(3), *library, workers=1) == 3
    before = {path.name: path.read_bytes() for path in (out / "val").iterdir()}
    assert sorted(before) == ["000000.jpg", "000001.jpg", "000002.jpg"]
    (out / "val/000001.jpg").unlink()
    (out / "val/000002.jpg").write_bytes(b"half")
    (out / "val/my own.jpg").write_bytes(before["000000.jpg"].replace(b"fashion-cut", b"holiday-pic"))
    assert render_all(out, shots(3), *library, workers=1) == 2
    assert {name: (out / "val" / name).read_bytes() for name in before} == before
    assert render_all(out, shots(3), *library, workers=1) == 0
    assert render_all(out, shots(1, samples=2), *library, workers=1) == 1
    assert sorted(path.name for path in (out / "val").iterdir()) == ["000000.jpg", "my own.jpg"]


def test_the_csvs_name_every_labelled_picture(
    tmp_path: Path, library: tuple[Path, list[Garment]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(out: Path, *_: object) -> list[Garment]:
        shutil.copytree(library[0], out)
        return library[1]

    monkeypatch.setattr(command, "build", build)
    arguments = f"--out {tmp_path}/o --unlabelled 2 --labelled 1 --size 32 --samples 1"
    arguments += " --workers 1 --class striped --class plain"
    result = CliRunner().invoke(command.main, arguments.split())
    assert result.exit_code == 0, result.output
    assert len(list((tmp_path / "o/unlabelled").glob("*.jpg"))) == 2
    for split in ("val", "test"):
        with (tmp_path / f"o/{split}.csv").open() as file:
            rows = list(csv.DictReader(file))
        assert sorted(row["label"] for row in rows) == ["plain", "striped"]
        pictures = {f"{split}/{path.name}" for path in (tmp_path / "o" / split).iterdir()}
        assert {row["path"] for row in rows} == pictures
        with Image.open(tmp_path / "o" / rows[0]["path"]) as image:
            assert (image.size, image.mode) == ((32, 32), "RGB")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--class", "tartan"], "'tartan' is not one of 'plain'"),
        (["--unlabelled", "0"], "0 is not in the range x>=1"),
        (["--size", "8"], "8 is not in the range"),
        (["--samples", "many"], "'many' is not a valid integer"),
        (["--out", __file__], "is a file"),
    ],
)
def test_a_bad_option_is_one_clear_line(arguments: list[str], complaint: str) -> None:
    result = CliRunner().invoke(command.main, arguments)
    assert result.exit_code != 0
    assert complaint in result.output.strip().splitlines()[-1]
