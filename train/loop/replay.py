"""A step without Python: captured once as a CUDA graph, then replayed.

A step of Fashion CUT is some thousand operators, which a GPU carries out faster than Python names them.
"""

from collections.abc import Callable
from dataclasses import replace
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
        self.batch = replace(
            batch,
            x=batch.x.clone(),
            labels=batch.labels.clone(),
            y=batch.y.clone(),
            y_labels=None if batch.y_labels is None else batch.y_labels.clone(),
            patches=tuple(ids.clone() for ids in batch.patches),
            rng=None,  # type: ignore[arg-type]
        )
        try:
            self.values, self.replay = self.capture(lambda: self.work(self.batch))
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            click.echo(f"warning: no CUDA graph, so training is slower: {reason}", err=True)


def _tensors(batch: Batch) -> list[Tensor]:
    labels = [] if batch.y_labels is None else [batch.y_labels]
    return [batch.x, batch.labels, batch.y, *labels, *batch.patches]
