"""Render the stand-in target domain, for those who have no photos yet.

`python -m pipeline.stand_in --out data/stand_in`
"""

import subprocess
import sys
from pathlib import Path

import click

from assets.common.command import Command, path_option
from pipeline.params import Params, load_params
from sdg.stand_in.plan import MIX


def render_stand_in(params: Params, out: Path, workers: int | None = None) -> None:
    """Render what `params.target.stand_in` asks for into `out`; nothing if the target is another folder.

    Raises click.ClickException if rendering fails.
    """
    if Path(params.target.source) != out:
        out.mkdir(parents=True, exist_ok=True)
        click.echo(f"{out}: not needed, target.source is {params.target.source}")
        return
    painted = [name for name in params.classes if name in MIX]
    if not painted:
        raise click.ClickException(
            f"classes: there is no stand-in photo of {', '.join(params.classes)}; "
            "name a folder of your own in target.source"
        )
    if missing := [name for name in params.classes if name not in MIX]:
        click.echo(f"{out}: no photos of {', '.join(missing)}; sdg/stand_in/fabrics/ has no painter for it")
    stand_in = params.target.stand_in
    options = {
        "--out": out,
        "--seed": params.seed,
        "--unlabelled": stand_in.unlabelled,
        "--labelled": stand_in.labelled,
        "--n-garments": stand_in.garments,
        "--size": params.target.size,
        "--samples": stand_in.samples,
    }
    command = [sys.executable, "-m", "sdg.stand_in"]
    command += [str(word) for option in options.items() for word in option]
    command += [word for name in painted for word in ("--class", name)]
    if workers:
        command += ["--workers", str(workers)]
    if subprocess.run(command, check=False).returncode:
        raise click.ClickException(f"{out}: rendering the stand-in target failed; see the reason above")


@click.command(cls=Command, epilog="With photos of your own in target.source it has nothing to do.")
@path_option("--out", "data/stand_in", "Folder to fill: unlabelled/, val/ with val.csv, test/ with test.csv.")
@path_option("--params", "params.yaml", "Its `target.stand_in` says how many.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes.  [default: one per core]")
def main(out: Path, params: Path, workers: int | None) -> None:
    """Render photos that only look like a shop's, so that the pipeline runs before you have any.

    `python -m sdg.stand_in --help` says more about them. Finished pictures are never rendered again.
    """
    render_stand_in(load_params(params), out, workers)


if __name__ == "__main__":
    main()
