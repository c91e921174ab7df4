"""Every difference between Blender versions and machines lives here; other code imports `bpy` from here.

bpy 4.5 LTS (Python 3.11) and bpy 5.2 LTS (Python 3.13) are supported.
"""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

os.environ.setdefault("LP_NUM_THREADS", "1")  # one single-threaded process per core beats one with all cores

_EGL_PLATFORMS = (0x31DD, 0x313F)  # EGL_PLATFORM_SURFACELESS_MESA, EGL_PLATFORM_DEVICE_EXT

OPENGL_CURE = (
    "this machine has no OpenGL for Blender to render with; install Mesa: `apt-get install libegl1 libgl1 "
    "libgl1-mesa-dri libxkbcommon0 libsm6 libxi6 libxxf86vm1 libxfixes3 libxrender1` (Debian, Ubuntu) or "
    "`dnf install mesa-libEGL mesa-libGL mesa-dri-drivers libxkbcommon libSM libXi libXxf86vm libXfixes "
    "libXrender` (Fedora)"
)


@contextmanager
def silence() -> Iterator[None]:
    """Send what C code prints to stdout and stderr (Blender's "Saved ...", EGL warnings) to nowhere."""
    sys.stdout.flush()
    sys.stderr.flush()
    saved = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(saved[0], 1)
        os.dup2(saved[1], 2)
        for handle in (*saved, nowhere):
            os.close(handle)


def require_opengl() -> None:
    """Raise click.ClickException that names the missing system packages if EGL offers no display.

    Blender itself would abort without a word that helps.
    """
    if sys.platform != "linux":
        return
    try:
        egl = ctypes.CDLL("libEGL.so.1")
        ctypes.CDLL("libGL.so.1")
    except OSError as error:
        raise click.ClickException(f"{OPENGL_CURE} ({error})") from None
    egl.eglGetPlatformDisplay.restype = ctypes.c_void_p
    egl.eglGetPlatformDisplay.argtypes = [ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p]
    egl.eglInitialize.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    displays = (egl.eglGetPlatformDisplay(platform, None, None) for platform in _EGL_PLATFORMS)
    with silence():
        found = any(display and egl.eglInitialize(display, None, None) for display in displays)
    if not found:
        raise click.ClickException(f"{OPENGL_CURE} (EGL is there but finds no driver)")


@contextmanager
def _one_core() -> Iterator[None]:
    """Show one core only.

    Blender's thread pool counts the cores once, when it loads; with more than one, its idle threads spin
    through every Cycles frame and take the core of the process next door.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


# A parent with Blender in it hands its sys.path down; the `bpy` in scripts/modules is only half a module.
sys.path[:] = [path for path in sys.path if not path.endswith(os.path.join("scripts", "modules"))]  # noqa: PTH118
try:
    with _one_core(), silence():  # Blender 5.2 names its colour configuration
        import bpy
        import gpu  # noqa: F401  for sdg.picture
except ImportError as error:
    raise click.ClickException(f"Blender's Python module does not load: {error}. {OPENGL_CURE}") from None

EEVEE = "BLENDER_EEVEE" if bpy.app.version >= (5, 0, 0) else "BLENDER_EEVEE_NEXT"
CYCLES = "CYCLES"


def empty_scene() -> bpy.types.Scene:
    """Drop everything in memory and return a scene without objects, add-ons or auto-run scripts."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return bpy.context.scene
