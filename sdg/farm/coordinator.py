"""The render farm: the same code on one machine and on many, with Dask between."""

import hashlib
import math
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import click
import dask
from distributed import Client, Future, LocalCluster, as_completed

from assets.common.processes import cores
from assets.library import Garment
from sdg.farm.order import Order, Rendered
from sdg.farm.worker import RETRIES, RendererPlugin, Unusable, render_order

IN_FLIGHT = 3
"""Orders per worker thread: one is rendered, the others wait for it, and results never pile up."""
ASK_EVERY_S = 5.0
"""How often a cluster is asked for its workers."""

IMAGES_WORTH_A_WORKER = 16
"""A worker spends seconds compiling shaders before its first image."""

QUIET = {
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.system-monitor.disk": False,
    "distributed.scheduler.work-stealing-interval": "1s",
    "logging.distributed": "critical",
}
"""Dask's own housekeeping, made rare: in this process it takes time from the renderers."""


class Picture(NamedTuple):
    """An order and what came of it."""

    order: Order
    rendered: Rendered


class Failure(NamedTuple):
    """An order that no try could render, and why."""

    order: Order
    reason: str


@contextmanager
def farm(images: int, workers: int | None = None, scheduler: str | None = None) -> Iterator[Client]:
    """Yield a client of the cluster at `scheduler`, or of one in this process for so many `images`.

    That one has `workers` workers, by default one per core, and fewer if the images are not worth them. They
    are threads, because each of them owns a process with Blender anyway.
    Raises click.ClickException if no scheduler answers.
    """
    with dask.config.set(QUIET):
        if scheduler is None:
            cluster = LocalCluster(
                n_workers=min(workers or cores(), -(-images // IMAGES_WORTH_A_WORKER)),
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
    of: dict[Future, Order] = {}
    lost: Counter[int] = Counter()
    pending = as_completed(with_results=False)

    def submit(order: Order) -> None:
        if order.garment.sha256 not in sent:
            sent[order.garment.sha256] = client.scatter(_read(garments, order.garment), hash=False)
        future = client.submit(render_order, order, sent[order.garment.sha256], pure=False)
        of[future] = order
        pending.add(future)

    remaining = iter(orders)
    room = _Room(client)
    for order in islice(remaining, room.orders()):
        submit(order)
    for future in pending:
        order = of.pop(future)
        if future.status == "finished":
            yield Picture(order, future.result())
        elif future.cancelled() and lost[order.index] < RETRIES:  # with the worker that held its garment
            lost[order.index] += 1
            sent.pop(order.garment.sha256, None)
            submit(order)
        else:
            error = RuntimeError("its worker was lost") if future.cancelled() else future.exception()
            if isinstance(error, Unusable):
                raise click.ClickException(str(error))
            yield Failure(order, str(error))
        for order in islice(remaining, max(0, room.orders() - len(of))):
            submit(order)


class _Room:
    """How many orders may be under way: workers of a cluster come and go."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.asked = -math.inf
        self.count = 0

    def orders(self) -> int:
        if time.monotonic() > self.asked + ASK_EVERY_S:
            self.count = IN_FLIGHT * max(1, sum(self.client.nthreads().values()))
            self.asked = time.monotonic()
        return self.count


def _read(folder: Path, garment: Garment) -> bytes:
    path = folder / garment.file
    cure = f"restore it, or build the library again with `python -m assets.build --out {folder}`"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise click.ClickException(
            f"{path}: garment file cannot be read ({error.strerror}); {cure}"
        ) from None
    if hashlib.sha256(data).hexdigest() != garment.sha256:
        raise click.ClickException(f"{path}: is not the file that {folder}/index.json describes; {cure}")
    return data
