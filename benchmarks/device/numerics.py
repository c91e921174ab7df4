"""Is it right? Losses and gradients of every method against the CPU; whole runs against one another."""

import os
import signal
import tempfile
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.device.made_up import cut_params, made_up_run
from benchmarks.device.results import Results, Row, forget_precision
from train.data.augmentation import in_place
from train.data.batch import Batch, Pairs
from train.loop import loop
from train.methods import METHODS, method_class
from train.methods.base import Method
from train.params import TrainParams

CLASSES = 3
STEPS = 8
"""Of a run: more than come before a replay."""

PRECISIONS = ("fp32", "bf16")
LOSS_OFF, GRADIENT_OFF = 1e-3, 2e-2
"""How far they may be off, relatively. A GPU's fp32 convolutions round to TF32's 10 bits."""

SAME = 1e-5
"""How far the weights of two runs may be apart whatever two equal runs are."""


Step = tuple[list[float], dict[str, Tensor]]
"""The losses of a step, and the gradient per optimiser, flat."""


def tiny(**changes: object) -> TrainParams:
    """A small network of every kind, without dropout, which draws other numbers on another device."""
    small = {"backbone": "test_resnet", "size": 64, "lr": 1e-4, "lr_gan": 1e-4, "afn": {"dropout": 0.0}}
    return cut_params(**small | changes)


def make_batch(device: torch.device) -> Batch:
    """A batch of noise, whose pairs the classifier sees as they are."""
    random = torch.Generator().manual_seed(0)
    x, y = (
        (torch.rand(8, 3, 64, 64, generator=random) * 2 - 1)
        .to(device)
        .contiguous(memory_format=torch.channels_last)
        for _ in range(2)
    )
    labels = (torch.arange(8) % CLASSES).to(device)
    pairs = Pairs(x, labels, y, in_place(8).to(device), x, aligned=False)
    return Batch(x, labels, y, 0, 0, 0.5, np.random.default_rng(0), y_labels=labels, pairs=pairs)


def losses_and_gradients(name: str, precision: str, device: torch.device) -> Step:
    """Return the losses of a first step, and per optimiser the gradient, flat; no step is taken."""
    torch.manual_seed(0)
    method: Method = method_class(name)(tiny(method=name), CLASSES).train()
    for module in method.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    method.to(device).to(memory_format=torch.channels_last)
    losses, gradients = [], {}
    updates = method.step(make_batch(device))
    while True:
        with torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16"):
            update = next(updates, None)
        if update is None:
            return losses, gradients
        update.loss.backward()
        losses.append(update.loss.item())
        for optimizer in update.optimizers:
            groups = method.optimizers[optimizer].param_groups
            found = [p.grad.flatten() for group in groups for p in group["params"] if p.grad is not None]
            gradients[optimizer] = torch.cat(found).float().cpu()
        method.zero_grad(set_to_none=True)


def errors(reference: Step, own: Step) -> tuple[float, float]:
    """Return how far losses and gradients are off, relatively; of the worst loss, of the worst optimiser."""
    loss = max(abs(a - b) / max(abs(a), 1e-3) for a, b in zip(reference[0], own[0], strict=True))
    return loss, max(((own[1][key] - g).norm() / g.norm()).item() for key, g in reference[1].items())


def against_cpu(name: str, precision: str, device: torch.device) -> Row:
    """Compare with fp32 on the CPU. `noise` is what the CPU itself makes of the precision, in either."""
    cpu = torch.device("cpu")
    reference = losses_and_gradients(name, "fp32", cpu)
    noise = errors(reference, losses_and_gradients(name, precision, cpu))
    loss, gradient = errors(reference, losses_and_gradients(name, precision, device))
    ok = loss <= max(LOSS_OFF, 2 * noise[0]) and gradient <= max(GRADIENT_OFF, 2 * noise[1])
    return {"loss": loss, "its noise": noise[0], "gradient": gradient, "noise": noise[1], "ok": ok}


def weights_of(precision: str = "fp32", stop: int = 0, replayable: bool = True) -> Tensor:
    """Train Fashion CUT for a few steps; return all weights, flat. `stop`: after that step, then go on."""
    forget_precision()
    params = tiny(precision=precision, batch_size=4)
    step, done = loop._Trainer.step, [0]

    def counted(trainer: loop._Trainer, batch: Batch) -> None:
        step(trainer, batch)
        done[0] += 1
        if done[0] == stop:
            os.kill(os.getpid(), signal.SIGTERM)

    with tempfile.TemporaryDirectory() as folder:
        run = made_up_run(params, Path(folder), STEPS)
        with (
            mock.patch.object(loop._Trainer, "step", counted),
            mock.patch.object(method_class(params.method), "replayable", replayable),
        ):
            try:
                loop.train(run)
            except SystemExit:
                loop.train(run)
        state = torch.load(run.folder / "checkpoint.pt", weights_only=True)
    if precision == "fp16" and state["scaler"]["scale"] < 1:
        raise ArithmeticError(f"the loss scale fell to {state['scaler']['scale']}")
    weights = [value for value in state["method"].values() if isinstance(value, Tensor)]
    return torch.cat([value.flatten().float() for value in weights])


def runs_apart(other: Tensor, once: Tensor, again: Tensor, same: bool) -> Row:
    """Compare a run with `once`, relatively; `noise` is how far two equal runs are apart.

    `same`: whether it shall not be farther. Else it shall be finite.
    """
    apart, noise = (((run - once).norm() / once.norm()).item() for run in (other, again))
    return {"apart": apart, "noise": noise, "ok": apart <= (max(SAME, 10 * noise) if same else 1)}


def measure(results: Results, device: torch.device, small: bool) -> None:
    """Add all rows; of few methods if `small`."""
    for precision in PRECISIONS:
        for name in ("fashion_cut", "bsp") if small else METHODS:
            row = f"{name}, {precision}"
            results.measure("against the CPU", row, partial(against_cpu, name, precision, device))
    ways: dict[str, dict[str, Any]] = {"resumed": {"stop": 6}, "not replayed": {"replayable": False}}
    if device.type == "cuda":
        ways["fp16"] = {"precision": "fp16"}
    runs: list[Tensor] = []

    def compare(way: dict[str, Any]) -> Row:
        while len(runs) < 2:
            runs.append(weights_of())
        return runs_apart(weights_of(**way), *runs, same="precision" not in way)

    for name, way in ways.items():
        results.measure("whole runs", name, partial(compare, way))
