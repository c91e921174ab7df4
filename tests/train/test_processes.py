"""Two processes do what one does."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
import torch
from click.testing import CliRunner
from torch import Tensor, nn
from torch import distributed as dist
from torch.multiprocessing import spawn

from tests.helpers.train_project import make_run, write_train_project
from train.__main__ import main
from train.loop import loop
from train.loop.loop import train
from train.loop.processes import share_statistics
from train.methods.kernel_loss import KernelLoss

ROOT = Path(__file__).parents[2]
LAUNCH = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2"]
"""`--multi_gpu` has accelerate start its processes by torchrun; its launcher for CPUs needs MPI."""


def learn(rank: int, processes: int) -> tuple[nn.Module, list[Tensor]]:
    """A backward pass over this process's share of 8 images; the network and its gradients."""
    torch.manual_seed(0)
    layers = [nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True)]
    network = nn.Sequential(*layers, nn.Conv2d(4, 4, 3), nn.BatchNorm2d(4)).double()
    images = torch.randn(8, 3, 9, 9).double().contiguous(memory_format=torch.channels_last)
    if processes > 1:
        share_statistics(network, rank, processes)
    own = network(images[rank::processes])
    (own.mean(dim=(2, 3)) ** 3).mean().backward()
    return network, [p.grad for p in network.parameters()]


def learn_together(rank: int, folder: Path) -> None:
    os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    dist.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=2)
    network, gradients = learn(rank, 2)
    for gradient in gradients:
        dist.all_reduce(gradient)
    torch.save((network.state_dict(), [g / 2 for g in gradients]), folder / f"{rank}.pt")
    dist.destroy_process_group()


def test_shared_batch_norms_have_the_gradients_and_statistics_of_one_process(tmp_path):
    network, gradients = learn(0, 1)
    spawn(learn_together, (tmp_path,), nprocs=2)
    for rank in range(2):
        state, averaged = torch.load(tmp_path / f"{rank}.pt")
        torch.testing.assert_close(averaged, gradients, rtol=1e-9, atol=1e-12)
        torch.testing.assert_close(state, network.state_dict(), rtol=1e-9, atol=1e-12)


def kernel_losses(rank: int, processes: int) -> tuple[list[float], Tensor, Tensor]:
    """Three steps on this process's share of 6 images: the losses, the last gradient, what is remembered."""
    torch.manual_seed(0)
    loss = KernelLoss("test_resnet", pretrained=False, size=32).double()
    photos, renders, images = (torch.rand(6, 3, 32, 32).double() * 2 - 1 for _ in range(3))
    loss.look([photos], [renders])
    values = []
    for step in range(3):
        own = (images * (1 - 0.2 * step))[rank::processes].requires_grad_()
        value = loss(own)
        value.backward()
        values.append(value.item())
    assert own.grad is not None
    return values, own.grad, loss.recent


def kernel_losses_together(rank: int, folder: Path) -> None:
    os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    dist.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=2)
    torch.save(kernel_losses(rank, 2), folder / f"{rank}.pt")
    dist.destroy_process_group()


def test_the_kernel_loss_of_two_processes_is_that_of_one_and_so_is_what_it_remembers(tmp_path):
    values, gradient, recent = kernel_losses(0, 1)
    spawn(kernel_losses_together, (tmp_path,), nprocs=2)
    parts = [torch.load(tmp_path / f"{rank}.pt") for rank in range(2)]
    means = [(a + b) / 2 for a, b in zip(parts[0][0], parts[1][0], strict=True)]
    assert means == pytest.approx(values, rel=1e-5, abs=1e-6)
    for rank, (_, own, remembered) in enumerate(parts):
        torch.testing.assert_close(own / 2, gradient[rank::2], rtol=1e-4, atol=1e-8)
        torch.testing.assert_close(remembered, recent, rtol=1e-5, atol=1e-6)


def test_two_processes_have_the_losses_of_one_at_the_same_global_batch(tmp_path):
    """To rounding in the first step. Errors then grow: Adam steps as far for a gradient of 1e-9 as of 1."""
    generator = {"width": 4, "blocks": 1, "residual": True}
    settings = {"lr": 1e-4, "lr_gan": 1e-4, "lambda_kernel": 0.0}  # random features magnify all errors
    one, two = (tmp_path / name for name in ("one", "two"))
    commands = []
    for folder in (one, two):
        folder.mkdir()
        commands.append(write_train_project(folder, **settings, generator=generator))
    done = CliRunner().invoke(main, commands[0])
    assert done.exit_code == 0, done.output
    variables = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true"}
    launched = subprocess.run(
        [*LAUNCH, "--main_process_port", "0", "-m", "train", *commands[1]],
        env=os.environ | variables | {"GLOO_SOCKET_IFNAME": "lo"},
        stderr=subprocess.PIPE,
        text=True,
        timeout=240,
        check=False,
    )
    assert launched.returncode == 0, launched.stderr
    assert "2 processes" in launched.stderr
    states = [torch.load(f / "run" / "checkpoint.pt", weights_only=True) for f in (one, two)]
    histories = [state["position"]["history"] for state in states]
    assert len(histories[0]) == len(histories[1]) > 2
    for number, (a, b) in enumerate(zip(*histories, strict=True)):
        assert a.keys() == b.keys()
        for name in ("photos/agreement", "photos/by_class"):  # a rounding turns one photo of six, on a tie
            assert a.pop(name, 0) == pytest.approx(b.pop(name, 0), abs=0.17)
        assert a == pytest.approx(b, rel=2e-2 if number else 1e-5, abs=1e-3 if number else 1e-6)


def test_pairs_that_processes_cannot_share_are_one_clear_line(tmp_path, monkeypatch):
    monkeypatch.setattr(loop.Accelerator, "num_processes", 2)
    with pytest.raises(click.ClickException, match=r"train\.translation_batch: 1 pairs .* multiple of 2"):
        train(make_run(tmp_path, translation_batch=1))
