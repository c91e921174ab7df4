"""Settings of a whole process for speed: keep freed memory (glibc), let waiting threads sleep (OpenMP)."""

import ctypes
import os

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD = -1, -2, -3
"""From glibc's malloc.h."""


def keep_freed_memory() -> None:
    """Keep freed memory for the next frame or training step; elsewhere than on glibc this does nothing.

    glibc gives every large block back to the kernel, which then clears its pages anew for the next one: half
    the time of an EEVEE frame on the CPU went there, and two fifths of a training step's on two cores.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, 1 << 30)
        mallopt(M_TRIM_THRESHOLD, (1 << 31) - 1)
        mallopt(M_TOP_PAD, 64 << 20)


def prepare_for_torch() -> None:
    """Let waiting threads sleep, and keep freed memory; call it before importing torch.

    OpenMP's threads spin while they wait, which starves them all when the cores are shared.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    keep_freed_memory()
