import math

import pytest
import torch
from torch.nn import functional as F

from train.data.batch import IGNORE
from train.methods.losses import classification, lsgan, patch_nce


def test_lsgan_is_the_mean_squared_distance_to_one_or_zero():
    scores = torch.tensor([[[[0.0, 0.5], [1.0, 2.0]]]])
    assert lsgan(scores, real=True).item() == pytest.approx((1 + 0.25 + 0 + 1) / 4)
    assert lsgan(scores, real=False).item() == pytest.approx((0 + 0.25 + 1 + 4) / 4)


def test_patch_nce_equals_the_formula_worked_by_hand():
    query = torch.tensor([[[1.0, 0.0], [0.6, 0.8]]])
    key = torch.tensor([[[0.8, 0.6], [0.0, 1.0]]])
    tau = 0.5
    first = -math.log(math.exp(0.8 / tau) / (math.exp(0.8 / tau) + math.exp(0.0)))
    second = -math.log(math.exp(0.8 / tau) / (math.exp(0.96 / tau) + math.exp(0.8 / tau)))
    assert patch_nce([query], [key], tau).item() == pytest.approx((first + second) / 2)


def test_patch_nce_is_the_mean_over_layers():
    draw = torch.Generator().manual_seed(0)
    layers = [F.normalize(torch.randn(2, patches, 8, generator=draw), dim=2) for patches in (5, 3)]
    alone = [patch_nce([layer], [layer.flip(1)], 0.07) for layer in layers]
    both = patch_nce(layers, [layer.flip(1) for layer in layers], 0.07)
    torch.testing.assert_close(both, (alone[0] + alone[1]) / 2)


def test_patch_nce_takes_its_negatives_from_the_same_image():
    query = F.normalize(torch.randn(2, 4, 8), dim=2)
    key = F.normalize(torch.randn(2, 4, 8), dim=2)
    changed = key.clone()
    changed[1] = F.normalize(torch.randn(4, 8), dim=1)
    assert patch_nce([query], [key], 0.07)[0] == patch_nce([query], [changed], 0.07)[0]


def test_no_gradient_flows_into_the_keys_of_patch_nce():
    query = F.normalize(torch.randn(1, 4, 8), dim=2).requires_grad_()
    key = F.normalize(torch.randn(1, 4, 8), dim=2).requires_grad_()
    patch_nce([query], [key], 0.07).sum().backward()
    assert query.grad is not None
    assert key.grad is None


def test_the_classifier_loss_is_the_cross_entropy_worked_by_hand():
    logits = torch.log(torch.tensor([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]]))
    loss = classification(logits, torch.tensor([0, 1]))
    assert loss.item() == pytest.approx(-(math.log(0.5) + math.log(0.1)) / 2)


def test_ignored_images_do_not_count_in_the_classifier_loss():
    logits = torch.randn(3, 4)
    labels = torch.tensor([2, IGNORE, 0])
    kept = torch.tensor([0, 2])
    torch.testing.assert_close(classification(logits, labels), classification(logits[kept], labels[kept]))
    assert classification(logits, torch.full((3,), IGNORE)).item() == 0
