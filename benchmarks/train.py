"""Measure training: a Fashion CUT step against the straightforward way; the memory of any scale.

    python -m benchmarks.train speed
    python -m benchmarks.train memory --params params.yaml

The straightforward way is what one gets by running CUT's reference and then training a classifier on its
output: images are decoded in the step, memory is laid out NCHW with PyTorch's InstanceNorm2d, PatchNCE
encodes the inputs once more although G has just done so, and the classifier's images are decoded and
translated anew. Both start from the same weights, and the losses of their first steps are compared.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from assets.common.processes import cores
from pipeline.params import load_params
from train.data.augmentation import in_place
from train.data.batch import Batch, Pairs, to_network
from train.data.images import open_prepared
from train.data.photo import square
from train.loop.memory import account
from train.methods import method_class
from train.methods.base import Method
from train.methods.losses import classification, lsgan, patch_nce
from train.networks.instance_norm import InstanceNorm
from train.networks.patch_sampler import draw_patches
from train.params import MixParams, TrainParams

PHOTOS = 64
"""Of each domain, on disk."""
FILE_SIZE = 256
"""Pixels of a file, as at the published scale; resized to `size` when decoded."""
WAYS = ("joint", "straightforward")
PAPERS_FORM = {
    "pseudo_label_epoch": None,
    "warm_up_epochs": 0,
    "translation_batch": None,
    "mix": MixParams(),
    "lambda_kernel": 0.0,
}
"""What both ways do: they translate every render of a step, and the classifier sees translations only."""


def write_photos(folder: Path) -> list[Path]:
    """Write JPEGs that are neither smooth nor noise, first synthetic ones, then target ones."""
    paths = []
    for i in range(2 * PHOTOS):
        coarse = np.random.default_rng(i).integers(0, 256, (32, 32, 3), dtype=np.uint8)
        paths.append(folder / f"{i:03d}.jpg")
        Image.fromarray(coarse).resize((FILE_SIZE, FILE_SIZE), Image.Resampling.BICUBIC).save(paths[-1])
    return paths


def decode(paths: list[Path], size: int) -> np.ndarray:
    """Return uint8 (N, size, size, 3)."""
    pixels = []
    for path in paths:
        pixels.append(square(open_prepared(path), size))
    return np.stack(pixels)


def descend(method: Method, loss: Tensor, names: tuple[str, ...]) -> None:
    loss.backward()
    for name in names:
        method.optimizers[name].step()
    method.zero_grad(set_to_none=True)


def joint_step(method: Method, x: np.ndarray, labels: Tensor, y: np.ndarray) -> dict[str, float]:
    """Do what train.loop.loop does with decoded pixels (N, S, S, 3); return the losses."""
    renders, photos = to_network(x), to_network(y)
    pairs = Pairs(renders, labels, photos, in_place(len(x)), renders, aligned=False)
    batch = Batch(renders, labels, photos, 0, 0, 0.0, np.random.default_rng(0), pairs=pairs)
    losses: dict[str, float] = {}
    for update in method.step(batch):
        descend(method, update.loss, update.optimizers)
        losses |= {name: value.item() for name, value in update.metrics.items()}
    return losses


def straightforward_cut_step(method: Any, x: Tensor, y: Tensor) -> dict[str, float]:
    """CUT as its reference trains it; x, y (N, 3, S, S) in [-1, 1]."""
    n, weights = len(x), method.params
    translated = method.generator(torch.cat([x, y]))
    fake = translated[:n]

    method.discriminator.requires_grad_(True)
    loss_d = 0.5 * (lsgan(method.discriminator(fake.detach()), False) + lsgan(method.discriminator(y), True))
    descend(method, loss_d, ("discriminator",))

    method.discriminator.requires_grad_(False)
    gan = lsgan(method.discriminator(fake), True)
    terms = {}
    for name, source, output in (("nce_x", x, fake), ("nce_y", y, translated[n:])):
        queries = method.generator.encode(output)
        keys = method.generator.encode(source)
        positions = method.generator.feature_positions(*source.shape[2:])
        ids = draw_patches(positions, weights.nce.patches, np.random.default_rng(0))
        projected = method.patch_sampler(queries, ids), method.patch_sampler(keys, ids)
        terms[name] = patch_nce(*projected, weights.nce.temperature).mean()
    loss = (
        weights.lambda_gan * gan
        + weights.lambda_nce_x * terms["nce_x"]
        + weights.lambda_nce_y * terms["nce_y"]
    )
    descend(method, loss, ("translation",))
    return {"discriminator": loss_d.item(), "gan": gan.item()} | {k: v.item() for k, v in terms.items()}


def straightforward_classifier_step(method: Any, x: Tensor, labels: Tensor) -> dict[str, float]:
    with torch.no_grad():
        translated = method.generator(x)
    loss = classification(method.classifier(translated), labels)
    descend(method, loss, ("classifier",))
    return {"classifier": loss.item()}


def nchw(pixels: np.ndarray) -> Tensor:
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous() / 127.5 - 1


def replace_norms(network: nn.Module) -> None:
    for name, child in network.named_children():
        if isinstance(child, InstanceNorm):
            setattr(network, name, nn.InstanceNorm2d(0))
        else:
            replace_norms(child)


def make(params: TrainParams, classes: int) -> Method:
    torch.manual_seed(0)
    return method_class(params.method)(params, classes).train()


def measure(way: str, params: TrainParams, classes: int, steps: int, folder: Path) -> dict[str, Any]:
    """Return medians of wall and CPU seconds a step, the peak memory in MB and the first step's losses."""
    paths = sorted(folder.glob("*.jpg"))
    labels = torch.arange(params.batch_size) % classes
    method = make(params, classes)
    if way == "joint":
        method.to(memory_format=torch.channels_last)
        decoded = decode(paths, params.size)
    else:
        replace_norms(method)

    def batches() -> Iterator[tuple[list[int], list[int]]]:
        for step in range(steps + 1):
            first = step * params.batch_size
            indices = [i % PHOTOS for i in range(first, first + params.batch_size)]
            yield indices, [PHOTOS + i for i in indices]

    times: list[tuple[float, float]] = []
    first: dict[str, float] = {}
    for of_x, of_y in batches():
        began = time.perf_counter(), time.process_time()
        if way == "joint":
            losses = joint_step(method, decoded[of_x], labels, decoded[of_y])
        else:
            x, y = (nchw(decode([paths[i] for i in chosen], params.size)) for chosen in (of_x, of_y))
            if not first:  # before G moves, as the joint loss sees it
                with torch.no_grad():
                    logits = method.classifier(method.generator(x))  # type: ignore[misc]
                first["classifier"] = classification(logits, labels).item()
            losses = straightforward_cut_step(method, x, y)
            again = nchw(decode([paths[i] for i in of_x], params.size))
            losses |= straightforward_classifier_step(method, again, labels)
        first = losses | first
        times.append((time.perf_counter() - began[0], time.process_time() - began[1]))
    wall, cpu = (statistics.median(column) for column in zip(*times[1:], strict=True))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"wall": wall, "cpu": cpu, "peak_mb": peak, "losses": first}


