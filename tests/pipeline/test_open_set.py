"""The promises of pipeline.open_set: right by hand, right by torchmetrics."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torchmetrics.functional.classification import binary_auroc

from pipeline.answer import OTHER, Answered, Choice
from pipeline.evaluate import measure
from pipeline.open_set import CURVE, auroc, risk_coverage

CLASSES = ("plain", "striped", OTHER)
LABELS = ["plain", "plain", "striped", "graphic", "graphic", "checked"]
SCORES = np.array(
    [[0.9, 0.1, 0.0], [0.4, 0.0, 0.6], [0.2, 0.7, 0.1], [0.3, 0.1, 0.6], [0.6, 0.1, 0.3], [0.1, 0.0, 0.9]]
)


def said(
    scores: np.ndarray, labels: list[str], only: str | None = None, classes: tuple[str, ...] = CLASSES
) -> Answered:
    return Answered(Choice.of(classes, only), scores, np.log(scores + 1e-9), labels)


def measured(only: str | None = None, labels: list[str] = LABELS, classes: tuple[str, ...] = CLASSES) -> dict:
    return measure(said(SCORES, labels, only, classes), 200, 0, "val")


def test_the_figures_are_those_computed_by_hand() -> None:
    found = measured()
    assert (found["images"], found["accuracy"]) == (3, 0.6667)
    assert found["recall"] == {"plain": 0.5, "striped": 1.0}
    assert found["support"] == {"plain": 2, "striped": 1}
    open_set = found["open_set"]
    assert (open_set["known"], open_set["others"]) == (3, 3)
    assert (open_set["turned_away"], open_set["given_a_pattern"]) == (0.6667, 0.3333)
    assert open_set["turned_away_95"] == [0.2077, 0.9385]  # Wilson
    assert open_set["known_turned_away"] == 0.3333
    assert open_set["stream_accuracy"] == 0.6667
    assert open_set["turned_away_by_label"] == {"checked": 1.0, "graphic": 0.5}
    assert open_set["others_by_label"] == {"checked": 1, "graphic": 2}
    assert open_set["given"] == {"plain": 1}
    assert open_set["auroc"]["none_probability"] == pytest.approx(7.5 / 9, abs=1e-4)
    assert open_set["auroc"]["max_probability"] == pytest.approx(8 / 9, abs=1e-4)
    low, high = open_set["stream_accuracy_95"]
    assert low < 0.6667 < high


def test_an_other_answer_is_wrong_for_a_known_pattern_but_no_class_of_its_own() -> None:
    """Macro-F1 is the mean over the patterns: OTHER has no F1 of 0 in it."""
    plain, striped = 2 / 3, 1.0
    assert measured()["macro_f1"] == pytest.approx((plain + striped) / 2, abs=1e-4)
    assert measured()["balanced_accuracy"] == 0.75


def test_a_model_without_other_turns_nothing_away_and_its_other_photos_count_in_the_stream_only() -> None:
    found = measured(classes=("plain", "striped", "dotted"), labels=["plain", "dotted", *LABELS[2:]])
    assert found["accuracy"] == 1.0
    assert found["open_set"]["turned_away"] == 0.0
    assert found["open_set"]["stream_accuracy"] == 0.5
    assert found["open_set"]["auroc"]["none_probability"] == 0.5
    assert measured(classes=("plain", "striped", "dotted"), labels=["plain"] * 6).keys() >= {"accuracy"}
    assert "open_set" not in measured(classes=("plain", "striped", "dotted"), labels=["plain"] * 6)


def test_only_some_patterns_make_the_others_none_of_them() -> None:
    found = measured("striped")
    assert found["images"] == 1
    assert found["open_set"]["others"] == 5
    assert found["open_set"]["turned_away"] == 1.0
    assert found["open_set"]["turned_away_by_label"] == {"checked": 1.0, "graphic": 1.0, "plain": 1.0}
    assert found["all_classes"] == {
        "plain": {"plain": 1, OTHER: 1},
        "striped": {"striped": 1},
        OTHER: {"plain": 1, OTHER: 2},
    }
    assert "all_classes" not in measured()


def test_other_photos_alone_have_no_accuracy_and_known_ones_alone_no_share_turned_away() -> None:
    alone = measured(labels=["graphic"] * 6)
    assert alone.keys() == {"images", "open_set"}
    assert alone["images"] == 0
    assert "auroc" not in alone["open_set"]
    known = measured(labels=["plain"] * 6)["open_set"]
    assert (known["others"], known["known_turned_away"]) == (0, 0.5)
    assert "turned_away" not in known


@settings(deadline=None)
@given(
    arrays(np.float64, st.integers(1, 30), elements=st.integers(0, 8).map(lambda n: n / 8)),
    arrays(np.float64, st.integers(1, 30), elements=st.integers(0, 8).map(lambda n: n / 8)),
)
def test_the_auroc_agrees_with_torchmetrics(others: np.ndarray, known: np.ndarray) -> None:
    scores = torch.from_numpy(np.concatenate([others, known]))
    truth = torch.tensor([1] * len(others) + [0] * len(known))
    assert auroc(others, known) == pytest.approx(float(binary_auroc(scores, truth)), abs=1e-6)


def test_the_curve_ends_with_all_photos_answered_and_is_right_by_hand() -> None:
    lines = [dict(zip(CURVE, line, strict=True)) for line in risk_coverage(said(SCORES, LABELS))]
    first, last = lines[0], lines[-1]
    assert first == {"answered": 0.1667, "accuracy": 1.0, "stream_accuracy": 0.6667, "unsureness": 0.0}
    assert last == {"answered": 1.0, "accuracy": 0.5, "stream_accuracy": 0.5, "unsureness": 0.9}
    tied = next(line for line in lines if line["unsureness"] == 0.6)  # both photos of 0.6 are in
    assert tied == {"answered": 0.8333, "accuracy": 0.6, "stream_accuracy": 0.6667, "unsureness": 0.6}
    answered = [line["answered"] for line in lines]
    assert answered == sorted(set(answered))


def test_a_long_curve_is_thinned_and_none_has_no_line() -> None:
    scores = np.random.default_rng(0).dirichlet([1, 1, 1], 1000)
    lines = risk_coverage(said(scores, ["plain"] * 1000))
    assert len(lines) == 200
    assert lines[-1][0] == 1.0
    assert risk_coverage(said(scores[:0], [])) == []
