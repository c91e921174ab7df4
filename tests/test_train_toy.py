"""A domain shift so simple that every method which adapts features must win: two moons, and faded ones."""

import functools

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from train.method import Batch
from train.methods import method_class
from train.params import TrainParams

FADED = 0.6
STEPS, BATCH = 250, 64


def moons(count: int, seed: int, scale: float) -> tuple[Tensor, Tensor]:
    """Images (N, 3, 4, 4) whose first two channels hold a point of one of two moons, with noise; labels."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    t = rng.uniform(0, np.pi, count)
    points = np.stack([np.cos(t), np.sin(t)], axis=1)
    points = np.where(labels[:, None] == 0, points, [1, 0.5] - points) - [0.5, 0.25]
    images = np.zeros((count, 3, 4, 4))
    images[:, :2] = (points + rng.normal(0, 0.08, points.shape))[:, :, None, None]
    images = scale * (images + rng.normal(0, 0.05, images.shape))
    return torch.from_numpy(images).float(), torch.from_numpy(labels)


class PixelClassifier(nn.Module):
    """Stands in for train.classifier.Classifier: two layers per pixel, their mean, a linear layer."""

    def __init__(self, _backbone: str, classes: int, _pretrained: bool) -> None:
        super().__init__()
        layers = [nn.Conv2d(3, 32, 1), nn.ReLU(), nn.Conv2d(32, 32, 1), nn.ReLU()]
        self.backbone = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.head = nn.Linear(32, classes)

    def features(self, images: Tensor) -> Tensor:
        return self.backbone(images)

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.features(images))


@functools.cache
def target_accuracy(name: str, form: str = "stepwise") -> float:
    """Train on moons, adapt to faded moons without labels; share of the faded ones that are told apart."""
    adversary = {"width": 64, "lr": 3e-3}
    params = {"method": name, "size": 32, "lr": 3e-3, "adversary": adversary}
    params |= {"mdd": {"strength": 0.3}, "afn": {"form": form}}
    with pytest.MonkeyPatch.context() as patch, torch.random.fork_rng():
        patch.setattr("train.method.Classifier", PixelClassifier)
        torch.manual_seed(0)
        method = method_class(name)(TrainParams.model_validate(params), classes=2)
        x, labels = moons(1000, 1, 1.0)
        y, hidden = moons(1000, 2, FADED)
        rng = np.random.default_rng(0)
        for step in range(STEPS):
            i, j = rng.integers(0, len(x), (2, BATCH))
            for update in method.step(Batch(x[i], labels[i], y[j], 0, step / STEPS, rng)):
                update.loss.backward()
                for optimizer in update.optimizers:
                    method.optimizers[optimizer].step()
                method.zero_grad(set_to_none=True)
        with torch.no_grad():
            predicted = method.eval().classifier(y).argmax(dim=1)
        return (predicted == hidden).float().mean().item()


def test_without_adaptation_faded_moons_are_hard():
    assert target_accuracy("source_only") < 0.7


@pytest.mark.parametrize("name", ["dann", "cdan", "bsp", "mdd", "afn", "mcc", "mic"])
def test_adaptation_visibly_beats_no_adaptation(name):
    assert target_accuracy(name) > target_accuracy("source_only") + 0.08


def test_the_hard_form_of_afn_visibly_beats_no_adaptation():
    assert target_accuracy("afn", form="hard") > target_accuracy("source_only") + 0.08
