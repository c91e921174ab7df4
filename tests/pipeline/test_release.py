"""The promises of pipeline.release: calibrated without photo labels, and a card that tells the truth."""

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
import pytest
import torch
import yaml
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import predict
from pipeline.manifest import build_manifest
from pipeline.release.__main__ import main
from pipeline.release.calibration import fit_temperature
from pipeline.release.other_weight import with_other_weight
from pipeline.release.prior_strength import with_prior_strength
from pipeline.release.soup import average
from tests.helpers.pipeline_project import BACKBONE, write_project, write_synthetic
from train.data.domains import Images
from train.model_folder import TrainedClassifier, load_classifier, save_classifier
from train.networks.classifier import Classifier
from train.params import BottleneckParams, TrainParams

CLASSES = ["plain", "striped", "dotted"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    labels = "".join(f"{seed}.png,{CLASSES[seed % 3]}\n" for seed in range(9))
    write_project(folder, CLASSES, 40, folder / "photos", 15, val=labels)
    shutil.rmtree(folder / "data" / "target" / "val")  # the card measures the photos as they are
    return folder


def write_model(folder: Path, weights: int = 0, classes: Sequence[str] = CLASSES, **changes: object) -> Path:
    torch.manual_seed(weights)
    network = Classifier(BACKBONE, len(classes), False)
    network.head.weight.data *= 1000
    trained_with = {
        "method": "source_only",
        "seed": 0,
        "params": TrainParams(size=32, prior_strength=0.5).model_dump() | {"head_epochs": 0},  # once a key
        "synthetic_images": 1234,
        "target_images": 6,
        "predicted_prior": [0.5, 0.3, 0.2],
    }
    save_classifier(folder, network, BACKBONE, classes, 32, trained_with | changes)
    return folder


def release(project: Path, model: Path, out: Path, *more: str) -> Result:
    arguments = {
        "--model": model,
        "--synthetic": project / "data" / "manifest.parquet",
        "--target": project / "data" / "target" / "manifest.parquet",
        "--out": out,
        "--params": project / "params.yaml",
        "--cache": out.parent / "cache",
        "--photos": "Squares of noise.",
    }
    return CliRunner().invoke(main, [str(part) for pair in arguments.items() for part in pair] + [*more])


@pytest.fixture(scope="module")
def released(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    done = release(project, write_model(folder / "trained"), folder / "out")
    assert done.exit_code == 0, done.output
    return folder


@settings(deadline=None, max_examples=20)
@given(st.floats(0.3, 4), st.integers(0, 2**31))
def test_the_temperature_that_made_the_logits_is_found(temperature: float, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(6000, 5, generator=generator) * 2
    labels = torch.multinomial(logits.softmax(1), 1, generator=generator)[:, 0].numpy()
    found = fit_temperature(logits * temperature, labels, np.ones(len(labels)))
    assert found == pytest.approx(temperature, rel=0.1)


def test_images_without_weight_do_not_count() -> None:
    logits = torch.tensor([[2.0, 0.0]] * 4 + [[9.0, 0.0]] * 50)
    labels = np.array([0, 0, 0, 1] + [1] * 50)
    weights = np.array([1.0] * 4 + [0.0] * 50)
    assert fit_temperature(logits, labels, weights) == pytest.approx(2 / np.log(3), rel=1e-2)


def test_the_release_is_half_the_size_and_says_the_same_but_less_surely(released: Path) -> None:
    before, after = load_classifier(released / "trained"), load_classifier(released / "out")
    halved = (released / "out" / "model.safetensors").stat().st_size
    assert halved < 0.6 * (released / "trained" / "model.safetensors").stat().st_size
    images = torch.rand(20, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    one, two = before.probabilities(images), after.probabilities(images)
    assert (one.argmax(1) == two.argmax(1)).all()
    assert after.description.temperature > 1  # the network is untrained, and its head was made bold
    assert two.max(1).values.mean() < one.max(1).values.mean()


def test_photos_to_train_on_are_not_measured(project: Path, tmp_path: Path) -> None:
    """`target.labelled` is neither val nor test."""
    params = yaml.safe_load((project / "params.yaml").read_text())
    (project / "photos" / "labelled.csv").write_text("path,label\n9.png,plain\n10.png,plain\n")
    params["target"]["labelled"] = "labelled.csv"
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
    model, out = write_model(tmp_path / "trained"), tmp_path / "out"
    done = release(project, model, out, "--params", str(tmp_path / "params.yaml"))
    assert done.exit_code == 0, done.output
    assert "| 9 images |" in (out / "README.md").read_text()


def test_the_card_holds_the_figures_that_predict_gives(project: Path, released: Path, tmp_path: Path) -> None:
    arguments = [
        "--model", released / "out", "--images", project / "photos" / "val.csv",
        "--format", "jsonl", "--out", tmp_path / "out.jsonl",
    ]  # fmt: skip
    assert CliRunner().invoke(predict.main, [str(argument) for argument in arguments]).exit_code == 0
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    right = [row["label"] == CLASSES[number % 3] for number, row in enumerate(rows)]
    card = (released / "out" / "README.md").read_text()
    photos = card.split("## Validation photos")[1].split("## Rendered")[0]
    assert f"| accuracy | {np.mean(right):.3f} |" in photos
    assert "| 9 images |" in photos
    assert f"Logits are divided by {load_classifier(released / 'out').description.temperature:.2f}" in card
    for text in (
        "1,234 rendered images",
        "32 x 32 px",
        "Squares of noise.",
        "plain 0.50, striped 0.30, dotted 0.20.",
    ):
        assert text in card
    (picture,) = re.findall(r"!\[.*\]\((.*)\)", card)
    assert (released / "out" / picture).stat().st_size > 1000


def test_the_card_says_how_often_a_photo_of_none_of_the_patterns_is_given_one(
    project: Path, tmp_path: Path
) -> None:
    """By a model that cannot turn one away, and by one that can; from two files of photos."""
    photos = project / "photos"
    (photos / "others.csv").write_text(
        "path,label\n9.png,graphic\n10.png,graphic\n11.png,checked\n0.png,plain\n"
    )
    params = yaml.safe_load((project / "params.yaml").read_text())
    params["target"]["val"] = ["val.csv", "others.csv"]
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
    more = ("--params", str(tmp_path / "params.yaml"))
    for name, classes, words in (
        ("closed", CLASSES, "It always answers with one\nof its patterns"),
        ("open", [*CLASSES, "other"], "A photo of none\nof its patterns is labelled `other`."),
    ):
        prior = [round(1 / len(classes), 4)] * len(classes)
        model = write_model(tmp_path / f"{name}-trained", classes=classes, predicted_prior=prior)
        done = release(project, model, tmp_path / name, *more)
        assert done.exit_code == 0, done.output
        card = (tmp_path / name / "README.md").read_text()
        assert words in card
        part = card.split("## Validation photos")[1].split("## Rendered")[0]
        assert "--images PHOTOS/val.csv --images PHOTOS/others.csv --pool\n" in part
        assert "| 9 images |" in part
        assert re.search(r"\n\nOf 3 photos that show none of the patterns, [\d.]+ % are turned away", part)
        curve = re.findall(r"^(?:\| [\d.]+ ){3}\|$", part.split("of all: right")[1], re.MULTILINE)
        assert len(curve) == 7
        assert ("3 patterns of clothes, read off" in card) == (name == "closed")
        assert ("3 patterns of clothes or none of them, read off" in card) == (name == "open")
        assert "3 images of none of the patterns" in done.stdout


def test_a_soup_has_the_mean_of_all_weights_and_tells_of_every_run(tmp_path: Path) -> None:
    priors = [[0.5, 0.3, 0.2], [0.2, 0.3, 0.5]]
    runs = [
        load_classifier(write_model(tmp_path / str(i), i, predicted_prior=prior, method=f"method {i}"))
        for i, prior in enumerate(priors)
    ]
    soup = average(runs)
    one, two, both = (model.network.state_dict() for model in (*runs, soup))
    for name, tensor in both.items():
        torch.testing.assert_close(tensor, ((one[name].double() + two[name]) / 2).to(tensor.dtype))
    trained_with = soup.description.trained_with
    assert trained_with["method"] == "method 0"
    assert [run["method"] for run in trained_with["averaged_with"]] == ["method 1"]
    assert trained_with["predicted_prior"] == pytest.approx([0.3393, 0.3219, 0.3393], abs=1e-3)
    assert average(runs[:1]) is runs[0]


def test_models_that_have_no_mean_are_refused(tmp_path: Path) -> None:
    one, two = (load_classifier(write_model(tmp_path / str(i), seed=i)) for i in range(2))
    with pytest.raises(click.ClickException, match="the same seed"):
        average([one, two])
    two.description.classes.reverse()
    wide = BottleneckParams(width=8)
    three = TrainedClassifier(
        one.network, one.description.model_copy(update={"bottleneck": wide}), one.device
    )
    with pytest.raises(click.ClickException, match="different bottleneck"):
        average([one, three])
    with pytest.raises(click.ClickException, match="different classes"):
        average([one, two])


def test_the_photos_size_can_be_chosen(project: Path, tmp_path: Path) -> None:
    done = release(project, write_model(tmp_path / "trained"), tmp_path / "out", "--size", "48")
    assert done.exit_code == 0, done.output
    assert load_classifier(tmp_path / "out").size == 48


def test_confidence_is_calibrated_at_the_size_at_which_photos_are_read(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []

    def calibrate(classifier: TrainedClassifier, images: Images, *more: object) -> float:
        sizes.append(images.pixels.shape[1:])
        return 1.0

    monkeypatch.setattr("pipeline.release.__main__.calibrate", calibrate)
    done = release(project, write_model(tmp_path / "trained"), tmp_path / "out", "--size", "48")
    assert done.exit_code == 0, done.output
    assert sizes == [(48, 48, 3)]


def test_the_card_names_the_labelled_photos_that_a_model_was_trained_on(
    project: Path, tmp_path: Path
) -> None:
    for labelled, words in (
        (0, "1,234 rendered images, the only ones with labels, and"),
        (1020, "1,234 rendered images and 1,020 photos with labels, and"),
    ):
        model = write_model(tmp_path / f"model{labelled}", labelled_images=labelled)
        done = release(project, model, tmp_path / f"released{labelled}")
        assert done.exit_code == 0, done.output
        assert words in (tmp_path / f"released{labelled}" / "README.md").read_text()
    soup = write_model(tmp_path / "soup", averaged_with=[{"synthetic_images": 1234, "labelled_images": 1020}])
    assert release(project, soup, tmp_path / "both").exit_code == 0
    card = (tmp_path / "both" / "README.md").read_text()
    assert "1,234 rendered images a run and 1,020 photos with labels, and" in card


def test_without_renders_to_calibrate_on_nothing_is_written(project: Path, tmp_path: Path) -> None:
    write_synthetic(tmp_path / "synthetic", CLASSES, 1)
    build_manifest(tmp_path / "synthetic", tmp_path / "data" / "manifest.parquet", CLASSES)
    (tmp_path / "params.yaml").write_bytes((project / "params.yaml").read_bytes())
    (tmp_path / "data" / "target").symlink_to(project / "data" / "target")
    done = release(tmp_path, write_model(tmp_path / "trained"), tmp_path / "out")
    assert done.exit_code == 1
    assert "no rendered image was kept out of training" in done.output
    assert not (tmp_path / "out").exists()


def test_another_prior_strength_is_as_if_it_had_been_trained_with(tmp_path: Path) -> None:
    model = load_classifier(write_model(tmp_path / "model"))
    moved = with_prior_strength(model, 0.9)
    expected = model.network.head.bias + 0.4 * torch.log(3 * torch.tensor([0.5, 0.3, 0.2]))
    torch.testing.assert_close(moved.network.head.bias, expected)
    assert moved.description.trained_with["params"]["prior_strength"] == 0.9
    assert torch.equal(with_prior_strength(moved, 0.5).network.head.weight, model.network.head.weight)
    torch.testing.assert_close(with_prior_strength(moved, 0.5).network.head.bias, model.network.head.bias)


def test_the_odds_of_other_can_be_changed_where_there_is_such_a_class(tmp_path: Path) -> None:
    model = load_classifier(write_model(tmp_path / "model"))
    with pytest.raises(click.ClickException, match="--other-weight: this model knows no class 'other'"):
        with_other_weight(model, 0.5)
    classes = ["plain", "other", "dotted"]
    description = model.description.model_copy(update={"classes": classes})
    knows = TrainedClassifier(model.network, description, model.device)
    moved = with_other_weight(knows, 0.5)
    images = torch.rand(8, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    before, after = (c.network(images * 2 - 1).detach() for c in (knows, moved))
    torch.testing.assert_close(after - before, torch.tensor([0.0, np.log(0.5), 0.0]).float().expand(8, 3))
    assert moved.description.trained_with["other_weight"] == 0.5


def test_a_model_that_knows_no_class_frequencies_cannot_be_moved(tmp_path: Path) -> None:
    model = load_classifier(write_model(tmp_path / "model", predicted_prior=None))
    with pytest.raises(click.ClickException, match="--prior-strength: this model was trained with"):
        with_prior_strength(model, 0.9)
