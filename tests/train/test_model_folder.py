import json
import shutil

import click
import numpy as np
import pytest
import torch
from PIL import Image

from train.data.photo import square
from train.model_folder import load_classifier, load_generator, save_classifier, save_generator
from train.networks.classifier import Classifier
from train.networks.generators import make_generator
from train.params import BottleneckParams, GeneratorParams

TINY = GeneratorParams(width=4, blocks=1)
CLASSES = ["plain", "striped", "floral"]


@pytest.fixture
def classifier() -> Classifier:
    torch.manual_seed(0)
    return Classifier("test_resnet", len(CLASSES), pretrained=False).eval()


@pytest.fixture
def folder(tmp_path, classifier):
    save_classifier(tmp_path / "c", classifier, "test_resnet", CLASSES, 32, {"method": "source_only"})
    return tmp_path / "c"


def picture(width: int, height: int, mode: str = "RGB") -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels).convert(mode)


def test_a_saved_classifier_gives_the_probabilities_of_the_trained_one(folder, classifier):
    loaded = load_classifier(folder)
    assert loaded.classes == tuple(CLASSES)
    assert loaded.size == 32
    batch = torch.rand(2, 3, 32, 32)
    expected = classifier(batch * 2 - 1).softmax(dim=1)
    torch.testing.assert_close(loaded.probabilities(batch), expected)
    torch.testing.assert_close(loaded.probabilities(batch).sum(dim=1), torch.ones(2))


def test_a_bottleneck_and_a_hidden_layer_are_saved_and_read_again(tmp_path):
    form = BottleneckParams(width=16, hidden=8, dropout=0.5)
    network = Classifier("test_resnet", len(CLASSES), False, form)
    network(torch.rand(4, 3, 32, 32))  # statistics of its own
    network.eval()
    save_classifier(tmp_path, network, "test_resnet", CLASSES, 32, {})
    loaded, batch = load_classifier(tmp_path), torch.rand(2, 3, 32, 32)
    assert loaded.description.bottleneck == form
    torch.testing.assert_close(loaded.probabilities(batch), network(batch * 2 - 1).softmax(dim=1))


def test_a_model_of_before_there_were_bottlenecks_is_read(folder, classifier):
    path = folder / "model.json"
    description = json.loads(path.read_text())
    del description["bottleneck"]
    path.write_text(json.dumps(description))
    batch = torch.rand(2, 3, 32, 32)
    torch.testing.assert_close(
        load_classifier(folder).probabilities(batch), classifier(batch * 2 - 1).softmax(dim=1)
    )


def test_half_precision_halves_the_file_and_hardly_changes_the_probabilities(folder, tmp_path, classifier):
    save_classifier(tmp_path / "h", classifier, "test_resnet", CLASSES, 32, {}, dtype=torch.float16)
    half, full = (load_classifier(name) for name in (tmp_path / "h", folder))
    sizes = [(name / "model.safetensors").stat().st_size for name in (tmp_path / "h", folder)]
    assert sizes[0] < 0.6 * sizes[1]
    assert {parameter.dtype for parameter in half.network.parameters()} == {torch.float32}
    batch = torch.rand(4, 3, 32, 32)
    torch.testing.assert_close(half.probabilities(batch), full.probabilities(batch), atol=2e-3, rtol=0)


def test_a_temperature_above_one_lowers_the_confidence_and_changes_no_label(folder, tmp_path, classifier):
    save_classifier(tmp_path / "t", classifier, "test_resnet", CLASSES, 32, {}, temperature=3)
    batch = torch.rand(4, 3, 32, 32)
    cool = load_classifier(tmp_path / "t").probabilities(batch)
    plain = load_classifier(folder).probabilities(batch)
    torch.testing.assert_close(cool, (classifier(batch * 2 - 1) / 3).softmax(dim=1))
    assert torch.equal(cool.argmax(1), plain.argmax(1))
    assert (cool.amax(1) < plain.amax(1)).all()


def test_a_saved_generator_translates_as_the_trained_one(tmp_path):
    generator = make_generator(TINY)
    save_generator(tmp_path / "g", generator, TINY, 32, {})
    batch = torch.rand(2, 3, 32, 32)
    translated = load_generator(tmp_path / "g").translate(batch)
    torch.testing.assert_close(translated, generator(batch * 2 - 1) * 0.5 + 0.5)
    assert 0 <= translated.min() <= translated.max() <= 1


