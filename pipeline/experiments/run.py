"""Train one method with one seed and measure it: a cell of table 1, or a point of figure 7.

`python -m pipeline.experiments.run --method mdd --seed 0 --out reports/experiments/runs/mdd-0`
"""

from pathlib import Path
from typing import Any

import click
import numpy as np

from assets.common.command import Command, path_option
from assets.common.files import write_json
from pipeline.evaluate import evaluate
from pipeline.examples import list_prepared
from pipeline.experiments.rows import ROWS, changes_of
from pipeline.inference import default_device
from pipeline.params import Params, load_params
from train.data.domains import Images, load_domains
from train.loop.loop import train
from train.loop.memory import require_memory
from train.loop.run import Run
from train.model_folder import load_classifier
from train.params import TrainParams

RUNS = Path("runs")
"""Checkpoints and decoded images: not results, so kept where DVC does not look."""


def shared_settings(params: Params) -> TrainParams:
    """Return what every row starts from: `train`, with what `experiments.train` has instead."""
    return params.train.model_copy(update=params.experiments.train.model_dump())


def settings_of(name: str, base: TrainParams) -> TrainParams:
    """Return `base` as row `name` wants it: with its changes and its recipe.

    Raises click.ClickException if a row with pseudo-labels would be trained without them.
    """
    values: dict[str, Any] = base.model_dump() | {"method": name}
    for key, value in changes_of(name).items():
        values[key] = values.get(key, {}) | value if isinstance(value, dict) else value
    settings = TrainParams.parse(values, f"experiment {name}")
    start = settings.pseudo_label_epoch
    if name.startswith("fashion_cut_pseudo") and (start is None or start >= settings.epochs):
        raise click.ClickException(
            f"train.pseudo_label_epoch: {start} leaves no epoch with pseudo-labels to {name}; choose less "
            f"than train.epochs ({settings.epochs})"
        )
    return settings


def first_of_each_class(images: Images, count: int) -> Images:
    """Return the first `count` images of each class; raises click.ClickException if a class has fewer."""
    groups = [np.flatnonzero(images.labels == label) for label in np.unique(images.labels)]
    if (fewest := min(len(group) for group in groups)) < count:
        raise click.ClickException(
            f"experiments.images: {count} images per class, but a class has only {fewest} to train on; "
            "render more (render.n) or ask for fewer"
        )
    chosen = np.concatenate([group[:count] for group in groups])
    layers = None if images.layers is None else images.layers[chosen]
    return Images(images.pixels[chosen], images.labels[chosen], f"{images.digest} {count}", layers)


def run_experiment(
    name: str, seed: int, images: int | None, out: Path, params: Params, synthetic: Path, target: Path
) -> None:
    """Write into `out`: models/, curves/, metrics.json, predictions_<split>.csv, cost.json.

    With `images`, only so many of each class are trained on. The classifier makes `experiments.train.updates`
    updates whatever the row's batch and the images.
    """
    settings, classes = settings_of(name, shared_settings(params)), tuple(params.classes)
    require_memory(settings, len(classes))
    domains = load_domains(synthetic, target, classes, settings, RUNS / "cache")
    if images is not None:
        domains = domains._replace(synthetic=first_of_each_class(domains.synthetic, images))
    end = train(
        Run(
            params=settings,
            seed=seed,
            classes=classes,
            domains=domains,
            out=out / "models",
            folder=RUNS / "experiments" / out.name,
            report=out / "curves",
        )
    )
    classifier = load_classifier(out / "models" / "classifier", default_device())
    evaluate(classifier, list_prepared(synthetic, target), out, params.evaluate.bootstrap, params.seed)
    write_json(out / "cost.json", {"seconds": round(end.seconds, 1), "peak_mb": round(end.peak_mb)})


@click.command(cls=Command, epilog="Example: dvc repro pipeline/experiments/dvc.yaml:table1 runs all of them")
@click.option("--method", type=click.Choice(list(ROWS)), required=True, help="Row of table 1.")
@click.option(
    "--seed", type=click.IntRange(min=0), required=True, help="Of weights, batches and augmentation."
)
@click.option("--n", "images", type=click.IntRange(min=1), help="Synthetic images per class.  [default: all]")
@path_option("--out", "reports/experiments/runs/one", "Folder for the results.")
@path_option("--params", "params.yaml", "What is not said here.")
@path_option("--synthetic", "data/manifest.parquet", "Manifest of the rendered images.")
@path_option("--target", "data/target/manifest.parquet", "Manifest of the target photos.")
def main(
    method: str, seed: int, images: int | None, out: Path, params: Path, synthetic: Path, target: Path
) -> None:
    """Train one method once and measure it on the labelled photos. Resumes where it was stopped."""
    run_experiment(method, seed, images, out, load_params(params), synthetic, target)


if __name__ == "__main__":
    main()
