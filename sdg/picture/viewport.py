"""Draw a scene as Blender's 3D viewport does: its EEVEE lives on between images, a render starts a new one.

On a CPU half of a small render is that start: a texture of 134 MB for light probes is cleared, and a black
world baked.
"""

import numpy as np

from assets.common.blender import EEVEE, bpy, gpu
from sdg.picture.opengl import OpenGL


class Viewport:
    """Draws `scene` from `camera` at `side` x `side` pixels, one sample each, without a background."""

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

    def draw(self) -> np.ndarray:
        """Return the picture (side, side, 4) uint8: sRGB and alpha, top row first.

        Raises RuntimeError if Blender cannot draw.
        """
        layer = self.scene.view_layers[0]
        layer.update()
        self.projection = self.camera.calc_matrix_camera(layer.depsgraph, x=self.side, y=self.side)
        return self.opengl.run(self._draw_in_context)

    def _draw_in_context(self) -> np.ndarray:
        if self.offscreen is None:
            self.offscreen = gpu.types.GPUOffScreen(self.side, self.side)
        self.offscreen.draw_view3d(
            self.scene,
            self.scene.view_layers[0],
            self.space,
            self.region,
            self.camera.matrix_world.inverted(),
            self.projection,
            do_color_management=True,
            draw_background=False,
        )
        pixels = self.offscreen.texture_color.read()
        pixels.dimensions = 4 * self.side**2
        return np.frombuffer(pixels, np.uint8).reshape(self.side, self.side, 4)[::-1].copy()
