"""What a frozen ImageNet backbone shows of pictures that went through one codec, kept for the next run."""

import hashlib
import io
from collections.abc import Iterable, Sequence
from inspect import getsource
from pathlib import Path

import click
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from assets.common.code import code_hash
from assets.common.files import atomic_path
from assets.common.progress import progress
from train.data.batch import to_network
from train.data.photo import UnreadablePhoto, open_photo, square
from train.kernel_distance import map_statistics, mean_and_scale
from train.networks.classifier import Classifier
from train.networks.installed_weights import LITE0

SIZE = 224
"""Pixels of the squares that are compared."""
QUALITY = 75
"""Of the JPEGs that all of them become: lower than what renders and most photos were saved with."""
VIEWS = {"whole": 1.0, "garment": 0.5}
"""Of the sides of a picture, what is looked at: all, and the middle. Photos have no masks, so all pictures
are cropped alike: 86 % of what is left of renders is garment (of whole ones 37 %; 55 renders with masks)."""
AT_ONCE = 64
"""Pictures looked at and stored together."""

Looks = dict[Path, np.ndarray]
"""Picture -> float32 (views, F)."""


def looks(lists: Iterable[Sequence[Path]], cache: Path) -> Looks:
    """Return what the backbone shows of each picture; what `cache` keeps is not looked at again.

    A picture that cannot be read is left out, and named on stderr.
    """
    backbone = Classifier(LITE0, 1, pretrained=True).eval()
    parts = [paths[start : start + AT_ONCE] for paths in lists for start in range(0, len(paths), AT_ONCE)]
    found: Looks = {}
    with progress("img") as bar:
        task = bar.add_task("looking at pictures", total=sum(map(len, parts)))
        for part in parts:
            file = cache / f"{_key(part)}.npy"
            if not file.exists() and not found.keys() >= set(part):
                shown = look(backbone, part)
                with atomic_path(file) as temporary:
                    np.save(temporary, shown)
            if file.exists():
                found |= zip(part, np.load(file), strict=True)
            bar.advance(task, len(part))
    for path in [path for path in found if np.isnan(found[path]).any()]:
        click.echo(f"{path}: left out, it cannot be read; replace it", err=True)
        del found[path]
    return found


@torch.no_grad()
def look(backbone: Classifier, paths: Sequence[Path]) -> np.ndarray:
    """Return float32 (N, views, F); nan where a picture cannot be read."""
    pixels = np.zeros((len(paths), SIZE, SIZE, 3), np.uint8)
    unreadable = np.zeros(len(paths), bool)
    for number, path in enumerate(paths):
        try:
            pixels[number] = prepared(open_photo(path).image)
        except UnreadablePhoto:
            unreadable[number] = True
    views = [map_statistics(backbone, to_network(middle(pixels, share))) for share in VIEWS.values()]
    shown = torch.stack(views, dim=1).numpy()
    shown[unreadable] = np.nan
    return shown


def prepared(image: Image.Image) -> np.ndarray:
    """Return uint8 (SIZE, SIZE, 3): the square that the project reads of a photo, through one JPEG."""
    file = io.BytesIO()
    Image.fromarray(square(image, SIZE)).save(file, "JPEG", quality=QUALITY)
    return np.asarray(Image.open(file))


def middle(pixels: np.ndarray, share: float) -> np.ndarray:
    """Return the middle `share` of the sides of pictures (N, S, S, 3)."""
    edge = round(pixels.shape[1] * (1 - share) / 2)
    return pixels[:, edge : pixels.shape[1] - edge, edge : pixels.shape[2] - edge]


class View:
    """One view of pictures, in units of the standard deviations among `photos`."""

    def __init__(self, found: Looks, number: int, photos: Sequence[Path]) -> None:
        self.found, self.number = found, number
        self.mean, self.scale = mean_and_scale(self._stacked(photos))

    def __call__(self, paths: Sequence[Path]) -> Tensor:
        """Return float32 (N, F)."""
        return (self._stacked(paths) - self.mean) / self.scale

    def _stacked(self, paths: Sequence[Path]) -> Tensor:
        return torch.from_numpy(np.stack([self.found[path][self.number] for path in paths]))


def _key(paths: Sequence[Path]) -> str:
    """Return a name for what is seen of some pictures: of their content, and of how they are looked at."""
    digest = hashlib.sha256(f"{SIZE} {QUALITY} {VIEWS} {LITE0}".encode())
    digest.update((code_hash("train.data.photo") + getsource(map_statistics)).encode())
    for path in paths:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
