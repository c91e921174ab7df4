import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.helpers.batches import make_batch
from train.data.augmentation import draw_maps, transform
from train.data.batch import Batch
from train.methods import method_class
from train.methods.base import Epoch
from train.methods.cut import CUT
from train.params import (
    DiscriminatorParams,
    GeneratorParams,
    MixParams,
    NCEParams,
    TrainParams,
)

TINY = {
    "size": 32,
    "backbone": "test_resnet",
    "pretrained": False,
    "batch_size": 4,
    "generator": GeneratorParams(width=4, blocks=2),
    "discriminator": DiscriminatorParams(width=4, patch=0.3),
    "nce": NCEParams(patches=16, width=8),
}
ANCHORED = MixParams(translated=0.5, rendered=0.25, photos=0.25)


def make(**changes):
    torch.manual_seed(0)
    return method_class("fashion_cut")(TrainParams(**(TINY | changes)), classes=3)


def gradients_of(method):
    """Return the summed gradient size per network after the generator's and classifier's common loss."""
    updates = method.step(make_batch())
    next(updates)
    method.zero_grad()
    next(updates).loss.backward()
    return {
        name: sum(p.grad.abs().sum().item() for p in network.parameters() if p.grad is not None)
        for name, network in method.named_children()
    }


def only(name: str) -> dict[str, float]:
    names = ("lambda_gan", "lambda_classifier", "lambda_nce_x", "lambda_nce_y")
    return {n: float(n == name) for n in names}


def seen_by(classifier: torch.nn.Module) -> list[torch.Tensor]:
    """Return a list that gets every batch that the classifier is trained on."""
    seen: list[torch.Tensor] = []
    classifier.register_forward_pre_hook(
        lambda module, args: seen.append(args[0]) if module.training else None
    )
    return seen


def test_the_papers_form_is_the_default_of_every_setting():
    params = TrainParams()
    assert params.mix == MixParams(translated=0.5, rendered=0, photos=0.5)
    assert (params.aligned, params.warm_up_epochs, params.pseudo_labels) == (0, 0, "step")
    assert params.translation_batch is params.updates is None
    assert params.generator.kind == "resnet"


def test_the_common_loss_is_equation_one():
    method = make(lambda_gan=0.3, lambda_classifier=0.7, lambda_nce_x=1.5, lambda_nce_y=0.9)
    update = list(method.step(make_batch()))[1]
    m = {name: value.item() for name, value in update.metrics.items()}
    expected = 0.3 * m["gan"] + 0.7 * m["classifier"] + 1.5 * m["nce_x"] + 0.9 * m["nce_y"]
    assert update.loss.item() == pytest.approx(expected, rel=1e-5)


def test_in_the_papers_form_the_classifier_reads_translations_alone_and_later_half_photos():
    """Equation (1): the cross-entropy of C(G(x)); then of photos with the labels that C gives them."""
    method = make(pseudo_label_epoch=2).eval()
    for epoch, photos in ((0, 0), (1, 0), (2, 2)):
        batch = make_batch(epoch=epoch)
        fake = method.generator(batch.pairs.x)[: 4 - photos]
        logits = method.classifier(torch.cat([fake, batch.y[:photos]]))
        labels = torch.cat([batch.labels[: 4 - photos], method.classifier(batch.y[:photos]).argmax(dim=1)])
        expected = torch.nn.functional.cross_entropy(logits, labels)
        metrics = list(method.step(batch))[1].metrics
        torch.testing.assert_close(metrics["classifier"], expected, atol=1e-4, rtol=1e-4)


def test_the_classifier_loss_reaches_the_generator():
    gradients = gradients_of(make(**only("lambda_classifier")))
    assert gradients["generator"] > 0
    assert gradients["classifier"] > 0
    assert gradients["patch_sampler"] == 0


@pytest.mark.parametrize("term", ["lambda_gan", "lambda_nce_x", "lambda_nce_y"])
def test_the_other_terms_train_the_generator_and_leave_the_classifier_alone(term):
    gradients = gradients_of(make(**only(term)))
    assert gradients["generator"] > 0
    assert gradients["classifier"] == 0
    assert (gradients["patch_sampler"] > 0) == (term != "lambda_gan")


def test_the_common_loss_does_not_train_the_discriminator():
    assert gradients_of(make())["discriminator"] == 0


def test_the_discriminator_loss_trains_the_discriminator_only():
    method = make()
    update = next(method.step(make_batch()))
    update.loss.backward()
    assert update.optimizers == ("discriminator",)
    trained = {name.split(".")[0] for name, p in method.named_parameters() if p.grad is not None}
    assert trained == {"discriminator"}


def test_a_term_without_weight_is_not_computed():
    method = make(lambda_nce_x=0.0, lambda_nce_y=0.0)
    method.patch_sampler = None
    update = list(method.step(make_batch()))[1]
    assert update.metrics["nce_x"].item() == update.metrics["nce_y"].item() == 0


