"""What comes of it: train on packed images for the time that is left, and go on with it in the next run."""

import os
import signal
import threading
from pathlib import Path
from typing import Any

import torch

from assets.common.settings import read_yaml
from benchmarks.device.results import Results, Row
from benchmarks.device.speed import ROOT, TINY, scale_params
from train.data.domains import load_domains
from train.data.manifest import read_manifest
from train.loop import loop
from train.loop.run import Run
from train.model_folder import load_classifier, save_classifier
from train.params import TrainParams

SHARE = 0.8
"""Of the time that is left, for steps; the rest goes to decoding, points of the curves and the export."""

PACE = "cut, bf16"
"""The row of the speed that says how many epochs there is time for."""


def epochs_for(results: Results, images: int) -> int:
    """Return how many epochs fit in; once said, the same in every run, since a checkpoint belongs to it."""
    told: dict[str, Any] = results.rows.setdefault("plan", {})
    if not told:
        speeds = results.rows.get("speed", {})
        paces = [row.get("pairs_s", 0) for name, row in speeds.items() if name.startswith(PACE)]
        pace = max(paces, default=0)
        told["training"] = {"epochs": max(1, int(SHARE * results.seconds_left * pace / images))}
    return told["training"]["epochs"]


def make_params(file: Path | None, small: bool) -> TrainParams:
    """Return what is trained: `train` of a YAML file, or CUT's regime."""
    changes = TINY | {"epochs": 1, "pretrained": False} if small else {}
    if file:
        return TrainParams.parse(read_yaml(str(file))["train"] | changes, str(file))
    return scale_params("cut", **{"pretrained": True, "precision": "bf16"} | changes)


def train_for_the_rest(results: Results, data: Path, out: Path, file: Path | None, small: bool) -> Row:
    """Train; return what came of it. Raises TimeoutError if the time ended first: the next run goes on."""
    params = make_params(file, small)
    manifests = [str(data / f"{name}.parquet") for name in ("synthetic", "target")]
    named = {row["label"] for row in read_manifest(Path(manifests[0]), "benchmarks.device pack")}
    classes = tuple(name for name in read_yaml(str(ROOT / "params.yaml"))["classes"] if name in named)
    domains = load_domains(*manifests, classes, params, out / "cache")
    if not file and not small:
        params = params.model_copy(update={"epochs": epochs_for(results, len(domains.synthetic))})
    run = Run(params, 0, classes, domains, out / "models", out / "run", out / "report")
    timer = threading.Timer(max(0.0, results.seconds_left), os.kill, (os.getpid(), signal.SIGTERM))
    timer.daemon = True
    timer.start()
    try:
        position = loop.train(run)
    except SystemExit:
        raise TimeoutError("the time ended; run the same command to go on") from None
    finally:
        timer.cancel()
    _halve(out / "models" / "classifier")
    losses = {k: v for k, v in position.history[-1].items() if k != "step"}
    return {"epochs": params.epochs, "training_s": position.seconds, "peak_mb": position.peak_mb} | losses


def _halve(folder: Path) -> None:
    """Write a classifier's weights in half precision, so that the file is small enough to come back."""
    trained = load_classifier(folder)
    told = trained.description
    save_classifier(
        folder,
        trained.network,
        told.backbone,
        told.classes,
        told.size,
        told.trained_with,
        temperature=told.temperature,
        dtype=torch.float16,
    )
