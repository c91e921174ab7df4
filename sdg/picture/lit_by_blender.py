"""Light by Blender's lamps, with real shadows: slow without a GPU."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

from assets.common.blender import CYCLES, EEVEE, bpy, silence
from assets.library import Garment, Mesh
from assets.mesh import to_object
from materials.color import linear
from materials.shader import Appearance, apply, make_material, plain_slot
from sdg.params import Quality
from sdg.picture.camera import aim, place
from sdg.picture.garment_light import open_to_light
from sdg.scene.backdrop import paint, plane_for, texture_side
from sdg.scene.lights import SPOT_BLEND, Environment, Light
from sdg.scene.scene import Scene

NEAREST_M = 0.3
"""What a lamp shines past is so far from the garment, or farther: it hides nothing."""
SUPERSAMPLING = 2
"""EEVEE: up to four samples per pixel are one at up to twice the size, cheaper than passes and as smooth."""


class LitByBlender:
    """Lights `scene` with Blender's world and lamps, in front of a plane that shows the backdrop.

    What stays from image to image: the backdrop and one material per class. What an image brings (garment,
    lamps, plain materials) is removed after it, so that a process does not grow.
    """

    def __init__(self, scene: bpy.types.Scene, camera: bpy.types.Object, quality: Quality) -> None:
        self.scene, self.camera, self.size = scene, camera, quality.size
        _set_engine(scene, quality)
        self.texture = _new_texture(quality.size)
        self.backdrop = _new_backdrop(self.texture)
        scene.collection.objects.link(self.backdrop)
        scene.world = _new_world()
        self.materials: dict[str, bpy.types.Material] = {}

    def picture(self, name: str, scene: Scene, mesh: Mesh, shown: Appearance) -> Image.Image:
        """Return the RGB picture of `mesh` in `scene`, in the material of class `name` as `shown`.

        The first image of a class is rendered twice: the first pass compiles its shaders and is thrown away.
        """
        fresh = name not in self.materials
        if fresh:
            self.materials[name] = make_material(name)
        garment = to_object(
            scene.garment.id, replace(mesh, ao=open_to_light(mesh.ao)), slots=len(scene.garment.slots)
        )
        plain = _fill_slots(garment, scene.garment, self.materials[name])
        lamps = [_new_light(light) for light in scene.lights]
        blockers = [_new_blocker(light) for light in scene.lights if light.blocker]
        for thing in (garment, *lamps, *blockers):
            self.scene.collection.objects.link(thing)
        try:
            apply(self.materials[name], shown, garment)
            aim(self.camera, scene.camera)
            _set_world(self.scene.world, scene.environment)
            self._set_backdrop(scene)
            if fresh:
                self._rendered()
            return self._rendered().resize((self.size, self.size), Image.Resampling.BOX)
        finally:
            for lamp in lamps:
                bpy.data.lights.remove(lamp.data)
            for thing in (garment, *blockers):
                bpy.data.meshes.remove(thing.data)
            for material in plain:
                bpy.data.materials.remove(material)

    def _rendered(self) -> Image.Image:
        with tempfile.TemporaryDirectory(prefix="fashion-cut-") as folder:
            path = Path(folder) / "frame.bmp"
            self.scene.render.filepath = str(path)
            with silence():
                bpy.ops.render.render(write_still=True)
            return Image.open(path).convert("RGB")

    def _set_backdrop(self, scene: Scene) -> None:
        plane = plane_for(scene.backdrop, scene.garment, scene.camera)
        pixels = self.texture.size[0]
        image = np.ones((pixels, pixels, 4), np.float32)
        image[..., :3] = paint(scene.backdrop, plane, pixels)
        self.texture.pixels.foreach_set(image.reshape(-1))
        self.texture.update()
        self.backdrop.data.vertices.foreach_set("co", plane.corners.astype(np.float32).reshape(-1))
        self.backdrop.data.update()


def _fill_slots(
    thing: bpy.types.Object, garment: Garment, fabric: bpy.types.Material
) -> Sequence[bpy.types.Material]:
    """Give every slot its material; return the plain ones, which live as long as the garment."""
    plain = []
    for i, slot in enumerate(garment.slots):
        if not slot.fabric:
            plain.append(plain_slot(slot.name, slot.color, slot.roughness, slot.metallic))
        thing.data.materials[i] = fabric if slot.fabric else plain[-1]
    return plain


def _set_engine(scene: bpy.types.Scene, quality: Quality) -> None:
    render = scene.render
    render.image_settings.file_format = "BMP"
    render.use_compositing = render.use_sequencer = False
    scene.view_layers[0].use_pass_z = False
    render.threads_mode, render.threads = "FIXED", 1
    side = quality.size
    if quality.preset == "cycles":
        render.engine = CYCLES
        scene.cycles.samples = quality.samples
        scene.cycles.use_denoising = True
        scene.cycles.max_bounces = 4
    else:
        render.engine = EEVEE
        factor = min(SUPERSAMPLING, quality.samples**0.5)
        side = round(side * factor)
        render.filter_size = 0.0  # `picture` averages, as it resizes
        scene.eevee.taa_render_samples = round(quality.samples / factor**2)
        scene.eevee.use_shadows = True
        scene.eevee.use_raytracing = False
    render.resolution_x = render.resolution_y = side


def _new_texture(size: int) -> bpy.types.Image:
    pixels = texture_side(size)
    texture = bpy.data.images.new("Backdrop", pixels, pixels, float_buffer=True)
    texture.colorspace_settings.name = "Non-Color"
    return texture


def _new_backdrop(texture: bpy.types.Image) -> bpy.types.Object:
    """A plane that shows `texture` in the light of the lamps."""
    mesh = bpy.data.meshes.new("Backdrop")
    mesh.from_pydata([(0, 0, 0)] * 4, [], [(0, 1, 2, 3)])
    mesh.uv_layers.new(name="UVMap").uv.foreach_set("vector", [0, 0, 1, 0, 1, 1, 0, 1])
    material = bpy.data.materials.new("Backdrop")
    material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    image = tree.nodes.new("ShaderNodeTexImage")
    image.image, image.extension = texture, "EXTEND"
    shader = tree.nodes.new("ShaderNodeBsdfDiffuse")
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    tree.links.new(image.outputs["Color"], shader.inputs["Color"])
    tree.links.new(shader.outputs[0], output.inputs["Surface"])
    mesh.materials.append(material)
    return bpy.data.objects.new("Backdrop", mesh)


def _new_world() -> bpy.types.World:
    """A vertical gradient from "Ground" to "Sky"."""
    world = bpy.data.worlds.new("World")
    world.use_nodes = True
    world.probe_resolution = "128"
    tree = world.node_tree
    tree.nodes.clear()
    node = tree.nodes.new
    direction, split, half, mix = (
        node("ShaderNodeTexCoord"),
        node("ShaderNodeSeparateXYZ"),
        node("ShaderNodeMapRange"),
        node("ShaderNodeMix"),
    )
    half.inputs["From Min"].default_value = -1.0
    mix.data_type, mix.name = "RGBA", "Gradient"
    background, output = node("ShaderNodeBackground"), node("ShaderNodeOutputWorld")
    background.name = "Background"
    link = tree.links.new
    link(direction.outputs["Generated"], split.inputs[0])
    link(split.outputs["Z"], half.inputs["Value"])
    link(half.outputs["Result"], mix.inputs["Factor"])
    link(mix.outputs["Result"] if mix.data_type == "FLOAT" else mix.outputs[2], background.inputs["Color"])
    link(background.outputs[0], output.inputs["Surface"])
    return world


def _set_world(world: bpy.types.World, environment: Environment) -> None:
    nodes = world.node_tree.nodes
    nodes["Gradient"].inputs[6].default_value = (*linear(environment.ground), 1.0)
    nodes["Gradient"].inputs[7].default_value = (*linear(environment.sky), 1.0)
    nodes["Background"].inputs["Strength"].default_value = environment.brightness


def _new_light(light: Light) -> bpy.types.Object:
    data = bpy.data.lights.new("Light", light.kind.upper())
    data.energy, data.color = light.power, light.rgb
    if light.kind == "area":
        data.size = light.size_m
    elif light.kind == "sun":
        data.angle = light.size_m
    else:
        data.shadow_soft_size, data.spot_size, data.spot_blend = (
            light.size_m,
            np.radians(light.spot_deg),
            SPOT_BLEND,
        )
    thing = bpy.data.objects.new("Light", data)
    back = np.subtract(light.position, light.target)
    back /= np.linalg.norm(back)
    right = np.cross((0.0, 0.0, 1.0) if abs(back[2]) < 0.99 else (0.0, 1.0, 0.0), back)
    right /= np.linalg.norm(right)
    place(thing, np.stack([right, np.cross(back, right), back]), light.position)
    return thing


def _new_blocker(light: Light) -> bpy.types.Object:
    """What `light` shines past, where its shadow is about as soft and as large as it is told to be."""
    blocker, lamp, middle = light.blocker, np.array(light.position), np.array(light.target)
    assert blocker
    right, up = np.eye(3)[[0, 2 if blocker.upright else 1]]
    outlines = blocker.outlines()
    shadow = middle + np.concatenate(outlines) @ np.array([right, up])
    distance = float(np.linalg.norm(lamp - middle))
    if light.kind == "sun":
        height = max(NEAREST_M, blocker.soft_m / max(light.size_m, 0.01))
        points = shadow + height * (lamp - middle) / distance
    else:
        width = light.size_m * (2 if light.kind == "spot" else 1)
        share = max(NEAREST_M / distance, blocker.soft_m / max(width + blocker.soft_m, 1e-6))
        points = shadow + min(share, 0.8) * (lamp - shadow)
    ends = np.cumsum([0, *map(len, outlines)])
    faces = [range(start, end) for start, end in pairwise(ends.tolist())]
    mesh = bpy.data.meshes.new("Blocker")
    mesh.from_pydata(points.tolist(), [], [list(face) for face in faces])
    thing = bpy.data.objects.new("Blocker", mesh)
    thing.visible_camera = False
    return thing
