"""The renderer: one Blender scene per process, refilled for every image."""

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from assets.common.blender import bpy, empty_scene
from assets.library import Garment, Mesh
from assets.mesh import to_object
from materials.patterns import pattern
from materials.shader import apply, make_material, plain_slot
from sdg.params import Quality
from sdg.picture.camera import aim, new_camera
from sdg.picture.garment_light import open_to_light
from sdg.picture.lit_by_blender import LitByBlender
from sdg.picture.lit_by_numpy import LitByNumpy
from sdg.picture.phone import photographed
from sdg.scene.scene import Scene

JPEG_QUALITY = 92


class Renderer:
    """Renders scenes of one `Quality`.

    What stays from image to image: camera, what lights the scene, one material per class. What an image
    brings (garment, lamps, plain materials) is removed after it, so that a process does not grow.
    """

    def __init__(self, quality: Quality, garments: Path | str) -> None:
        self.quality = quality
        self.garments = Path(garments)
        self.scene = empty_scene()
        self.scene.render.dither_intensity = 0.0
        self.scene.view_settings.view_transform = "Standard"
        self.camera = new_camera()
        self.scene.collection.objects.link(self.camera)
        self.scene.camera = self.camera
        self.light = (LitByBlender if quality.lamps else LitByNumpy)(self.scene, quality)
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
        lit = replace(mesh, ao=open_to_light(mesh.ao))
        garment = to_object(scene.garment.id, lit, slots=len(scene.garment.slots))
        plain = _fill_slots(garment, scene.garment, material, self.quality.lamps)
        self.scene.collection.objects.link(garment)
        try:
            params = pattern(name).Params.model_validate(scene.material)
            apply(material, params, scene.trims, scene.fabric, garment)
            aim(self.camera, scene.camera)
            if fresh:
                self.light.picture(scene, mesh, garment)
            picture = np.asarray(self.light.picture(scene, mesh, garment))
            return encode(Image.fromarray(photographed(picture, scene.phone)), self.quality)
        finally:
            bpy.data.meshes.remove(garment.data)
            for slot in plain:
                bpy.data.materials.remove(slot)


def encode(image: Image.Image, quality: Quality) -> bytes:
    """Return an RGB `image` as JPEG or PNG bytes."""
    data = io.BytesIO()
    if quality.format == "jpg":
        image.save(data, "JPEG", quality=JPEG_QUALITY)
    else:
        image.save(data, "PNG", compress_level=4)
    return data.getvalue()


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
