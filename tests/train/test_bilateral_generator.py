"""A generator that recolours place by place and adds fine texture, but moves no edge."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from train.networks.bilateral_generator import BilateralGenerator, clip
from train.networks.generators import KINDS, make_generator
from train.params import GeneratorParams

PARAMS = GeneratorParams(kind="bilateral", width=8)


def pictures(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def trained(seed: int = 0) -> BilateralGenerator:
    """One whose last layers are as large as after long training."""
    torch.manual_seed(seed)
    generator = BilateralGenerator(PARAMS).eval()
    for last in (generator.to_grid, generator.fine[-1]):
        torch.nn.init.normal_(last.weight, std=0.5)
    return generator


@pytest.mark.parametrize("kind", KINDS)
def test_a_generator_of_every_kind_is_made_by_its_name(kind):
    assert type(make_generator(GeneratorParams(kind=kind, width=4, blocks=1))) is KINDS[kind]


def test_it_starts_next_to_the_identity():
    torch.manual_seed(0)
    x = pictures(4, 3, 32, 32)
    change = BilateralGenerator(PARAMS)(x) - x
    assert 0 < change.abs().max() < 0.05


@given(st.integers(8, 40), st.integers(8, 40), st.booleans())
@settings(max_examples=15, deadline=None)
def test_it_takes_pictures_of_any_size_from_8_on_and_stays_in_range(height, width, training):
    generator, x = trained().train(training), pictures(2, 3, height, width)
    y, features = generator.forward_with_features(x)
    assert y.shape == x.shape
    assert y.abs().max() <= 1
    assert [f.shape[1] for f in features] == generator.feature_channels
    for alone, full in zip(generator.encode(x), features, strict=True):
        torch.testing.assert_close(alone, full)


def test_a_translation_can_be_made_again_and_in_training_its_noise_is_new():
    generator, x = trained(), pictures(2, 3, 16, 16)
    assert torch.equal(generator(x), generator(x))
    torch.testing.assert_close(generator(x)[:1], generator(x[:1]), atol=1e-5, rtol=1e-4)
    generator.train()
    assert not torch.equal(generator(x), generator(x))


def with_constant_grid(generator: BilateralGenerator, change: Tensor) -> BilateralGenerator:
    """One change (12,) for all places and levels of brightness."""
    generator.grid = lambda top: change.view(1, 12, 1, 1, 1).expand(len(top), -1, 8, *top.shape[2:])
    return generator


def test_without_texture_a_constant_grid_is_one_affine_change_of_every_pixel():
    generator = with_constant_grid(trained(), torch.linspace(-0.1, 0.1, 12))
    torch.nn.init.zeros_(generator.fine[-1].weight)
    x = 0.5 * pictures(2, 3, 16, 24)
    matrix = torch.linspace(-0.1, 0.1, 12).view(3, 4)
    expected = x + torch.einsum("ij,njhw->nihw", matrix[:, :3], x) + matrix[:, 3].view(3, 1, 1)
    torch.testing.assert_close(generator(x), expected)


def test_no_pixel_farther_than_three_moves_another_but_by_way_of_the_grid():
    generator = with_constant_grid(trained(), 0.1 * torch.ones(12))
    x = (0.5 * pictures(1, 3, 24, 24)).requires_grad_()
    (gradient,) = torch.autograd.grad(generator(x)[0, :, 12, 12].sum(), x)
    seen = gradient[0].abs().sum(dim=0) > 0
    assert seen[9:16, 9:16].all()
    assert int(seen.sum()) == 49


def test_pixels_of_one_place_and_colour_change_alike_so_that_no_edge_moves():
    """Two colours, four pixels wide, one cell of the grid: still two colours, at the same places."""
    generator = trained()
    torch.nn.init.zeros_(generator.fine[-1].weight)
    stripes = (torch.arange(8) % 4 < 2).expand(1, 3, 8, 8)
    x = torch.where(stripes, 0.4, -0.3)
    y = generator(x)
    for colour in (stripes, ~stripes):
        values = y[0][:, colour[0, 0]]
        torch.testing.assert_close(values, values[:, :1].expand_as(values), atol=1e-5, rtol=0)
    assert (y - x).abs().max() > 0.05


def test_texture_is_bounded():
    generator = with_constant_grid(trained(), torch.zeros(12))
    torch.nn.init.constant_(generator.fine[-1].bias, 100.0)
    x = torch.zeros(1, 3, 16, 16)
    torch.testing.assert_close(generator(x), torch.full_like(x, 0.25))


def test_the_grid_depends_on_place_and_brightness():
    generator = trained()
    grid = torch.zeros(1, 12, 8, 1, 2)
    grid[:, 3, :4, :, 0] = 1  # red of what is dark, at the left
    x = torch.full((1, 3, 8, 8), -0.9)
    x[:, :, 4:] = 0.9
    with torch.no_grad():
        generator.guide[-1].weight.zero_()
        generator.guide[-1].bias.zero_()
    red = generator.slice(grid, x)[0, 0, 3]
    assert red[:4, 0].min() > 0.9
    assert red[:4, 7].abs().max() < 0.1
    assert red[4:].abs().max() < 0.1


def test_what_is_clipped_keeps_a_small_slope():
    x = torch.tensor([-3.0, -0.5, 0.5, 2.0], requires_grad=True)
    clipped = clip(x)
    assert clipped.tolist() == [-1.0, -0.5, 0.5, 1.0]
    clipped.sum().backward()
    torch.testing.assert_close(x.grad, torch.tensor([0.01, 1.0, 1.0, 0.01]))


@pytest.mark.parametrize("training", [False, True])
def test_every_layer_of_it_learns(training):
    generator = trained().train(training)
    generator(0.5 * pictures(2, 3, 32, 32)).square().mean().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in generator.parameters())
