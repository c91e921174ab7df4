"""One photo, one answer: every way to read it prepares it alike, and says alike what is odd about it."""

import io
import json
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image, ImageOps

from pipeline import export, predict
from pipeline.answer import Choice
from pipeline.inference import classify
from tests.helpers.pipeline_project import ROOT, photo, write_models
from train.data import photo as photo_module
from train.data.domains import load_images
from train.data.images import to_tensor
from train.data.photo import UnreadablePhoto, open_photo, square
from train.model_folder import TrainedClassifier, load_classifier

CLASSES = ["plain", "striped", "dotted"]


def turned(image: Image.Image, orientation: int) -> Image.Exif:
    exif = image.getexif()
    exif[0x0112] = orientation
    return exif


def write_cases(folder: Path) -> dict[str, Path]:
    """Photos whose answers differed between predict, the demo and the ONNX recipe, or that were refused."""
    folder.mkdir()
    x = np.mgrid[0:1200, 0:1600][1]
    stripes = ((x // 9) % 2 * 255).astype(np.uint8)
    grey = np.asarray(photo(2, 60).convert("L"))
    clear = photo(3, 60).convert("RGBA")
    clear.putalpha(Image.fromarray(np.tile(np.arange(60, dtype=np.uint8) * 4, (60, 1))))
    tall = photo(4, 60).crop((0, 0, 40, 60))
    Image.fromarray(np.stack([stripes, stripes, 255 - stripes], -1)).save(folder / "large.jpg", quality=95)
    clear.save(folder / "clear.png")
    clear.quantize(16).save(folder / "clear.gif", transparency=3)
    tall.save(folder / "turned.jpg", exif=turned(tall, 6))
    tall.save(folder / "turned.png", exif=turned(tall, 7))
    Image.fromarray(grey.astype(np.uint16) * 257).save(folder / "16.png")
    Image.fromarray(grey.astype(np.int32)).save(folder / "int32.tif")
    Image.fromarray(grey.astype(np.int32) * 257).save(folder / "int32-wide.tif")
    Image.fromarray(grey.astype(np.float32) / 255).save(folder / "float.tif")
    photo(5, 60).convert("CMYK").save(folder / "cmyk.jpg")
    for kind in ("jpg", "png", "webp"):
        photo(6, 60).save(folder / f"exif.{kind}", exif=b"Exif\0\0junkjunk")
    photo(7, 60).save(folder / "whole.jpg")
    (folder / "cut.jpg").write_bytes((folder / "whole.jpg").read_bytes()[:-2])
    return {path.name: path for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_cases(tmp_path_factory.mktemp("cases") / "photos")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_models(folder, CLASSES)
    return folder / "classifier"


@pytest.fixture(scope="module")
def classifier(folder: Path) -> TrainedClassifier:
    return load_classifier(folder)


@pytest.fixture(scope="module")
def answers(classifier: TrainedClassifier, cases: dict[str, Path]) -> dict[str, np.ndarray]:
    """What predict and evaluate say."""
    read = zip(cases, classify(classifier, list(cases.values())), strict=True)
    return {name: reading.scores for name, reading in read if reading.scores is not None}


def test_all_of_them_are_read(answers: dict[str, np.ndarray], cases: dict[str, Path]) -> None:
    assert answers.keys() == cases.keys()


def test_a_photo_is_the_same_picture_in_every_encoding(cases: dict[str, Path]) -> None:
    def pixels(name: str) -> np.ndarray:
        return np.asarray(open_photo(cases[name]).image, float)

    grey = np.asarray(photo(2, 60).convert("L"))[..., None]
    for name in ("16.png", "int32.tif", "int32-wide.tif", "float.tif"):
        assert np.abs(pixels(name) - grey).max() <= 1, name
    assert (pixels("cut.jpg") == pixels("whole.jpg")).all()
    assert (pixels("exif.png") == np.asarray(photo(6, 60))).all()
    tall = photo(4, 60).crop((0, 0, 40, 60))
    assert (pixels("turned.png") == np.asarray(tall.transpose(Image.Transpose.TRANSVERSE))).all()
    assert (pixels("clear.png")[:, 0] == 255).all()


def test_what_is_odd_about_a_photo_is_said_and_nothing_else_is(cases: dict[str, Path]) -> None:
    notes = {name: open_photo(path).note for name, path in cases.items()}
    assert {name for name, note in notes.items() if note} == {
        "exif.jpg", "exif.png", "exif.webp", "cut.jpg", "int32.tif", "int32-wide.tif", "float.tif",
    }  # fmt: skip
    assert "EXIF" in notes["exif.png"]
    assert "cut short" in notes["cut.jpg"]
    assert "65535 was taken for white" in notes["int32-wide.tif"]


def test_training_sees_the_pixels_that_prediction_sees(
    classifier: TrainedClassifier, cases: dict[str, Path], tmp_path: Path
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [{"path": str(p), "sha256": n, "label": None, "split": "unlabelled"} for n, p in cases.items()]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "manifest.parquet")
    images = load_images(tmp_path / "manifest.parquet", "unlabelled", None, classifier.size, tmp_path)
    for path, pixels in zip(cases.values(), images.pixels, strict=True):
        assert torch.equal(classifier.preprocess(open_photo(path).image), to_tensor(pixels)), path.name


def test_the_demo_says_what_predict_says(
    classifier: TrainedClassifier, cases: dict[str, Path], answers: dict[str, np.ndarray]
) -> None:
    pytest.importorskip("flask")
    from pipeline.demo.app import read_upload

    for name, path in cases.items():
        read = read_upload(classifier, path.read_bytes(), Choice.of(classifier.classes))
        assert list(read["scores"].values()) == pytest.approx(answers[name].tolist(), abs=1e-5), name
        assert read["note"] == open_photo(path).note


def test_the_printed_recipe_says_what_predict_says_without_this_project(
    folder: Path, cases: dict[str, Path], answers: dict[str, np.ndarray], tmp_path: Path
) -> None:
    """It runs in a folder of its own, where only a copy of photo.py is, and no PyTorch."""
    pytest.importorskip("onnxruntime")
    done = CliRunner().invoke(export.main, ["--model", str(folder), "--onnx", str(tmp_path / "model.onnx")])
    assert done.exit_code == 0, done.output
    shutil.copy(ROOT / "train" / "data" / "photo.py", tmp_path)
    printed = CliRunner().invoke(export.main, ["--help"], terminal_width=110).stdout
    recipe = textwrap.dedent(printed[printed.index("  import json") :])
    assert 'open_photo("photo.jpg")' in recipe
    program = f"""
import sys
sys.modules["torch"] = None
found = {{}}
for name in {[str(path) for path in cases.values()]}:
    exec({recipe!r}.replace("photo.jpg", name))
    found[name] = scores.tolist()
print(json.dumps(found))
"""
    run = [sys.executable, "-c", program]
    ran = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    for path, scores in json.loads(ran.stdout).items():
        assert scores == pytest.approx(answers[Path(path).name].tolist(), abs=2e-5), path


def test_the_order_of_the_eight_orientations_is_pillows() -> None:
    image = photo(1, 40).crop((0, 0, 40, 30))
    for orientation in range(1, 9):
        file = io.BytesIO()
        image.save(file, "PNG", exif=turned(image, orientation))
        file.seek(0)
        with Image.open(file) as opened:
            expected = np.asarray(ImageOps.exif_transpose(opened))
        assert (np.asarray(open_photo(io.BytesIO(file.getvalue())).image) == expected).all()


def test_a_square_is_not_turned_a_second_time() -> None:
    image = photo(1, 60).crop((0, 0, 40, 60))
    file = io.BytesIO()
    image.save(file, "PNG", exif=turned(image, 3))
    opened = open_photo(io.BytesIO(file.getvalue())).image
    assert (square(opened, 32) == square(image.rotate(180), 32)).all()


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.full((20, 20), np.nan, np.float32), "not those of a photo"),
        (np.full((20, 20), -3, np.int32), "not those of a photo"),
        (np.zeros((1, 1), np.uint8), "too small"),
        (np.zeros((20, 15), np.uint8), "too small"),
    ],
)
def test_what_is_no_photo_is_refused(tmp_path: Path, values: np.ndarray, reason: str) -> None:
    Image.fromarray(values).save(tmp_path / "a.tif")
    with pytest.raises(UnreadablePhoto, match=reason):
        open_photo(tmp_path / "a.tif")


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_that_was_cut_is_read_if_nearly_all_of_it_is_there(tmp_path: Path, progressive: bool) -> None:
    file = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (400, 300, 3), dtype=np.uint8)
    Image.fromarray(noise).save(file, "JPEG", progressive=progressive)
    whole = np.asarray(open_photo(io.BytesIO(file.getvalue())).image, float)
    most = file.getvalue()[: int(0.96 * len(file.getvalue()))]
    photo, note = open_photo(io.BytesIO(most))
    assert "cut short" in note
    rows = np.abs(np.asarray(photo, float) - whole).mean(axis=(1, 2))
    assert (rows[: 340 if not progressive else 400] < 25).all()
    with pytest.raises(UnreadablePhoto, match=r"cut short: the lower|truncated"):
        open_photo(io.BytesIO(file.getvalue()[: len(most) // 60 if progressive else len(most) // 2]))


@pytest.mark.parametrize("more", [{}, {"progressive": True}, {"restart_marker_rows": 1}], ids=str)
def test_grey_at_the_bottom_of_a_jpeg_that_lacks_its_last_bytes_is_not_taken_for_missing(more: dict) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (200, 160, 3), dtype=np.uint8)
    pixels[150:] = 128
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", **more)
    for missing in (1, 2) if "progressive" in more else (1, 2, 3, 8):
        assert "cut short" in open_photo(io.BytesIO(file.getvalue()[:-missing])).note
    with pytest.raises(UnreadablePhoto, match=r"cut short: the lower|[Tt]runcated"):
        open_photo(
            io.BytesIO(file.getvalue()[: len(file.getvalue()) // (60 if "progressive" in more else 2)])
        )


def test_the_module_that_is_copied_needs_nothing_of_this_project() -> None:
    source = Path(photo_module.__file__).read_text()
    assert "from train" not in source
    assert "torch" not in source


def test_a_note_is_said_by_predict_and_the_photo_labelled(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    photo(1, 60).save(tmp_path / "photos" / "a.jpg", exif=b"Exif\0\0junkjunk")
    options = ["--model", folder, "--images", tmp_path / "photos", "--out", tmp_path / "out.csv"]
    done = CliRunner().invoke(predict.main, [str(option) for option in options])
    assert done.exit_code == 0, done.output
    assert f"note: {tmp_path / 'photos' / 'a.jpg'}: damaged EXIF" in done.stderr
    assert "1 photos labelled, 0 unreadable" in done.stdout
