"""Draw a scene as Blender's 3D viewport does: its EEVEE lives on between images, a render starts a new one.

On a CPU half of a small render is that start: a texture of 134 MB for light probes is cleared, and a black
world baked.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from assets.common.blender import EEVEE, bpy, gpu
from sdg.picture.opengl import OpenGL, pixels_of


class Viewport:
    """Draws part of what `camera` sees of `scene` at `side` x `side` pixels, one sample each.

    There is no background. The size is fixed: another one would cost as much as an image.
    """

    def __init__(self, scene: bpy.types.Scene, camera: bpy.types.Object, side: int) -> None:
        self.scene, self.camera, self.side = scene, camera, side
        scene.render.engine = EEVEE
        scene.eevee.taa_samples = 1
        scene.render.film_transparent = True
        area = next(area for area in bpy.data.screens[0].areas if area.type == "VIEW_3D")
        self.space = area.spaces.active
        self.region = next(region for region in area.regions if region.type == "WINDOW")
        shading = self.space.shading
        shading.type = "MATERIAL"  # EEVEE, whatever the engine of the scene
        shading.use_scene_lights = shading.use_scene_world = True
        self.space.overlay.show_overlays = self.space.show_gizmo = False
        self.opengl = OpenGL(camera)
        self.offscreen: gpu.types.GPUOffScreen | None = None

    def draw(self, low: Sequence[float], high: Sequence[float]) -> np.ndarray:
        """Return the part from `low` to `high` of the picture, which is -1 to 1 wide and high, y up.

        (side, side, 4) float32: linear RGB times alpha, and alpha; top row first. Raises RuntimeError if
        Blender cannot draw.
        """
        layer = self.scene.view_layers[0]
        layer.update()
        projection = self.camera.calc_matrix_camera(layer.depsgraph, x=self.side, y=self.side)
        for axis, (start, end) in enumerate(zip(low, high, strict=True)):
            shifted = projection[axis] - projection[3] * ((start + end) / 2)
            projection[axis] = shifted * (2 / (end - start))
        return self.opengl.run(lambda: self._draw_in_context(projection))

    def _draw_in_context(self, projection: Any) -> np.ndarray:
        if self.offscreen is None:
            self.offscreen = gpu.types.GPUOffScreen(self.side, self.side, format="RGBA16F")
        self.offscreen.draw_view3d(
            self.scene,
            self.scene.view_layers[0],
            self.space,
            self.region,
            self.camera.matrix_world.inverted(),
            projection,
            do_color_management=False,
            draw_background=False,
        )
        return pixels_of(self.offscreen.texture_color, 4)
