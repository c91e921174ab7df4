"""What a classifier names the photos: in a step, or all of them before an epoch."""

from collections.abc import Iterable

import click
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from train.data.batch import IGNORE
from train.methods.base import Epoch
from train.methods.pseudo_labels import Labeller, label_batch, label_photos
from train.networks.classifier import Classifier
from train.params import TrainParams
from train.prior import estimated_prior, log_ratio

CLASSES = ("a", "b", "c")


def epoch(logits: Iterable[Tensor], said: list[str] | None = None) -> Epoch:
    """Photos whose pixels are what the classifier says of them."""
    logits, say = list(logits), (said if said is not None else []).append
    return Epoch(1, nn.Identity(), lambda: logits, list, list, CLASSES, say)


@given(
    st.integers(1, 60),
    st.integers(2, 6),
    st.floats(0, 1),
    st.floats(0, 0.99),
    st.floats(0.01, 1),
    st.integers(0, 2**31),
)
@settings(max_examples=60, deadline=None)
def test_labels_are_the_surest_photos_of_each_class_and_no_more_than_its_frequency(
    photos, classes, strength, threshold, keep, seed
):
    draw = torch.Generator().manual_seed(seed)
    logits = 3 * torch.randn(photos, classes, generator=draw)
    prior = (2 * torch.randn(classes, generator=draw)).softmax(dim=0)
    labels = label_photos(logits, prior, strength, threshold, keep)
    confidence, named = (logits + strength * log_ratio(prior)).softmax(dim=1).max(dim=1)
    kept = labels != IGNORE
    assert torch.equal(labels[kept], named[kept])
    assert (confidence[kept] >= threshold).all()
    for name in named.unique():
        own, chosen = named == name, kept & (named == name)
        most = max(1, round(keep * min(int(own.sum()), float(prior[name]) * photos)))
        sure = confidence[own].sort(descending=True).values[:most]
        assert int(chosen.sum()) == int((sure >= threshold).sum())
        assert torch.equal(confidence[chosen].sort(descending=True).values, sure[sure >= threshold])
        assert threshold or chosen.any()


def test_labels_are_drawn_to_the_estimated_frequencies_not_to_even_ones():
    """A rare class that is named for half of the photos shrinks to its frequency; the common one stays."""
    logits = torch.tensor([[3.0, 0.0]] * 5 + [[0.0, 1.0]] * 5)
    prior = torch.tensor([0.9, 0.1])
    even = label_photos(logits, torch.tensor([0.5, 0.5]), 0, 0, 1)
    assert even.tolist() == [0] * 5 + [1] * 5
    held = label_photos(logits, prior, prior_strength=0, threshold=0, keep=1)
    assert held.tolist() == [0] * 5 + [1] + [IGNORE] * 4
    moved = label_photos(logits, prior, prior_strength=1, threshold=0, keep=1)
    assert moved.tolist() == [0] * 9 + [IGNORE]


def test_a_labellers_frequencies_are_estimated_until_they_are_held():
    labeller = Labeller(TrainParams(pseudo_label_prior=1.0), 3)
    first, later = torch.randn(2, 20, 3, generator=torch.Generator().manual_seed(0))
    labeller(epoch([first * 2]), hold=False)
    torch.testing.assert_close(labeller.prior, estimated_prior(first * 2))
    labeller(epoch([first[:12], first[12:]]), hold=True)
    torch.testing.assert_close(labeller.prior, estimated_prior(first))
    said: list[str] = []
    labels = labeller(epoch([later], said), hold=True)
    torch.testing.assert_close(labeller.prior, estimated_prior(first))
    assert torch.equal(labels, label_photos(later, estimated_prior(first), 1.0, 0.0, 1.0))
    counts = [int((labels == name).sum()) for name in range(3)]
    assert said == [f"labelled {sum(counts)} of 20 photos: a {counts[0]}, b {counts[1]}, c {counts[2]}"]


def test_a_labellers_frequencies_survive_a_checkpoint():
    one, other = (Labeller(TrainParams(), 3) for _ in range(2))
    logits = torch.randn(9, 3, generator=torch.Generator().manual_seed(0))
    one(epoch([logits]), hold=True)
    other.load_state_dict(one.state_dict())
    other(epoch([logits.flip(1)]), hold=True)
    assert torch.equal(other.prior, one.prior)


def test_a_threshold_that_no_photo_reaches_is_one_clear_line():
    labeller = Labeller(TrainParams(pseudo_label_threshold=0.9), 3)
    with pytest.raises(click.ClickException, match=r"train\.pseudo_label_threshold: .* lower it"):
        labeller(epoch([torch.zeros(4, 3)]), hold=True)


@pytest.fixture
def classifier() -> Classifier:
    torch.manual_seed(0)
    return Classifier("test_resnet", 3, pretrained=False)


def test_labels_of_a_step_carry_no_gradient_and_leave_the_mode_alone(classifier):
    images = torch.rand(2, 3, 32, 32, requires_grad=True)
    classifier.train()
    labels = label_batch(classifier, images, 0.0)
    assert not labels.requires_grad
    assert labels.dtype == torch.int64
    assert classifier.training
    classifier.eval()
    assert torch.equal(labels, classifier(images).argmax(dim=1))


def test_labels_of_a_step_do_not_move_the_batch_norm_statistics(classifier):
    before = {name: b.clone() for name, b in classifier.named_buffers()}
    label_batch(classifier.train(), torch.rand(4, 3, 32, 32), 0.0)
    assert all(torch.equal(b, before[name]) for name, b in classifier.named_buffers())


def test_unsure_photos_get_no_label_in_a_step(classifier):
    images = torch.rand(4, 3, 32, 32)
    confidence = classifier.eval()(images).softmax(dim=1).max(dim=1).values
    threshold = confidence.sort().values[1:3].mean().item()
    assert torch.equal(label_batch(classifier, images, threshold) == IGNORE, confidence < threshold)


def test_a_mix_without_photos_labels_none(classifier):
    assert label_batch(classifier, torch.rand(0, 3, 32, 32), 0.5).shape == (0,)


def test_labels_that_only_align_photos_may_be_none():
    labeller = Labeller(TrainParams(pseudo_label_threshold=0.9), 3)
    assert labeller(epoch([torch.zeros(4, 3)]), hold=False) is None
