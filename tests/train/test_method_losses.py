"""The losses of the methods on values worked by hand."""

import math

import numpy as np
import pytest
import torch

from train.methods.afn import hard_norm, l2_dropout, stepwise_norm
from train.methods.bsp import spectral_penalty
from train.methods.cdan import MultilinearMap
from train.methods.losses import certainty
from train.methods.mcc import class_confusion
from train.methods.mdd import margin_disparity
from train.methods.mic import draw_mask, masked_consistency
from train.networks.domain_discriminator import domain_loss
from train.networks.ema import Teacher
from train.networks.gradient_reversal import reverse_gradient, warm_up


def log_odds(p: float) -> float:
    return math.log(p / (1 - p))


def test_the_reversed_gradient_starts_at_nothing_and_ends_at_minus_one():
    assert warm_up(0) == 0
    assert warm_up(0.5) == pytest.approx((1 - math.exp(-5)) / (1 + math.exp(-5)))
    x = torch.ones(2, requires_grad=True)
    (reverse_gradient(x, 0.3) * torch.tensor([1.0, 2.0])).sum().backward()
    torch.testing.assert_close(x.grad, torch.tensor([-0.3, -0.6]))


def test_the_domain_loss_is_the_mean_of_both_halves_worked_by_hand():
    logits = torch.tensor([log_odds(0.8), log_odds(0.6), log_odds(0.3)])
    plain = 0.5 * (-(math.log(0.8) + math.log(0.6)) / 2 - math.log(0.7))
    assert domain_loss(logits, synthetic=2).item() == pytest.approx(plain, rel=1e-5)
    weighted = 0.5 * (-(3 * math.log(0.8) + math.log(0.6)) / 4 - math.log(0.7))
    weights = torch.tensor([3.0, 1.0, 5.0])
    assert domain_loss(logits, 2, weights).item() == pytest.approx(weighted, rel=1e-5)


def test_the_multilinear_map_is_the_outer_product():
    f, g = torch.tensor([[1.0, -2.0, 3.0]]), torch.tensor([[0.25, 0.75]])
    mapped = MultilinearMap(3, 2)(f, g)
    torch.testing.assert_close(mapped, torch.outer(f[0], g[0]).flatten()[None])


def test_the_random_map_keeps_inner_products_in_expectation():
    torch.manual_seed(0)
    large = MultilinearMap(2000, 3)
    assert large.width == 1024
    f, g = torch.randn(2, 2000), torch.tensor([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])
    f[1] = f[0]
    mapped = large(f, g)
    exact = (f[0] @ f[1]) * (g[0] @ g[1])
    assert (mapped[0] @ mapped[1]).item() == pytest.approx(exact.item(), rel=0.3)


def test_certain_predictions_count_twice_and_uniform_ones_by_one_and_a_kth():
    probabilities = torch.tensor([[1.0, 0.0, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25]])
    torch.testing.assert_close(certainty(probabilities), torch.tensor([2.0, 1.25]))


def test_the_spectral_penalty_is_the_sum_of_the_largest_squared_singular_values():
    rotation = torch.linalg.qr(torch.randn(3, 3, generator=torch.Generator().manual_seed(0)))[0]
    features = rotation @ torch.diag(torch.tensor([2.0, 5.0, 1.0]))
    assert spectral_penalty(features, 1).item() == pytest.approx(25 * 32 / 3, rel=1e-4)
    assert spectral_penalty(features, 2).item() == pytest.approx(29 * 32 / 3, rel=1e-4)


def test_the_spectral_penalty_is_the_papers_at_32_images_and_no_other_at_16():
    features = torch.randn(16, 5, generator=torch.Generator().manual_seed(0))
    twice = torch.cat([features, features])
    assert spectral_penalty(twice, 1).item() == pytest.approx(np.linalg.norm(twice, 2) ** 2, rel=1e-4)
    assert spectral_penalty(features, 1).item() == pytest.approx(spectral_penalty(twice, 1).item(), rel=1e-4)


