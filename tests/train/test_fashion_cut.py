import numpy as np
import pytest
import torch

from train.data.batch import IGNORE, Batch
from train.methods import method_class
from train.methods.pseudo_labels import PseudoLabels
from train.params import DiscriminatorParams, GeneratorParams, NCEParams, TrainParams

TINY = {
    "size": 32,
    "backbone": "test_resnet",
    "pretrained": False,
    "batch_size": 4,
    "generator": GeneratorParams(width=4, blocks=2),
    "discriminator": DiscriminatorParams(width=4, patch=0.3),
    "nce": NCEParams(patches=16, width=8),
}


def make(**changes):
    torch.manual_seed(0)
    return method_class("fashion_cut")(TrainParams(**(TINY | changes)), classes=3)


def batch(epoch: int = 0, n: int = 4) -> Batch:
    draw = torch.Generator().manual_seed(1)
    x, y = (torch.rand(n, 3, 32, 32, generator=draw) * 2 - 1 for _ in range(2))
    return Batch(x, torch.arange(n) % 3, y, epoch, 0, 0.5, np.random.default_rng(0))


def gradients_of(method, **weights):
    """Return the summed gradient size per network after the generator's and classifier's common loss."""
    updates = method.step(batch())
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


def test_the_common_loss_is_equation_one():
    method = make(lambda_gan=0.3, lambda_classifier=0.7, lambda_nce_x=1.5, lambda_nce_y=0.9)
    update = list(method.step(batch()))[1]
    m = {name: value.item() for name, value in update.metrics.items()}
    expected = 0.3 * m["gan"] + 0.7 * m["classifier"] + 1.5 * m["nce_x"] + 0.9 * m["nce_y"]
    assert update.loss.item() == pytest.approx(expected, rel=1e-5)


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
    update = next(method.step(batch()))
    update.loss.backward()
    assert update.optimizers == ("discriminator",)
    trained = {name.split(".")[0] for name, p in method.named_parameters() if p.grad is not None}
    assert trained == {"discriminator"}


def test_a_term_without_weight_is_not_computed():
    method = make(lambda_nce_x=0.0, lambda_nce_y=0.0)
    method.patch_sampler = None
    update = list(method.step(batch()))[1]
    assert update.metrics["nce_x"].item() == update.metrics["nce_y"].item() == 0


def test_translating_both_domains_at_once_changes_no_loss():
    method = make()
    both = list(method.step(batch()))[1].metrics["nce_x"]
    alone = list(make(lambda_nce_y=0.0).step(batch()))[1].metrics["nce_x"]
    torch.testing.assert_close(both, alone)


def test_pseudo_labels_carry_no_gradient_and_leave_the_mode_alone():
    method = make()
    images = torch.rand(2, 3, 32, 32, requires_grad=True)
    method.classifier.train()
    labels = PseudoLabels(3, 0.0, 0.0)(method.classifier, images)
    assert not labels.requires_grad
    assert labels.dtype == torch.int64
    assert method.classifier.training
    method.classifier.eval()
    assert torch.equal(labels, method.classifier(images).argmax(dim=1))


def test_pseudo_labels_do_not_move_the_batch_norm_statistics():
    method = make()
    before = {name: b.clone() for name, b in method.classifier.named_buffers()}
    PseudoLabels(3, 0.0, 0.0)(method.classifier.train(), torch.rand(4, 3, 32, 32))
    assert all(torch.equal(b, before[name]) for name, b in method.classifier.named_buffers())


def test_unsure_photos_get_no_pseudo_label():
    method = make()
    images = torch.rand(4, 3, 32, 32)
    confidence = method.classifier.eval()(images).softmax(dim=1).max(dim=1).values
    threshold = confidence.sort().values[1:3].mean().item()
    labels = PseudoLabels(3, threshold, 0.0)(method.classifier, images)
    assert torch.equal(labels == IGNORE, confidence < threshold)


@pytest.mark.parametrize(
    ("start", "epoch", "photos"), [(2, 0, 0), (2, 1, 0), (2, 2, 4), (2, 3, 4), (1, 1, 4), (None, 9, 0)]
)
def test_half_of_the_batch_is_photos_once_so_many_epochs_have_ended(start, epoch, photos):
    method = make(pseudo_label_epoch=start, batch_size=8)
    this = batch(epoch, n=8)
    fake = torch.full_like(this.x, 0.5)
    seen = []
    method.classifier.register_forward_pre_hook(
        lambda module, args: seen.append(args[0]) if module.training else None
    )
    logits, labels = method.classifier_batch(fake, this)
    assert len(logits) == len(labels) == 8
    assert torch.equal(seen[0][: 8 - photos], fake[: 8 - photos])
    assert torch.equal(seen[0][8 - photos :], this.y[:photos])
    assert torch.equal(labels[: 8 - photos], this.labels[: 8 - photos])


def test_pseudo_labelled_photos_train_the_classifier_but_not_the_generator():
    method = make(pseudo_label_epoch=1)
    this = batch(epoch=1)
    fake = torch.zeros_like(this.x, requires_grad=True)
    torch.nn.functional.cross_entropy(*method.classifier_batch(fake, this)).backward()
    assert (fake.grad[:2].abs().sum(dim=(1, 2, 3)) > 0).all()
    assert (fake.grad[2:] == 0).all()


def test_every_network_trains_in_mixed_precision_too():
    """Autocast before PyTorch 2.11 kept weights that were cast without gradient and used them again."""
    method = make(pseudo_label_epoch=1)
    with torch.autocast("cpu", torch.bfloat16):
        updates = method.step(batch(epoch=1))
        next(updates)
        update = next(updates)
    update.loss.backward()
    for network in (method.generator, method.patch_sampler, method.classifier):
        assert all(p.grad is not None for p in network.parameters())


def test_balancing_takes_photos_from_a_class_that_is_named_too_often():
    logits = torch.tensor([[2.0, 0.0], [0.5, 0.0]])
    classifier = torch.nn.Identity()
    plain, balanced = PseudoLabels(2, 0.0, 0.0), PseudoLabels(2, 0.0, 1.0)
    for labels in (plain, balanced):
        for _ in range(500):
            labels(classifier, logits)
    assert plain(classifier, logits).tolist() == [0, 0]
    assert balanced(classifier, logits).tolist() == [0, 1]
    torch.testing.assert_close(balanced.mean, logits.softmax(1).mean(0), atol=0.01, rtol=0)
