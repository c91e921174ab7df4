"""`python -m pipeline.report --out reports/index.html`: write the report."""

from pathlib import Path

import click

from assets.common.command import Command, path_option
from pipeline.experiments.rows import ROWS
from pipeline.inference import default_device
from pipeline.params import load_params
from pipeline.report.page import Sources, write_report
from train.model_folder import TrainedGenerator, load_generator

CUT, VANILLA = "cut_paper", "vanilla CUT"
"""The row of table 1 whose generator is vanilla CUT's, and what the page calls that."""


@click.command(cls=Command, epilog="Example: python -m pipeline.report --out reports/index.html")
@path_option("--out", "reports/index.html", "Page to write.")
@path_option("--params", "params.yaml", "What was run.")
@path_option("--synthetic", "data/manifest.parquet", "Manifest of the rendered images.")
@path_option("--target", "data/target/manifest.parquet", "Manifest of the target photos.")
@path_option("--generator", "models/generator", "Folder of the trained generator.")
@path_option("--evaluation", "reports", "Folder that `python -m pipeline.evaluate` wrote.")
@path_option("--curves", "reports/train/plots/metrics", "Folder of the training curves.")
@click.option(
    "--runs",
    type=click.Path(path_type=Path),
    help="Folder of the experiments' runs, to show vanilla CUT.",
)
def main(
    out: Path,
    params: Path,
    synthetic: Path,
    target: Path,
    generator: Path,
    evaluation: Path,
    curves: Path,
    runs: Path | None,
) -> None:
    """Write one HTML page that shows the result and everything behind it.

    It holds its pictures and needs no network. If vanilla CUT was trained too (`cut_paper` in
    --runs), its translations are shown beside this run's.
    """
    settings = load_params(params)
    sources = Sources(params, synthetic, target, evaluation, curves)
    write_report(sources, settings, find_generators(generator, settings.train.method, runs), out)
    click.echo(f"{out}: {out.stat().st_size / 1e6:.1f} MB")


def find_generators(folder: Path, method: str, runs: Path | None) -> dict[str, TrainedGenerator]:
    """Return the generators whose translations are worth showing, by the names of their methods."""
    ours = load_generator(folder, default_device())
    found = {} if ours.identity else {VANILLA if method == CUT else ROWS[method].title: ours}
    finished = sorted(runs.glob(f"{CUT}-*/models/generator/model.json")) if runs else []
    if finished and method != CUT:
        found = {VANILLA: load_generator(finished[0].parent, default_device())} | found
    return found


if __name__ == "__main__":
    main()
