"""The promises of pipeline.metrics: right by hand, right by torchmetrics, honest about uncertainty."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torchmetrics.functional.classification import (
    multiclass_calibration_error,
    multiclass_f1_score,
    multiclass_recall,
)

from pipeline.metrics import (
    accuracy,
    balanced_accuracy,
    calibration_error,
    common_recall,
    confusion_matrix,
    coverage_curve,
    macro_f1,
    recall,
    summarise,
)

BY_HAND = np.array([[8, 2, 0], [1, 1, 0], [0, 0, 0]])  # class 2 has no images
K = 4
LABELS = st.integers(1, 40).flatmap(
    lambda n: st.tuples(*[arrays(np.int64, n, elements=st.integers(0, K - 1)) for _ in range(2)])
)


def test_the_figures_are_those_computed_by_hand() -> None:
    assert accuracy(BY_HAND) == pytest.approx(9 / 12)
    assert recall(BY_HAND)[:2] == pytest.approx([0.8, 0.5])
    assert np.isnan(recall(BY_HAND)[2])
    assert balanced_accuracy(BY_HAND) == pytest.approx((0.8 + 0.5) / 2)
    assert macro_f1(BY_HAND) == pytest.approx((16 / 19 + 2 / 5) / 2)


def test_answers_that_are_no_class_are_wrong_but_have_no_figure_of_their_own() -> None:
    matrix = np.array([[8, 1, 1], [2, 3, 5]])
    assert accuracy(matrix) == pytest.approx(11 / 20)
    assert recall(matrix) == pytest.approx([0.8, 0.3])
    assert macro_f1(matrix) == pytest.approx((16 / 20 + 6 / 14) / 2)
    assert summarise(matrix, ("a", "b"), 100, 0, "val")["support"] == {"a": 10, "b": 10}


def test_the_common_recall_leaves_out_classes_with_few_images() -> None:
    rare = np.array([[8, 2, 0], [1, 4, 0], [4, 0, 0]])
    assert common_recall(rare) == pytest.approx((0.8 + 0.8) / 2)
    found = summarise(rare, ("a", "b", "c"), 100, 0, "val")
    low, high = found["common_recall_95"]
    assert found["common_recall"] == pytest.approx(0.8)
    assert low < 0.8 < high
    assert "common_recall" not in summarise(np.eye(3, dtype=np.int64), ("a", "b", "c"), 100, 0, "val")


@settings(deadline=None)
@given(LABELS)
def test_the_figures_agree_with_torchmetrics(labels: tuple[np.ndarray, np.ndarray]) -> None:
    actual, predicted = labels
    matrix = confusion_matrix(actual, predicted, K)
    target, answer = torch.from_numpy(actual), torch.from_numpy(predicted)
    assert macro_f1(matrix) == pytest.approx(float(multiclass_f1_score(answer, target, K, average="macro")))
    theirs = multiclass_recall(answer, target, K, average="none").numpy()
    present = matrix.sum(1) > 0
    assert recall(matrix)[present] == pytest.approx(theirs[present])
    assert balanced_accuracy(matrix) == pytest.approx(theirs[present].mean())


@settings(deadline=None)
@given(LABELS, st.permutations(range(K)))
def test_the_figures_are_shares_and_depend_on_no_order(
    labels: tuple[np.ndarray, np.ndarray], renamed: list[int]
) -> None:
    actual, predicted = labels
    matrix = confusion_matrix(actual, predicted, K)
    assert matrix.sum() == len(actual)
    order = np.random.default_rng(0).permutation(len(actual))
    names = np.array(renamed)
    shuffled = confusion_matrix(names[actual[order]], names[predicted[order]], K)
    for metric in (accuracy, balanced_accuracy, macro_f1):
        assert 0 <= metric(matrix) <= 1
        assert metric(shuffled) == pytest.approx(metric(matrix))


@settings(deadline=None, max_examples=30)
@given(LABELS)
def test_every_interval_lies_in_0_to_1_and_recalls_intervals_hold_the_recall(
    labels: tuple[np.ndarray, np.ndarray],
) -> None:
    found = summarise(confusion_matrix(*labels, K), ("a", "b", "c", "d"), 100, 0, "val")
    for name in ("accuracy", "balanced_accuracy", "macro_f1"):
        low, high = found[f"{name}_95"]
        assert 0 <= low <= high <= 1
    for name, value in found["recall"].items():
        low, high = found["recall_95"][name]
        assert low - 1e-4 <= value <= high + 1e-4
        assert high - low > 0.02  # never certain, not even at 0 or 1


def test_a_class_without_images_has_support_0_and_no_recall() -> None:
    found = summarise(BY_HAND, ("a", "b", "c"), 100, 0, "val")
    assert found["support"] == {"a": 10, "b": 2, "c": 0}
    assert found["recall"] == {"a": 0.8, "b": 0.5}


def test_the_bootstrap_covers_the_truth_about_as_often_as_it_says() -> None:
    rng, truth, covered = np.random.default_rng(0), np.array([0.9, 0.6, 0.75]), 0
    for run in range(200):
        right = rng.binomial(60, truth)
        matrix = np.diag(right) + np.roll(np.diag(60 - right), 1, axis=1)
        low, high = summarise(matrix, ("a", "b", "c"), 300, run, "val")["balanced_accuracy_95"]
        covered += low <= truth.mean() <= high
    assert 0.88 <= covered / 200 <= 0.99


def test_the_same_seed_gives_the_same_intervals() -> None:
    once, again, other = (summarise(BY_HAND, ("a", "b", "c"), 100, seed, "val") for seed in (0, 0, 1))
    assert once == again
    assert once != other


CONFIDENCES = arrays(
    np.float64, st.integers(1, 40), elements=st.floats(0.25, 0.999).map(lambda x: round(x, 3))
)


@settings(deadline=None)
@given(CONFIDENCES, st.integers(0, 2**32 - 1))
def test_the_calibration_error_agrees_with_torchmetrics(confidence: np.ndarray, seed: int) -> None:
    correct = np.random.default_rng(seed).random(len(confidence)) < 0.7
    scores = np.repeat(((1 - confidence) / (K - 1))[:, None], K, axis=1)
    scores[:, 0] = confidence
    theirs = multiclass_calibration_error(
        torch.from_numpy(scores), torch.from_numpy(np.where(correct, 0, 1)), K, n_bins=10
    )
    edges = np.abs(confidence * 10 - (confidence * 10).round()) < 1e-6
    if not edges.any() and (confidence > 1 / K).all():
        assert calibration_error(confidence, correct) == pytest.approx(float(theirs), abs=1e-4)


@settings(deadline=None)
@given(CONFIDENCES, st.integers(0, 2**32 - 1))
def test_the_coverage_curve_is_what_min_confidence_gives(confidence: np.ndarray, seed: int) -> None:
    correct = np.random.default_rng(seed).random(len(confidence)) < 0.7
    for point in coverage_curve(confidence, correct):
        kept = confidence >= point["min_confidence"]
        assert point["coverage"] == pytest.approx(kept.mean(), abs=1e-4)
        assert point["accuracy"] == pytest.approx(correct[kept].mean(), abs=1e-4)


def test_the_coverage_curve_starts_with_all_images_and_keeps_at_least_the_share_asked_for() -> None:
    confidence = np.linspace(0.3, 0.9, 20)
    curve = coverage_curve(confidence, confidence > 0.5)
    assert [point["coverage"] for point in curve] == [1.0, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5]
    assert curve[-1]["accuracy"] == 1.0
