"""Render the same images on a Dask cluster of one worker and of two: does the throughput double?

    python benchmarks/cluster.py --garments data/garments

Scheduler and workers are processes of their own, which talk over loopback: garments and images travel between
them as between machines.
"""

import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import click
from distributed import SubprocessCluster

from materials.patterns import CLASSES


@click.command(context_settings={"show_default": True})
@click.option("--garments", type=click.Path(path_type=Path), default=Path("data/garments"))
@click.option("--class", "name", type=click.Choice(CLASSES), default="striped")
@click.option("--n", type=int, default=200, help="Images a run.")
@click.option("--size", type=int, default=256, help="Pixels.")
@click.option("--workers", type=int, multiple=True, default=(1, 2), help="Sizes of the cluster, in turn.")
def main(garments: Path, name: str, n: int, size: int, workers: tuple[int, ...]) -> None:
    """Print a Markdown table: images/s by the number of worker machines."""
    click.echo(f"{date.today()}, {len(os.sched_getaffinity(0))} cores, {n} images of {name}, {size} px\n")
    click.echo("| workers | whole run, s | img/s once all have started | ratio |")
    click.echo("|---|---|---|---|")
    first = 0.0
    for count in workers:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "images"
            with SubprocessCluster(
                n_workers=count,
                threads_per_worker=1,
                worker_class="distributed.Worker",
                worker_kwargs={"memory_limit": 0},
                dashboard_address=None,
            ) as cluster:
                cluster.wait_for_workers(count)
                began = time.monotonic()
                command = [sys.executable, "-m", "sdg.render", "--class", name, "--n", str(n)]
                command += ["--size", str(size), "--garments", str(garments)]
                command += ["--out", str(out), "--scheduler", cluster.scheduler_address]
                subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
                seconds = time.monotonic() - began
            rate = sustained([path.stat().st_mtime for path in (out / name).glob("*.jpg")])
        first = first or rate
        click.echo(f"| {count} | {seconds:.1f} | {rate:.2f} | {rate / first:.2f} |")


def sustained(times: list[float]) -> float:
    """Return images/s over the last four fifths of the images, which arrived at `times` (seconds).

    Start, first shaders and a worker that comes late are in the first fifth.
    """
    kept = sorted(times)[len(times) // 5 :]
    return (len(kept) - 1) / (kept[-1] - kept[0])


if __name__ == "__main__":
    main()
