"""The renderer: one Blender scene per process, refilled for every image."""

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from assets.common.blender import CYCLES, EEVEE, bpy, empty_scene, silence
from assets.library import Garment, Mesh, Slot, read_library
from assets.mesh import to_object
from materials.fabric import Fabric
from materials.parameters import linear
from materials.shader import BEND, LIGHT, MIRROR, SHINE, apply, make_material, pattern, plain_slot
from sdg.backdrop import paint, plane_for
from sdg.camera import SENSOR_MM, Camera, Vector
from sdg.lights import SPOT_BLEND, Environment, Light
from sdg.params import Quality
from sdg.scene import Scene, scene_of
from sdg.shading import Finish, Places, shade
from sdg.shadow import light_on

SUPERSAMPLING = 2
"""Up to four samples per pixel are one at up to twice the size: cheaper than passes, as smooth."""

JPEG_QUALITY = 92


class Renderer:
    """Renders scenes of one `Quality`.

    What stays from image to image: camera, backdrop plane and texture, world, one material per class. What an
    image brings (garment, lights, plain materials) is removed after it, so that a process does not grow.
    """

    def __init__(self, quality: Quality, garments: Path | str) -> None:
        self.quality = quality
        self.garments = Path(garments)
        self.scene = empty_scene()
        _set_engine(self.scene, quality)
        self.camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
        self.camera.data.sensor_width = SENSOR_MM
        self.camera.data.clip_start = 0.01
        self.scene.collection.objects.link(self.camera)
        self.scene.camera = self.camera
        self.texture = _new_texture(quality.size)
        self.backdrop = _new_backdrop(self.texture, quality.lamps)
        self.scene.collection.objects.link(self.backdrop)
        self.scene.world = _new_world(quality.lamps)
        self.materials: dict[str, bpy.types.Material] = {}

    def render(self, name: str, scene: Scene) -> bytes:
        """Return the encoded image of `scene` with the pattern of class `name`.

        The first image of a class is rendered twice: the first pass compiles its shaders and is thrown away.
        """
        fresh = name not in self.materials
        if fresh:
            self.materials[name] = make_material(name, self.quality.lamps)
        material = self.materials[name]
        mesh = Mesh.load(self.garments / scene.garment.file)
        garment = to_object(scene.garment.id, mesh, slots=len(scene.garment.slots))
        plain = _fill_slots(garment, scene.garment, material, self.quality.lamps)
        lamps = [_new_light(light) for light in scene.lights] if self.quality.lamps else []
        for thing in (garment, *lamps):
            self.scene.collection.objects.link(thing)
        try:
            params = pattern(name).Params.model_validate(scene.material)
            apply(material, params, scene.trims, scene.fabric, garment)
            _place_camera(self.camera, scene.camera)
            if self.quality.lamps:
                _set_world(self.scene.world, scene.environment)
            else:
                _light(garment.data, mesh, scene)
            self._set_backdrop(scene, mesh)
            if fresh:
                self._frame()
            return self._frame()
        finally:
            for lamp in lamps:
                bpy.data.lights.remove(lamp.data)
            bpy.data.meshes.remove(garment.data)
            for slot in plain:
                bpy.data.materials.remove(slot)

    def _set_backdrop(self, scene: Scene, mesh: Mesh) -> None:
        plane = plane_for(scene.backdrop, scene.garment, scene.camera)
        pixels = self.texture.size[0]
        image = np.ones((pixels, pixels, 4), np.float32)
        image[..., :3] = paint(scene.backdrop, plane, pixels)
        if not self.quality.lamps:
            image[..., :3] *= light_on(plane, mesh.vertices, scene.environment, scene.lights, pixels)
        self.texture.pixels.foreach_set(image.reshape(-1))
        self.texture.update()
        self.backdrop.data.vertices.foreach_set("co", plane.corners.astype(np.float32).reshape(-1))
        self.backdrop.data.update()

    def _frame(self) -> bytes:
        with tempfile.TemporaryDirectory(prefix="fashion-cut-") as folder:
            path = Path(folder) / "frame.bmp"
            self.scene.render.filepath = str(path)
            with silence():
                bpy.ops.render.render(write_still=True)
            return encode(Image.open(path), self.quality)


def rerender(record: dict[str, Any], garments: Path | str) -> bytes:
    """Render the image that `record` describes once more, from the library it came from; return its bytes."""
    quality = Quality(**{key: record[key] for key in Quality.model_fields})
    return Renderer(quality, garments).render(record["class"], scene_of(record, read_library(garments)))


def encode(image: Image.Image, quality: Quality) -> bytes:
    """Return `image`, reduced to its final size, as JPEG or PNG bytes."""
    image = image.convert("RGB").resize((quality.size, quality.size), Image.Resampling.BOX)
    data = io.BytesIO()
    if quality.format == "jpg":
        image.save(data, "JPEG", quality=JPEG_QUALITY)
    else:
        image.save(data, "PNG", compress_level=4)
    return data.getvalue()


def _set_engine(scene: bpy.types.Scene, quality: Quality) -> None:
    render = scene.render
    render.image_settings.file_format = "BMP"
    render.use_compositing = render.use_sequencer = False
    scene.view_layers[0].use_pass_z = False
    render.dither_intensity = 0.0
    render.threads_mode, render.threads = "FIXED", 1
    scene.view_settings.view_transform = "Standard"
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
        render.filter_size = 0.0  # `encode` averages
        scene.eevee.taa_render_samples = round(quality.samples / factor**2)
        scene.eevee.use_shadows = quality.lamps
        if not quality.lamps:
            scene.eevee.shadow_pool_size = "16"  # megabytes, allocated even if unused
        scene.eevee.use_raytracing = False
    render.resolution_x = render.resolution_y = side


