"""Render the same images on a Dask cluster of one worker and of two: does the throughput double?

    python benchmarks/cluster.py --garments data/garments

Scheduler and workers are separate processes without a shared folder, each worker on its own loopback address.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
from distributed import Client

from materials.patterns import CLASSES

HOST = "127.0.0.1"


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
            with cluster(count, Path(folder)) as (address, _):
                began = time.monotonic()
                command = [sys.executable, "-m", "sdg.render", "--class", name, "--n", str(n)]
                command += ["--size", str(size), "--garments", str(garments)]
                command += ["--out", str(out), "--scheduler", address]
                subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
                seconds = time.monotonic() - began
            rate = sustained([path.stat().st_mtime for path in (out / name).glob("*.jpg")])
        first = first or rate
        click.echo(f"| {count} | {seconds:.1f} | {rate:.2f} | {rate / first:.2f} |")


@contextmanager
def cluster(workers: int, folder: Path, *options: str) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler on 127.0.0.1 and workers on 127.0.0.2, 127.0.0.3, ..., each with a folder of its own.

    Yields its address and the workers' processes once all are there; `options` are more of `dask worker`'s.
    """
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    address = f"tcp://{HOST}:{port}"
    scheduler = ["scheduler", "--host", HOST, "--port", str(port)]
    worker = ["worker", address, "--nthreads", "1", "--no-nanny", *options]
    machines = [[*worker, "--host", f"127.0.0.{2 + i}"] for i in range(workers)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    processes = []
    try:
        for i, command in enumerate([scheduler, *machines]):
            own = folder / f"machine{i}"
            own.mkdir()
            processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", "dask", *command, "--no-dashboard"],
                    cwd=own, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )
            )  # fmt: skip
        with Client(address, timeout="60s") as client:
            client.wait_for_workers(workers, timeout=60)
        yield address, processes[1:]
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def sustained(times: list[float]) -> float:
    """Return images/s over the last four fifths of the images, which arrived at `times` (seconds).

    Start, first shaders and a worker that comes late are in the first fifth.
    """
    kept = sorted(times)[len(times) // 5 :]
    return (len(kept) - 1) / (kept[-1] - kept[0])


if __name__ == "__main__":
    main()
