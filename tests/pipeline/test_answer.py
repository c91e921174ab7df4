"""The promises of pipeline.answer: one rule, which is argmax where nothing is left out."""

import numpy as np
import pytest
from click import ClickException
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.answer import OTHER, Choice

SEVEN = ("plain", "floral", "striped", "dotted", "camouflage", "gradient", "herringbone")
ELEVEN = (*SEVEN, "checked", "animal", "graphic", OTHER)


@st.composite
def choices(draw: st.DrawFn) -> tuple[Choice, np.ndarray]:
    """A model of seven or eleven classes in any order, some of its patterns, and probabilities (N, K)."""
    classes = draw(st.permutations(draw(st.sampled_from([SEVEN, ELEVEN]))))
    patterns = [name for name in classes if name != OTHER]
    only = draw(st.none() | st.lists(st.sampled_from(patterns), min_size=1).map(",".join))
    shape = (draw(st.integers(1, 5)), len(classes))
    logits = draw(arrays(np.float64, shape, elements=st.floats(-30, 30)))
    scores = np.exp(logits - logits.max(axis=1, keepdims=True))
    return Choice.of(classes, only), scores / scores.sum(axis=1, keepdims=True)


@settings(deadline=None)
@given(choices())
def test_only_chosen_patterns_or_none_of_them_are_answered_with_probabilities_that_sum_to_1(
    given: tuple[Choice, np.ndarray],
) -> None:
    choice, scores = given
    assert set(choice.names) - {OTHER} == set(choice.patterns) <= set(choice.classes) - {OTHER}
    answers = choice.probabilities(scores)
    assert answers.shape == (len(scores), len(choice.names))
    assert answers.sum(axis=1) == pytest.approx(1)
    for name, column in zip(choice.names, answers.T, strict=True):
        if name != OTHER:
            assert (column == scores[:, choice.classes.index(name)]).all()


@settings(deadline=None)
@given(choices())
def test_a_photo_shows_none_of_them_where_that_is_likelier_than_any_single_pattern(
    given: tuple[Choice, np.ndarray],
) -> None:
    choice, scores = given
    for row, best in zip(scores, choice.probabilities(scores).argmax(axis=1), strict=True):
        chosen = [row[choice.classes.index(name)] for name in choice.patterns]
        none = sum(p for name, p in zip(choice.classes, row, strict=True) if name not in choice.patterns)
        if abs(none - max(chosen)) > 1e-9:
            assert (choice.names[best] == OTHER) == (none > max(chosen))
        if choice.names[best] != OTHER:
            assert chosen[best] == max(chosen)


@settings(deadline=None)
@given(choices())
def test_without_a_choice_the_answer_is_the_most_probable_class(given: tuple[Choice, np.ndarray]) -> None:
    choice, scores = given
    whole = Choice.of(choice.classes)
    answers = [whole.names[i] for i in whole.probabilities(scores).argmax(axis=1)]
    for row, answer in zip(scores, answers, strict=True):
        assert row[choice.classes.index(answer)] == row.max()


@settings(deadline=None)
@given(choices())
def test_fewer_patterns_are_never_surer_and_turn_away_whatever_more_patterns_do(
    given: tuple[Choice, np.ndarray],
) -> None:
    choice, scores = given
    more = Choice.of(choice.classes)
    assert (choice.none(scores) >= more.none(scores) - 1e-12).all()
    few, all_ = choice.probabilities(scores), more.probabilities(scores)
    for small, large in zip(few, all_, strict=True):
        if more.names[large.argmax()] == OTHER and (large == large.max()).sum() == 1:
            assert choice.names[small.argmax()] == OTHER


def test_names_are_read_as_people_write_them_and_stay_in_the_models_order() -> None:
    assert Choice.of(ELEVEN, " striped, plain,striped,other,").patterns == ("plain", "striped")
    assert Choice.of(SEVEN).names == SEVEN
    assert Choice.of(ELEVEN).names == ELEVEN
    assert Choice.of(SEVEN, "plain,dotted").names == ("plain", "dotted", OTHER)


@pytest.mark.parametrize(
    ("only", "said"),
    [
        ("plain,stripey", "the model knows no pattern 'stripey'; it knows plain, floral, striped,"),
        ("other", "names no pattern; choose some of plain, floral,"),
        (" , ", "names no pattern"),
    ],
)
def test_a_choice_of_nothing_is_one_clear_line(only: str, said: str) -> None:
    with pytest.raises(ClickException, match=f"^--only: {said}"):
        Choice.of(ELEVEN, only)
