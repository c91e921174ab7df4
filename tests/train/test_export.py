"""What training saves is what was asked for, and a model that sees one class only is not passed over."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.helpers.train_project import CLASSES, make_run, state_of
from train.loop.export import export
from train.loop.loop import train
from train.model_folder import load_classifier
from train.networks.classifier import Classifier


def test_the_saved_classifier_holds_the_average_of_the_weights(tmp_path):
    run = make_run(tmp_path, method="source_only", average=0.9)
    train(run)
    state = state_of(run)
    saved = load_classifier(run.out / "classifier").network.state_dict()["head.weight"]
    assert torch.equal(saved, state["average"]["module.head.weight"])
    assert not torch.equal(saved, state["method"]["classifier.head.weight"])


def test_the_prior_moves_only_the_last_bias_toward_what_the_photos_show(tmp_path):
    runs = [
        make_run(tmp_path / str(strength), method="source_only", prior_strength=strength)
        for strength in (0.0, 1.0)
    ]
    for run in runs:
        train(run)
    even, shifted = (load_classifier(run.out / "classifier") for run in runs)
    before, after = even.network.state_dict(), shifted.network.state_dict()
    assert {name for name in before if not torch.equal(before[name], after[name])} == {"head.bias"}
    prior = torch.tensor(shifted.description.trained_with["predicted_prior"])
    assert prior.sum().item() == pytest.approx(1, abs=1e-3)
    moved = after["head.bias"] - before["head.bias"]
    torch.testing.assert_close(moved, (prior * len(CLASSES)).log(), atol=1e-3, rtol=0)


def test_the_saved_classifier_expects_photos_of_test_size_and_takes_its_prior_from_them(tmp_path):
    run = make_run(tmp_path, method="source_only", prior_strength=1.0, test_size=48)
    larger = np.repeat(np.repeat(run.domains.target.pixels, 2, axis=1), 2, axis=2)[:, :48, :48]
    run = replace(run, domains=run.domains._replace(photos=replace(run.domains.target, pixels=larger)))
    train(run)
    classifier = load_classifier(run.out / "classifier")
    assert classifier.size == 48
    prior = torch.tensor(classifier.description.trained_with["predicted_prior"])
    classifier.network.head.bias.data -= (prior * len(CLASSES)).log()
    seen = classifier.probabilities(torch.from_numpy(larger).permute(0, 3, 1, 2) / 255).mean(0)
    torch.testing.assert_close(seen, prior, atol=1e-3, rtol=0)


def test_a_classifier_that_sees_one_class_only_is_warned_of_and_another_is_not(tmp_path, capsys):
    for bias, warned in ((0.0, False), (50.0, True)):
        network = Classifier("test_resnet", 2, pretrained=False)
        network.head.bias.data += torch.tensor([bias, 0.0])
        run = make_run(tmp_path, method="source_only")
        export(run, network.state_dict(), None, torch.device("cpu"))
        printed = capsys.readouterr().err
        assert ("warning: the classifier takes 100.0% of the target photos for plain" in printed) == warned
        assert load_classifier(run.out / "classifier").description.trained_with["predicted_prior"] is None
