"""Tiny data and params for training: seconds on one core."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
import yaml
from PIL import Image

from tests.helpers import params
from train.data.domains import Domains, Images
from train.loop.run import Run
from train.params import TrainParams

CLASSES = ("plain", "striped")
TINY = params.TINY["train"] | {"photo_balance": 0.5, "augment": {"jitter": 0.2}}
"""`train:` of params.yaml."""


def images(count: int, labelled: bool, seed: int, dark: bool = False) -> Images:
    """Plain or striped squares of any colour; `dark` shifts the domain."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    pixels = np.empty((count, 32, 32, 3), dtype=np.uint8)
    for i, label in enumerate(labels):
        one, two = rng.uniform(0, 255, (2, 3))
        stripes = (np.arange(32) + rng.integers(8)) % 8 < 4
        pixels[i] = np.where(stripes[:, None, None] if label else True, one, two)
    if dark:
        pixels = (pixels * 0.3).astype(np.uint8)
    return Images(pixels, labels if labelled else labels[:0], f"{count} {seed}")


def make_run(folder: Path, **changes: object) -> Run:
    """A run of three steps an epoch over 12 renders and 10 darker photos."""
    photos = images(10, False, 2, dark=True)
    return Run(
        params=TrainParams.model_validate(TINY | changes),
        seed=0,
        classes=CLASSES,
        domains=Domains(images(12, True, 0), images(4, True, 1), photos, photos),
        out=folder / "models",
        folder=folder / "run",
        report=folder / "report",
    )


def state_of(run: Run) -> dict:
    """The checkpoint of a run."""
    return torch.load(run.folder / "checkpoint.pt", weights_only=True)


def assert_equal_runs(one: Run, two: Run) -> None:
    """The same weights, pseudo-labels and curves."""
    a, b = state_of(one)["method"], state_of(two)["method"]
    assert a.keys() == b.keys()
    for name in a:
        torch.testing.assert_close(a[name], b[name], rtol=0, atol=0, msg=name)
    for metric in sorted((one.report / "plots" / "metrics").rglob("*.tsv")):
        assert (two.report / metric.relative_to(one.report)).read_text() == metric.read_text()


def write_train_project(folder: Path, photos: int = 6, **changes: object) -> list[str]:
    """Write params and manifests, 8 renders and 2 more held back; return the options of `python -m train`."""
    params = {"seed": 0, "classes": list(CLASSES), "train": TINY | changes, "garments": {"n": 1}}
    (folder / "params.yaml").write_text(yaml.safe_dump(params))
    for name, splits in (("manifest", ["train"] * 8 + ["val"] * 2), ("target", ["unlabelled"] * photos)):
        data, rows = images(len(splits), True, 0), []
        for i, split in enumerate(splits):
            path = folder / f"{name}{i}.png"
            Image.fromarray(data.pixels[i]).save(path)
            label = None if split == "unlabelled" else CLASSES[data.labels[i]]
            rows.append({"path": path.name, "sha256": f"{name}{i}", "label": label, "split": split})
        pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")
    options = {"params": "params.yaml", "synthetic": "manifest.parquet", "target": "target.parquet"}
    options |= {"out": "models", "run": "run", "report": "report", "cache": "cache"}
    return [word for key, value in options.items() for word in (f"--{key}", str(folder / value))]
