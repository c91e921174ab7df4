"""How good a translation is: read by who never saw one, and near to the photos by the kernel distance."""

from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from train.data.domains import Domains, Images
from train.kernel_distance import kernel_distance
from train.networks.classifier import Classifier
from train.networks.resnet_generator import ResnetGenerator
from train.params import GeneratorParams
from train.translation.judge import Judge, evenly
from train.translation.reader import Reader, fit


def cloth(count: int, seed: int, dark: bool = False) -> Images:
    """Plain, striped and checked squares of 32 px, two random greys each; `dark` shifts the domain."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 3
    on = np.arange(32) % 8 < 4
    shapes = np.stack([np.zeros((32, 32), bool), np.tile(on, (32, 1)), on[:, None] ^ on])
    one, two = rng.uniform([[0], [150]], [[100], [255]], (2, count))[:, :, None, None]
    grey = np.where(shapes[labels], one, two) * (0.4 if dark else 1)
    pixels = np.repeat(grey[..., None], 3, axis=3).astype(np.uint8)
    return Images(pixels, labels, "")


@pytest.fixture(scope="module")
def backbone() -> Classifier:
    torch.manual_seed(0)
    return Classifier("test_resnet", 3, pretrained=False)


@pytest.fixture(scope="module")
def judge(backbone) -> Judge:
    photos = cloth(24, 2, dark=True)
    domains = Domains(cloth(60, 0), cloth(30, 1), photos, photos)
    return Judge(domains, backbone, "cpu")


class Through(nn.Module):
    """A generator that is any function of the pixels."""

    def __init__(self, change) -> None:
        super().__init__()
        self.change = change

    def forward(self, x: Tensor) -> Tensor:
        return self.change(x)


def test_a_reader_reads_patterns_that_it_has_not_seen(backbone):
    reader = Reader(backbone, cloth(60, 0))
    held_out = cloth(30, 1)
    read = reader.read(reader.statistics(held_out)).numpy()
    assert (read == held_out.labels).mean() >= 0.9


def test_what_a_reader_sees_is_finite_and_in_units_of_the_renders(backbone):
    """The last map of 32 px is one pixel, which has no spread."""
    reader, renders = Reader(backbone, cloth(60, 0)), cloth(60, 0)
    seen = reader.statistics(renders)
    assert backbone.maps(torch.zeros(1, 3, 32, 32))[-1].shape[2:] == (1, 1)
    assert seen.isfinite().all()
    standardised = reader.standardised(seen)
    assert standardised.mean(dim=0).abs().max() < 1e-3
    spread = standardised.std(dim=0)
    assert spread.max() < 1.01
    assert spread.median() == pytest.approx(1, abs=1e-3)  # what is nearly constant counts for less


def test_a_reader_leaves_the_backbone_as_it_is_and_no_translation_changes_it(backbone, judge):
    before = {name: t.clone() for name, t in backbone.state_dict().items()}
    weight = judge.reader.layer.weight.clone()
    judge(Through(lambda x: -x))
    judge(ResnetGenerator(GeneratorParams(width=4, blocks=1)))
    assert torch.equal(judge.reader.layer.weight, weight)
    assert all(torch.equal(t, before[name]) for name, t in backbone.state_dict().items())


def test_the_readers_layer_is_at_the_minimum_of_its_loss():
    draw = torch.Generator().manual_seed(0)
    features, labels = torch.randn(40, 5, generator=draw), torch.arange(40) % 3
    layer = fit(features, labels)
    loss = nn.functional.cross_entropy(layer(features), labels) + 0.01 * layer.weight.square().sum()
    for gradient in torch.autograd.grad(loss, list(layer.parameters())):
        assert gradient.abs().max() < 1e-3


def direct_distance(x: Tensor, y: Tensor) -> float:
    """The unbiased estimate as it is written: means over all ordered pairs of two different samples."""

    def mean(a: Tensor, b: Tensor, same: bool) -> float:
        pairs = [(i, j) for i, j in product(range(len(a)), range(len(b))) if not (same and i == j)]
        return sum((float(a[i] @ b[j]) / a.shape[1] + 1) ** 3 for i, j in pairs) / len(pairs)

    return mean(x, x, True) + mean(y, y, True) - 2 * mean(x, y, False)


@given(st.integers(2, 6), st.integers(2, 6), st.integers(1, 4), st.integers(0, 2**31))
@settings(max_examples=25, deadline=None)
def test_the_kernel_distance_is_the_double_sum_worked_out(n, m, features, seed):
    draw = torch.Generator().manual_seed(seed)
    x = torch.randn(n, features, generator=draw).double()
    y = torch.randn(m, features, generator=draw).double()
    assert kernel_distance(x, y) == pytest.approx(direct_distance(x, y), abs=1e-9, rel=1e-9)


def test_the_kernel_distance_is_zero_on_average_for_one_distribution_and_grows_with_a_shift():
    draw = torch.Generator().manual_seed(0)
    means = []
    for shift in (0.0, 0.5, 1.0):
        samples = torch.randn(300, 2, 20, 4, generator=draw)
        distances = [kernel_distance(x, y + shift) for x, y in samples]
        means.append(np.mean(distances))
        if not shift:
            assert abs(means[0]) < 4 * np.std(distances) / 300**0.5
            assert min(distances) < 0
    assert 0.1 < means[1] < means[2]


def test_leaving_everything_alone_moves_nothing_and_keeps_everything(judge):
    figures = judge(Through(lambda x: x))
    assert figures["moved"] == 0
    assert figures["kept"] == 1
    assert figures["read"] >= 0.9
    assert figures["distance"] == pytest.approx(figures["renders_distance"])
    assert figures["renders_distance"] == judge.renders_distance


def test_a_translation_to_the_photos_light_comes_nearer_and_one_to_grey_loses_the_patterns(judge):
    darker = judge(Through(lambda x: (x + 1) * 0.4 - 1))
    assert darker["distance"] < 0.5 * darker["renders_distance"]
    assert darker["read"] == judge(Through(lambda x: x))["read"]
    grey = judge(Through(torch.zeros_like))
    assert grey["kept"] < 0.6


def test_a_pixels_move_is_a_share_of_the_whole_range(judge):
    assert judge(Through(lambda x: torch.where(x > 0, x - 0.5, x + 0.5)))["moved"] == pytest.approx(0.25)


def test_a_judge_looks_in_evaluation_mode_and_leaves_the_mode_alone(judge):
    seen = []
    generator = Through(lambda x: x)
    generator.register_forward_hook(lambda module, *_: seen.append(module.training))
    judge(generator.train())
    assert generator.training
    assert not any(seen)
    judge(generator.eval())
    assert not generator.training


def test_without_two_of_each_there_is_nothing_to_judge(backbone):
    photos = cloth(1, 2)
    with pytest.raises(ValueError, match="fewer than two"):
        Judge(Domains(cloth(9, 0), cloth(9, 1), photos, photos), backbone, "cpu")


@given(st.integers(1, 50), st.integers(1, 60))
def test_a_part_of_the_images_is_spread_evenly_over_them(count, most):
    pixels = np.arange(count)
    chosen = evenly(Images(pixels, pixels, ""), most)
    assert len(chosen) == min(count, most)
    assert np.array_equal(chosen.pixels, chosen.labels)
    steps = np.diff(chosen.pixels)
    assert not len(steps) or steps.max() - steps.min() <= 1
