"""Run a trained classifier over many files: decoding in background threads while the network works."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch

from assets.common.processes import cores
from pipeline.photos import UnreadablePhoto, open_photo
from train.model_folder import TrainedClassifier


def default_device() -> str:
    """Return the fastest device PyTorch sees: "cuda", "mps" or "cpu"."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def classify(
    classifier: TrainedClassifier, photos: Sequence[Path], batch_size: int = 64
) -> Iterator[tuple[Path, np.ndarray | str]]:
    """Yield every photo, in order, with its class probabilities float32 (K,), or why it cannot be read.

    At most two batches of photos are in memory.
    """

    def decode(path: Path) -> torch.Tensor | str:
        try:
            return classifier.preprocess(open_photo(path, short_side=classifier.size))
        except UnreadablePhoto as error:
            return str(error)

    batches = [photos[start : start + batch_size] for start in range(0, len(photos), batch_size)]
    with ThreadPoolExecutor(cores()) as pool:

        def submit(number: int) -> list[Future[torch.Tensor | str]]:
            return [pool.submit(decode, path) for batch in batches[number : number + 1] for path in batch]

        ahead = submit(0)
        for number, batch in enumerate(batches):
            decoded = [future.result() for future in ahead]
            ahead = submit(number + 1)
            images = [image for image in decoded if not isinstance(image, str)]
            rows = iter(classifier.probabilities(torch.stack(images)).numpy() if images else ())
            for path, image in zip(batch, decoded, strict=True):
                yield path, image if isinstance(image, str) else next(rows)
