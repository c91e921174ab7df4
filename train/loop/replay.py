"""A step without Python: captured once as a CUDA graph, then replayed.

A step of Fashion CUT is some thousand operators, which a GPU carries out faster than Python names them.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import click
import torch
from torch import Tensor

from train.data.batch import Batch
from train.loop.ledger import Values

WARM_UP = 3
"""Steps before the capture: cuDNN chooses its algorithms in them, and Adam makes its state."""

Work = Callable[[Batch], Values]
Capture = Callable[[Callable[[], Values]], tuple[Values, Callable[[], None]]]


def capture(work: Callable[[], Values]) -> tuple[Values, Callable[[], None]]:
    """Return what `work` will have written to after each call of the function that comes with it.

    Capturing only notes the kernels; nothing is calculated. (PyTorch's "whole-network capture".)
    """
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        values = work()
    return values, graph.replay


def on_side_stream(work: Work, batch: Batch) -> Values:
    """Do `work` where a capture may follow: none may meet what is bound to the default stream."""
    stream, current = torch.cuda.Stream(), torch.cuda.current_stream()
    stream.wait_stream(current)
    with torch.cuda.stream(stream):
        values = work(batch)
    current.wait_stream(stream)
    return values


class Replayed:
    """Does `work` for batches of one epoch: a few as they come, the others by replaying one of them.

    What a replay can do is take other tensors of the same shapes; numbers of the batch are those of the
    captured one, and there is no `rng`. `work` must read no value of a tensor. If the capture fails, the
    reason is printed and all goes on as before it.
    """

    def __init__(self, work: Work, capture: Capture = capture, warm_up: Any = on_side_stream) -> None:
        self.work, self.capture, self.warm_up = work, capture, warm_up
        self.steps = 0
        self.replay: Callable[[], None] | None = None

    def __call__(self, batch: Batch) -> Values:
        self.steps += 1
        if self.steps == WARM_UP + 1:
            self.record(batch)
        if self.replay is None:
            return self.warm_up(self.work, batch)
        for own, new in zip(_tensors(self.batch), _tensors(batch), strict=True):
            own.copy_(new)
        self.replay()
        return Values(self.values.names, self.values.row.clone())

    def record(self, batch: Batch) -> None:
        self.batch = replace(_cloned(batch), rng=None)
        try:
            self.values, self.replay = self.capture(lambda: self.work(self.batch))
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            click.echo(f"warning: no CUDA graph, so training is slower: {reason}", err=True)


def _cloned(value: Any) -> Any:
    """Return a batch, or what one holds, with tensors of its own."""
    if isinstance(value, Tensor):
        return value.clone()
    if isinstance(value, tuple):
        return tuple(_cloned(one) for one in value)
    if is_dataclass(value):
        return replace(value, **{field.name: _cloned(getattr(value, field.name)) for field in fields(value)})  # type: ignore[type-var]
    return value


def _tensors(value: Any) -> Iterator[Tensor]:
    """Yield the tensors of a batch, always in the same order."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _tensors(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _tensors(getattr(value, field.name))
