"""`python -m pipeline.report --out reports/index.html`"""

from pathlib import Path

import click

from pipeline.command import Command
from pipeline.inference import default_device
from pipeline.params import load_params
from pipeline.report.page import Sources, write_report
from train.model_folder import load_generator


@click.command(cls=Command, epilog="Example: python -m pipeline.report --out reports/index.html")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default="reports/index.html",
    show_default=True,
    help="Page to write.",
)
@click.option(
    "--params",
    type=click.Path(path_type=Path),
    default="params.yaml",
    show_default=True,
    help="What was run.",
)
@click.option(
    "--synthetic",
    type=click.Path(path_type=Path),
    default="data/manifest.parquet",
    show_default=True,
    help="Manifest of the rendered images.",
)
@click.option(
    "--target",
    type=click.Path(path_type=Path),
    default="data/target/manifest.parquet",
    show_default=True,
    help="Manifest of the target photos.",
)
@click.option(
    "--generator",
    type=click.Path(path_type=Path),
    default="models/generator",
    show_default=True,
    help="Folder of the trained generator.",
)
@click.option(
    "--evaluation",
    type=click.Path(path_type=Path),
    default="reports",
    show_default=True,
    help="Folder that `python -m pipeline.evaluate` wrote.",
)
@click.option(
    "--curves",
    type=click.Path(path_type=Path),
    default="reports/train/plots/metrics",
    show_default=True,
    help="Folder of the training curves.",
)
def main(
    out: Path, params: Path, synthetic: Path, target: Path, generator: Path, evaluation: Path, curves: Path
) -> None:
    """Write one HTML page that shows the result and everything behind it.

    It holds its pictures and needs no network.
    """
    sources = Sources(params, synthetic, target, evaluation, curves)
    write_report(sources, load_params(params).classes, load_generator(generator, default_device()), out)
    click.echo(f"{out}: {out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
