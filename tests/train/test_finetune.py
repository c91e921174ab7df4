"""A linear layer learns a few labels, and no longer than cross-validation allows."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from train.features import Examples, look
from train.finetune import FOLDS, STEPS, finetune, folds, learn
from train.networks.classifier import Classifier
from train.params import AugmentParams, BottleneckParams
from train.useful import most_useful_first


def examples(labels: list[int], shift: float = 0.0, seed: int = 0) -> Examples:
    """Three classes on three axes, two views each; `shift` moves class 2 onto the axis of class 1."""
    draw = torch.Generator().manual_seed(seed)
    truth = torch.tensor(labels)
    centres = torch.eye(3)
    centres[2] = (1 - shift) * centres[2] + shift * centres[1]
    noise = 0.1 * torch.randn(2, len(labels), 3, generator=draw)
    return Examples(centres[truth] + noise + torch.tensor([0.0, 0.0, shift]) * (truth == 2)[:, None], truth)


def a_head() -> nn.Linear:
    """Knows classes 0 and 1, and takes 2 for 1 where it lies on both axes."""
    head = nn.Linear(3, 3)
    with torch.no_grad():
        head.weight.copy_(4 * torch.eye(3))
        head.weight[1, 2] = 3
        head.bias.zero_()
    return head


@given(st.lists(st.integers(0, 3), min_size=2, max_size=40), st.integers(0, 100))
def test_every_fold_holds_its_share_of_every_class(labels, seed):
    fold = folds(torch.tensor(labels), np.random.default_rng(seed))
    for label in set(labels):
        counts = fold[torch.tensor(labels) == label].bincount(minlength=FOLDS)
        assert counts.max() - counts.min() <= 1


def test_labels_that_show_something_new_are_learnt_and_the_gain_is_cross_validated():
    labelled = examples([0] * 10 + [1] * 10 + [2] * 10, shift=0.6)
    outcome = finetune(a_head(), labelled, None, np.random.default_rng(0))
    before, after = ((said == labelled.labels).float().mean() for said in (outcome.before, outcome.after))
    assert outcome.steps > 0
    assert after > before + 0.2
    again = finetune(a_head(), labelled, None, np.random.default_rng(0))
    assert torch.equal(again.head.weight, outcome.head.weight)


def test_photos_are_judged_by_a_layer_that_has_not_learnt_from_them():
    """Labels without any sense cannot be read better than before."""
    labels = torch.randint(3, (60,), generator=torch.Generator().manual_seed(1)).tolist()
    features = torch.randn(1, 60, 40, generator=torch.Generator().manual_seed(2))
    head = nn.Linear(40, 3)
    nn.init.zeros_(head.weight)
    nn.init.zeros_(head.bias)
    outcome = finetune(head, Examples(features, torch.tensor(labels)), None, np.random.default_rng(0))
    assert (outcome.after == torch.tensor(labels)).float().mean() < 0.55
    assert outcome.steps <= 3


def test_replayed_renders_keep_a_pattern_that_was_not_labelled():
    labelled = examples([0] * 12 + [1] * 12)
    renders = examples([0, 1, 2] * 10, seed=5)
    head = a_head()
    *_, with_renders = learn(head, labelled, renders)
    *_, without = learn(head, labelled, None)

    @torch.no_grad()
    def loss(learnt: nn.Linear) -> float:
        chosen = renders.labels == 2
        return float(nn.functional.cross_entropy(learnt(renders.features[0, chosen]), renders.labels[chosen]))

    assert loss(with_renders) < loss(head)
    assert loss(with_renders) < loss(without)


def test_without_renders_the_weights_are_held_near_those_before():
    head, labelled = a_head(), examples([0] * 12 + [1] * 12 + [2] * 12, shift=0.6)
    *_, held = learn(head, labelled, None, pull=1.0)
    *_, free = learn(head, labelled, None, pull=0.0)
    far, near = ((learnt.weight - head.weight).norm() for learnt in (free, held))
    assert near < far / 3


def test_learning_begins_with_the_layer_as_it_is_and_leaves_it_alone():
    head = a_head()
    before = head.weight.clone()
    learnt = list(learn(head, examples([0, 1, 2] * 4), None))
    assert len(learnt) == len(STEPS)
    assert torch.equal(learnt[0].weight, before)
    assert torch.equal(head.weight, before)
    assert not torch.equal(learnt[-1].weight, before)


def test_the_first_view_is_the_photo_itself_and_the_others_are_changed():
    torch.manual_seed(0)
    network = Classifier("test_resnet", 3, pretrained=False)
    pixels = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
    seen = look(network, pixels, AugmentParams(jitter=0.3), np.random.default_rng(0), views=2)
    with torch.no_grad():
        plain = network.eval().features(torch.from_numpy(pixels).permute(0, 3, 1, 2) / 127.5 - 1)
    assert seen.shape == (2, 3, network.head.in_features)
    torch.testing.assert_close(seen[0], plain)
    assert not torch.allclose(seen[1], plain, atol=1e-3)


def test_what_is_looked_at_is_what_the_last_layer_reads_whatever_stands_before_it():
    """As of a rival with a hidden layer as wide as its bottleneck: the layer would take either."""
    torch.manual_seed(0)
    form = BottleneckParams(width=8, hidden=8, dropout=0.5)
    network = Classifier("test_resnet", 3, pretrained=False, bottleneck=form)
    pixels = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
    seen = look(network, pixels, AugmentParams(), np.random.default_rng(0), views=1)
    with torch.no_grad():
        said = network.eval()(torch.from_numpy(pixels).permute(0, 3, 1, 2) / 127.5 - 1)
        torch.testing.assert_close(network.head(seen[0]), said)


def test_the_most_useful_photos_are_unsure_and_unlike_each_other():
    """Of 40 photos 30 are sure; ten are unsure, five copies of each of two kinds."""
    sure = np.tile([[0.98, 0.01, 0.01]], (30, 1))
    unsure = np.repeat([[0.4, 0.35, 0.25], [0.25, 0.35, 0.4]], 5, axis=0)
    features = np.concatenate(
        [np.tile([1.0, 0, 0], (30, 1)), np.repeat([[0, 1.0, 0], [0, 0, 1.0]], 5, axis=0)]
    )
    order = most_useful_first(features, np.concatenate([sure, unsure]), np.random.default_rng(0))
    assert sorted(order.tolist()) == list(range(40))
    assert {number // 5 for number in order[:2].tolist()} == {6, 7}
