"""The one training loop, whatever the method."""

import math
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import numpy as np
import timm
import torch
from accelerate import Accelerator  # type: ignore[import-untyped]
from torch import Tensor

from assets.common.progress import progress
from assets.common.rng import rng_for
from train.data.sampler import Images, Sampler, in_batches, to_network
from train.loop.checkpoint import fingerprint, load_checkpoint, save_checkpoint
from train.loop.curves import Curves, translation_grid
from train.loop.processes import adapt_batch_norm, share_statistics
from train.loop.schedule import one_cycle
from train.methods import method_class
from train.methods.base import Batch, Method
from train.methods.losses import IGNORE
from train.methods.pseudo_labels import label_photos
from train.model_folder import save_classifier, save_generator
from train.networks.classifier import Classifier
from train.networks.ema import Teacher
from train.params import TrainParams
from train.prior import logits_of, predicted_prior, shift_prior

LOGS_PER_EPOCH = 10
SAMPLES_PER_CLASS = 3

PRECISIONS = {"fp32": "no", "bf16": "bf16", "fp16": "fp16"}
"""Our name -> accelerate's. YAML reads a bare `no` as false."""


@dataclass(frozen=True)
class Run:
    """What to train on, with what, and where things go."""

    params: TrainParams
    seed: int
    classes: tuple[str, ...]
    synthetic: Images
    validation: Images
    """Held-back synthetic images, possibly none."""
    target: Images
    photos: Images
    """The target at the size that the saved classifier sees: `TrainParams.photo_size`."""
    out: Path
    """Gets classifier/ and generator/."""
    folder: Path
    """Gets checkpoint.pt and translations/."""
    report: Path
    """Gets the curves."""


@dataclass
class Position:
    """How far a run is, with the sums behind the next point of its curves."""

    epoch: int = 0
    step: int = 0
    """Next step of that epoch."""
    sums: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    history: list[dict[str, float]] = field(default_factory=list)
    seconds: float = 0.0
    """Spent in steps, their batches included."""
    peak_mb: float = 0.0
    """Most memory that a process of it held: on the device, or of the process on a CPU."""


def train(run: Run) -> Position:
    """Train and write the model folders; go on from `run.folder`'s checkpoint if it fits. Return the end.

    SIGTERM and SIGINT (Ctrl-C) finish the step under way, write a checkpoint and raise SystemExit (143, 130).
    The same command then goes on with the next step, and ends with the weights of an undisturbed run.

    Raises click.ClickException for anything a user can put right.
    """
    accelerator = Accelerator(mixed_precision=PRECISIONS[run.params.precision])
    if run.params.batch_size % (2 * accelerator.num_processes):
        raise click.ClickException(
            f"params.yaml: train.batch_size: {run.params.batch_size} images cannot be split in half over "
            f"{accelerator.num_processes} processes; choose a multiple of {2 * accelerator.num_processes}"
        )
    if accelerator.num_processes > 1 and accelerator.is_main_process:
        click.echo(f"{accelerator.num_processes} processes", err=True)
    with torch.random.fork_rng(devices=[]), stop_on_signal() as stopped:
        trainer = _Trainer(run, accelerator)
        trainer.run(stopped)
    return trainer.position


@contextmanager
def stop_on_signal() -> Iterator[Callable[[], int]]:
    """Turn the first SIGTERM or SIGINT into a number to ask for (0: none yet); a second one acts as usual."""
    received = [0]
    signals = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.getsignal(number) for number in signals}

    def restore() -> None:
        for number in signals:
            signal.signal(number, before[number])

    def handle(number: int, _frame: Any) -> None:
        received[0] = number
        restore()

    for number in signals:
        signal.signal(number, handle)
    try:
        yield lambda: received[0]
    finally:
        restore()


