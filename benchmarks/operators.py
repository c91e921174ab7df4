"""Count what a step asks of a GPU, where there is none: operator calls, and reads by the host.

    python -m benchmarks.operators

What a GPU gets is made here by a CPU: fused Adam, and in place of a CUDA graph a recording of the same step.
A fused or foreach operator counts as the one kernel it is on a GPU, and a replay as one call.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import click
import torch
from accelerate import Accelerator

from benchmarks.device.made_up import cut_params, made_up_run
from tests.helpers.recorded_graph import REPLAY, WAYS, as_on
from train.loop import loop
from train.loop.replay import WARM_UP
from train.params import TrainParams

STEP = "a step"
ONE_KERNEL = ("aten::_fused_", "aten::_foreach_", REPLAY)
READS = ("aten::_local_scalar_dense", "aten::equal")
READING = ("tolist", "numpy", "cpu")
"""Methods of a tensor that are no operator on a CPU."""


class Counts(NamedTuple):
    """Of a step: `calls` of operators, those that operators make counted in, and of those of the batch;
    `reads` of values by the host. A batch is drawn on the host, where reading costs nothing.
    """

    calls: int
    reads: int


def count(params: TrainParams, way: str) -> Counts:
    """Count one step, after those before a capture and the captured one."""
    before = WARM_UP + 1
    with tempfile.TemporaryDirectory() as folder, as_on(way):
        run = made_up_run(params, Path(folder), before + 1)
        trainer = loop._Trainer(run, Accelerator(cpu=True))
        trainer.update = loop.epoch_updates(trainer.accelerator, trainer.method)
        trainer.method.train()
        batches = trainer.sampler.batches(0, device=trainer.device)
        for _ in range(before):
            trainer.step(next(batches))
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profiler:
            batch = next(batches)
            with torch.profiler.record_function(STEP), reads_noted() as noted:
                trainer.step(batch)
    calls, reads = 0, len(noted)
    for event in profiler.events():
        around = _around(event)
        if not any(name.startswith(ONE_KERNEL) for name in around):
            calls += event.name.startswith("aten::") or event.name == REPLAY
            reads += event.name in READS and STEP in around
    return Counts(calls, reads)


@contextmanager
def reads_noted() -> Iterator[list[str]]:
    """Yield the list that gets the name of every method of READING that is called."""
    noted: list[str] = []

    def noting(name: str) -> Any:
        method = getattr(torch.Tensor, name)
        return lambda *args, **options: (noted.append(name), method(*args, **options))[1]

    with ExitStack() as stack:
        for name in READING:
            stack.enter_context(mock.patch.object(torch.Tensor, name, noting(name)))
        yield noted


def _around(event: Any) -> list[str]:
    """Return the names of what `event` is part of."""
    names = []
    while (event := event.cpu_parent) is not None:
        names.append(event.name)
    return names


@click.command()
def main() -> None:
    """Print a Markdown table of what a step of Fashion CUT asks of the device."""
    click.echo(f"{date.today()}, Fashion CUT, CUT's generator of 6 blocks, lite0, batch and all\n")
    click.echo("| way | operator calls a step | reads a step |\n|---|---|---|")
    for way in WAYS:
        calls, reads = count(cut_params(), way)
        click.echo(f"| {way} | {calls:,} | {reads} |")


if __name__ == "__main__":
    main()
