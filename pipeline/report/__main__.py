"""`python -m pipeline.report --out reports/index.html`"""

from pathlib import Path

import click

from pipeline.command import Command, path_option
from pipeline.inference import default_device
from pipeline.params import load_params
from pipeline.report.page import Sources, write_report
from train.model_folder import load_generator


@click.command(cls=Command, epilog="Example: python -m pipeline.report --out reports/index.html")
@path_option("--out", "reports/index.html", "Page to write.")
@path_option("--params", "params.yaml", "What was run.")
@path_option("--synthetic", "data/manifest.parquet", "Manifest of the rendered images.")
@path_option("--target", "data/target/manifest.parquet", "Manifest of the target photos.")
@path_option("--generator", "models/generator", "Folder of the trained generator.")
@path_option("--evaluation", "reports", "Folder that `python -m pipeline.evaluate` wrote.")
@path_option("--curves", "reports/train/plots/metrics", "Folder of the training curves.")
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
