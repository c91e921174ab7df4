"""Cameras and other things in Blender, put where a scene has them."""

import numpy as np

from assets.common.blender import bpy
from sdg.scene.camera import SENSOR_MM, Camera, Vector


def new_camera() -> bpy.types.Object:
    """Return a camera that no collection holds yet."""
    thing = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    thing.data.sensor_width = SENSOR_MM
    thing.data.clip_start = 0.01
    return thing


def aim(thing: bpy.types.Object, camera: Camera) -> None:
    """Make the camera `thing` see what `camera` sees."""
    place(thing, camera.axes, camera.position)
    thing.data.lens = camera.focal_mm


def place(thing: bpy.types.Object, axes: np.ndarray, position: Vector) -> None:
    """Move `thing` to `position`; its own x, y and z point along the rows of `axes` (3, 3)."""
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = axes.T, position
    thing.matrix_world = matrix.T.tolist()  # Blender takes a matrix column by column
