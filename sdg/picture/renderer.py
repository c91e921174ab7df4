"""The renderer: one Blender scene per process, refilled for every image."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from assets.common.blender import empty_scene
from assets.library import Mesh
from materials.patterns import pattern
from materials.shader import appearance
from sdg.params import Quality
from sdg.picture.camera import new_camera
from sdg.picture.lit_by_blender import LitByBlender
from sdg.picture.lit_by_numpy import LitByNumpy
from sdg.picture.phone import photographed
from sdg.scene.scene import Scene

JPEG_QUALITY = 92


class Renderer:
    """Renders scenes of one `Quality`; a new one empties Blender, so the one before is of no use any more."""

    def __init__(self, quality: Quality, garments: Path | str) -> None:
        self.quality = quality
        self.garments = Path(garments)
        self.scene = empty_scene()
        self.scene.render.dither_intensity = 0.0
        self.scene.view_settings.view_transform = "Standard"
        self.camera = new_camera()
        self.scene.collection.objects.link(self.camera)
        self.scene.camera = self.camera
        self.light = (LitByBlender if quality.lamps else LitByNumpy)(self.scene, self.camera, quality)

    def render(self, name: str, scene: Scene) -> bytes:
        """Return the encoded image of `scene` with the pattern of class `name`."""
        mesh = Mesh.load(self.garments / scene.garment.file)
        params = pattern(name).Params.model_validate(scene.material)
        shown = appearance(params, scene.trims, scene.fabric, tuple(np.ptp(mesh.vertices, axis=0).tolist()))
        picture = np.asarray(self.light.picture(name, scene, mesh, shown))
        return encode(Image.fromarray(photographed(picture, scene.phone)), self.quality)


def encode(image: Image.Image, quality: Quality) -> bytes:
    """Return an RGB `image` as JPEG or PNG bytes."""
    data = io.BytesIO()
    if quality.format == "jpg":
        image.save(data, "JPEG", quality=JPEG_QUALITY)
    else:
        image.save(data, "PNG", compress_level=4)
    return data.getvalue()