def _new_texture(size: int) -> bpy.types.Image:
    pixels = int(np.clip(size * 1.25, 96, 768))
    texture = bpy.data.images.new("Backdrop", pixels, pixels, float_buffer=True)
    texture.colorspace_settings.name = "Non-Color"
    return texture


def _new_backdrop(texture: bpy.types.Image, lamps: bool) -> bpy.types.Object:
    """A plane that shows `texture`: lit by `lamps`, or as it is because light is painted into it."""
    mesh = bpy.data.meshes.new("Backdrop")
    mesh.from_pydata([(0, 0, 0)] * 4, [], [(0, 1, 2, 3)])
    mesh.uv_layers.new(name="UVMap").uv.foreach_set("vector", [0, 0, 1, 0, 1, 1, 0, 1])
    material = bpy.data.materials.new("Backdrop")
    material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    image = tree.nodes.new("ShaderNodeTexImage")
    image.image, image.extension = texture, "EXTEND"
    shader = tree.nodes.new("ShaderNodeBsdfDiffuse" if lamps else "ShaderNodeEmission")
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    tree.links.new(image.outputs["Color"], shader.inputs["Color"])
    tree.links.new(shader.outputs[0], output.inputs["Surface"])
    if not lamps:
        material.surface_render_method = "BLENDED"  # forward shading: no lighting pass over its pixels
    mesh.materials.append(material)
    return bpy.data.objects.new("Backdrop", mesh)


def _new_world(lamps: bool) -> bpy.types.World:
    """A vertical gradient from "Ground" to "Sky"; black without `lamps`.

    Blender bakes even a black world for every frame, and no world at all at a high resolution.
    """
    world = bpy.data.worlds.new("World")
    world.use_nodes = True
    world.probe_resolution = "128"
    tree = world.node_tree
    if not lamps:
        tree.nodes["Background"].inputs["Strength"].default_value = 0.0
        return world
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


def _place_camera(thing: bpy.types.Object, camera: Camera) -> None:
    _place(thing, camera.axes, camera.position)
    thing.data.lens = camera.focal_mm


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
    _place(thing, np.stack([right, np.cross(back, right), back]), light.position)
    return thing


def _place(thing: bpy.types.Object, axes: np.ndarray, position: Vector) -> None:
    """Move `thing` to `position`; its own x, y and z point along the rows of `axes` (3, 3)."""
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = axes.T, position
    thing.matrix_world = matrix.T.tolist()  # Blender takes a matrix column by column


def _light(data: bpy.types.Mesh, mesh: Mesh, scene: Scene) -> None:
    """Write the light on every face corner of `mesh` into the attributes of `data` that the materials show.

    Corners share what they can: each vertex is lit once on either side of the cloth, and once more for each
    corner at a sharp edge, which has its own normal.
    """
    smooth, own, faces = (
        _vectors(normals) for normals in (data.vertex_normals, data.corner_normals, data.polygon_normals)
    )
    vertices, vertex = mesh.vertices, mesh.faces.reshape(-1)
    to_camera = np.array(scene.camera.position, np.float32) - vertices
    front = (np.einsum("ij,ij->i", faces, to_camera[mesh.faces[:, 0]]) > 0).repeat(3)
    sharp = np.flatnonzero(((own - smooth[vertex]) ** 2).sum(axis=1) > 1e-4)
    place = np.where(front, vertex, len(vertices) + vertex)
    place[sharp] = 2 * len(vertices) + np.arange(len(sharp))
    at = np.concatenate([np.tile(np.arange(len(vertices)), 2), vertex[sharp]])
    normals = np.concatenate([smooth, -smooth, np.where(front[sharp, None], own[sharp], -own[sharp])])
    views = to_camera / np.linalg.norm(to_camera, axis=1)[:, None]

    slot = np.zeros(len(vertices), np.int32)
    slot[vertex] = mesh.material_index.repeat(3)
    finishes = np.array([_finish(slot, scene.fabric) for slot in scene.garment.slots], np.float32)
    shading = shade(
        Places(vertices[at], normals, views[at]),
        Finish(*finishes[slot[at]].T),
        scene.environment,
        scene.lights,
    )
    for name, kind, field, values in (
        (LIGHT, "FLOAT_VECTOR", "vector", shading.light),
        (BEND, "FLOAT_VECTOR", "vector", shading.bend),
        (SHINE, "FLOAT", "value", shading.shine),
    ):
        layer = data.attributes.new(name, kind, "CORNER")
        layer.data.foreach_set(field, values[place].astype(np.float32).reshape(-1))


def _finish(slot: Slot, fabric: Fabric) -> tuple[float, float, float]:
    """Return roughness, sheen and mirror of a slot's surface."""
    if slot.fabric:
        return fabric.roughness, fabric.sheen, MIRROR
    return slot.roughness, 0.0, 0.04 + (sum(slot.color) / 3 - 0.04) * slot.metallic


def _vectors(collection: Any) -> np.ndarray:
    values = np.empty(3 * len(collection), np.float32)
    collection.foreach_get("vector", values)
    return values.reshape(-1, 3)


def _fill_slots(
    thing: bpy.types.Object, garment: Garment, fabric: bpy.types.Material, lamps: bool
) -> Sequence[bpy.types.Material]:
    """Give every slot its material; return the plain ones, which live as long as the garment."""
    plain = []
    for i, slot in enumerate(garment.slots):
        if slot.fabric:
            thing.data.materials[i] = fabric
        else:
            plain.append(plain_slot(slot.name, slot.color, slot.roughness, slot.metallic, lamps))
            thing.data.materials[i] = plain[-1]
    return plain
