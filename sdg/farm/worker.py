"""A Dask worker's side of the farm: it owns one process with Blender in it, and replaces it when it fails."""

import os
import queue
import shutil
import subprocess
import sys
import tempfile
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

from distributed import Worker, WorkerPlugin, get_worker

import sdg
from assets.common.files import write_bytes
from sdg.farm.order import Order, Rendered

COMMAND = (sys.executable, "-m", "sdg.farm.child")
"""What a process with Blender runs."""
PLUGIN = "fashion-cut-renderer"
START_LIMIT_S = 120.0
FIRST_FRAME_LIMIT_S = 600.0
"""A class's first image compiles shaders; with a cold shader cache that takes half a minute on two cores."""
RETRIES = 2
RECYCLE_AFTER = 1000
"""Images after which a process makes way for a fresh one."""


class Broken(Exception):
    """The process crashed or hung: another try may succeed."""


class Refused(Exception):
    """Blender runs and says that this image cannot be rendered: another try would end the same way."""


class Unusable(Exception):
    """Blender cannot render on this machine at all."""


class Child:
    """A process that renders one order at a time, and the folder with the garments it was sent."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fashion-cut-"))
        self.rendered = 0
        self.classes: set[str] = set()
        ours, theirs = Pipe()
        self.pipe: Connection = ours
        root = str(Path(str(sdg.__file__)).parent.parent)
        path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [*COMMAND, str(theirs.fileno()), str(self.folder)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={
                    **os.environ,
                    "PYTHONPATH": path,
                    "LP_NUM_THREADS": "1",
                    "OPENBLAS_NUM_THREADS": "1",  # its idle threads spin on the core of the next process
                    "TMPDIR": str(self.folder),
                },
            )
        theirs.close()
        try:
            kind, content = self._receive(START_LIMIT_S)
        except Broken:
            self.close()
            raise
        if kind == "unusable":
            self.close()
            raise Unusable(content)

    def render(self, order: Order, garment: bytes) -> Rendered:
        """Return what `order` asks for.

        Raises Broken if the process dies or exceeds the time limit, Refused if Blender raises an error.
        """
        file = f"{order.garment.sha256}.npz"
        if not (self.folder / file).exists():
            write_bytes(self.folder / file, garment)
        limit = order.limit_s + (0 if order.name in self.classes else FIRST_FRAME_LIMIT_S)
        try:
            self.pipe.send(
                order.model_copy(update={"garment": order.garment.model_copy(update={"file": file})})
            )
        except OSError as error:
            raise Broken(self._last_words(f"died before this image ({error})")) from None
        kind, content = self._receive(limit)
        self.rendered += 1
        self.classes.add(order.name)
        if kind == "error":
            raise Refused(content)
        return content

    def close(self) -> None:
        """End the process at once and remove its folder."""
        self.process.kill()
        self.process.wait()
        self.pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _receive(self, limit_s: float) -> tuple[str, Any]:
        try:
            if not self.pipe.poll(limit_s):
                raise Broken(f"took longer than {limit_s:.0f} s")
            return self.pipe.recv()
        except (EOFError, OSError):
            raise Broken(self._last_words("died")) from None

    def _last_words(self, what: str) -> str:
        lines = (self.folder / "log").read_text(errors="replace").split("\n") if self.folder.exists() else []
        words = [line for line in lines if line.strip() and "EGL" not in line]
        return f"{what} with exit status {self.process.poll()}" + (f": {words[-1]}" if words else "")


class RendererPlugin(WorkerPlugin):
    """Keeps a worker's processes: one for each of its threads, started when first needed."""

    name = PLUGIN

    def setup(self, worker: Worker) -> None:
        """Called by Dask when the worker joins."""
        self.idle: queue.SimpleQueue[Child] = queue.SimpleQueue()
        self.busy: set[Child] = set()
        self.closed = False

    def teardown(self, worker: Worker) -> None:
        """Called by Dask when the worker leaves: end the processes, also those in the middle of an image."""
        self.closed = True
        for child in list(self.busy):
            child.close()
        while not self.idle.empty():
            self.idle.get().close()

    def render(self, order: Order, garment: bytes) -> Rendered:
        """Render an order, on a fresh process after each that breaks, `RETRIES` times at most.

        Raises Broken, Refused or Unusable.
        """
        reasons: list[str] = []
        while len(reasons) <= RETRIES and not self.closed:
            try:
                child = self._take()
            except Broken as error:
                reasons.append(str(error))
                continue
            try:
                result = child.render(order, garment)
            except Broken as error:
                reasons.append(str(error))
                self.busy.discard(child)
                child.close()
            except Refused:
                self._give_back(child)
                raise
            else:
                self._give_back(child)
                return result
        raise Broken("; then ".join(reasons) or "the worker closed")

    def _take(self) -> Child:
        try:
            child = self.idle.get_nowait()
        except queue.Empty:
            child = Child()
        self.busy.add(child)
        return child

    def _give_back(self, child: Child) -> None:
        self.busy.discard(child)
        if child.rendered < RECYCLE_AFTER and not self.closed:
            self.idle.put(child)
        else:
            child.close()


def render_order(order: Order, garment: bytes) -> Rendered:
    """The Dask task: render `order`, whose mesh file holds `garment`, on the worker that runs this."""
    plugin = get_worker().plugins[PLUGIN]
    assert isinstance(plugin, RendererPlugin)
    return plugin.render(order, garment)