def test_translating_both_domains_at_once_changes_no_loss():
    method = make()
    both = list(method.step(make_batch()))[1].metrics["nce_x"]
    alone = list(make(lambda_nce_y=0.0).step(make_batch()))[1].metrics["nce_x"]
    torch.testing.assert_close(both, alone)


def test_generator_and_discriminator_learn_from_the_pairs_alone():
    """Renders without a y, and what the classifier is shown, are nothing to them."""
    whole, first = make_batch(pairs=2), make_batch(pairs=2)
    first.pairs.x[2:] = 0.5
    first.x[:], first.y[:] = 0, 0
    for one, other in zip(make().step(whole), make().step(first), strict=True):
        for name in one.metrics.keys() - {"classifier"}:
            assert torch.equal(one.metrics[name], other.metrics[name])


shares = st.integers(0, 20).flatmap(lambda a: st.tuples(st.just(a), st.integers(0, 20 - a)))


@given(shares, st.integers(1, 40), st.booleans())
def test_the_counts_of_a_mix_fill_the_batch_in_the_asked_shares(parts, half_batch, labelled):
    translated, rendered = (part / 20 for part in parts)
    if not translated + rendered:
        return
    mix = MixParams(translated=translated, rendered=rendered, photos=max(0, 1 - translated - rendered))
    batch = 2 * half_batch
    counts = mix.counts(batch, labelled)
    assert sum(counts) == batch
    assert min(counts) >= 0
    asked = np.array([mix.translated, mix.rendered, mix.photos if labelled else 0.0])
    assert np.abs(batch * asked / asked.sum() - counts).max() <= 1
    assert all(count == 0 for count, share in zip(counts, asked, strict=True) if not share)


@pytest.mark.parametrize(
    ("shares", "line"),
    [
        ((0.5, 0.2, 0.2), "must add up to 1"),
        ((0, 0, 1), "photos cannot be all"),
        ((0, 0, 0.99), "photos cannot be all"),
    ],
)
def test_a_mix_that_cannot_be_drawn_is_refused(shares, line):
    names = ("translated", "rendered", "photos")
    with pytest.raises(ValidationError, match=line):
        MixParams(**dict(zip(names, shares, strict=True)))


@pytest.mark.parametrize(
    ("mix", "start", "epoch", "counts"),
    [
        (MixParams(), 2, 1, (8, 0, 0)),
        (MixParams(), 2, 2, (4, 0, 4)),
        (MixParams(), 1, 3, (4, 0, 4)),
        (MixParams(), None, 9, (8, 0, 0)),
        (ANCHORED, 2, 1, (5, 3, 0)),
        (ANCHORED, 2, 2, (4, 2, 2)),
        (MixParams(translated=0, rendered=1, photos=0), 1, 1, (0, 8, 0)),
    ],
)
def test_every_image_of_the_classifiers_batch_comes_from_where_the_mix_says(mix, start, epoch, counts):
    method = make(mix=mix, pseudo_label_epoch=start, batch_size=8).train()
    batch = make_batch(8, epoch, pairs=3)
    fake = method.generator(batch.pairs.x[:3])
    seen = seen_by(method.classifier)
    method.classified(batch, fake, method.photos(batch))
    translated, rendered, photos = counts
    expected = [method.generator(batch.pairs.x)[:translated], batch.x[translated:][:rendered]]
    torch.testing.assert_close(seen[0], torch.cat([*expected, batch.y[:photos]]), atol=1e-4, rtol=1e-3)
    assert len(seen) == 1


def test_renders_as_they_are_are_in_the_loss_with_their_labels():
    method = make(mix=MixParams(translated=0, rendered=1, photos=0)).eval()
    batch = make_batch()
    expected = torch.nn.functional.cross_entropy(method.classifier(batch.x), batch.labels)
    torch.testing.assert_close(method.classified(batch, batch.x[:0], None), expected)


def test_the_classifiers_loss_reaches_the_generator_through_the_pairs_only():
    """A translation without a y costs no backward pass through G; renders and photos have no part in it."""
    method = make(mix=ANCHORED, batch_size=8, pseudo_label_epoch=1)
    batch = make_batch(8, epoch=1, pairs=2)
    fake = torch.zeros(2, 3, 32, 32, requires_grad=True)
    method.classified(batch, fake, method.photos(batch)).backward()
    assert (fake.grad.abs().sum(dim=(1, 2, 3)) > 0).all()
    assert all(p.grad is None for p in method.generator.parameters())


