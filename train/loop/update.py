"""The updates of one step, and how a loss is stepped down, whatever the precision."""

from functools import partial

import torch
from accelerate import Accelerator  # type: ignore[import-untyped]
from torch import Tensor
from torch.optim import Adam, Optimizer

from train.data.batch import Batch
from train.loop.ledger import LOSS, Values
from train.loop.processes import average_gradients
from train.loop.replay import Replayed, Work
from train.methods.base import Method


def epoch_updates(accelerator: Accelerator, method: Method) -> Work:
    """Return what makes the updates of the steps of one epoch: on a GPU as a graph, if that can be."""
    work = partial(make_updates, accelerator, method)
    adam = all(isinstance(optimizer, Adam) for optimizer in method.optimizers.values())
    alone = accelerator.num_processes == 1 and accelerator.scaler is None and adam
    still = method.replayable and not (method.paired and method.params.generator.kind == "bilateral")
    return Replayed(work) if alone and still and accelerator.device.type == "cuda" else work


def make_updates(accelerator: Accelerator, method: Method, batch: Batch) -> Values:
    """Make all updates of a step; return their losses and metrics. Reads no value of a tensor."""
    values: list[tuple[str, Tensor]] = []
    updates = method.step(batch)
    while True:
        with accelerator.autocast():
            update = next(updates, None)
            update = update and method.with_labelled(update, batch)
        if update is None:
            break
        accelerator.backward(update.loss)
        descend(accelerator, [method.optimizers[name] for name in update.optimizers])
        method.zero_grad(set_to_none=True)
        values += [(LOSS, update.loss), *update.metrics.items()]
    names, scalars = zip(*values, strict=True)
    return Values(names, torch.stack([scalar.detach().float() for scalar in scalars]))


def descend(accelerator: Accelerator, optimizers: list[Optimizer]) -> None:
    """Step every optimiser of one loss; fp16 may change its loss scale only after all have divided by it.

    Accelerate's own wrappers change it after each.
    """
    scaler = accelerator.scaler
    for optimizer in optimizers:
        average_gradients(accelerator, optimizer)
        if scaler is None:
            optimizer.step()
        else:
            scaler.step(optimizer)
    if scaler is not None:
        scaler.update()
