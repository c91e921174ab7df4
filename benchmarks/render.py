"""Measure the renderer: time and memory per image; ours against Blender's defaults and Cycles.

    python benchmarks/render.py --garments data/garments

Every setting renders the same scenes, in a process of its own, after one image that compiles the shaders.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import click

from assets.library import read_library
from materials import CLASSES
from sdg.params import Quality
from sdg.wardrobe import pick_garment
from sdg.worker import ALLOCATOR

SETTINGS = ("eevee", "eevee-defaults", "cycles-16", "cycles-64-denoised")


@click.command(context_settings={"show_default": True})
@click.option("--garments", type=click.Path(path_type=Path), default=Path("data/garments"))
@click.option("--n", type=int, default=12, help="Images per setting.")
@click.option("--size", type=int, default=256, help="Pixels.")
@click.option(
    "--setting", type=click.Choice(SETTINGS), help="Measure this one in this process.  [default: all]"
)
def main(garments: Path, n: int, size: int, setting: str | None) -> None:
    """Print a Markdown table of what an image costs."""
    if setting:
        click.echo(measure(setting, garments, n, size))
        return
    click.echo(
        f"{date.today()}, {len(os.sched_getaffinity(0))} cores, {size} px, one process, median of {n}\n"
    )
    click.echo("| setting | s / image | of it CPU | of it scene, backdrop | peak memory | ratio |")
    click.echo("|---|---|---|---|---|---|")
    base = 0.0
    for name in SETTINGS:
        count = 1 if name == "eevee-defaults" else n
        command = [sys.executable, __file__, "--setting", name, "--n", str(count), "--size", str(size)]
        environment = {**os.environ, "GLIBC_TUNABLES": ALLOCATOR} if name == "eevee" else None
        printed = subprocess.run(
            [*command, "--garments", str(garments)],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout.splitlines()[-1]
        wall, cpu, scene, memory = map(float, printed.split())
        base = base or wall
        click.echo(f"| {name} | {wall:.2f} | {cpu:.2f} | {scene:.3f} | {memory:.0f} MB | {wall / base:.1f} |")


def measure(setting: str, garments: Path, n: int, size: int) -> str:
    """Return the medians of wall, CPU and scene seconds, and the peak memory in MB."""
    from sdg.renderer import Renderer
    from sdg.scene import sample_scene

    cycles = setting.startswith("cycles")
    samples = int(setting.split("-")[1]) if cycles else 4
    renderer = Renderer(Quality(size=size, samples=samples, engine="cycles" if cycles else "eevee"), garments)
    if setting == "cycles-16":
        renderer.scene.cycles.use_denoising = False
    if setting == "eevee-defaults":
        renderer.scene.render.resolution_x = renderer.scene.render.resolution_y = size
        renderer.scene.eevee.taa_render_samples = 64
        renderer.scene.eevee.use_shadows = True
        renderer.scene.world.probe_resolution = "1024"
        renderer.scene.eevee.shadow_pool_size = "512"
        renderer.quality = renderer.quality.model_copy(update={"shadows": True})
    library = read_library(garments)
    times = []
    for i in range(n):
        name = CLASSES[i % len(CLASSES)]
        garment = pick_garment(library, 0, name, i)
        scene = sample_scene(garment, 0, name, i, size)
        if name not in renderer.materials:
            renderer.render(name, scene)
        began = time.perf_counter(), time.process_time()
        scene = sample_scene(garment, 0, name, i, size)
        drawn = time.perf_counter()
        renderer.render(name, scene)
        times.append((time.perf_counter() - began[0], time.process_time() - began[1], drawn - began[0]))
    medians = [statistics.median(column) for column in zip(*times, strict=True)]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return " ".join(f"{value:.4f}" for value in (*medians, memory))


if __name__ == "__main__":
    main()
