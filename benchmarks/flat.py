"""Render many images in one process: do time, memory or the number of shaders grow?

    python benchmarks/flat.py --garments data/garments --n 2000 --size 128 --out flat.png

Prints a Markdown table of ten stretches and draws memory and CPU time of every image.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import numpy as np
import psutil

from assets.common.runtime import keep_freed_memory
from assets.library import read_library
from materials.patterns import PAPER
from sdg.params import Quality
from sdg.scene.wardrobe import pick_garment


@click.command(context_settings={"show_default": True})
@click.option("--garments", type=click.Path(path_type=Path), default=Path("data/garments"))
@click.option("--n", type=int, default=2000, help="Images, all classes in turn.")
@click.option("--size", type=int, default=128, help="Pixels.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("flat.png"), help="The plot.")
@click.option("--here", is_flag=True, hidden=True)
def main(garments: Path, n: int, size: int, out: Path, here: bool) -> None:
    """Print and plot CPU seconds, resident memory and compiled shaders over N images."""
    if here:
        measure(garments, n, size)
        return
    with tempfile.TemporaryDirectory() as cache:
        printed = subprocess.run(
            [sys.executable, __file__, "--here", "--garments", garments, "--n", str(n), "--size", str(size)],
            env={**os.environ, "MESA_SHADER_CACHE_DIR": cache},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout
    rows = np.array([line.split() for line in printed.splitlines()], float)
    click.echo("| images | CPU s an image (median) | resident MB at the end | shaders compiled |")
    click.echo("|---|---|---|---|")
    for part in np.array_split(np.arange(len(rows)), min(10, len(rows))):
        seconds, memory, shaders = rows[part].T
        new = shaders[-1] - (rows[part[0] - 1, 2] if part[0] else 0)
        click.echo(f"| {part[0]} to {part[-1]} | {np.median(seconds):.3f} | {memory[-1]:.0f} | {new:.0f} |")
    plot(rows, out)


def measure(garments: Path, n: int, size: int) -> None:
    """Print CPU seconds, resident MB and shaders in Mesa's cache after each image."""
    keep_freed_memory()
    from sdg.picture.renderer import Renderer
    from sdg.scene.scene import sample_scene

    renderer, library, process = (
        Renderer(Quality(size=size), garments),
        read_library(garments),
        psutil.Process(),
    )
    for i in range(n):
        name = PAPER[i % len(PAPER)]
        began = time.process_time()
        renderer.render(name, sample_scene(pick_garment(library, 0, name, i), 0, name, i, size))
        seconds = time.process_time() - began
        print(seconds, process.memory_info().rss / 2**20, compiled(), flush=True)


def compiled() -> int:
    """Return how many shaders Mesa has compiled into its cache, which began empty."""
    return sum(path.is_file() for path in Path(os.environ["MESA_SHADER_CACHE_DIR"]).rglob("*"))


def plot(rows: np.ndarray, out: Path) -> None:
    """Draw CPU seconds and memory over the image's number."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 5), layout="constrained")
    top, bottom = figure.subplots(2, sharex=True)
    top.plot(rows[:, 0], ".", markersize=2)
    top.set(ylabel="CPU s an image", ylim=(0, 3 * np.median(rows[:, 0])))
    bottom.plot(rows[:, 1])
    bottom.set(ylabel="resident MB", xlabel="image", ylim=(0, None))
    figure.savefig(out, dpi=100)


if __name__ == "__main__":
    main()
