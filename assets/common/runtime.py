"""What a process that runs PyTorch on CPU cores asks of its libraries; call it before importing torch."""

import ctypes
import os

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD = -1, -2, -3
"""From glibc's malloc.h."""


def prepare_for_torch() -> None:
    """Let waiting threads sleep, and keep freed memory for the next step.

    OpenMP's threads spin while they wait, which starves them all when the cores are shared. And glibc gives
    every large block back to the kernel, which then clears its pages anew for the next tensor: two fifths of
    the time of a training step on two cores went there. Elsewhere than on glibc the second does nothing.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, 1 << 30)
        mallopt(M_TRIM_THRESHOLD, (1 << 31) - 1)
        mallopt(M_TOP_PAD, 64 << 20)
