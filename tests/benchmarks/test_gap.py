"""Promises of the distance between renders and photos, and of what is taken out of a scene."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner, Result
from PIL import Image
from torch import Tensor

from assets.common.progress import progress
from benchmarks.gap import __main__ as gap
from benchmarks.gap import ingredients, looks
from benchmarks.gap.distances import Comparison, Groups, Interval, Pair
from benchmarks.gap.ingredients import INGREDIENTS, NOTHING, render_without
from sdg.plan import ClassRun
from sdg.scene.scene import Scene, sample_scene
from tests.helpers.pipeline_project import save_photo
from tests.helpers.records import a_garment
from tests.helpers.tiny_garments import write_garments
from train.kernel_distance import kernel_distance, polynomial_kernel

FEATURES = 6


def sample(count: int, seed: int, shift: float = 0.0) -> Tensor:
    return torch.randn(count, FEATURES, generator=torch.Generator().manual_seed(seed)) + shift


def paths(name: str, count: int) -> list[Path]:
    return [Path(name, str(number)) for number in range(count)]


def distance(
    x: Mapping[str, Tensor], y: Mapping[str, Tensor], seed: int = 0, resamples: int = 40, kind: str = ""
) -> Interval:
    """The distance of two sides whose groups weigh alike; with `kind`, all are drawn together."""
    groups = Groups()
    sides = [
        [groups.add(f"{side} {name}", paths(f"{side} {name}", len(found)), kind)
         for name, found in one.items()]
        for side, one in (("x", x), ("y", y))
    ]  # fmt: skip
    features = torch.cat([*x.values(), *y.values()])
    with progress("draw") as bar:
        return groups.measure(features, {"d": [(1, Comparison(*sides))]}, resamples, seed, bar)["d"]


def test_two_halves_of_one_set_are_not_apart() -> None:
    groups = Groups()
    groups.add("set", paths("set", 120))
    halves = groups.halve(["set"], np.random.default_rng(0))
    with progress("draw") as bar:
        found = groups.measure(sample(120, 0), {"floor": [(1, halves)]}, 100, 0, bar)["floor"]
    assert found.low < 0 < found.high
    assert abs(found.value) < 0.1


def test_it_is_the_kernel_distance_where_each_side_is_one_group() -> None:
    x, y = sample(20, 0), sample(30, 1, 0.5)
    assert distance({"": x}, {"": y}).value == pytest.approx(kernel_distance(x, y), abs=1e-5)


def test_it_grows_with_a_shift_and_its_interval_goes_along() -> None:
    found = [distance({"": sample(80, 0)}, {"": sample(80, 1, shift)}) for shift in (0.0, 0.4, 0.8, 1.2)]
    assert [one.value for one in found] == sorted(one.value for one in found)
    assert found[0].low < 0 < found[0].high
    assert found[2].low > found[0].high
    assert all(one.low < one.value < one.high for one in found)


def test_it_is_zero_on_average_for_samples_of_one_distribution_which_a_biased_one_is_not() -> None:
    unbiased, biased = [], []
    x, y = list(range(8)), list(range(8, 16))
    for seed in range(300):
        features = sample(16, seed)
        xx, yy, xy = (Pair(features, a, b).mean(torch.ones(16)) for a, b in ((x, x), (y, y), (x, y)))
        unbiased.append(xx + yy - 2 * xy)
        kernel = polynomial_kernel(features, features)
        biased.append(float(kernel[:8, :8].mean() + kernel[8:, 8:].mean() - 2 * kernel[:8, 8:].mean()))
    error = np.std(unbiased) / len(unbiased) ** 0.5
    assert abs(np.mean(unbiased)) < 3 * error
    assert np.mean(biased) > 10 * error


def test_classes_weigh_alike_whatever_their_number_of_pictures() -> None:
    few, many = sample(40, 0, 1.0), sample(400, 1, -1.0)
    photos = torch.cat([sample(200, 2, 1.0), sample(200, 3, -1.0)])
    alike = distance({"few": few, "many": many}, {"": photos}, resamples=20)
    pooled = distance({"": torch.cat([few, many])}, {"": photos}, resamples=20)
    assert alike.low < 0 < alike.high
    assert pooled.low > 0.2


def test_the_same_seed_gives_the_same_interval_and_another_one_another() -> None:
    x, y = {"": sample(20, 0)}, {"": sample(20, 1, 0.5)}
    assert distance(x, y, seed=1) == distance(x, y, seed=1)
    assert distance(x, y, seed=1) != distance(x, y, seed=2)


def test_pictures_of_the_same_scenes_are_drawn_together() -> None:
    photos, renders = sample(60, 0), sample(20, 1, 1.0)
    groups = Groups()
    groups.add("photos", paths("photos", 60))
    for name in ("with", "without"):
        groups.add(name, paths(name, 20), "scenes")
    difference = [(sign, Comparison([name], ["photos"])) for sign, name in ((1, "with"), (-1, "without"))]
    with progress("draw") as bar:
        features = torch.cat([photos, renders, renders])
        found = groups.measure(features, {"d": difference}, 20, 0, bar)["d"]
    assert found == pytest.approx((0, 0, 0), abs=1e-5)


def test_ingredients_are_ranked_from_the_one_that_keeps_renders_away_most() -> None:
    shifts = {NOTHING: 0.8, "helpful": 1.6, "harmful": 0.0}
    without = {one: {"plain": paths(one, 30)} for one in shifts}
    target, renders = paths("photos", 60), sample(30, 1)
    seen = dict(zip(target, sample(60, 0), strict=True))
    for one, shift in shifts.items():
        seen |= zip(without[one]["plain"], renders + shift, strict=True)
    with progress("draw") as bar:
        view = lambda found: torch.stack([seen[path] for path in found])  # noqa: E731
        found = gap.rank(view, without, target, 40, 0, bar)  # type: ignore[arg-type]
    assert list(found) == ["harmful", "helpful"]
    assert found["harmful"].high < 0 < found["helpful"].low


SCENES = [
    sample_scene(a_garment().model_copy(update={"presentation": presentation}), 0, name, index, 128)
    for presentation in ("flat", "worn")
    for name in ("plain", "graphic")
    for index in range(9)
]
PARTS = {
    "folds": {"fabric"},
    "threads, melange, fading": {"fabric"},
    "gloss, sheen": {"fabric"},
    "trims": {"trims"},
    "backdrop": {"backdrop"},
    "colours of the backdrop": {"backdrop"},
    "things at the border": {"backdrop"},
    "lamps, tints": {"environment", "lights"},
    "tints of the light": {"environment", "lights"},
    "cast shadows": {"lights"},
    "camera": {"camera"},
    "framing": {"camera"},
    "phone": {"phone"},
}


@pytest.mark.parametrize("ingredient", [one for one in INGREDIENTS if one != NOTHING])
def test_an_ingredient_taken_out_leaves_the_other_parts_of_a_scene_alone(ingredient: str) -> None:
    for scene in SCENES:
        without = INGREDIENTS[ingredient](scene)
        assert Scene.model_validate(without.model_dump()) == without
        assert {part for part, value in scene if getattr(without, part) != value} <= PARTS[ingredient]
    assert any(INGREDIENTS[ingredient](scene) != scene for scene in SCENES)


def test_even_light_is_as_much_light() -> None:
    for scene in SCENES:
        even = INGREDIENTS["lamps, tints"](scene)
        whole = scene.environment.brightness + sum(lamp.brightness for lamp in scene.lights)
        assert even.environment.brightness == pytest.approx(whole)


def test_all_ingredients_are_taken_out_of_the_same_scenes_each_in_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[ClassRun] = []
    monkeypatch.setattr(ingredients, "run", lambda runs, *_, **__: seen.extend(runs) or [])
    garments = write_garments(tmp_path / "garments")
    render_without([NOTHING, "phone", "trims"], ["plain"], 2, 0, 64, garments, tmp_path)
    assert [one.data.folder.parent.name for one in seen] == [NOTHING, "phone", "trims"]
    assert len({one.data.fingerprint for one in seen}) == 3
    whole, *others = ([one.order(index) for index in one.wanted] for one in seen)
    for ingredient, orders in zip(("phone", "trims"), others, strict=True):
        assert [order.scene for order in orders] == [INGREDIENTS[ingredient](one.scene) for one in whole]


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(looks, "SIZE", 32)
    monkeypatch.setattr(gap, "LEAST", 5)
    for number in range(2 * gap.LEAST):
        save_photo(tmp_path / "photos" / f"{number}.png", number)
        name = ("plain", "striped")[number % 2]
        save_photo(tmp_path / "renders" / name / f"{number:06d}.jpg", 100 + number)
    return tmp_path


def run(folders: Path, *options: str) -> Result:
    where = [str(folders / name) for name in ("renders", "photos")]
    cache = ["--cache", str(folders / "cache"), "--resamples", "20"]
    return CliRunner().invoke(gap.main, [*where, *cache, *options])


def test_the_command_writes_all_figures_and_looks_at_no_picture_twice(
    folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folders / "photos" / "broken.jpg").write_bytes(b"nothing")
    labels = folders / "photos" / "labels.csv"
    labels.write_text("path,label\n" + "".join(f"{number}.png,plain\n" for number in range(gap.LEAST)))
    first = run(folders, "--labels", str(labels), "--out", str(folders / "gap.json"))
    assert first.exit_code == 0, first.output
    assert "broken.jpg: left out" in first.output
    assert "10 renders of 2 classes, 10 photos" in first.output
    figures = json.loads((folders / "gap.json").read_text())["distance"]
    assert set(figures) == set(looks.VIEWS)
    for figure in figures.values():
        apart, floor = figure["renders to photos"][0], figure["photos to photos (floor)"][0]
        assert figure["gap"][0] == pytest.approx(apart - floor)
        assert "plain (5 photos)" in figure
    monkeypatch.setattr(looks, "look", None)
    again = run(folders, "--labels", str(labels))
    assert again.stdout == first.stdout


def test_both_sides_pass_through_one_codec() -> None:
    image = Image.effect_noise((300, 260), 80).convert("RGB")
    pixels = looks.prepared(image)
    assert pixels.shape == (looks.SIZE, looks.SIZE, 3)
    assert np.abs(pixels.astype(int) - looks.square(image, looks.SIZE)).mean() > 3


@pytest.mark.parametrize(
    ("options", "cure"),
    [
        (("--class", "dotted"), "renders/dotted: 0 images, and it takes 2; render some with"),
        (("--without", "trims"), "no garment library here; build it with"),
    ],
)
def test_what_is_missing_is_named_with_its_cure(folders: Path, options: tuple[str, ...], cure: str) -> None:
    found = run(folders, *options, "--garments", str(folders / "none"))
    assert found.exit_code == 1
    assert cure in found.output


def test_a_folder_without_photos_is_one_clear_line(folders: Path) -> None:
    found = CliRunner().invoke(gap.main, [str(folders / "renders"), str(folders / "none")])
    assert found.exit_code == 1
    assert "none: 0 photos, and it takes 10; name a folder of photos" in found.output


def test_a_damaged_render_is_named_with_its_cure(folders: Path) -> None:
    (folders / "renders" / "plain" / "000000.jpg").write_bytes(b"nothing")
    found = run(folders)
    assert found.exit_code == 1
    assert "sdg.verify" in found.output
