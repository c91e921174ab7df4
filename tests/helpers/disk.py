"""Disks that refuse: full ones, and folders whose modes root keeps to."""

import ctypes
import resource
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def full_after(size: int) -> Iterator[None]:
    """Break off every file at `size` bytes, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def obeying_modes() -> Iterator[None]:
    """Let root, too, keep to the modes of folders: without Linux's CAP_DAC_OVERRIDE and
    CAP_DAC_READ_SEARCH (capabilities(7))."""
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "capset"):
        yield
        return
    header, sets = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    libc.capget(header, sets)
    before = sets[0]
    sets[0] &= ~(1 << 1 | 1 << 2)
    libc.capset(header, sets)
    try:
        yield
    finally:
        sets[0] = before
        libc.capset(header, sets)
