"""A cluster on loopback, started by the commands that docs/cluster.md names."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from distributed import Client

HOST = "127.0.0.1"


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
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
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
