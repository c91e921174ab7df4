"""What a step of each method trains, and what it leaves alone."""

import inspect
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import click
import pytest
import torch

from tests.helpers.batches import make_batch
from train import methods
from train.data.batch import IGNORE, Batch
from train.methods import METHODS, method_class
from train.methods.base import Epoch
from train.methods.mdd import margin_disparity
from train.methods.pseudo_labels import label_photos
from train.networks.gradient_reversal import warm_up
from train.params import AFNParams, TrainParams
from train.prior import logits_of, predicted_prior

TINY = {
    "size": 32,
    "backbone": "test_resnet",
    "pretrained": False,
    "batch_size": 4,
    "generator": {"width": 4, "blocks": 1},
    "discriminator": {"width": 4, "patch": 0.3},
    "nce": {"patches": 16, "width": 8},
    "adversary": {"width": 16},
}


def make(name: str, **changes):
    torch.manual_seed(0)
    return method_class(name)(TrainParams.model_validate(TINY | {"method": name} | changes), classes=3)


def batch(epoch: int = 0, progress: float = 0.5) -> Batch:
    return make_batch(4, epoch, progress)


def test_a_third_of_the_batch_is_photos_if_the_mix_says_so():
    method, drawn = make("self_training", mix={"translated": 0.7, "photos": 0.3}).eval(), make_batch(10)
    labelled = replace(drawn, y_labels=torch.arange(10) % 2)
    (update,) = method.step(labelled)
    logits = method.classifier(torch.cat([drawn.x[:7], drawn.y[:3]]))
    labels = torch.cat([drawn.labels[:7], labelled.y_labels[:3]])
    torch.testing.assert_close(update.loss, torch.nn.functional.cross_entropy(logits, labels))


def test_self_training_is_the_mean_of_the_losses_of_half_the_renders_and_half_the_photos():
    method, drawn = make("self_training").eval(), batch()
    labelled = replace(drawn, y_labels=torch.tensor([2, 0, 1, 1]))
    (update,) = method.step(labelled)
    cross_entropy = torch.nn.functional.cross_entropy
    renders = cross_entropy(method.classifier(drawn.x[:2]), drawn.labels[:2])
    photos = cross_entropy(method.classifier(drawn.y[:2]), torch.tensor([2, 0]))
    torch.testing.assert_close(update.loss, (renders + photos) / 2)


@pytest.mark.parametrize("name", METHODS)
def test_labelled_photos_weigh_as_much_as_renders_whatever_the_method(name):
    """In the classifier's loss; what trains no classifier is left alone."""
    weight = {"fashion_cut": 0.1}.get(name, 1.0)
    method = make(name, lambda_classifier=0.1).eval()
    photos = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(2)) * 2 - 1
    drawn = replace(batch(method.preparation), labelled=(photos, torch.tensor([2, 1])))
    expected = torch.nn.functional.cross_entropy(method.classifier(photos), torch.tensor([2, 1]))
    trained = 0
    for update in method.step(drawn):
        both = method.with_labelled(update, drawn)
        if "classifier" not in update.optimizers:
            assert both is update
            continue
        trained += 1
        torch.testing.assert_close(both.loss, update.loss + weight * expected * 2 / 4)
        torch.testing.assert_close(both.metrics["labelled"], expected)
        assert method.with_labelled(update, batch()) is update
    assert trained == 1


def test_self_training_without_labels_yet_is_source_only():
    (own,), (plain,) = (list(make(name).eval().step(batch())) for name in ("self_training", "source_only"))
    torch.testing.assert_close(own.loss, plain.loss)


def test_the_second_head_of_mdd_learns_what_the_features_unlearn():
    method = make("mdd", mdd={"strength": 1.0})
    features = torch.randn(8, method.classifier.head.in_features, requires_grad=True)
    logits = method.classifier.head(features)
    method.eval()
    loss = method.terms(features, logits, batch(progress=1.0))["disparity"][1]
    torch.manual_seed(0)
    to_features = torch.autograd.grad(loss, features, retain_graph=True)[0]
    plain = method.second_head(features)
    direct = torch.autograd.grad(margin_disparity(plain, logits.argmax(1), 4, 4.0), features)[0]
    torch.testing.assert_close(to_features, -warm_up(1.0) * direct)


