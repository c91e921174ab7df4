"""Work spread over processes that do not outlive the command that started them."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

_PR_SET_PDEATHSIG = 1


def in_processes(
    function: Callable[[Task], Result], tasks: Sequence[Task], workers: int, recycle: int
) -> Iterator[tuple[Task, Result]]:
    """Call `function` on every task in `workers` spawned processes; yield (task, result) as they finish.

    All processes are replaced after `recycle` tasks each, so that Blender's leaks stay small (the executor's
    own max_tasks_per_child hangs on Python 3.11 and 3.13). An exception of a task, or BrokenProcessPool if
    a process dies, comes out of the iterator; tasks not yet begun are dropped then.
    """
    for first in range(0, len(tasks), recycle * workers):
        batch = tasks[first : first + recycle * workers]
        pool = ProcessPoolExecutor(
            min(workers, len(batch)), mp_context=get_context("spawn"), initializer=die_with_parent
        )
        try:
            futures = {pool.submit(function, task): task for task in batch}
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def die_with_parent() -> None:
    """End this process when its parent ends, however that happens.

    Without it the workers of a killed run go on with their tasks. Linux only; elsewhere it does nothing.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
