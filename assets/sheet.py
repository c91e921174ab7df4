"""`python -m assets.sheet`: every garment of a library in neutral grey, to look at."""

import tempfile
from collections.abc import Sequence
from math import radians
from pathlib import Path

import click
import numpy as np
from PIL import Image, ImageDraw

from assets.common.blender import EEVEE, bpy, empty_scene, require_opengl, silence
from assets.common.command import Command
from assets.common.files import atomic_path, require_replaceable
from assets.common.progress import progress
from assets.library import Garment, Slot, read_library
from assets.mesh import AO_LAYER, load_object


def _material(slot: Slot) -> bpy.types.Material:
    """Grey cloth, or the slot's own plain colour, darkened by the baked ambient occlusion."""
    material = bpy.data.materials.new(slot.name)
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    shader = nodes["Principled BSDF"]
    shader.inputs["Roughness"].default_value = 0.8 if slot.fabric else slot.roughness
    shader.inputs["Metallic"].default_value = slot.metallic
    color, ao = nodes.new("ShaderNodeVectorMath"), nodes.new("ShaderNodeVertexColor")
    color.operation = "MULTIPLY"
    color.inputs[1].default_value = (0.45, 0.45, 0.45) if slot.fabric else slot.color
    ao.layer_name = AO_LAYER
    links.new(ao.outputs["Color"], color.inputs[0])
    links.new(color.outputs[0], shader.inputs["Base Color"])
    return material


def _scene(size: int) -> bpy.types.Scene:
    """An empty scene with a key light, a soft world and a camera."""
    scene = empty_scene()
    scene.render.engine = EEVEE
    scene.eevee.taa_render_samples = 8
    scene.eevee.use_shadows = False
    scene.render.resolution_x = scene.render.resolution_y = size
    scene.view_settings.view_transform = "Standard"
    scene.world = bpy.data.worlds.new("world")
    scene.world.use_nodes = True
    scene.world.node_tree.nodes["Background"].inputs[0].default_value = (0.7, 0.7, 0.7, 1)
    scene.world.node_tree.nodes["Background"].inputs[1].default_value = 0.45
    scene.world.probe_resolution = "128"
    sun = bpy.data.objects.new("sun", bpy.data.lights.new("sun", "SUN"))
    sun.data.energy = 2.6
    sun.rotation_euler = (radians(48), radians(-28), 0)
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.type = "ORTHO"
    for item in (sun, camera):
        scene.collection.objects.link(item)
    scene.camera = camera
    return scene


def _picture(scene: bpy.types.Scene, folder: Path, garment: Garment) -> Image.Image:
    """Render one garment alone, as RGBA; worn and hung from the front, a flat one from above."""
    body = load_object(folder, garment)
    for index, slot in enumerate(garment.slots):
        body.data.materials[index] = _material(slot)
    scene.collection.objects.link(body)
    camera, sun = scene.camera, scene.objects["sun"]
    points = np.array([v.co for v in body.data.vertices])
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    flat = garment.presentation == "flat"
    camera.data.ortho_scale = 1.06 * max(np.ptp(points[:, 0]), np.ptp(points[:, 1 if flat else 2]))
    camera.location = middle + ([0, 0, 3] if flat else [0, -3, 0])
    camera.rotation_euler = (0 if flat else radians(90), 0, 0)
    sun.rotation_euler = (radians(-55), radians(-30), 0) if flat else (radians(40), radians(-35), 0)
    with tempfile.TemporaryDirectory() as temporary:
        scene.render.filepath = str(Path(temporary) / "picture.png")
        with silence():
            bpy.ops.render.render(write_still=True)
        picture = Image.open(scene.render.filepath).convert("RGBA")
    bpy.data.objects.remove(body)
    bpy.data.orphans_purge()
    return picture


def coverage(folder: Path, garments: Sequence[Garment], size: int = 48) -> list[float]:
    """Return which share of a picture of `size` x `size` pixels each garment covers, 0..1: it is rendered."""
    require_opengl()
    scene = _scene(size)
    scene.render.film_transparent = True
    return [float(np.asarray(_picture(scene, folder, g))[..., 3].mean() / 255) for g in garments]


def contact_sheet(folder: Path, garments: list[Garment], out: Path, size: int = 220) -> None:
    """Render `garments` of the library in `folder` and write them as one picture to `out`."""
    require_opengl()
    scene = _scene(size)
    columns = min(len(garments), max(1, round(np.sqrt(len(garments) * 1.6) / 3)) * 3)  # 3 presentations
    sheet = Image.new("RGB", (columns * size, -(-len(garments) // columns) * size), "white")
    with progress("garment") as bar:
        task = bar.add_task("garments", total=len(garments))
        for i, garment in enumerate(garments):
            picture = _picture(scene, folder, garment).convert("RGB")
            ImageDraw.Draw(picture).text((4, size - 14), f"{garment.id}", fill="black")
            sheet.paste(picture, (i % columns * size, i // columns * size))
            bar.advance(task)
    with atomic_path(out) as temporary:
        sheet.save(temporary, "PNG")


@click.command(cls=Command, epilog="Example: python -m assets.sheet data/garments --out sheet.png")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("data/garments"))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("sheet.png"),
    show_default=True,
    help="The PNG to write.",
)
@click.option(
    "--size", type=click.IntRange(64, 1024), default=220, show_default=True, help="Pixels per garment."
)
def main(folder: Path, out: Path, size: int) -> None:
    """Draw every garment of the library in FOLDER in neutral grey, with its id."""
    require_replaceable(out)
    garments = read_library(folder)
    contact_sheet(folder, garments, out, size)
    click.echo(f"{out}: {len(garments)} garments")


if __name__ == "__main__":
    main()
