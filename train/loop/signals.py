"""Being asked to stop: SIGTERM from a scheduler, SIGINT from Ctrl-C."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def stop_on_signal() -> Iterator[Callable[[], int]]:
    """Turn the first SIGTERM or SIGINT into a number to ask for (0: none yet); a second one acts as usual."""
    received = [0]
    signals = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.getsignal(number) for number in signals}

    def restore() -> None:
        for number in signals:
            signal.signal(number, before[number])

    def handle(number: int, _frame: Any) -> None:
        received[0] = number
        restore()

    for number in signals:
        signal.signal(number, handle)
    try:
        yield lambda: received[0]
    finally:
        restore()
