"""How good a generator and a classifier are, in figures that need no label of a photo."""

from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from train.data.batch import in_batches
from train.data.domains import Domains, Images, spread
from train.kernel_distance import kernel_distance
from train.networks.classifier import Classifier
from train.networks.evaluating import evaluating
from train.networks.generator import Generator
from train.prior import logits_of
from train.translation.reader import Reader

RENDERS, HELD_OUT, PHOTOS = 2100, 700, 700
"""At most so many images teach the reader, are translated, and stand for the photos."""


class Translated(NamedTuple):
    """What the reader says of translations."""

    named: np.ndarray
    """int64 (N,), the class it reads in each."""
    moved: float
    """How far a pixel moves on average, as a share of the whole range."""
    distance: float
    """From the translations to the photos."""


class Judge:
    """Measures generators on the held-back renders, and classifiers on the photos.

    Raises ValueError if there are not `enough` images.
    """

    def __init__(self, domains: Domains, backbone: Classifier, device: torch.device | str) -> None:
        if not enough(domains):
            raise ValueError("fewer than two images")
        self.device = device
        self.renders = evenly(domains.validation, HELD_OUT)
        photos = evenly(domains.target, PHOTOS)
        self.reader = Reader(backbone, evenly(domains.synthetic, RENDERS), device)
        seen = self.reader.statistics(photos)
        self.photo_pixels, self.photos = photos.pixels, self.reader.standardised(seen)
        self.photo_labels = self.reader.read(seen)
        before = self.reader.statistics(self.renders)
        self.named = self.reader.read(before).numpy()
        self.right = self.named == self.renders.labels
        self.renders_distance = self.distance(before)

    def distance(self, statistics: torch.Tensor) -> float:
        """Return how far images with these statistics (N, F) are from the photos."""
        return kernel_distance(self.reader.standardised(statistics), self.photos)

    def __call__(self, generator: Generator) -> dict[str, float]:
        """Return by name:

        read: share of the renders whose pattern the reader names as they are;
        kept: share of those whose translation it still reads alike;
        moved: how far a pixel moves on average, as a share of the whole range;
        distance, renders_distance: from the translations, and from the renders, to the photos.
        """
        found = self.translated(generator)
        still = found.named == self.renders.labels
        return {
            "read": float(self.right.mean()),
            "kept": float(still[self.right].mean()) if self.right.any() else 0.0,
            "moved": found.moved,
            "distance": found.distance,
            "renders_distance": self.renders_distance,
        }

    def translated(self, generator: nn.Module) -> Translated:
        """Translate the held-back renders and read them."""
        moved, statistics = [], []
        with evaluating(generator):
            for x in in_batches(self.renders.pixels, self.device):
                translated = generator(x)
                moved += (translated - x).abs().mean(dim=(1, 2, 3)).tolist()
                statistics.append(self.reader.statistics_of(translated))
        after = torch.cat(statistics)
        return Translated(self.reader.read(after).numpy(), float(np.mean(moved)) / 2, self.distance(after))

    def agreement(self, classifier: nn.Module) -> dict[str, float]:
        """Return how often classifier and reader, whose errors differ, name photos alike.

        agreement: share of the photos; by_class: the mean over the classes that the reader names. Of eight
        classifiers the first went with the accuracy on 1,388 labelled photos, the second with the mean recall
        (docs/results.md).
        """
        named = logits_of(classifier, in_batches(self.photo_pixels, self.device)).argmax(dim=1)
        alike = named == self.photo_labels
        by_class = [alike[self.photo_labels == name].double().mean() for name in self.photo_labels.unique()]
        return {"agreement": float(alike.double().mean()), "by_class": float(torch.stack(by_class).mean())}


def enough(domains: Domains) -> bool:
    """Whether there are at least two held-back renders, and two photos: fewer have no distance."""
    return min(len(domains.validation), len(domains.target)) >= 2


def evenly(images: Images, most: int) -> Images:
    """Return at most `most` of the images, evenly spread over their order."""
    chosen = spread(len(images), most)
    return Images(images.pixels[chosen], images.labels[chosen] if len(images.labels) else images.labels, "")