def test_a_method_without_generator_leaves_images_as_they_are(tmp_path):
    save_generator(tmp_path / "g", None, TINY, 32, {})
    loaded = load_generator(tmp_path / "g")
    batch = torch.rand(2, 3, 32, 32)
    assert loaded.identity
    assert torch.equal(loaded.translate(batch), batch)


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA", "LA", "CMYK", "1", "I", "I;16", "F"])
def test_any_picture_can_be_classified(folder, mode):
    image = picture(50, 41, "L" if mode == "I;16" else mode)
    image = image.convert(mode) if mode == "I;16" else image
    loaded = load_classifier(folder)
    pixels = loaded.preprocess(image)
    assert pixels.shape == (3, 32, 32)
    assert 0 <= pixels.min() <= pixels.max() <= 1
    assert loaded.predict([image])[0] in CLASSES


def test_no_pictures_give_no_predictions(folder):
    assert load_classifier(folder).predict([]) == []


def test_transparent_parts_are_white():
    image = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    assert (square(image, 16) == 255).all()


def test_sixteen_bit_grey_keeps_its_brightness():
    image = Image.fromarray(np.full((20, 20), 32896, dtype=np.uint16))
    assert (square(image, 16) == 128).all()


def test_pictures_are_turned_upright_before_they_are_cropped(tmp_path):
    image = picture(40, 30)
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(tmp_path / "turned.png", exif=exif)
    with Image.open(tmp_path / "turned.png") as turned:
        assert np.array_equal(square(turned, 16), square(image.rotate(-90, expand=True), 16))


def test_the_centre_square_of_a_long_picture_is_used():
    pixels = np.zeros((10, 5000, 3), dtype=np.uint8)
    pixels[:, 2480:2520] = 200
    assert (square(Image.fromarray(pixels), 16) == 200).all()


@pytest.mark.parametrize(
    "wrong",
    [{"mean": [1]}, {"std": [1, 1, 0]}, {"size": -5}, {"size": 10**9}, {"classes": []}, {"temperature": 0}],
)
def test_a_model_whose_description_is_impossible_is_one_clear_line(folder, tmp_path, wrong):
    shutil.copytree(folder, tmp_path / "model")
    path = tmp_path / "model" / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | wrong))
    with pytest.raises(click.ClickException, match=rf"model.json: {next(iter(wrong))}") as error:
        load_classifier(tmp_path / "model")
    assert "\n" not in error.value.message


def test_a_file_in_the_place_of_a_model_is_one_clear_line(tmp_path):
    (tmp_path / "model").write_text("x")
    with pytest.raises(click.ClickException, match="no trained model here"):
        load_classifier(tmp_path / "model")


def test_a_missing_model_is_one_clear_line(tmp_path):
    with pytest.raises(click.ClickException, match="no trained model here"):
        load_classifier(tmp_path / "nothing")


def test_a_generator_is_not_taken_for_a_classifier(tmp_path):
    save_generator(tmp_path / "g", make_generator(TINY), TINY, 32, {})
    with pytest.raises(click.ClickException, match="kind"):
        load_classifier(tmp_path / "g")


@pytest.mark.parametrize("damage", ["truncate", "remove", "garbage", "other network"])
def test_damaged_weights_are_one_clear_line(folder, damage):
    weights = folder / "model.safetensors"
    if damage == "truncate":
        weights.write_bytes(weights.read_bytes()[:5000])
    elif damage == "remove":
        weights.unlink()
    elif damage == "garbage":
        weights.write_bytes(b"x" * 1000)
    else:
        save_generator(folder.parent / "g", make_generator(TINY), TINY, 32, {})
        weights.write_bytes((folder.parent / "g" / "model.safetensors").read_bytes())
    with pytest.raises(click.ClickException, match=r"model\.safetensors") as error:
        load_classifier(folder)
    assert "\n" not in error.value.message


@pytest.mark.parametrize("text", ["{", "[]", '{"format_version": 99}', '{"kind": "classifier"}'])
def test_a_damaged_description_names_its_file(folder, text):
    (folder / "model.json").write_text(text)
    with pytest.raises(click.ClickException, match=r"model\.json"):
        load_classifier(folder)


def test_the_description_says_how_to_use_the_model(folder):
    description = json.loads((folder / "model.json").read_text())
    assert description["backbone"] == "test_resnet"
    assert description["classes"] == CLASSES
    assert description["size"] == description["resize"]["short_side"] == 32
    assert description["mean"] == [0.5, 0.5, 0.5]
