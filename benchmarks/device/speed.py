"""How fast is it, and how much memory does it take? The scales of the project, made-up images."""

import gc
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import torch
from accelerate import Accelerator
from torch.profiler import ProfilerActivity
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from assets.common.settings import read_yaml
from benchmarks.device.made_up import made_up_run
from benchmarks.device.results import Results, Row
from train.data.batch import to_network
from train.loop import loop
from train.loop.replay import WARM_UP
from train.methods import method_class
from train.methods.base import Epoch
from train.params import TrainParams

ROOT = Path(__file__).parents[2]
CUT = {
    "size": 192,
    "batch_size": 8,
    "backbone": "tf_efficientnet_lite0",
    "lr_gan": 2e-4,
    "translation_batch": None,
    "warm_up_epochs": 0,
    "mix": {"translated": 0.5, "rendered": 0.0, "photos": 0.5},
    "aligned": 0.0,
    "choose": "last",
    "generator": {"kind": "resnet", "width": 32, "blocks": 6},
    "discriminator": {"width": 64, "patch": 0.3},
    "nce": {"patches": 256, "width": 256},
    "lambda_nce_x": 0.5,
    "lambda_nce_y": 0.5,
    "lambda_kernel": 0.0,
    "pseudo_label_epoch": None,
}
"""CUT's own regime at a size at which it trains within minutes; on top of the laptop scale."""

TINY = {
    "size": 32,
    "batch_size": 4,
    "backbone": "test_resnet",
    "generator": {"width": 4, "blocks": 1},
    "discriminator": {"width": 4, "patch": 0.3},
    "nce": {"patches": 16, "width": 16},
}
STEPS_OF_AN_EPOCH = 40
PROFILED = 3
"""Steps."""
FEW = 8
"""Images that a method is shown before an epoch: the time of a step does not depend on them."""
TOP = 8
"""Kernels that are named."""


class Flops(TorchDispatchMode):
    """Adds up what convolutions and matrix products calculate; `total` counts a multiply-add as two."""

    total = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if (flops := flop_registry.get(func._overloadpacket)) is not None:
            self.total += flops(*args, **(kwargs or {}), out_val=result)
        return result


def scale_params(name: str, **changes: Any) -> TrainParams:
    """Return `train` of a scale, or of CUT's regime, without ImageNet weights."""
    data = read_yaml(str(ROOT / "params.yaml"))["train"]
    file = ROOT / "pipeline" / "scales" / f"{'laptop' if name == 'cut' else name}.yaml"
    data |= read_yaml(str(file))["train"] | (CUT if name == "cut" else {})
    return TrainParams.parse(data | {"pretrained": False, "warm_up_epochs": 0} | changes, name)


def matrix_rate(device: torch.device, n: int) -> Row:
    """Return what the chip reaches where it is at its best: TFLOP/s of n x n bf16 matrices."""
    a = torch.randn(n, n, device=device, dtype=torch.bfloat16)
    a @ a
    _wait(device)
    began, times = time.perf_counter(), 20
    for _ in range(times):
        a @ a
    _wait(device)
    return {"tflops": 2 * n**3 * times / (time.perf_counter() - began) / 1e12}


def speed(
    params: TrainParams,
    device: torch.device,
    seconds: float,
    replayed: bool,
    best: float,
    tried: bool = True,
) -> Row:
    """Train for some seconds; return pairs/s, GB reserved, and the share of the chip's `best` TFLOP/s.

    `tried`: whether cuDNN chooses its algorithms by trying them, which takes memory.
    """
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    method = method_class(params.method)
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(method, "replayable", replayed):
        run = made_up_run(params, Path(folder), STEPS_OF_AN_EPOCH)
        trainer = loop._Trainer(run, Accelerator(mixed_precision=loop.PRECISIONS[params.precision]))
        torch.backends.cudnn.benchmark &= tried
        few = [to_network(run.domains.target.pixels[:FEW], device)]
        classifier, seen = trainer.saved_classifier, lambda: few
        trainer.method.before_epoch(Epoch(0, classifier, seen, seen, seen, run.classes, str))
        trainer.method.train()
        trainer.update = loop.epoch_updates(trainer.accelerator, trainer.method)
        batches = (batch for _ in iter(int, 1) for batch in trainer.sampler.batches(0, device=device))
        with Flops() as counter:
            trainer.step(next(batches))
        for _ in range(WARM_UP + 2):
            trainer.step(next(batches))
        _wait(device)
        began, steps = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            trainer.step(next(batches))
            steps += 1
            if steps % 10 == 0:
                trainer.read()
        _wait(device)
        step_s = (time.perf_counter() - began) / steps
        row: Row = {"pairs_s": params.pairs / step_s, "step_ms": 1000 * step_s}
        row["tflop_a_step"] = counter.total / 1e12
        row["of_best"] = row["tflop_a_step"] / step_s / best
        if device.type == "cuda":
            row["reserved_gb"] = torch.cuda.max_memory_reserved() / 1e9
            row["allocated_gb"] = torch.cuda.max_memory_allocated() / 1e9
            kernels = profile(trainer, batches)
            row["busy"] = sum(kernels.values()) / row["step_ms"]
            row["kernels_ms"] = {name: round(ms, 3) for name, ms in list(kernels.items())[:TOP]}
    return row


def profile(trainer: loop._Trainer, batches: Any) -> dict[str, float]:
    """Return the kernels of a step by name and their time in ms, the longest first."""
    with torch.profiler.profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as profiler:
        for _ in range(PROFILED):
            trainer.step(next(batches))
        torch.cuda.synchronize()
    times: dict[str, float] = {}
    for event in profiler.events():
        if event.device_type == torch.autograd.DeviceType.CUDA:
            name = event.name[:60]
            times[name] = times.get(name, 0.0) + event.time_range.elapsed_us() / 1000 / PROFILED
    return dict(sorted(times.items(), key=lambda item: -item[1]))


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()


def measure(results: Results, device: torch.device, small: bool) -> None:
    """Add all rows, those of the paper's scale first."""
    results.measure("chip", "matrices", lambda: matrix_rate(device, 64 if small else 8192))
    best = results.rows["chip"].get("matrices", {}).get("tflops", float("nan"))
    seconds = 0.2 if small else 5.0
    wait = 4 * seconds
    ways = [True, False] if device.type == "cuda" else [False]
    for scale in ("paper", "cut", "laptop", "release"):
        for precision in ("bf16", "fp32"):
            for replayed in ways:
                changes: dict[str, Any] = {"precision": precision} | (TINY if small else {})
                params = scale_params(scale, **changes)
                name = f"{scale}, {precision}{', replayed' if replayed else ''}"
                results.measure("speed", name, partial(speed, params, device, seconds, replayed, best), wait)
    paper = {"precision": "bf16"} | (TINY if small else {})
    checkpointed = scale_params("paper", **paper)
    generator = checkpointed.generator.model_copy(update={"checkpoint": True})
    more = {
        "paper, bf16, checkpointing": (checkpointed.model_copy(update={"generator": generator}), True),
        "paper, fp32, nothing tried": (scale_params("paper", **paper | {"precision": "fp32"}), False),
    }
    for name, (params, tried) in more.items():
        work = partial(speed, params, device, seconds, ways[0], best, tried)
        results.measure("speed", name, work, wait)
