"""The promises of pipeline.export: the ONNX file says what the model says."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image, ImageOps

from pipeline import predict
from pipeline.export import main
from tests.helpers.pipeline_project import BACKBONE, ROOT, photo, save_photo
from train.model_folder import load_classifier, save_classifier
from train.networks.classifier import Classifier
from train.params import BottleneckParams

onnxruntime = pytest.importorskip("onnxruntime")
CLASSES = ["plain", "striped", "dotted"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("model")
    network = Classifier(BACKBONE, 3, False, BottleneckParams(width=8, hidden=6, dropout=0.5))
    save_classifier(folder, network, BACKBONE, CLASSES, 32, {}, temperature=0.5)
    return folder


@pytest.fixture(scope="module")
def session(model: Path) -> "onnxruntime.InferenceSession":
    done = CliRunner().invoke(main, ["--model", str(model), "--onnx", str(model / "model.onnx")])
    assert done.exit_code == 0, done.output
    return onnxruntime.InferenceSession(model / "model.onnx", providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("count", [1, 2, 5])
def test_any_number_of_photos_get_pytorchs_probabilities(model: Path, session, count: int) -> None:
    classifier = load_classifier(model)
    photos = [photo(seed, 50) for seed in range(count)]
    pixels = np.stack(
        [np.asarray(ImageOps.fit(image, (32, 32), Image.Resampling.BICUBIC)) for image in photos]
    )
    (scores,) = session.run(None, {"pixels": pixels})
    expected = classifier.probabilities(torch.stack([classifier.preprocess(image) for image in photos]))
    np.testing.assert_allclose(scores, expected, atol=2e-5)


def test_the_file_says_how_to_use_it(session) -> None:
    metadata = session.get_modelmeta().custom_metadata_map
    assert json.loads(metadata["classes"]) == CLASSES
    assert metadata["size"] == "32"
    assert json.loads(metadata["mean"]) == json.loads(metadata["std"]) == [0.5, 0.5, 0.5]
    assert "32 x 32" in metadata["preprocessing"]
    assert "the answer is 'other'" in metadata["answer"]


def test_the_lines_of_the_help_answer_as_predict_does(model: Path, session, tmp_path: Path) -> None:
    """With all classes and with two of the patterns, without this project but for train/data/photo.py."""
    save_photo(tmp_path / "photo.jpg", 3, 90)
    shutil.copy(model / "model.onnx", tmp_path / "model.onnx")
    shutil.copy(ROOT / "train" / "data" / "photo.py", tmp_path / "photo.py")
    recipe = dedent(str(main.epilog).split("\b\n")[2])
    recipe = recipe.replace('"plain", "striped", "floral"', '"dotted", "striped"')
    (tmp_path / "whole.py").write_text(f"{recipe.split('#')[0]}\nprint(label)")
    (tmp_path / "some.py").write_text(f"{recipe}\nprint(label)")
    for program, only in (("whole.py", []), ("some.py", ["--only", "dotted,striped"])):
        done = subprocess.run(
            [sys.executable, program], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        arguments = ["--model", model, "--images", tmp_path / "photo.jpg", "--out", tmp_path / "p.csv", *only]
        assert CliRunner().invoke(predict.main, [str(argument) for argument in arguments]).exit_code == 0
        with (tmp_path / "p.csv").open() as file:
            (row,) = csv.DictReader(file)
        assert done.stdout.strip() == row["label"]
    assert row["label"] == "other"  # this model is for plain, whatever it sees


def test_the_file_is_one_file_that_may_be_moved(model: Path, session) -> None:
    assert not list(model.glob("*.data"))