class _Trainer:
    def __init__(self, run: Run, accelerator: Accelerator) -> None:
        self.run_settings, self.params, self.accelerator = run, run.params, accelerator
        self.device = accelerator.device
        self.main = accelerator.is_main_process
        self.sampler = Sampler(
            run.synthetic,
            run.target,
            run.params.batch_size,
            run.seed,
            run.params.augment,
            run.params.pseudo_label_balance,
        )
        torch.manual_seed(int(rng_for(run.seed, "weights").integers(2**63)))
        self.method: Method = method_class(run.params.method)(run.params, len(run.classes))
        self.method.to(self.device).to(memory_format=torch.channels_last)
        if accelerator.num_processes > 1:
            share_statistics(self.method.classifier, accelerator.process_index, accelerator.num_processes)
        self.average = Teacher(self.method.classifier, run.params.average) if run.params.average else None
        self.rates = {
            name: [group["lr"] for group in optimizer.param_groups]
            for name, optimizer in self.method.optimizers.items()
        }
        self.epochs = self.method.preparation + run.params.epochs
        self.position = Position()
        self.checkpoint = run.folder / "checkpoint.pt"
        self.pictures = run.folder / "translations"
        self.fingerprint = fingerprint(
            {
                "params": run.params.model_dump(mode="json"),
                "seed": run.seed,
                "classes": run.classes,
                "data": [images.digest for images in (run.synthetic, run.validation, run.target)],
            },
            run.params.method,
        )
        self.samples = _first_of_each_class(run.synthetic)
        self.photo_labels: Tensor | None = None

    def run(self, stopped: Callable[[], int]) -> None:
        self.resume()
        steps, epochs = self.sampler.steps, self.epochs
        drawn = sorted(self.pictures.glob("*.png"))
        self.curves = Curves(self.run_settings.report, self.position.history, drawn) if self.main else None
        with progress("img") as self.bar:
            self.task = self.bar.add_task(
                self.params.method,
                total=epochs * steps * self.params.batch_size,
                completed=(self.position.epoch * steps + self.position.step) * self.params.batch_size,
            )
            while self.position.epoch < epochs:
                self.epoch(stopped)
        self.accelerator.wait_for_everyone()
        if self.main:
            self.export()

    def epoch(self, stopped: Callable[[], int]) -> None:
        position, steps = self.position, self.sampler.steps
        every = math.ceil(steps / LOGS_PER_EPOCH)
        first, before = position.step, position.seconds
        only_head = position.epoch < self.method.preparation + self.params.head_epochs
        if first == 0:
            self.photo_labels = self.label_photos()
        self.method.classifier.freeze(math.inf if only_head else self.params.frozen_stages)
        self.method.train()
        batches = self.sampler.batches(
            position.epoch,
            first,
            self.accelerator.process_index,
            self.accelerator.num_processes,
            self.device,
            self.photo_labels,
        )
        clock = time.monotonic()
        for batch in batches:
            self.step(*batch)
            position.step += 1
            position.seconds, clock = position.seconds + time.monotonic() - clock, time.monotonic()
            self.bar.advance(self.task, self.params.batch_size)
            if position.step % every == 0 and position.step < steps:
                self.log({})
            if self.everyone(stopped()) and position.step < steps:
                self.save()
                self.stop(stopped())
        rate = (steps - first) * self.params.batch_size / (position.seconds - before)
        self.end_epoch(rate)
        if self.everyone(stopped()) and position.epoch < self.epochs:
            self.stop(stopped())

    def label_photos(self) -> Tensor | None:
        """Return pseudo-labels for the epoch that begins, int64 (photos,), if the method wants them now."""
        start, epoch = self.params.pseudo_label_epoch, self.position.epoch
        if not self.method.labels_photos or start is None or epoch < self.method.preparation + start:
            return None
        classifier = self.average.network if self.average else self.method.classifier
        pixels = self.run_settings.target.pixels
        task = self.bar.add_task("label photos", total=len(pixels))

        def batches() -> Iterator[Tensor]:
            for batch in in_batches(pixels, self.device):
                yield batch
                self.bar.advance(task, len(batch))

        labels = label_photos(
            classifier, batches(), self.params.prior_strength, self.params.pseudo_label_threshold
        )
        self.bar.remove_task(task)
        counts = np.bincount(labels[labels != IGNORE], minlength=len(self.run_settings.classes))
        if not counts.any():
            raise click.ClickException(
                "params.yaml: train.pseudo_label_threshold: the classifier is that sure of no photo; lower it"
            )
        named = ", ".join(f"{name} {n}" for name, n in zip(self.run_settings.classes, counts, strict=True))
        self.say(f"labelled {counts.sum()} of {len(pixels)} photos: {named}")
        return labels

    def step(self, x: Tensor, labels: Tensor, y: Tensor, y_labels: Tensor | None) -> None:
        position = self.position
        rng = rng_for(self.run_settings.seed, "step", position.epoch, position.step)
        torch.manual_seed(int(rng.integers(2**63)))  # dropout
        progress = (position.epoch * self.sampler.steps + position.step) / (self.epochs * self.sampler.steps)
        if self.params.schedule == "one_cycle":
            self.scale_rates(one_cycle(progress))
        batch = Batch(x, labels, y, position.epoch, progress, rng, y_labels)
        updates = self.method.step(batch)
        while True:
            with self.accelerator.autocast():
                update = next(updates, None)
            if update is None:
                break
            if not math.isfinite(update.loss.item()):
                raise click.ClickException(
                    f"the loss became {update.loss.item()} in epoch {position.epoch + 1}, step "
                    f"{position.step + 1}; lower train.lr or train.lr_gan, or set train.precision: fp32"
                )
            self.accelerator.backward(update.loss)
            self.descend([self.method.optimizers[name] for name in update.optimizers])
            self.method.zero_grad(set_to_none=True)
            for name, value in update.metrics.items():
                position.sums[name] = position.sums.get(name, 0.0) + value.item()
                position.counts[name] = position.counts.get(name, 0) + 1
        if self.average:
            self.average.update(self.method.classifier)

    def scale_rates(self, factor: float) -> None:
        """Set every learning rate to `factor` times what the method chose."""
        for name, rates in self.rates.items():
            for group, rate in zip(self.method.optimizers[name].param_groups, rates, strict=True):
                group["lr"] = factor * rate

    def descend(self, optimizers: list[torch.optim.Optimizer]) -> None:
        """Step every optimiser of one loss; fp16 may change its loss scale only after all have divided by it.

        Accelerate's own wrappers change it after each.
        """
        scaler = self.accelerator.scaler
        for optimizer in optimizers:
            self.average_gradients(optimizer)
            if scaler is None:
                optimizer.step()
            else:
                scaler.step(optimizer)
        if scaler is not None:
            scaler.update()

    def average_gradients(self, optimizer: torch.optim.Optimizer) -> None:
        """Make every process step down the mean gradient.

        Done by hand: a step runs several networks several times, more than DistributedDataParallel handles.
        """
        if self.accelerator.num_processes == 1:
            return
        gradients = [
            p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None
        ]
        flat = self.accelerator.reduce(torch.cat([g.flatten() for g in gradients]), reduction="mean")
        for gradient, mean in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
            gradient.copy_(mean.view_as(gradient))

    def averages(self, values: dict[str, float]) -> dict[str, float]:
        """Return the means over the processes of values that each has under the same names."""
        if self.accelerator.num_processes == 1:
            return values
        mean = self.accelerator.reduce(
            torch.tensor(list(values.values()), device=self.device), reduction="mean"
        )
        return dict(zip(values, mean.tolist(), strict=True))

    def everyone(self, flag: int) -> bool:
        """Whether any process has the flag set, so that all stop at the same step."""
        if self.accelerator.num_processes == 1:
            return bool(flag)
        return bool(self.accelerator.reduce(torch.tensor(float(flag), device=self.device)).item())

    def log(self, more: dict[str, float]) -> None:
        position = self.position
        entry = {"step": position.epoch * self.sampler.steps + position.step}
        means = self.averages({name: total / position.counts[name] for name, total in position.sums.items()})
        position.sums, position.counts = {}, {}
        position.history.append(entry | {f"loss/{name}": value for name, value in means.items()} | more)
        if self.curves:
            self.curves.log(position.history[-1])

    def end_epoch(self, rate: float) -> None:
        position = self.position
        more = {"epoch": position.epoch + 1.0}
        accuracy = self.accuracy(self.run_settings.validation)
        if accuracy is not None:
            more["synthetic_val/accuracy"] = accuracy
        self.log(more)
        entry = position.history[-1]
        position.epoch, position.step = position.epoch + 1, 0
        if self.main and self.method.generator:
            picture = self.pictures / f"epoch_{position.epoch:03d}.png"
            images, labels = self.samples
            translation_grid(
                picture, self.method.generator, images.to(self.device), labels, self.run_settings.classes
            )
            if self.curves:
                self.curves.show(picture)
        self.save()
        values = ", ".join(f"{k.removeprefix('loss/')} {v:.3f}" for k, v in entry.items() if "/" in k)
        self.say(f"epoch {position.epoch}/{self.epochs}: {values} ({rate:.1f} img/s)")

    def say(self, line: str) -> None:
        """Print a line above the progress bar, once."""
        if self.main:
            self.bar.console.print(line, highlight=False, soft_wrap=True)

    @torch.no_grad()
    def accuracy(self, images: Images) -> float | None:
        """Share of translated images whose label the classifier reads: is the pattern still there?"""
        if not len(images):
            return None
        self.method.eval()
        predicted = []
        for x in in_batches(images.pixels, self.device):
            if self.method.generator:
                x = self.method.generator(x)
            predicted.append(self.method.classifier(x).argmax(dim=1).cpu().numpy())
        self.method.train()
        return float((np.concatenate(predicted) == images.labels).mean())

    def resume(self) -> None:
        state = load_checkpoint(self.checkpoint)
        if state is None:
            return
        if state.get("fingerprint") != self.fingerprint:
            if self.main:
                click.echo(f"{self.checkpoint}: params, data or code changed since; starting over", err=True)
                for picture in self.pictures.glob("*.png"):
                    picture.unlink()
            return
        self.method.load_state_dict(state["method"])
        if self.average:
            self.average.load_state_dict(state["average"])
        for name, optimizer in self.method.optimizers.items():
            optimizer.load_state_dict(state["optimizers"][name])
        if self.accelerator.scaler is not None and state["scaler"] is not None:
            self.accelerator.scaler.load_state_dict(state["scaler"])
        self.position = Position(**state["position"])
        self.photo_labels = state["photo_labels"]
        if self.main:
            done = f"epoch {self.position.epoch + 1}, step {self.position.step + 1}"
            over = self.position.epoch == self.epochs
            click.echo(f"{self.checkpoint}: {'already trained' if over else f'going on at {done}'}", err=True)

    def save(self) -> None:
        if not self.main:
            return
        self.position.peak_mb = max(self.position.peak_mb, self.peak_mb())
        scaler = self.accelerator.scaler
        state = {
            "fingerprint": self.fingerprint,
            "method": self.method.state_dict(),
            "average": self.average.state_dict() if self.average else None,
            "optimizers": {name: o.state_dict() for name, o in self.method.optimizers.items()},
            "scaler": scaler.state_dict() if scaler is not None else None,
            "position": vars(self.position),
            "photo_labels": self.photo_labels,
        }
        save_checkpoint(self.checkpoint, state)

    def peak_mb(self) -> float:
        if self.device.type == "cuda":
            return torch.cuda.max_memory_allocated() / 2**20
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (2**20 if sys.platform == "darwin" else 2**10)

    def stop(self, number: int) -> None:
        self.say(
            f"stopped in epoch {self.position.epoch + 1} after step {self.position.step} "
            "(checkpoint written); run the same command to go on"
        )
        raise SystemExit(128 + (number or signal.SIGTERM))

    def export(self) -> None:
        run, params = self.run_settings, self.params
        classifier = Classifier(params.backbone, len(run.classes), pretrained=False).to(self.device)
        trained = self.average.network if self.average else self.method.classifier
        classifier.load_state_dict(trained.state_dict())
        if params.adapt_batch_norm:
            adapt_batch_norm(classifier, self.photos())
        prior = None
        if params.prior_strength:
            prior = predicted_prior(logits_of(classifier, self.photos()))
            shift_prior(classifier, prior, params.prior_strength)
        trained_with = {
            "method": params.method,
            "seed": run.seed,
            "params": params.model_dump(mode="json"),
            "synthetic_images": len(run.synthetic),
            "target_images": len(run.target),
            "predicted_prior": None if prior is None else [round(p, 4) for p in prior.tolist()],
            "torch": torch.__version__,
            "timm": timm.__version__,
        }
        folder = run.out / "classifier"
        save_classifier(folder, classifier, params.backbone, run.classes, params.photo_size, trained_with)
        generator = run.out / "generator"
        save_generator(generator, self.method.generator, params.generator, params.size, trained_with)
        click.echo(f"trained model: {folder}", err=True)

    def photos(self) -> Iterator[Tensor]:
        """Return every target image, in order, not augmented, as the saved classifier sees it."""
        return in_batches(self.run_settings.photos.pixels, self.device)


def _first_of_each_class(images: Images) -> tuple[Tensor, np.ndarray]:
    indices = np.concatenate(
        [np.flatnonzero(images.labels == c)[:SAMPLES_PER_CLASS] for c in np.unique(images.labels)]
    )
    return to_network(images.pixels[indices]), images.labels[indices]
