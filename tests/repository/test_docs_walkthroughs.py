"""The code in docs/add-a-garment.md and docs/add-a-method.md works as printed."""

import re
import types
from pathlib import Path

import numpy as np
import torch

from tests.helpers.params import TINY
from train.data.batch import Batch
from train.params import TrainParams

DOCS = Path(__file__).parents[2] / "docs"


def code(page: str) -> types.ModuleType:
    """The page's Python block as a module."""
    module = types.ModuleType("walk_through")
    exec(re.search(r"```python\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)[1], module.__dict__)
    return module


def test_the_garment_of_the_walk_through_can_be_drafted() -> None:
    garment = code("add-a-garment.md")
    for seed in range(20):
        proportions = garment.sample(np.random.default_rng(seed))
        assert garment.draft(proportions).front
    assert garment.sample(np.random.default_rng(1)) == garment.sample(np.random.default_rng(1))


def test_the_method_of_the_walk_through_takes_a_step() -> None:
    page = code("add-a-method.md")
    assert page.entropy(torch.zeros(1, 4)).item() == torch.log(torch.tensor(4.0)).item()
    torch.manual_seed(0)
    method = page.Method(TrainParams.model_validate(TINY["train"]), classes=3)
    images = torch.rand(2, 3, 32, 32) * 2 - 1
    batch = Batch(images, torch.tensor([0, 1]), -images, 0, 0, 0.0, np.random.default_rng(0))
    (update,) = method.step(batch)
    update.loss.backward()
    assert set(update.metrics) == {"classifier", "entropy"}
    assert method.classifier.head.weight.grad.abs().sum() > 0