def test_the_margin_disparity_is_the_formula_worked_by_hand():
    adversary = torch.log(torch.tensor([[0.7, 0.3], [0.2, 0.8], [0.4, 0.6]]))
    predicted = torch.tensor([0, 0, 1])
    expected = 4 * -(math.log(0.7) + math.log(0.2)) / 2 - math.log(0.4)
    assert margin_disparity(adversary, predicted, 2, gamma=4.0).item() == pytest.approx(expected, rel=1e-5)


def test_the_margin_disparity_is_finite_when_the_second_head_is_certain():
    certain = torch.tensor([[1e4, -1e4], [1e4, -1e4]], requires_grad=True)
    loss = margin_disparity(certain, torch.tensor([0, 0]), 1, gamma=4.0)
    loss.backward()
    assert loss.isfinite()
    assert certain.grad.isfinite().all()


def test_the_hard_norm_is_the_squared_distance_of_the_mean_norm_to_the_radius():
    assert hard_norm(torch.tensor([[3.0, 4.0], [6.0, 8.0]]), radius=10.0).item() == pytest.approx(2.5**2)


def test_the_stepwise_norm_lengthens_every_feature_vector_alike():
    features = torch.tensor([[3.0, 4.0], [0.0, 0.5]], requires_grad=True)
    loss = stepwise_norm(features, step=2.0)
    loss.backward()
    assert loss.item() == pytest.approx(4)
    torch.testing.assert_close(features.grad, torch.tensor([[-1.2, -1.6], [0.0, -2.0]]))


def test_dropout_preserves_the_squared_norm_and_is_off_in_evaluation():
    torch.manual_seed(0)
    features = torch.ones(1, 100_000)
    dropped = l2_dropout(features, 0.5, training=True)
    assert dropped.square().mean().item() == pytest.approx(1, rel=0.02)
    assert torch.equal(l2_dropout(features, 0.5, training=False), features)


def test_the_class_confusion_is_the_formula_worked_by_hand():
    p = np.array([[0.9, 0.1], [0.4, 0.6]])
    w = 1 + np.exp((p * np.log(p)).sum(1))
    w = w / w.mean()
    c = (p * w[:, None]).T @ p
    c = c / c.sum(1, keepdims=True)
    expected = (c[0, 1] + c[1, 0]) / 2
    logits = torch.log(torch.tensor(p)).float() * 2.5
    assert class_confusion(logits, temperature=2.5).item() == pytest.approx(expected, rel=1e-5)


def test_certain_predictions_of_all_classes_are_not_confused():
    assert class_confusion(torch.eye(3) * 100, temperature=1.0).item() == pytest.approx(0, abs=1e-6)


def test_the_mask_hides_whole_blocks_in_the_asked_share():
    mask = draw_mask(torch.zeros(200, 3, 32, 32), grid=4, ratio=0.7, rng=np.random.default_rng(0))
    assert mask.shape == (200, 1, 32, 32)
    assert mask.mean().item() == pytest.approx(0.3, abs=0.03)
    blocks = mask.unfold(2, 8, 8).unfold(3, 8, 8).flatten(-2)
    assert torch.equal(blocks.amin(-1), blocks.amax(-1))


def test_the_masked_consistency_is_weighed_by_the_teachers_confidence():
    masked = torch.log(torch.tensor([[0.2, 0.8], [0.5, 0.5]]))
    whole = torch.log(torch.tensor([[0.9, 0.1], [0.3, 0.7]]))
    expected = -(0.9 * math.log(0.2) + 0.7 * math.log(0.5)) / 2
    assert masked_consistency(masked, whole).item() == pytest.approx(expected, rel=1e-5)


def test_the_teacher_forgets_its_start_and_then_follows_slowly():
    student = torch.nn.BatchNorm1d(1)
    teacher = Teacher(student, decay=0.75).train()
    weights = [1.0, 5.0, 3.0, 7.0, 9.0]
    expected = [1.0, 3.0, 3.0, 4.0, 0.75 * 4 + 0.25 * 9]
    for update, (weight, mean) in enumerate(zip(weights, expected, strict=True), start=1):
        torch.nn.init.constant_(student.weight, weight)
        student.running_mean.fill_(weight)
        teacher.update(student, update)
        assert teacher.module.weight.item() == pytest.approx(mean)
    assert teacher.module.running_mean.item() == 9.0
    assert not teacher.module.training
    assert not any(p.requires_grad for p in teacher.parameters())
