"""The kernel distance as a loss: its value, its gradient, what it remembers, and that a generator learns."""

import pytest
import torch
from torch import Tensor, nn

from tests.helpers.batches import make_batch
from train.kernel_distance import kernel_distance, map_statistics, polynomial_kernel
from train.methods import method_class
from train.methods.base import Epoch
from train.methods.kernel_loss import RECENT, KernelLoss
from train.params import GeneratorParams, TrainParams

TINY = {"size": 32, "backbone": "test_resnet", "pretrained": False, "batch_size": 4, "lambda_kernel": 1.0}
CLASSES = ("a", "b", "c")


def pictures(count: int, seed: int, low: float = -1.0, high: float = 1.0) -> Tensor:
    """Noise of 32 px on a grey of its own."""
    draw = torch.Generator().manual_seed(seed)
    grey = torch.rand(count, 1, 1, 1, generator=draw) * (high - low) + low
    return (grey + 0.1 * torch.randn(count, 3, 32, 32, generator=draw)).clamp(-1, 1)


def loss_of(photos: Tensor) -> KernelLoss:
    torch.manual_seed(0)
    loss = KernelLoss("test_resnet", pretrained=False, size=32)
    loss.look([photos[:3], photos[3:]], [pictures(6, 9)])
    return loss


def seen(loss: KernelLoss, images: Tensor) -> Tensor:
    return (map_statistics(loss.backbone, images) - loss.mean) / loss.scale


def test_the_first_step_is_the_kernel_distance_of_its_images_from_the_photos():
    photos, images = pictures(7, 0), pictures(4, 1, high=0.0)
    loss = loss_of(photos)
    expected = kernel_distance(seen(loss, images), seen(loss, photos))
    assert loss(images).item() == pytest.approx(expected, rel=1e-3, abs=1e-4)


def test_its_gradient_is_that_of_the_distance_with_all_pictures_free():
    photos = pictures(5, 0)
    loss = loss_of(photos)
    one, two = (pictures(4, 1, high=0.0).requires_grad_() for _ in range(2))
    loss(one).backward()
    own, theirs = seen(loss, two), seen(loss, photos)
    near = polynomial_kernel(own, own)
    ((near.sum() - near.trace()) / 12 - 2 * polynomial_kernel(own, theirs).mean()).backward()
    torch.testing.assert_close(one.grad, two.grad, rtol=1e-3, atol=1e-6)


def test_one_photo_is_enough_to_have_a_loss():
    loss = KernelLoss("test_resnet", pretrained=False, size=32)
    loss.look([pictures(1, 0)], [pictures(1, 1)])
    assert loss(pictures(1, 1)).isfinite()


def test_renders_weigh_as_much_as_photos_in_the_units_of_features_however_many_photos_there_are():
    loss, renders = loss_of(pictures(5, 0, high=-0.9)), pictures(6, 9)
    many = KernelLoss("test_resnet", pretrained=False, size=32)
    many.backbone.load_state_dict(loss.backbone.state_dict())
    many.look([pictures(5, 0, high=-0.9)] * 20, [renders])
    torch.testing.assert_close(many.mean, loss.mean)
    assert (many.scale / loss.scale).median() == pytest.approx(1, abs=0.1)


def test_translations_of_the_steps_before_count_until_newer_ones_take_their_place():
    photos, images = pictures(5, 0), pictures(4, 1)
    loss = loss_of(photos)
    before = pictures(8, 2, low=0.5)
    loss(before[:4]), loss(before[4:])
    own, past = seen(loss, images), seen(loss, torch.cat([before, images]))
    near = polynomial_kernel(own, past)
    near = (near.sum() - near[:, 8:].trace()) / (4 * 11)
    far = polynomial_kernel(own, seen(loss, photos)).mean()
    assert loss(images).item() == pytest.approx((near - 2 * far + loss.within).item(), rel=1e-3, abs=1e-4)
    for _ in range(RECENT // 4):
        loss(images)
    torch.testing.assert_close(loss.recent[:4], own, rtol=1e-4, atol=1e-4)
    assert loss.filled.all()


def test_mixed_precision_rounds_the_features_and_nothing_else():
    photos, images = pictures(7, 0), pictures(4, 1, high=0.0)
    exact = loss_of(photos)(images)
    with torch.autocast("cpu", torch.bfloat16):
        mixed = loss_of(photos)(images)
    assert mixed.dtype == torch.float32
    assert mixed.item() == pytest.approx(exact.item(), rel=0.1)


def test_its_backbone_stays_as_it_is():
    loss = loss_of(pictures(5, 0))
    before = {name: t.clone() for name, t in loss.backbone.state_dict().items()}
    assert not loss.train().backbone.training
    x = pictures(4, 1).requires_grad_()
    loss(x).backward()
    assert x.grad is not None
    assert all(p.grad is None for p in loss.parameters())
    assert all(torch.equal(t, before[name]) for name, t in loss.backbone.state_dict().items())


def test_pictures_that_follow_it_come_to_the_photos():
    photos, renders = pictures(40, 0, low=-0.9, high=-0.5), pictures(16, 1, low=0.0, high=0.4)
    loss = KernelLoss("tf_efficientnet_lite0", pretrained=True, size=32)
    loss.look([photos], [renders])
    shift = nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.Adam([shift], lr=0.05)
    for _ in range(20):
        optimizer.zero_grad()
        loss(renders + shift).backward()
        optimizer.step()
    assert shift.item() == pytest.approx(-0.9, abs=0.15)
    apart = [kernel_distance(seen(loss, x.detach()), seen(loss, photos)) for x in (renders, renders + shift)]
    assert apart[1] < 0.1 * apart[0]


@pytest.mark.parametrize("name", ["fashion_cut", "cut_then_classify"])
def test_it_teaches_the_generator_of_methods_that_translate_as_much_as_its_weight_says(name):
    photos = pictures(8, 0)
    gradients = []
    for weight in (1.0, 2.0):
        torch.manual_seed(0)
        others = dict.fromkeys(["lambda_gan", "lambda_classifier", "lambda_nce_x", "lambda_nce_y"], 0.0)
        generator = GeneratorParams(kind="bilateral", width=4)
        params = TrainParams(**(TINY | others | {"lambda_kernel": weight}), generator=generator)
        method = method_class(name)(params, classes=3).eval()
        method.before_epoch(
            Epoch(0, method.classifier, None, lambda: [photos], lambda: [photos], CLASSES, str)
        )
        updates = method.step(make_batch())
        next(updates)
        method.zero_grad()
        update = next(updates)
        update.loss.backward()
        assert update.metrics["kernel"].isfinite()
        gradients.append(torch.cat([p.grad.flatten() for p in method.generator.parameters()]))
    assert gradients[0].abs().sum() > 0
    torch.testing.assert_close(gradients[1], 2 * gradients[0], rtol=1e-4, atol=1e-7)


def test_it_looks_at_no_photo_before_something_is_translated():
    params = TrainParams(**TINY, warm_up_epochs=2, epochs=3)
    method = method_class("fashion_cut")(params, classes=3)
    method.before_epoch(Epoch(1, method.classifier, None, None, None, CLASSES, str))
    assert not method.kernel.looked


def test_without_a_weight_there_is_none():
    params = TrainParams(**(TINY | {"lambda_kernel": 0.0}))
    assert method_class("fashion_cut")(params, classes=3).kernel is None
