"""Run a trained classifier over many files: decoding in background threads while the network works."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from assets.common.processes import cores
from train.data.photo import open_photo
from train.model_folder import TrainedClassifier

PIXELS_AT_ONCE = 8 * 320**2
"""In one pass on a CPU."""
GPU_FACTOR = 8
MOST = 64  # photos in one pass


def default_device() -> str:
    """Return the fastest device PyTorch sees: "cuda", "mps" or "cpu"."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


class Reading(NamedTuple):
    """What came of one photo: `scores` and `logits` float32 (K,), None if unreadable; `note`: why, or what is
    odd.
    """

    scores: np.ndarray | None
    note: str
    logits: np.ndarray | None = None


def batch_for(classifier: TrainedClassifier) -> int:
    """Return how many photos to pass through the network at once: more would take memory and no less time."""
    most = PIXELS_AT_ONCE if classifier.device.type == "cpu" else GPU_FACTOR * PIXELS_AT_ONCE
    return max(1, min(MOST, most // classifier.size**2))


def classify(
    classifier: TrainedClassifier, photos: Sequence[Path], batch_size: int | None = None
) -> Iterator[Reading]:
    """Yield what came of every photo, in order; whatever is wrong with one costs that one only.

    At most two batches of photos are in memory; see `batch_for` for their size.
    """
    size = batch_size or batch_for(classifier)

    def prepare(path: Path) -> tuple[torch.Tensor | None, str]:
        try:
            photo = open_photo(path)
            return classifier.preprocess(photo.image), photo.note
        except Exception as error:  # UnreadablePhoto, or what nobody has thought of
            return None, str(error) or type(error).__name__

    batches = [photos[start : start + size] for start in range(0, len(photos), size)]
    with ThreadPoolExecutor(cores()) as pool:

        def submit(number: int) -> list[Future[tuple[torch.Tensor | None, str]]]:
            return [pool.submit(prepare, path) for batch in batches[number : number + 1] for path in batch]

        ahead = submit(0)
        for number in range(len(batches)):
            prepared = [future.result() for future in ahead]
            ahead = submit(number + 1)
            images = [image for image, _ in prepared if image is not None]
            logits = (
                classifier.logits(torch.stack(images)) if images else torch.empty(0, len(classifier.classes))
            )
            rows = zip(classifier.calibrated(logits).numpy(), logits.numpy(), strict=True)
            for image, note in prepared:
                scores, outputs = (None, None) if image is None else next(rows)
                yield Reading(scores, note, outputs)
