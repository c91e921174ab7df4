"""How much memory a run needs, asked before it begins; and how much it took."""

import gc
import os
import resource
import sys
import weakref
from pathlib import Path
from typing import Any
from unittest import mock

import click
import numpy as np
import psutil
import torch
from accelerate.utils import parse_flag_from_env  # type: ignore[import-untyped]
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from train.data.batch import Batch, Pairs, at_once
from train.methods import method_class
from train.networks.classifier import Classifier
from train.params import TrainParams

MANY = 2**20
"""Pixels at once from which on the memory is worth the seconds that an account takes."""

ACCOUNT_SIZE = 256
"""Larger images are accounted for at this size, and what they take is scaled by their pixels."""

UNACCOUNTABLE = (AssertionError, RuntimeError)
"""What a backbone raises that takes one size only, or that looks at the values of its tensors."""

CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Where version 2 and version 1 keep a container's limit."""


class _Held(TorchDispatchMode):
    """Adds up the storages that live tensors hold; `peak` is the largest sum, bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.peak = 0
        self.seen: weakref.WeakSet[Any] = weakref.WeakSet()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(result):
            if isinstance(tensor, Tensor):
                storage = tensor.untyped_storage()
                if storage not in self.seen:
                    self.seen.add(storage)
                    self.now += storage.nbytes()
                    weakref.finalize(storage, self.free, storage.nbytes())
        self.peak = max(self.peak, self.now)
        return result

    def free(self, size: int) -> None:
        self.now -= size


def _copy(tensor: Tensor, memo: dict[int, Any]) -> Tensor:
    """Stand in for Tensor.__deepcopy__, which asks a tensor without values for its storage's content."""
    copy = tensor.detach().clone()
    memo[id(tensor)] = copy = nn.Parameter(copy) if isinstance(tensor, nn.Parameter) else copy
    return copy


def account(params: TrainParams, classes: int) -> tuple[int, int]:
    """Return the bytes that weights, gradients and Adam's state take, and the peak of a step with all.

    Of the first epoch or the last, whichever takes more. Nothing is calculated: tensors have shapes and
    types, but no values. Kernels' workspaces, fragmentation and changes of colour come on top.
    """
    n, size = params.batch_size, params.size
    offline = params.model_copy(update={"pretrained": False})
    with (
        torch.random.fork_rng(devices=[]),
        mock.patch.object(FakeTensor, "__deepcopy__", _copy, create=True),
        FakeTensorMode(),
        _Held() as held,
    ):
        method = method_class(params.method)(offline, classes).train()
        x, y = (torch.rand(n, 3, size, size).contiguous(memory_format=torch.channels_last) for _ in range(2))
        labels = torch.zeros(n, dtype=torch.int64)
        rng = np.random.default_rng(0)
        maps, source, aligned = torch.zeros(n, 2, 3), x[: params.pairs], params.aligned > 0
        pairs = Pairs(x, labels, y[: params.pairs], maps, source, aligned) if method.paired else None
        first, last = 0, method.preparation + params.epochs - 1
        for step, epoch in enumerate((first, last, first, last)):  # Adam's state is there from the third on
            batch = Batch(x, labels, y, epoch, step, 0.5, rng, pairs=pairs)
            updates = method.step(batch)
            while True:
                with torch.autocast("cpu", torch.bfloat16, enabled=params.precision == "bf16"):
                    update = next(updates, None)
                if update is None:
                    break
                update.loss.backward()
                for name in update.optimizers:
                    method.optimizers[name].step()
                method.zero_grad(set_to_none=True)
            del updates, update
            gc.collect()
        state = held.now
    return state, held.peak


def step_bytes(params: TrainParams, classes: int) -> int:
    """Return about how many bytes a step takes, however large its images."""
    size = min(params.size, ACCOUNT_SIZE)
    state, peak = account(params.model_copy(update={"size": size}), classes)
    return state + round((peak - state) * (params.size / size) ** 2)


def look_bytes(params: TrainParams, classes: int) -> int:
    """Return about how many bytes the classifier takes to look at a batch of photos, however large."""
    size = min(params.photo_size, ACCOUNT_SIZE)
    with torch.random.fork_rng(devices=[]), FakeTensorMode(), _Held() as held, torch.no_grad():
        classifier = Classifier(params.backbone, classes, False, params.bottleneck).eval()
        state = held.now
        classifier(torch.rand(at_once(params.photo_size), 3, size, size))
    return state + round((held.peak - state) * (params.photo_size / size) ** 2)


def require_memory(params: TrainParams, classes: int) -> None:
    """Raise click.ClickException if images are so large that a step, or a look at the photos, cannot fit.

    A backbone without an account (it takes one size only, or cannot be run without values) passes.
    """
    gpu = torch.cuda.is_available() and not parse_flag_from_env("ACCELERATE_USE_CPU")
    there = memory_of(torch.device("cuda" if gpu else "cpu"))
    processes = int(os.environ.get("WORLD_SIZE", 1)) if gpu else 1  # on a CPU they share the memory
    n, photos = params.batch_size // processes, at_once(params.photo_size)
    own = params.model_copy(update={"batch_size": n})
    tasks = [
        ("size", 2 * n, params.size, lambda: step_bytes(own, classes)),
        ("test_size", photos, params.photo_size, lambda: look_bytes(params, classes)),
    ]
    for key, images, size, bytes_of in tasks:
        if images * size**2 < MANY:
            continue
        try:
            needed = bytes_of()
        except UNACCOUNTABLE:
            continue
        if needed > there:
            raise click.ClickException(
                f"params.yaml: train.{key}: {images} x {size} px at once need about {needed / 1e9:,.1f} GB, "
                f"but there are {there / 1e9:,.1f} GB of memory; choose a smaller train.{key}"
                + (" or train.batch_size" if key == "size" else "")
            )


def memory_of(device: torch.device) -> int:
    """Return the bytes of a GPU, or of the machine, or of the container if that has less."""
    if device.type == "cuda":
        return torch.cuda.get_device_properties(device).total_memory
    limits = [psutil.virtual_memory().total + psutil.swap_memory().total]
    for path in CGROUP_LIMITS:
        try:
            limits.append(int(Path(path).read_text()))
        except (OSError, ValueError):  # not this version, or "max"
            continue
    return min(limits)


def peak_mb(device: torch.device) -> float:
    """Return the most memory that this process ever held: reserved on the GPU, or in all on a CPU."""
    if device.type == "cuda":
        return torch.cuda.max_memory_reserved() / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