def test_the_reversed_gradient_rises_by_the_step_if_the_warm_up_has_steps():
    later = replace(batch(progress=0.9), step=500)
    assert make("dann", adversary={"warm_up": 10_000}).reversal(later) == pytest.approx(0.2449, abs=1e-4)
    assert make("dann").reversal(later) == warm_up(0.9)


def test_sharpness_aware_steps_want_sgd():
    with pytest.raises(click.ClickException, match=r"train\.optimizer\.kind: sgd"):
        make("mic", mic={"sharpness": 0.02})


def test_both_forms_of_afn_differ_in_their_norm_loss():
    losses = {}
    for form in ("stepwise", "hard"):
        method = make("afn", afn=AFNParams(form=form, step=2.0, radius=1e-9, dropout=0.0))
        update = next(method.step(batch()))
        losses[form] = update.metrics["norm"].item()
    assert losses["stepwise"] == pytest.approx(4 + 4)  # of both domains
    features = method.classifier.features(torch.cat([batch().x, batch().y])).norm(dim=1)
    expected = features[:4].mean().item() ** 2 + features[4:].mean().item() ** 2
    assert losses["hard"] == pytest.approx(expected, rel=1e-3)


def test_the_teacher_of_mic_follows_after_the_step():
    method = make("mic")
    updates = method.step(batch())
    next(updates)
    torch.nn.init.constant_(method.classifier.head.bias, 3.0)
    assert not torch.equal(method.teacher.module.head.bias, method.classifier.head.bias)
    assert next(updates, None) is None
    assert torch.equal(method.teacher.module.head.bias, method.classifier.head.bias)


def test_cut_then_classify_trains_the_translation_first_and_then_the_classifier_alone():
    method = make("cut_then_classify", epochs=2)
    first = [update.optimizers for update in method.step(batch(epoch=1))]
    assert first == [("discriminator",), ("translation",)]
    (second,) = method.step(batch(epoch=2))
    assert second.optimizers == ("classifier",)
    method.zero_grad()
    second.loss.backward()
    assert all(p.grad is None for p in method.generator.parameters())
    assert all(p.grad is not None for p in method.classifier.parameters())


def test_vanilla_cut_does_not_see_the_classifier():
    method = make("cut_then_classify", epochs=2)
    for update in method.step(batch(epoch=0)):
        update.loss.backward()
    assert all(p.grad is None for p in method.classifier.parameters())


@pytest.mark.parametrize("name", METHODS)
def test_every_method_trains_and_starts_from_the_same_classifier(name):
    method, reference = make(name), make("source_only")
    for a, b in zip(method.classifier.parameters(), reference.classifier.parameters(), strict=True):
        assert torch.equal(a, b)
    before = method.classifier.head.weight.clone()
    for epoch in {0, method.preparation}:
        for update in method.step(batch(epoch)):
            update.loss.backward()
            for optimizer in update.optimizers:
                method.optimizers[optimizer].step()
            method.zero_grad()
    assert not torch.equal(method.classifier.head.weight, before)


def test_every_method_that_params_name_is_a_file_and_every_file_is_named():
    """A file counts if its class can be made: base classes are abstract."""
    files = {path.stem for path in Path(methods.__file__).parent.glob("[a-z]*.py")}
    found = {name: getattr(import_module(f"train.methods.{name}"), "Method", None) for name in files}
    made = {name for name, method in found.items() if method and not inspect.isabstract(method)}
    assert made == set(METHODS)