def test_renders_in_the_photos_proportions_teach_the_translation_and_the_classifier_sees_its_own():
    method, batch = make().eval(), make_batch(pairs=2, aligned=True)
    judged, seen = [], seen_by(method.classifier.train())
    method.discriminator.register_forward_pre_hook(lambda _, args: judged.append(args[0]))
    updates = list(method.step(batch))
    sources, fake = method.generator(batch.pairs.source), method.generator(batch.pairs.x)
    assert not torch.equal(batch.pairs.source, batch.pairs.x[:2])
    torch.testing.assert_close(judged[0][:2], sources, atol=1e-4, rtol=1e-3)
    torch.testing.assert_close(seen[0], fake, atol=1e-4, rtol=1e-3)
    method.zero_grad()
    updates[1].metrics["classifier"].backward()
    assert any(p.grad is not None and p.grad.any() for p in method.generator.parameters())


def test_the_classifier_sees_translations_cropped_and_turned_and_with_the_looks_they_have_learnt():
    method, batch = make().train(), make_batch(pairs=2)
    object.__setattr__(batch.pairs, "maps", draw_maps(np.full(4, 0.8), np.random.default_rng(3)))
    judged, seen = [], seen_by(method.classifier)
    method.discriminator.register_forward_pre_hook(lambda _, args: judged.append(args[0]))
    list(method.step(batch))
    fake = method.generator(batch.pairs.x)
    torch.testing.assert_close(judged[0], torch.cat([fake[:2], batch.pairs.y]), atol=1e-4, rtol=1e-3)
    torch.testing.assert_close(seen[0], transform(fake, batch.pairs.maps), atol=1e-4, rtol=1e-3)


def test_photos_that_were_labelled_before_the_epoch_bring_their_own_labels():
    method = make(pseudo_labels="epoch", pseudo_label_epoch=1)
    batch = make_batch(epoch=1)
    object.__setattr__(batch, "y_labels", torch.tensor([2, 0, 1, 1]))
    photos, labels = method.photos(batch)
    assert photos is batch.y
    assert labels is batch.y_labels
    assert method.photos(make_batch(epoch=0)) is None


def test_during_the_warm_up_the_classifier_learns_from_renders_alone_and_nothing_is_translated():
    method = make(warm_up_epochs=2, epochs=4, lambda_classifier=0.5).eval()
    method.generator.forward_with_features = method.generator.encode = None
    batch = make_batch(epoch=1)
    (update,) = method.step(batch)
    expected = torch.nn.functional.cross_entropy(method.classifier(batch.x), batch.labels)
    torch.testing.assert_close(update.loss, 0.5 * expected)
    torch.testing.assert_close(update.metrics["classifier"], expected)
    assert update.optimizers == ("classifier",)
    assert method.translating == (0.5, 1.0)
    with pytest.raises(TypeError):
        list(method.step(make_batch(epoch=2)))


def test_no_photo_is_labelled_before_the_warm_up_is_over():
    method = make(warm_up_epochs=2, epochs=4, pseudo_label_epoch=1, pseudo_labels="epoch", aligned=0.5)
    method.before_epoch(Epoch(1, method.classifier, None, None, None, ("a", "b", "c"), print))
    assert not method.labels_photos(1)
    assert not method.labeller.held
    assert method.labels_photos(2)


def test_a_warm_up_that_leaves_no_epoch_to_translate_is_refused():
    with pytest.raises(ValidationError, match="warm_up_epochs: 2 leaves none of the 2 epochs to translate"):
        TrainParams(warm_up_epochs=2, epochs=2)


def test_a_classifier_without_weight_still_says_how_wrong_it_is():
    (update,) = make(warm_up_epochs=1, lambda_classifier=0.0).step(make_batch())
    assert update.loss.item() == 0
    assert update.metrics["classifier"].item() > 0


@pytest.mark.parametrize("kind", ["resnet", "bilateral"])
def test_every_network_trains_in_mixed_precision_too(kind):
    """Autocast before PyTorch 2.11 kept weights that were cast without gradient and used them again."""
    generator = GeneratorParams(kind=kind, width=4, blocks=2)
    method = make(pseudo_label_epoch=1, mix=ANCHORED, generator=generator)
    with torch.autocast("cpu", torch.bfloat16):
        updates = method.step(make_batch(epoch=1, pairs=2))
        next(updates)
        update = next(updates)
    update.loss.backward()
    for network in (method.generator, method.patch_sampler, method.classifier):
        assert all(p.grad is not None for p in network.parameters())


def test_vanilla_cut_and_fashion_cut_share_their_classifiers_batch():
    """Renders beside translations in both, so that the comparison is of the methods."""
    classify = method_class("cut_then_classify")
    assert classify.classified is method_class("fashion_cut").classified is CUT.classified
    torch.manual_seed(0)
    method = classify(TrainParams(**(TINY | {"mix": ANCHORED, "epochs": 1})), classes=3).train()
    batch: Batch = make_batch(epoch=1, pairs=1)
    seen = seen_by(method.classifier)
    list(method.step(batch))
    expected = torch.cat([method.generator(batch.pairs.x)[:3], batch.x[3:]])
    torch.testing.assert_close(seen[0], expected, atol=1e-4, rtol=1e-3)
