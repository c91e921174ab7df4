"""`python -m materials.sheet`: a picture book of the materials, as flat swatches or on garments."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np

from assets.common.blender import EEVEE, bpy, empty_scene, require_opengl, silence
from assets.common.command import Command
from assets.common.files import atomic_path
from assets.common.rng import rng_for
from assets.common.settings import Settings
from materials.fabric import Fabric, sample_fabric
from materials.inputs import choices_of
from materials.patterns import CLASSES, GROUPS, expand, pattern
from materials.shader import appearance, apply, make_material, plain_slot
from materials.trims import NO_TRIMS, Trims, sample_trims
from materials.view import View

CELL = 0.8
"""Side in metres of the square of scene that one picture gets."""
SWATCH = 0.7
"""Side in metres of a swatch."""
GROUND_GREY = 0.6


class Draw(NamedTuple):
    """What one picture of a sheet shows."""

    name: str
    params: Settings
    sewn: Trims
    cloth: Fabric


@click.command(
    cls=Command,
    epilog="Examples:\n\n  python -m materials.sheet --out sheets\n\n"
    "  python -m materials.sheet --out sheets --class floral --garments data/garments",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the PNG files.")
@click.option(
    "--class",
    "names",
    type=click.Choice([*CLASSES, *GROUPS]),
    multiple=True,
    default=["all"],
    show_default=True,
    help="Pattern; paper: the paper's seven. Repeatable.",
)
@click.option(
    "--n", default=30, show_default=True, type=click.IntRange(1, 200), help="Random draws per class."
)
@click.option(
    "--size",
    "pixels",
    default=128,
    show_default=True,
    type=click.IntRange(32, 1024),
    help="Size of one picture.",
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(min=0), help="Seed of the draws.")
@click.option(
    "--garments", type=click.Path(path_type=Path), help="Draw on garments of this library, not on swatches."
)
def main(out: Path, names: Sequence[str], n: int, pixels: int, seed: int, garments: Path | None) -> None:
    """Render draws of each class, and on swatches a row per parameter from its lowest to its highest value.

    Writes OUT/<class>.png and OUT/<class>-ranges.png. The black bar on a swatch is 10 cm long.
    """
    require_opengl()
    for name in sorted(expand(names), key=CLASSES.index):
        view = View(cm_per_pixel=100 * CELL / pixels, width_cm=100 * SWATCH, height_cm=100 * SWATCH)
        draws = [random_draw(name, seed, index, view) for index in range(n)]
        if garments is None:
            render_sheet(draws, out / f"{name}.png", pixels, swatch_maker())
            ranges = range_draws(name, view, seed)
            render_sheet(ranges, out / f"{name}-ranges.png", pixels, swatch_maker(), columns=5)
        else:
            render_sheet(draws, out / f"{name}-garments.png", pixels, garment_maker(garments, seed))


def random_draw(name: str, seed: int, index: int, view: View) -> Draw:
    """Draw the parameters, the trims and the fabric of one picture."""
    rng = rng_for(seed, "sheet", name, index)
    return Draw(name, pattern(name).sample(rng, view), sample_trims(rng, view), sample_fabric(rng, view))


def range_draws(name: str, view: View, seed: int) -> list[Draw]:
    """Return five draws per parameter, from its lowest to its highest value, all else as in one draw."""
    draws = []
    _, base, _, cloth = random_draw(name, seed, 0, view)
    params = pattern(name).Params
    for field, info in params.model_fields.items():
        if info.annotation is str:
            continue
        limits = {key: getattr(m, key) for m in info.metadata for key in ("ge", "le") if hasattr(m, key)}
        words = choices_of(params, field)
        for step in np.linspace(0, 1, 5):
            value: Any = np.interp(step, (0, 1), (limits["ge"], limits["le"])) if limits else None
            value = words[round(step * (len(words) - 1))] if words else value
            draws.append(
                Draw(name, params.model_validate({**base.model_dump(), field: value}), NO_TRIMS, cloth)
            )
    return draws


def swatch_maker() -> Callable[[int], bpy.types.Object]:
    """Return a maker of square, gently waved cloths that stand upright."""

    def make(index: int) -> bpy.types.Object:
        n = 40
        x, y = np.meshgrid(np.linspace(-SWATCH / 2, SWATCH / 2, n), np.linspace(0, SWATCH, n))
        depth = 0.008 * np.sin(9 * x + index) + 0.006 * np.sin(7 * y + 5 * x)
        vertices = np.stack([x, depth, y], -1).reshape(-1, 3)
        grid = np.arange(n * n).reshape(n, n)
        faces = np.stack([grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]], -1).reshape(-1, 4)
        mesh = bpy.data.meshes.new("swatch")
        mesh.from_pydata(vertices.tolist(), [], faces.tolist())
        corners = vertices[faces.ravel()][:, [0, 2]].astype(np.float32)
        mesh.uv_layers.new(name="UVMap").data.foreach_set("uv", corners.ravel())
        ao = mesh.attributes.new("AO", "FLOAT_COLOR", "POINT")
        ao.data.foreach_set("color", np.ones(4 * n * n, np.float32))
        mesh.shade_smooth()
        cloth = bpy.data.objects.new("swatch", mesh)
        bar = bpy.data.meshes.new("bar")
        bar.from_pydata(
            [(-0.33, 0, -0.035), (-0.23, 0, -0.035), (-0.23, 0, -0.02), (-0.33, 0, -0.02)], [], [(0, 1, 2, 3)]
        )
        bar.materials.append(bpy.data.materials.get("bar") or plain_slot("bar", (0.0, 0.0, 0.0), 1.0, 0.0))
        child = bpy.data.objects.new("10 cm", bar)
        child.parent = cloth
        bpy.context.scene.collection.objects.link(child)
        return cloth

    return make


def garment_maker(folder: Path, seed: int) -> Callable[[int], bpy.types.Object]:
    """Return a maker of garments of a library, scaled to fit one cell."""
    from assets.library import read_library
    from assets.mesh import load_object

    library = read_library(folder)

    def make(index: int) -> bpy.types.Object:
        garment = library[int(rng_for(seed, "sheet garment", index).integers(len(library)))]
        cloth = load_object(folder, garment)
        flat = garment.presentation == "flat"
        width, height = garment.dimensions_m[0], garment.dimensions_m[1 if flat else 2]
        scale = SWATCH / max(width, height)
        cloth.scale = (scale,) * 3
        if flat:
            cloth.rotation_euler[0] = np.pi / 2
            cloth.delta_location = (0, 0, SWATCH / 2)
        return cloth

    return make


def render_sheet(
    draws: Sequence[Draw],
    path: Path,
    pixels: int,
    make: Callable[[int], bpy.types.Object],
    columns: int = 10,
    samples: int = 8,
) -> None:
    """Render one picture per draw, in rows of `columns`, into one PNG; `samples` are per pixel."""
    columns = min(columns, len(draws))
    rows = -(-len(draws) // columns)
    with silence():
        scene = empty_scene()
    built: dict[str, bpy.types.Material] = {}
    for index, (name, params, sewn, cloth) in enumerate(draws):
        thing = make(index)
        scene.collection.objects.link(thing)
        if name not in built:
            built[name] = make_material(name)
        material = duplicate(built[name])
        if thing.data.materials:
            thing.data.materials[0] = material
        else:
            thing.data.materials.append(material)
        apply(material, appearance(params, sewn, cloth, size_of(thing)), thing)
        thing.location = ((index % columns) * CELL, 0, -(index // columns) * CELL)
    light_and_camera(scene, columns, rows)
    scene.render.engine = EEVEE
    scene.eevee.taa_render_samples = samples
    scene.render.resolution_x, scene.render.resolution_y = columns * pixels, rows * pixels
    scene.view_settings.view_transform = "Standard"
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as temporary, silence():
        scene.render.filepath = str(temporary)
        bpy.ops.render.render(write_still=True)
    click.echo(path)


def size_of(thing: bpy.types.Object) -> tuple[float, float, float]:
    """Return the size of an object's bounding box along its own axes, metres."""
    corners = np.array([tuple(corner) for corner in thing.bound_box])
    x, y, z = np.ptp(corners, axis=0).tolist()
    return x, y, z


