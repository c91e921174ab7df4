"""What a run needs is known before anything is decoded."""

import resource

import click
import pytest
import torch

from tests.helpers.train_project import TINY
from train.loop import memory
from train.loop.memory import account, look_bytes, memory_of, require_memory, step_bytes
from train.methods import method_class
from train.params import TrainParams

GB = 10**9


def params(**changes: object) -> TrainParams:
    return TrainParams.model_validate(TINY | {"adversary": {"width": 16}} | changes)


@pytest.mark.parametrize("method", ["bsp", "mdd", "afn", "mcc", "mic", "fashion_cut", "cut_then_classify"])
def test_methods_of_every_kind_can_be_accounted_for(method):
    """With at least its weights and Adam's two averages, and activations beside them."""
    asked = params(method=method)
    weights = sum(p.numel() for p in method_class(method)(asked, 3).parameters() if p.requires_grad)
    state, peak = account(asked, 3)
    assert state >= 3 * 4 * weights
    assert peak > state + 2 * 4 * 3 * 4 * 32 * 32


def test_sharpness_aware_steps_and_a_bottleneck_can_be_accounted_for():
    layers = {"width": 64, "hidden": 32, "dropout": 0.5}
    asked = params(method="mic", optimizer={"kind": "sgd"}, bottleneck=layers, mic={"sharpness": 0.02})
    state, peak = account(asked, 3)
    assert peak > state > account(params(method="mic", optimizer={"kind": "sgd"}), 3)[0]
    assert look_bytes(asked, 3) > 0


def test_the_account_of_a_larger_image_is_scaled_by_its_pixels(monkeypatch):
    large = params(method="source_only", size=256)
    exact = step_bytes(large, 3)
    monkeypatch.setattr(memory, "ACCOUNT_SIZE", 64)
    assert exact <= step_bytes(large, 3) < 1.5 * exact


def test_an_account_takes_no_memory_and_no_random_number():
    drawn = torch.random.get_rng_state()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert look_bytes(params(test_size=20_000), 3) > 10 * GB
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2**20  # KiB
    assert torch.equal(torch.random.get_rng_state(), drawn)


def test_what_does_not_fit_is_one_line_with_key_need_and_machine(monkeypatch):
    asked = params(method="source_only", size=512, batch_size=16)
    require_memory(asked, 3)
    monkeypatch.setattr(memory, "memory_of", lambda device: GB // 10)
    with pytest.raises(click.ClickException) as error:
        require_memory(asked, 3)
    assert error.value.message.startswith("params.yaml: train.size: 32 x 512 px at once need about ")
    assert "but there are 0.1 GB" in error.value.message
    assert "\n" not in error.value.message


def test_a_method_of_two_phases_is_accounted_for_in_its_larger_one():
    translating, joint = (account(params(method=name), 3)[1] for name in ("cut_then_classify", "fashion_cut"))
    assert 0.5 * joint < translating < joint


def test_fewer_pairs_take_less_memory():
    """A CPU's pairs cost two passes of the generator, D and F; the other renders one without gradient."""
    few, many = (account(params(translation_batch=n, batch_size=8), 3)[1] for n in (1, None))
    assert few < 0.8 * many


def test_a_backbone_without_an_account_is_not_refused():
    asked = params(method="source_only", backbone="test_vit", size=512, batch_size=32)
    with pytest.raises(memory.UNACCOUNTABLE):
        step_bytes(asked, 3)
    require_memory(asked, 3)


def test_a_containers_limit_counts(tmp_path, monkeypatch):
    whole = memory_of(torch.device("cpu"))
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(memory, "CGROUP_LIMITS", (str(limit), str(tmp_path / "none")))
    limit.write_text("max\n")
    assert memory_of(torch.device("cpu")) >= whole
    limit.write_text("1000000\n")
    assert memory_of(torch.device("cpu")) == 1_000_000
