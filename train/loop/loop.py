"""The one training loop, whatever the method."""

import math
import signal
import time
from collections.abc import Callable, Iterator

import click
import numpy as np
import torch
from accelerate import Accelerator  # type: ignore[import-untyped]
from torch import Tensor

from assets.common.progress import progress
from assets.common.rng import rng_for
from train.data.batch import Batch, in_batches
from train.data.domains import Images, spread
from train.data.sampler import Sampler
from train.loop.checkpoint import Position, fingerprint, load_checkpoint, save_checkpoint
from train.loop.choice import Choice
from train.loop.curves import Curves, samples_of_each_class, translation_grid
from train.loop.export import export
from train.loop.ledger import Ledger, NotFinite
from train.loop.measures import Measures
from train.loop.memory import peak_mb
from train.loop.optimizers import load_state, set_rate, suited_to
from train.loop.processes import average_values, in_any, share_statistics
from train.loop.run import Run
from train.loop.schedule import linear, rate_factor
from train.loop.signals import stop_on_signal
from train.loop.update import epoch_updates
from train.methods import method_class
from train.methods.base import SOME, Epoch, Method
from train.networks.ema import Teacher
from train.networks.generator import Generator

LOGS_PER_EPOCH = 10

ADVERSARIES = {"translation", "discriminator"}
"""The optimisers that `lr_gan` and `schedule_gan` are of."""

FEW_PHOTOS = 32
"""So few say little about a shop."""

PRECISIONS = {"fp32": "no", "bf16": "bf16", "fp16": "fp16"}
"""Our name -> accelerate's. YAML reads a bare `no` as false."""


def train(run: Run) -> Position:
    """Train and write the model folders; go on from `run.folder`'s checkpoint if it fits. Return the end.

    SIGTERM and SIGINT (Ctrl-C) finish the step under way, write a checkpoint and raise SystemExit (143, 130).
    The same command then goes on with the next step, and ends with the weights of an undisturbed run.

    Raises click.ClickException for anything a user can put right.
    """
    accelerator = Accelerator(mixed_precision=PRECISIONS[run.params.precision])
    processes = accelerator.num_processes
    if run.params.batch_size % (2 * processes):
        raise click.ClickException(
            f"params.yaml: train.batch_size: {run.params.batch_size} images cannot be split in half over "
            f"{processes} processes; choose a multiple of {2 * processes}"
        )
    if method_class(run.params.method).paired and run.params.pairs % processes:
        raise click.ClickException(
            f"params.yaml: train.translation_batch: {run.params.pairs} pairs cannot be shared by {processes} "
            f"processes; choose a multiple of {processes}"
        )
    if accelerator.is_main_process and processes > 1:
        click.echo(f"{processes} processes", err=True)
    if accelerator.is_main_process and len(run.domains.target) < FEW_PHOTOS:
        click.echo(
            f"warning: only {len(run.domains.target)} unlabelled target photos to adapt to; some hundreds of "
            "all that you sell say more (target.source in params.yaml)",
            err=True,
        )
    with torch.random.fork_rng(devices=[]), stop_on_signal() as stopped:
        trainer = _Trainer(run, accelerator)
        trainer.run(stopped)
    return trainer.position