@click.group()
def main() -> None:
    """Measure what training costs."""


@main.command(context_settings={"show_default": True})
@click.option("--params", "path", default="params.yaml", help="Its `train` is measured, with its `classes`.")
@click.option("--steps", default=8, help="Steps of a way, in each of the rounds.")
@click.option("--rounds", default=3, help="The ways take turns; the best round counts.")
@click.option("--way", type=click.Choice(WAYS), help="Measure this one in this process.  [default: both]")
@click.option("--folder", type=click.Path(path_type=Path), help="Photos.  [default: made for it]")
def speed(path: str, steps: int, rounds: int, way: str | None, folder: Path | None) -> None:
    """Print a Markdown table of what a step costs, and how far the losses of the two ways are apart."""
    read = load_params(path)
    params = read.train.model_copy(update={"method": "fashion_cut"} | PAPERS_FORM)
    if way and folder:
        click.echo(json.dumps(measure(way, params, len(read.classes), steps, folder)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        write_photos(Path(temporary))
        command = [sys.executable, "-m", "benchmarks.train", "speed", "--params", path, "--steps", str(steps)]
        found: dict[str, list[dict[str, Any]]] = {name: [] for name in WAYS}
        for _ in range(rounds):
            for name in WAYS:
                printed = subprocess.run(
                    [*command, "--way", name, "--folder", temporary],
                    check=True,
                    stdout=subprocess.PIPE,
                    text=True,
                ).stdout
                found[name].append(json.loads(printed.splitlines()[-1]))
    click.echo(
        f"{date.today()}, {cores()} cores, {params.backbone}, {params.size} px, batch {params.batch_size} of "
        f"each domain, best of {rounds} rounds of {steps} steps\n"
    )
    click.echo("| way | pairs/s | CPU s a step | peak MB |\n|---|---|---|---|")
    best = {
        name: {key: min(run[key] for run in runs) for key in ("wall", "cpu", "peak_mb")}
        for name, runs in found.items()
    }
    for name in WAYS:
        wall, cpu, peak = best[name].values()
        click.echo(f"| {name} | {params.batch_size / wall:.2f} | {cpu:.2f} | {peak:.0f} |")
    ratios = [best["straightforward"][key] / best["joint"][key] for key in ("wall", "cpu", "peak_mb")]
    click.echo("| ratio | {:.2f} | {:.2f} | {:.2f} |\n".format(*ratios))
    for name, value in found["joint"][0]["losses"].items():
        other = found["straightforward"][0]["losses"][name]
        click.echo(f"{name}: {value:.6f} and {other:.6f}")
        np.testing.assert_allclose(value, other, rtol=1e-3)


@main.command(name="memory", context_settings={"show_default": True})
@click.option(
    "--params", "path", default="params.yaml", help="Its `train` is accounted for, with its `classes`."
)
def memory_command(path: str) -> None:
    """Print what a step of `train` holds at most, with and without gradient checkpointing, GB of 10^9 bytes.

    An account of all tensors, nothing is trained: kernels' workspaces and fragmentation come on top.
    """
    read = load_params(path)
    params = read.train
    click.echo(f"{params.method}, {params.backbone}, {params.size} px, batch {params.batch_size}\n")
    click.echo("| precision | checkpointing | weights and Adam | peak |\n|---|---|---|---|")
    for precision in ("fp32", "bf16"):
        for checkpoint in (False, True):
            generator = params.generator.model_copy(update={"checkpoint": checkpoint})
            changed = params.model_copy(update={"precision": precision, "generator": generator})
            state, peak = account(changed, len(read.classes))
            click.echo(
                f"| {precision} | {'on' if checkpoint else 'off'} | {state / 1e9:.2f} | {peak / 1e9:.2f} |"
            )


if __name__ == "__main__":
    main()