def duplicate(material: bpy.types.Material) -> bpy.types.Material:
    """Copy a material; the copy shares its node groups, but has images of its own."""
    copied = material.copy()
    pattern_node = copied.node_tree.nodes["Pattern"]
    if any(node.bl_idname == "ShaderNodeTexImage" for node in pattern_node.node_tree.nodes):
        pattern_node.node_tree = pattern_node.node_tree.copy()
        for node in pattern_node.node_tree.nodes:
            if node.bl_idname == "ShaderNodeTexImage":
                node.image = node.image.copy()
    return copied


def light_and_camera(scene: bpy.types.Scene, columns: int, rows: int) -> None:
    """Light the sheet from the upper left and look at it from far away."""
    world = bpy.data.worlds.new("grey")
    world.use_nodes = True
    world.probe_resolution = "128"
    world.node_tree.nodes["Background"].inputs[0].default_value = (GROUND_GREY,) * 3 + (1.0,)
    scene.world = world
    sun = bpy.data.lights.new("sun", "SUN")
    sun.energy, sun.use_shadow = 2.0, False
    lamp = bpy.data.objects.new("sun", sun)
    lamp.rotation_euler = (0.8, 0.2, -0.5)
    scene.collection.objects.link(lamp)
    camera = bpy.data.cameras.new("camera")
    distance, span = 60.0, CELL * max(columns, rows)
    camera.sensor_fit = "HORIZONTAL" if columns >= rows else "VERTICAL"
    camera.sensor_width = camera.sensor_height = 36.0
    camera.lens = 36.0 * distance / span
    eye = bpy.data.objects.new("camera", camera)
    eye.location = ((columns - 1) * CELL / 2, -distance, SWATCH / 2 - (rows - 1) * CELL / 2)
    eye.rotation_euler = (np.pi / 2, 0, 0)
    scene.collection.objects.link(eye)
    scene.camera = eye


if __name__ == "__main__":
    main()
