"""Draw a scene as Blender's 3D viewport does: its EEVEE lives on between images, a render starts a new one.

On a CPU half of a small render is that start: a texture of 134 MB for light probes is cleared, and a black
world baked. It can only be drawn where Blender has an OpenGL context, and without a window that is inside a
render engine: rendering an empty scene calls the engine here, which draws the other scene.
"""

import atexit

import numpy as np

from assets.common.blender import EEVEE, bpy, gpu, silence


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
        self.empty = bpy.data.scenes.new("Empty")
        self.empty.camera = camera
        self.empty.render.engine = _Engine.bl_idname
        self.offscreen: gpu.types.GPUOffScreen | None = None

    def draw(self) -> np.ndarray:
        """Return the picture (side, side, 4) uint8: sRGB and alpha, top row first.

        Raises RuntimeError if Blender cannot draw.
        """
        layer = self.scene.view_layers[0]
        layer.update()
        self.projection = self.camera.calc_matrix_camera(layer.depsgraph, x=self.side, y=self.side)
        self.picture: np.ndarray | Exception = RuntimeError("Blender did not draw")
        _Engine.viewport = self
        with silence():
            bpy.ops.render.render(scene=self.empty.name)
        if isinstance(self.picture, Exception):
            raise RuntimeError(f"Blender's viewport: {self.picture}") from self.picture
        return self.picture

    def draw_in_context(self) -> None:
        """Draw with the OpenGL context that is active now, and keep the picture."""
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
        self.picture = np.frombuffer(pixels, np.uint8).reshape(self.side, self.side, 4)[::-1].copy()


class _Engine(bpy.types.RenderEngine):
    """Blender's way to run code with an OpenGL context."""

    bl_idname = "FASHION_CUT_VIEWPORT"
    bl_label = "Fashion CUT viewport"
    bl_use_gpu_context = True
    viewport: Viewport

    def render(self, _depsgraph: bpy.types.Depsgraph) -> None:
        """Called by `bpy.ops.render.render`."""
        try:
            self.viewport.draw_in_context()
        except Exception as error:  # Blender would print it and go on
            self.viewport.picture = error


bpy.utils.register_class(_Engine)
atexit.register(bpy.utils.unregister_class, _Engine)  # else Blender waits for it forever as the process ends
