"""Count what a step asks of a GPU, where there is none: operator calls, and reads by the host.

    python -m benchmarks.operators

What a GPU gets is made here by a CPU: fused Adam, and in place of a CUDA graph a recording of the same step.
A fused or foreach operator counts as the one kernel it is on a GPU, and a replay as one call.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import click
import numpy as np
import torch
from accelerate import Accelerator
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from train.data.domains import Domains, Images
from train.loop import loop, update
from train.loop.ledger import Values
from train.loop.optimizers import fused
from train.loop.replay import WARM_UP, Replayed
from train.loop.run import Run
from train.params import TrainParams

CLASSES = ("plain", "striped", "dotted")
STEP, REPLAY = "a step", "a replay"
ONE_KERNEL = ("aten::_fused_", "aten::_foreach_", REPLAY)
READS = ("aten::_local_scalar_dense", "aten::equal")
WAYS = ("cpu", "gpu, first steps", "gpu")


class Counts(NamedTuple):
    """Of a step: `calls` of operators, those that operators make counted in, and of those of the batch;
    `reads` of values by the host. A batch is drawn on the host, where reading costs nothing.
    """

    calls: int
    reads: int


class Recorder(TorchDispatchMode):
    """Notes operators with their tensors, so that they can be done again on the same memory.

    Args of `record` and `replay` as of a CUDA graph; recording also calculates, and is then undone.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Any, Any, Any, list[Tensor]]] = []
        self.before: dict[int, tuple[Tensor, Tensor]] = {}
        self.made: set[int] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if str(func) == "aten._local_scalar_dense.default":
            raise RuntimeError("operation not permitted when stream is capturing: a value is read")
        for tensor in _tensors((args, kwargs)):
            storage = tensor.untyped_storage()
            if storage._cdata not in self.made and storage._cdata not in self.before:
                whole = torch.empty(0, dtype=torch.uint8).set_(storage)
                self.before[storage._cdata] = whole, whole.clone()
        result = func(*args, **kwargs)
        outputs = _tensors(result)
        inputs = {tensor.untyped_storage()._cdata for tensor in _tensors((args, kwargs))}
        new = [out for out in outputs if out.untyped_storage()._cdata not in inputs]
        self.made |= {out.untyped_storage()._cdata for out in new}
        if new or not outputs or any(a.alias_info and a.alias_info.is_write for a in func._schema.arguments):
            self.calls.append((func, args, kwargs, outputs))
        return result

    def undo(self) -> None:
        for now, before in self.before.values():
            now.copy_(before)

    @torch.no_grad()
    def replay(self) -> None:
        with torch.profiler.record_function(REPLAY):
            for func, args, kwargs, outputs in self.calls:
                for out, again in zip(outputs, _tensors(func(*args, **kwargs)), strict=True):
                    if out.data_ptr() != again.data_ptr():
                        out.copy_(again)


def _tensors(tree: Any) -> list[Tensor]:
    return [leaf for leaf in tree_leaves(tree) if isinstance(leaf, Tensor)]


def record(work: Callable[[], Values]) -> tuple[Values, Callable[[], None]]:
    """Stand in for `train.loop.replay.capture`: afterwards nothing has changed, and a replay does it all."""
    with Recorder() as recorder:
        values = work()
    recorder.undo()
    return values, recorder.replay


def replayed_updates(accelerator: Accelerator, method: Any) -> Replayed:
    work = partial(update.make_updates, accelerator, method)
    return Replayed(work, record, lambda work, batch: work(batch))


@contextmanager
def as_on(way: str) -> Iterator[None]:
    """Let the loop do on a CPU what it does on a GPU."""
    with ExitStack() as stack:
        if way != "cpu":
            stack.enter_context(mock.patch.object(loop, "suited_to", fused))
        if way == "gpu":
            stack.enter_context(mock.patch.object(loop, "epoch_updates", replayed_updates))
        yield


def cut_params(**changes: Any) -> TrainParams:
    """Fashion CUT with CUT's own generator and lite0; the widths and sizes, which are small, do not count."""
    return TrainParams.model_validate(
        {
            "method": "fashion_cut",
            "size": 32,
            "backbone": "tf_efficientnet_lite0",
            "pretrained": False,
            "batch_size": 8,
            "epochs": 1,
            "pseudo_label_epoch": None,
            "generator": {"width": 8, "blocks": 6},
            "discriminator": {"width": 8, "patch": 0.3},
            "nce": {"patches": 16, "width": 16},
        }
        | changes
    )


def made_up_run(params: TrainParams, folder: Path, steps: int) -> Run:
    """A run of one epoch of `steps` steps over noise."""
    rng, n = np.random.default_rng(0), params.batch_size * steps
    pixels = rng.integers(0, 256, (n, params.size, params.size, 3), dtype=np.uint8)
    labels = np.arange(n) % len(CLASSES)
    photos = Images(pixels, labels[:0], "photos")
    domains = Domains(Images(pixels, labels, "renders"), Images(pixels[:0], labels[:0], ""), photos, photos)
    return Run(params, 0, CLASSES, domains, folder / "models", folder / "run", folder / "report")


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
            with torch.profiler.record_function(STEP):
                trainer.step(batch)
    calls = reads = 0
    for event in profiler.events():
        around = _around(event)
        if not any(name.startswith(ONE_KERNEL) for name in around):
            calls += event.name.startswith("aten::") or event.name == REPLAY
            reads += event.name in READS and STEP in around
    return Counts(calls, reads)


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
