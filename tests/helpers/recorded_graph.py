"""A CUDA graph's stand-in on a CPU: the operators of a step are noted, and done again on the same memory."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any
from unittest import mock

import torch
from accelerate import Accelerator
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from train.loop import loop, update
from train.loop.ledger import Values
from train.loop.optimizers import fused
from train.loop.replay import Replayed

REPLAY = "a replay"
"""What a profiler sees of one, around the operators."""

WAYS = ("cpu", "gpu, first steps", "gpu")


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
