"""One thread per test process, as two share the cores; the longest test first, so that they end together."""

import os
import signal

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")
# a run in the background ignores Ctrl-C, as would the commands it starts
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
