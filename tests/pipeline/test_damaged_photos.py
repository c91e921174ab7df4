"""Two hundred damaged files cost themselves and nothing else."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from pipeline import predict, target
from tests.helpers.pipeline_project import photo, save_photo, write_models, write_params
from train.data.photo import FORMATS

CLASSES = ["plain", "striped", "dotted"]
FILES = 200


def encodings() -> dict[str, bytes]:
    """A photo in every format that Pillow writes and this project reads."""
    written = {}
    for kind in sorted(set(Image.SAVE) & set(FORMATS)):
        for mode in ("RGB", "L", "P", "1"):
            file = io.BytesIO()
            try:
                photo(1, 48).convert(mode).save(file, kind)
            except (OSError, ValueError, KeyError, TypeError):  # not in this mode, or without a codec
                continue
            written[kind] = file.getvalue()
            break
    return written


def damage(content: bytes, header: bytes, rng: np.random.Generator) -> bytes:
    kind = rng.integers(4)
    if kind == 0:  # cut
        return content[: rng.integers(len(content))]
    if kind == 1:  # a header of another format
        return header[:16] + content[16:]
    flipped = np.frombuffer(content, np.uint8).copy()
    first = len(flipped) if kind == 2 else 64  # anywhere, or in the header
    places = rng.integers(0, min(first, len(flipped)), 6)
    flipped[places] ^= (1 << rng.integers(0, 8, 6)).astype(np.uint8)
    return flipped.tobytes()


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("damaged") / "photos"
    save_photo(folder / "good.png", 1)
    written = encodings()
    assert {"JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP"} <= written.keys()
    rng = np.random.default_rng(0)
    kinds = list(written)
    for number in range(FILES):
        content, other = written[kinds[number % len(kinds)]], written[kinds[rng.integers(len(kinds))]]
        (folder / f"{number:03d}.jpg").write_bytes(damage(content, other, rng))
    photo(2).save(folder / "exif.jpg", exif=b"Exif\0\0junkjunk")
    return folder


def test_predict_gives_each_its_line_and_reads_the_good_one(photos: Path, tmp_path: Path) -> None:
    write_models(tmp_path, CLASSES)
    options = ["--model", tmp_path / "classifier", "--images", photos, "--out", tmp_path / "out.csv"]
    done = CliRunner().invoke(predict.main, [str(option) for option in options])
    assert done.exit_code == 0, (done.output, done.exception)
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = {row["path"]: row for row in csv.DictReader(file)}
    assert len(rows) == FILES + 2
    assert rows["good.png"]["label"]
    assert rows["exif.jpg"]["label"]
    unread = [name for name, row in rows.items() if not row["label"]]
    assert 50 < len(unread) < FILES
    assert all(f"unreadable: {photos / name}: " in done.stderr for name in unread)


def test_the_target_set_is_made_of_the_others(photos: Path, tmp_path: Path) -> None:
    params = write_params(tmp_path / "params.yaml", CLASSES, source=str(photos), unlabelled=".")
    done = CliRunner().invoke(target.main, ["--params", str(params), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, (done.output, done.exception)
    assert list((tmp_path / "out" / "unlabelled").glob("good-*.jpg"))


def test_what_nobody_has_thought_of_costs_one_photo_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.inference import classify
    from train.model_folder import TrainedClassifier, load_classifier

    write_models(tmp_path, CLASSES)
    paths = [save_photo(tmp_path / f"{seed}.png", seed) for seed in range(3)]
    classifier = load_classifier(tmp_path / "classifier")
    prepare = TrainedClassifier.preprocess
    calls: list[object] = []

    def fails_once(self: TrainedClassifier, image: Image.Image) -> object:
        calls.append(image)
        if len(calls) == 2:
            raise MemoryError("cannot allocate")
        return prepare(self, image)

    monkeypatch.setattr(TrainedClassifier, "preprocess", fails_once)
    readings = list(classify(classifier, paths, 1))
    assert sum(reading.scores is None for reading in readings) == 1
    assert "cannot allocate" in {reading.note for reading in readings}