class _Trainer:
    """One training: `run` calls `epoch`, which calls `step`; the rest serves these three."""

    def __init__(self, run: Run, accelerator: Accelerator) -> None:
        self.asked, self.params, self.domains = run, run.params, run.domains
        self.accelerator, self.device = accelerator, accelerator.device
        self.main = accelerator.is_main_process
        torch.backends.cudnn.benchmark = self.device.type == "cuda"  # the same shapes in every step
        torch.manual_seed(int(rng_for(run.seed, "weights").integers(2**63)))
        self.method: Method = method_class(run.params.method)(run.params, len(run.classes))
        self.method.to(self.device).to(memory_format=torch.channels_last)
        share_statistics(self.method, accelerator.process_index, accelerator.num_processes)
        self.average = Teacher(self.method.classifier, run.params.average) if run.params.average else None
        generator, decay = self.method.generator, run.params.average_gan
        self.average_gan = Teacher(generator, decay) if generator and decay else None
        self.rates = {
            name: [group["lr"] for group in optimizer.param_groups]
            for name, optimizer in self.method.optimizers.items()
        }
        for name, optimizer in self.method.optimizers.items():
            self.method.optimizers[name] = suited_to(self.device, optimizer)
        self.ledger = Ledger()
        self.epochs = self.method.preparation + run.params.epochs
        domains = run.domains
        self.sampler = Sampler(
            domains.synthetic,
            domains.target,
            run.params,
            run.seed,
            self.epochs,
            domains.labelled,
            self.method.paired,
        )
        self.position, self.choice = Position(), Choice()
        self.measures: Measures | None = None
        self.checkpoint = run.folder / "checkpoint.pt"
        self.pictures = run.folder / "translations"
        data = [domains.synthetic, domains.validation, domains.target]
        data += [domains.labelled] if domains.labelled else []
        self.fingerprint = fingerprint(
            {
                "params": run.params.model_dump(mode="json"),
                "seed": run.seed,
                "classes": run.classes,
                "data": [images.digest for images in data],
            },
            run.params.method,
        )
        self.samples = samples_of_each_class(run.domains.synthetic)

    def run(self, stopped: Callable[[], int]) -> None:
        self.resume()
        steps, size = self.sampler.steps, self.params.batch_size
        drawn = sorted(self.pictures.glob("*.png"))
        self.curves = Curves(self.asked.report, self.position.history, drawn) if self.main else None
        with progress("img") as self.bar:
            if self.main:
                self.measures = Measures(
                    self.params,
                    self.domains,
                    len(self.asked.classes),
                    self.method.generator is not None,
                    self.choice,
                    self.device,
                )
            self.task = self.bar.add_task(
                self.params.method,
                total=self.epochs * steps * size,
                completed=(self.position.epoch * steps + self.position.step) * size,
            )
            while self.position.epoch < self.epochs:
                self.epoch(stopped)
        self.accelerator.wait_for_everyone()
        if self.main:
            weights = self.choice.weights or self.saved_classifier.state_dict()
            export(self.asked, weights, self.saved_generator, self.device, self.choice.epoch or None)

    def epoch(self, stopped: Callable[[], int]) -> None:
        position, steps = self.position, self.sampler.steps
        every = math.ceil(steps / LOGS_PER_EPOCH)
        first, before = position.step, position.seconds
        if first == 0:
            classes = self.asked.classes
            self.method.before_epoch(
                Epoch(
                    position.epoch,
                    self.saved_classifier,
                    self.photos,
                    lambda: self.some("photos", self.domains.target),
                    lambda: self.some("renders", self.domains.synthetic),
                    classes,
                    self.say,
                )
            )
        self.method.train()
        batches = self.sampler.batches(
            position.epoch,
            first,
            self.accelerator.process_index,
            self.accelerator.num_processes,
            self.device,
            self.method.photo_labels,
        )
        self.update = epoch_updates(self.accelerator, self.method)
        clock = time.monotonic()
        for batch in batches:
            self.step(batch)
            position.step += 1
            position.seconds, clock = position.seconds + time.monotonic() - clock, time.monotonic()
            self.bar.advance(self.task, self.params.batch_size)
            if position.step % every == 0 and position.step < steps:
                self.log({})
            if in_any(self.accelerator, stopped()) and position.step < steps:
                self.save()
                self.stop(stopped())
        rate = (steps - first) * self.params.batch_size / (position.seconds - before)
        self.end_epoch(rate)
        if in_any(self.accelerator, stopped()) and position.epoch < self.epochs:
            self.stop(stopped())

    def step(self, batch: Batch) -> None:
        torch.manual_seed(int(batch.rng.integers(2**63)))  # dropout
        self.set_rates(batch.step, batch.progress)
        try:
            self.ledger.add(self.update(self.method.draw(batch)))
        except torch.linalg.LinAlgError:  # weights that are no numbers have no singular values
            self.read()
            raise self.diverged(math.nan, self.position.step + 1) from None
        if self.average:
            taught = batch.step + 1 - self.method.preparation * self.sampler.steps
            self.average.update(self.method.classifier, max(1, taught))
        first, last = self.method.translating
        if self.average_gan and self.method.generator and first <= batch.progress < last:
            self.position.translated += 1
            self.average_gan.update(self.method.generator, self.position.translated)

    def set_rates(self, step: int, progress: float) -> None:
        """Set every learning rate to what it is after `step` steps, the share `progress` of the run."""
        prepared = self.method.preparation / self.epochs
        taught = max(0.0, (progress - prepared) / (1 - prepared))
        factors = dict.fromkeys(self.rates, rate_factor(self.params, step, taught))
        first, last = self.method.translating
        translated = (progress - first) / (last - first)
        if self.params.schedule_gan == "linear":
            factor = linear(translated)
        else:
            factor = rate_factor(self.params, step, min(1.0, max(0.0, translated)))
        factors |= dict.fromkeys(ADVERSARIES & factors.keys(), factor)
        for name, rates in self.rates.items():
            for group, rate in zip(self.method.optimizers[name].param_groups, rates, strict=True):
                set_rate(group, factors[name] * rate)

    def read(self) -> None:
        """Add up what steps have measured.

        Raises click.ClickException if a loss was not finite; that was found out only now.
        """
        position = self.position
        try:
            steps = self.ledger.read()
        except NotFinite as error:
            raise self.diverged(error.value, position.step - error.ago) from None
        for values in steps:
            for name, value in values.items():
                position.sums[name] = position.sums.get(name, 0.0) + value
                position.counts[name] = position.counts.get(name, 0) + 1

    def diverged(self, loss: float, step: int) -> click.ClickException:
        return click.ClickException(
            f"the loss became {loss} in epoch {self.position.epoch + 1}, step {step}; lower train.lr or "
            "train.lr_gan, or set train.precision: fp32"
        )

    @property
    def saved_classifier(self) -> torch.nn.Module:
        """The classifier that is saved: the averaged one, if there is an average."""
        return self.average.module if self.average else self.method.classifier

    @property
    def saved_generator(self) -> Generator | None:
        """The generator that is saved: the averaged one, if there is an average; None if there is none."""
        return self.average_gan.module if self.average_gan else self.method.generator

    def photos(self) -> Iterator[Tensor]:
        """Yield every target image, in order, not augmented."""
        return self.pass_over("photos", self.domains.target.pixels)

    def some(self, name: str, images: Images) -> Iterator[Tensor]:
        """Yield at most SOME of the images, evenly spread, not augmented."""
        return self.pass_over(name, images.pixels, spread(len(images), SOME))

    def pass_over(self, name: str, pixels: np.ndarray, chosen: np.ndarray | None = None) -> Iterator[Tensor]:
        """Yield what `in_batches` does, and show how far it is."""
        task = self.bar.add_task(name, total=len(pixels) if chosen is None else len(chosen))
        for batch in in_batches(pixels, self.device, chosen):
            yield batch
            self.bar.advance(task, len(batch))
        self.bar.remove_task(task)

    def log(self, more: dict[str, float]) -> None:
        self.read()
        position = self.position
        entry = {"step": position.epoch * self.sampler.steps + position.step}
        own = {name: total / position.counts[name] for name, total in position.sums.items()}
        means = average_values(self.accelerator, own)
        position.sums, position.counts = {}, {}
        position.history.append(entry | {f"loss/{name}": value for name, value in means.items()} | more)
        if self.curves:
            self.curves.log(position.history[-1])

    def end_epoch(self, rate: float) -> None:
        position = self.position
        more = {"epoch": position.epoch + 1.0}
        if self.measures:
            prepared = position.epoch >= self.method.preparation
            more |= self.measures.of(
                self.saved_classifier, self.saved_generator, position.epoch + 1, prepared
            )
        self.log(more)
        entry = position.history[-1]
        position.epoch, position.step = position.epoch + 1, 0
        if self.curves and self.saved_generator:
            picture = self.pictures / f"epoch_{position.epoch:03d}.png"
            images, names = self.samples[0].to(self.device), [self.asked.classes[i] for i in self.samples[1]]
            translation_grid(picture, self.saved_generator, images, names)
            self.curves.show(picture)
        self.save()
        values = ", ".join(f"{k.removeprefix('loss/')} {v:.3f}" for k, v in entry.items() if "/" in k)
        self.say(f"epoch {position.epoch}/{self.epochs}: {values} ({rate:.1f} img/s)")

    def say(self, line: str) -> None:
        """Print a line above the progress bar, once."""
        if self.main:
            self.bar.console.print(line, highlight=False, soft_wrap=True)

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
        for average, kept in ((self.average, "average"), (self.average_gan, "average_gan")):
            if average:
                average.load_state_dict(state[kept])
        for name, optimizer in self.method.optimizers.items():
            load_state(optimizer, state["optimizers"][name])
        if self.accelerator.scaler is not None and state["scaler"] is not None:
            self.accelerator.scaler.load_state_dict(state["scaler"])
        self.position, self.choice = Position(**state["position"]), Choice(**state["choice"])
        if self.main:
            done = f"epoch {self.position.epoch + 1}, step {self.position.step + 1}"
            over = self.position.epoch == self.epochs
            click.echo(f"{self.checkpoint}: {'already trained' if over else f'going on at {done}'}", err=True)

    def save(self) -> None:
        self.read()
        if not self.main:
            return
        self.position.peak_mb = max(self.position.peak_mb, peak_mb(self.device))
        scaler = self.accelerator.scaler
        state = {
            "fingerprint": self.fingerprint,
            "method": self.method.state_dict(),
            "average": self.average.state_dict() if self.average else None,
            "average_gan": self.average_gan.state_dict() if self.average_gan else None,
            "optimizers": {name: o.state_dict() for name, o in self.method.optimizers.items()},
            "scaler": scaler.state_dict() if scaler is not None else None,
            "position": vars(self.position),
            "choice": vars(self.choice),
        }
        save_checkpoint(self.checkpoint, state)

    def stop(self, number: int) -> None:
        self.say(
            f"stopped in epoch {self.position.epoch + 1} after step {self.position.step} "
            "(checkpoint written); run the same command to go on"
        )
        raise SystemExit(128 + (number or signal.SIGTERM))
