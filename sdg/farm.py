"""The render farm: the same code on one machine and on many, with Dask between."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import click
import dask
from distributed import Client, Future, LocalCluster, as_completed

from assets.common.files import sha256
from assets.library import Garment
from sdg.worker import Order, RendererPlugin, Unusable, render_order

IN_FLIGHT = 3
"""Orders per worker thread: one is rendered, the others wait for it, and results never pile up."""


class Picture(NamedTuple):
    """An order, its encoded image, and the image's record."""

    order: Order
    image: bytes
    record: dict[str, Any]


class Failure(NamedTuple):
    """An order that no try could render, and why."""

    order: Order
    reason: str


@contextmanager
def farm(workers: int, scheduler: str | None = None) -> Iterator[Client]:
    """Yield a client of the cluster at `scheduler`, or of one in this process with `workers` workers.

    Local workers are threads, because each of them owns a process with Blender anyway.
    Raises click.ClickException if no scheduler answers.
    """
    quiet = {"distributed.worker.memory.target": False, "distributed.worker.memory.spill": False}
    with dask.config.set(
        {**quiet, "distributed.admin.system-monitor.disk": False, "logging.distributed": "critical"}
    ):
        if scheduler is None:
            cluster = LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=False,
                dashboard_address="127.0.0.1:0",  # any free port, or several runs quarrel about one
                memory_limit=0,
                silence_logs=50,
            )
            with cluster, Client(cluster) as client:
                client.register_plugin(RendererPlugin())
                yield client
        else:
            try:
                client = Client(scheduler, timeout="20s")
            except (OSError, ValueError) as error:
                raise click.ClickException(
                    f"--scheduler {scheduler}: no scheduler answers there ({error})"
                ) from None
            with client:
                client.register_plugin(RendererPlugin())
                yield client


def render_orders(client: Client, orders: Iterable[Order], garments: Path) -> Iterator[Picture | Failure]:
    """Render `orders` and yield each result as it arrives, holding only a few in memory at a time.

    Garment files travel to the workers once each. Raises click.ClickException if one is missing or altered,
    or if the workers cannot render at all.
    """
    sent: dict[str, Future] = {}
    remaining = iter(orders)
    pending = as_completed(with_results=False)
    of: dict[Future, Order] = {}

    def submit(count: int) -> None:
        for _ in range(count):
            order = next(remaining, None)
            if order is None:
                return
            if order.garment.sha256 not in sent:
                sent[order.garment.sha256] = client.scatter(_read(garments, order.garment), hash=False)
            future = client.submit(render_order, order, sent[order.garment.sha256], pure=False)
            of[future] = order
            pending.add(future)

    submit(IN_FLIGHT * max(1, sum(client.nthreads().values())))
    for future in pending:
        order = of.pop(future)
        submit(1)
        if future.status == "finished":
            image, record = future.result()
            yield Picture(order, image, record)
        else:
            error = future.exception()
            if isinstance(error, Unusable):
                raise click.ClickException(str(error))
            yield Failure(order, str(error))


def _read(folder: Path, garment: Garment) -> bytes:
    path = folder / garment.file
    cure = f"restore it, or build the library again with `python -m assets.build --out {folder}`"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise click.ClickException(
            f"{path}: garment file cannot be read ({error.strerror}); {cure}"
        ) from None
    if sha256(path) != garment.sha256:
        raise click.ClickException(f"{path}: is not the file that {folder}/index.json describes; {cure}")
    return data
