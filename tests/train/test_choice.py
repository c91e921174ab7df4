"""Which epoch's classifier is saved, without a label of a photo."""

import pytest
import torch
from torch import nn

from tests.helpers.train_project import make_run, state_of
from train.loop.choice import Choice
from train.loop.loop import train
from train.model_folder import load_classifier
from train.translation.judge import Judge


def agreeing(monkeypatch, scores: list[float]) -> None:
    """Let the reader agree with the classifier of each epoch as given."""
    left = iter(scores)
    monkeypatch.setattr(Judge, "agreement", lambda *_: {"agreement": next(left), "by_class": 0.5})


def test_the_best_is_kept_with_its_weights_and_of_equals_the_later():
    choice, layer = Choice(), nn.Linear(1, 1)
    for epoch, (agreement, by_class) in enumerate([(0.5, 0.5), (0.4, 0.7), (0.6, 0.5), (0.2, 0.2)], start=1):
        nn.init.constant_(layer.bias, epoch)
        choice.offer(layer, epoch, {"agreement": agreement, "by_class": by_class})
    assert (choice.epoch, choice.score, choice.weights["bias"].item()) == (3, pytest.approx(0.55), 3)


@pytest.mark.parametrize(("choose", "epoch"), [("best", 2), ("last", None)])
def test_what_is_saved_is_the_epoch_that_was_chosen(tmp_path, monkeypatch, choose, epoch):
    agreeing(monkeypatch, [0.2, 0.9, 0.3])
    run = make_run(tmp_path, epochs=3, choose=choose)
    train(run)
    saved = load_classifier(run.out / "classifier")
    state = state_of(run)
    last = state["method"]["classifier.head.weight"]
    assert torch.equal(saved.network.head.weight, last) == (choose == "last")
    if choose == "best":
        assert torch.equal(saved.network.head.weight, state["choice"]["weights"]["head.weight"])
    assert saved.description.trained_with["chosen_epoch"] == epoch


def test_a_choice_survives_an_interruption(tmp_path, monkeypatch):
    """The best epoch is before the interruption; afterwards only a worse one is offered."""
    agreeing(monkeypatch, [0.9])
    run = make_run(tmp_path, epochs=2, choose="best")
    with pytest.raises(StopIteration):
        train(run)
    agreeing(monkeypatch, [0.1])
    train(run)
    assert load_classifier(run.out / "classifier").description.trained_with["chosen_epoch"] == 1


def test_an_untrained_classifier_is_no_candidate(tmp_path):
    """Vanilla CUT translates first, for as many epochs as it then trains the classifier."""
    run = make_run(tmp_path, method="cut_then_classify", epochs=1, choose="best")
    train(run)
    assert state_of(run)["choice"]["epoch"] == 2
    history = state_of(run)["position"]["history"]
    assert ["photos/agreement" in entry for entry in history if "epoch" in entry] == [False, True]
