"""Measure the renderer: where an image's time goes; ours against Blender's defaults and Cycles.

    python benchmarks/render.py --garments data/garments

Every setting renders the same scenes, of the paper's patterns in turn, in a process of its own, after images
that compile the shaders.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import click

from assets.common.runtime import keep_freed_memory
from assets.library import read_library
from materials.patterns import PAPER
from sdg.params import Quality
from sdg.scene.wardrobe import pick_garment

SETTINGS = {
    "opengl": Quality(preset="cpu"),
    "eevee-defaults": Quality(preset="gpu", samples=64),
    "cycles-16": Quality(preset="cycles", samples=16),
    "cycles-64-denoised": Quality(preset="cycles", samples=64),
}
PARTS = {
    "_corners": "mesh and light",
    "paint": "backdrop",
    "light_on": "its light",
    "appearance": "inputs",
    "draw": "drawing",
    "encode": "encoding",
}
"""Functions behind `sdg.picture.renderer` whose CPU time is shown; 0 where a setting does without."""


@click.command(context_settings={"show_default": True})
@click.option("--garments", type=click.Path(path_type=Path), default=Path("data/garments"))
@click.option("--n", type=int, default=14, help="Images per setting.")
@click.option("--size", type=int, default=256, help="Pixels.")
@click.option("--setting", "names", type=click.Choice(list(SETTINGS)), multiple=True, help="[default: all]")
@click.option("--here", is_flag=True, hidden=True)
def main(garments: Path, n: int, size: int, names: tuple[str, ...], here: bool) -> None:
    """Print a Markdown table of what an image costs: medians, in seconds."""
    if here:
        click.echo(measure(names[0], garments, n, size))
        return
    click.echo(f"{date.today()}, {len(os.sched_getaffinity(0))} cores, {size} px, one process, {n} images\n")
    click.echo(
        f"| setting | s / image | CPU s | scene | {' | '.join(PARTS.values())} | peak memory | ratio |"
    )
    click.echo("|---" * (6 + len(PARTS)) + "|")
    base = 0.0
    for name in names or SETTINGS:
        count = 1 if name == "eevee-defaults" else n
        command = [
            sys.executable,
            __file__,
            "--here",
            "--setting",
            name,
            "--n",
            str(count),
            "--size",
            str(size),
        ]
        printed = subprocess.run(
            [*command, "--garments", str(garments)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout.splitlines()[-1]
        wall, *parts, memory = map(float, printed.split())
        base = base or wall
        columns = " | ".join(f"{part:.3f}" for part in parts)
        click.echo(f"| {name} | {wall:.2f} | {columns} | {memory:.0f} MB | {wall / base:.1f} |")


def measure(setting: str, garments: Path, n: int, size: int) -> str:
    """Return the medians of wall, CPU, scene and part seconds, and the peak memory in MB."""
    if setting == "opengl":
        keep_freed_memory()
    from sdg.picture import backdrop_light, lit_by_blender, lit_by_numpy
    from sdg.picture import renderer as module
    from sdg.scene.scene import sample_scene

    renderer = module.Renderer(SETTINGS[setting].model_copy(update={"size": size}), garments)
    if setting == "cycles-16":
        renderer.scene.cycles.use_denoising = False
    if setting == "eevee-defaults":
        use_defaults(renderer.scene, size)
    spent = dict.fromkeys(PARTS, 0.0)
    drawing = getattr(renderer.light, "drawing", None)
    for owner in (module, lit_by_blender, lit_by_numpy, backdrop_light, drawing):
        for name in PARTS:
            if hasattr(owner, name):
                setattr(owner, name, timed(getattr(owner, name), spent, name))
    library = read_library(garments)
    rows, warm = [], set()
    for i in range(n):
        name = PAPER[i % len(PAPER)]
        garment = pick_garment(library, 0, name, i)
        scene = sample_scene(garment, 0, name, i, size)
        if name not in warm:
            renderer.render(name, scene)
            warm.add(name)
        spent.update(dict.fromkeys(PARTS, 0.0))
        wall, cpu = time.perf_counter(), time.process_time()
        scene = sample_scene(garment, 0, name, i, size)
        drawn = time.process_time()
        renderer.render(name, scene)
        rows.append((time.perf_counter() - wall, time.process_time() - cpu, drawn - cpu, *spent.values()))
    medians = [statistics.median(column) for column in zip(*rows, strict=True)]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return " ".join(f"{value:.4f}" for value in (*medians, memory))


def use_defaults(scene: Any, size: int) -> None:
    """Set what Blender sets in a new file: one image, 64 samples, large probes and shadow pool."""
    scene.render.resolution_x = scene.render.resolution_y = size
    scene.render.filter_size = 1.5
    scene.eevee.taa_render_samples = 64
    scene.eevee.shadow_pool_size = "512"
    scene.world.probe_resolution = "1024"
    scene.view_layers[0].use_pass_z = True


def timed(function: Callable[..., Any], spent: dict[str, float], name: str) -> Callable[..., Any]:
    """Return `function`, which adds its CPU seconds to `spent[name]`."""

    @wraps(function)
    def wrapper(*arguments: Any, **named: Any) -> Any:
        began = time.process_time()
        try:
            return function(*arguments, **named)
        finally:
            spent[name] += time.process_time() - began

    return wrapper


if __name__ == "__main__":
    main()
