"""A tiny made-up project for the pipeline's tests: images drawn with Pillow, records, small networks."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from pipeline.manifest import build_manifest
from pipeline.params import load_params
from pipeline.target import build_target
from tests.helpers.params import TINY, write_tiny_params
from tests.helpers.records import record_of
from train.model_folder import save_classifier, save_generator
from train.networks.classifier import Classifier
from train.networks.generators import make_generator
from train.params import GeneratorParams

ROOT = Path(__file__).parents[2]
BACKBONE = TINY["train"]["backbone"]


def photo(seed: int, size: int = 40) -> Image.Image:
    """A picture unlike that of any other seed."""
    pixels = np.random.default_rng(seed).integers(0, 256, (5, 5, 3), dtype=np.uint8)
    return Image.fromarray(pixels).resize((size, size), Image.Resampling.BICUBIC)


def save_photo(path: Path, seed: int, size: int = 40) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    photo(seed, size).save(path)
    return path


def write_synthetic(folder: Path, classes: list[str], n: int, size: int = 48) -> None:
    """What `python -m sdg.render` leaves: images and records; the real samplers draw the parameters."""
    for number, name in enumerate(classes):
        lines = []
        for index in range(n):
            path = save_photo(folder / name / f"{index:06d}.jpg", 1000 * number + index, size)
            record = record_of(
                path.read_bytes(), name, index, garment=f"t-shirt-{index % 3}", size=size, samples=1
            )
            lines.append(record.line)
        (folder / name / "records.jsonl").write_bytes(b"".join(lines))


def write_params(path: Path, classes: list[str], **target: object) -> Path:
    """The smallest params with these classes and this target."""
    return write_tiny_params(path, classes=classes, target=target)


def write_project(folder: Path, classes: list[str], n: int, photos: Path, count: int, **labels: str) -> None:
    """`n` renders a class, `count` photos, params.yaml, and all that comes before training.

    `labels` name the CSV of a split: val="0.png,plain\\n".
    """
    data = folder / "data"
    write_synthetic(data / "synthetic", classes, n)
    build_manifest(data / "synthetic", data / "manifest.parquet", classes)
    for seed in range(count):
        save_photo(photos / f"{seed}.png", seed)
    for split, lines in labels.items():
        (photos / f"{split}.csv").write_text("path,label\n" + lines)
    splits = {split: f"{split}.csv" for split in labels}
    params = write_params(folder / "params.yaml", classes, source=str(photos), unlabelled=".", **splits)
    build_target(load_params(params), data / "target")


def write_models(folder: Path, classes: list[str], size: int = 32) -> None:
    """An untrained classifier and generator."""
    torch.manual_seed(0)
    save_classifier(
        folder / "classifier", Classifier(BACKBONE, len(classes), False), BACKBONE, classes, size, {}
    )
    params = GeneratorParams(width=4, blocks=1)
    save_generator(folder / "generator", make_generator(params), params, size, {})
