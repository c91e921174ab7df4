"""`python -m train`: train a classifier, and a generator if the method has one."""

from pathlib import Path

import click
from pydantic import Field

from assets.common.command import Command
from assets.common.files import require_writable
from assets.common.runtime import prepare_for_torch
from assets.common.settings import Distinct, Settings, read_yaml
from train.params import TrainParams

prepare_for_torch()


class _Params(Settings):
    """The keys of params.yaml that training reads; the other sections are other rooms'."""

    seed: int = Field(ge=0)
    classes: Distinct[str] = Field(min_length=2)
    train: TrainParams


EPILOG = """
\b
Examples:
  python -m train
  python -m train --params my.yaml --run runs/mine --out models/mine --report reports/mine

It stops cleanly on Ctrl-C or SIGTERM, after the step under way; the same command then goes on with the
next step and ends with the same weights. If params, data or code changed meanwhile, it starts over.
Several GPUs: accelerate launch -m train
"""


@click.command(cls=Command, epilog=EPILOG, context_settings={"show_default": True})
@click.option(
    "--params", type=click.Path(), default="params.yaml", help="YAML file with `seed`, `classes` and `train`."
)
@click.option(
    "--synthetic",
    type=click.Path(),
    default="data/manifest.parquet",
    help="Manifest of the labelled renders.",
)
@click.option(
    "--target",
    type=click.Path(),
    default="data/target/manifest.parquet",
    help="Manifest of the unlabelled photos.",
)
@click.option(
    "--out", type=click.Path(), default="models", help="Folder that gets classifier/ and generator/."
)
@click.option("--run", "folder", type=click.Path(), default="runs/train", help="Folder of the checkpoint.")
@click.option("--report", type=click.Path(), default="reports/train", help="Folder of the curves (dvclive).")
@click.option(
    "--cache", type=click.Path(), default="runs/cache", help="Folder of decoded images, shared between runs."
)
def main(params: str, synthetic: str, target: str, out: str, folder: str, report: str, cache: str) -> None:
    """Train a pattern classifier on labelled renders and unlabelled photos."""
    data = read_yaml(params)
    settings = _Params.parse({k: data[k] for k in _Params.model_fields if k in data}, params)

    from train.data.domains import load_domains
    from train.loop.loop import train
    from train.loop.memory import require_memory
    from train.loop.run import Run

    for place in (out, folder, report, cache):
        require_writable(place)
    require_memory(settings.train, len(settings.classes))
    train(
        Run(
            params=settings.train,
            seed=settings.seed,
            classes=tuple(settings.classes),
            domains=load_domains(synthetic, target, settings.classes, settings.train, cache),
            out=Path(out),
            folder=Path(folder),
            report=Path(report),
        )
    )


if __name__ == "__main__":
    main()