def test_self_training_labels_all_photos_before_each_epoch_from_the_asked_one_on():
    method, said = make("self_training", pseudo_label_epoch=2), []
    photos = list(torch.rand(2, 4, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1)
    logits = logits_of(method.classifier, photos)
    expected = label_photos(logits, predicted_prior(logits), 0, 0, 1)
    for ended, labels in ((0, None), (1, None), (2, expected), (3, expected)):
        method.before_epoch(
            Epoch(ended, method.classifier, lambda: photos, None, None, ("a", "b", "c"), said.append)
        )
        assert (method.photo_labels is None) == (labels is None)
    assert torch.equal(method.photo_labels, expected)
    assert len(said) == 2
    assert said[0].startswith(f"labelled {int((expected != IGNORE).sum())} of 8 photos: a ")
    again = make("self_training", pseudo_label_epoch=2)
    again.load_state_dict(method.state_dict())
    assert torch.equal(again.photo_labels, expected)


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({"pseudo_label_epoch": None}, None),
        ({"pseudo_label_epoch": 2}, None),
        ({"pseudo_label_epoch": 2, "pseudo_labels": "epoch"}, 2),
        (
            {
                "pseudo_label_epoch": 2,
                "pseudo_labels": "epoch",
                "mix": {"translated": 0.5, "rendered": 0.5, "photos": 0.0},
            },
            None,
        ),
        ({"pseudo_label_epoch": None, "aligned": 0.5}, 1),
        ({"pseudo_label_epoch": None, "aligned": 0.5, "warm_up_epochs": 2}, 2),
        ({"pseudo_label_epoch": 3, "pseudo_labels": "epoch", "aligned": 0.5}, 1),
    ],
)
def test_fashion_cut_labels_the_photos_before_an_epoch_that_shows_them_by_their_labels(changes, first):
    method = make("fashion_cut", epochs=5, **changes)
    photos = [torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1]
    labelled = []
    for ended in range(5):
        method.photo_labels = None
        method.before_epoch(Epoch(ended, method.classifier, lambda: photos, None, None, ("a", "b", "c"), str))
        labelled.append(method.photo_labels is not None)
    assert labelled == [first is not None and ended >= first for ended in range(5)]


@pytest.mark.parametrize("bottleneck", [{}, {"width": 8, "hidden": 6}])
@pytest.mark.parametrize("name", METHODS)
def test_every_trained_network_of_a_method_has_exactly_one_optimizer(name, bottleneck):
    method = make(name, bottleneck=bottleneck)
    owned = [p for o in method.optimizers.values() for group in o.param_groups for p in group["params"]]
    trained = [p for p in method.parameters() if p.requires_grad]
    assert len(owned) == len(trained)
    assert {id(p) for p in owned} == {id(p) for p in trained}


def test_a_frozen_backbone_stays_as_it_is_and_still_passes_gradients_on():
    method = make("fashion_cut")
    method.classifier.freeze(99)
    method.train()
    before = {name: t.clone() for name, t in method.classifier.backbone.state_dict().items()}
    updates = method.step(batch())
    next(updates)
    method.zero_grad()
    next(updates).loss.backward()
    method.optimizers["classifier"].step()
    assert all(torch.equal(t, before[name]) for name, t in method.classifier.backbone.state_dict().items())
    assert method.classifier.head.weight.grad is not None
    assert all(p.grad is not None for p in method.generator.parameters())
    method.classifier.freeze(0)
    assert method.classifier.backbone.training
    assert all(p.requires_grad for p in method.classifier.parameters())


def test_frozen_stages_keep_weights_and_statistics_and_the_others_learn():
    method = make("source_only", frozen_stages=2).train()
    before = {name: t.clone() for name, t in method.classifier.backbone.state_dict().items()}
    (update,) = method.step(batch())
    update.loss.backward()
    method.optimizers["classifier"].step()
    after = method.classifier.backbone.state_dict()
    changed = {name.split(".")[0] for name in after if not torch.equal(after[name], before[name])}
    assert changed == {"layer2", "layer3", "layer4"}
