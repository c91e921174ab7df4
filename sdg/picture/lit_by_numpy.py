"""Light worked out in numpy: Blender draws the garment in it, and the backdrop is put behind the drawing."""

from typing import Any

import numpy as np
from PIL import Image

from assets.common.blender import bpy
from assets.library import Mesh, Slot
from materials.fabric import Fabric
from materials.light import BEND, LIGHT, MIRROR, SHINE
from sdg.params import Quality
from sdg.picture.backdrop_light import backdrop
from sdg.picture.composite import over
from sdg.picture.garment_light import Finish, Places, shade
from sdg.picture.silhouette import FINE, Silhouettes, through
from sdg.picture.viewport import Viewport
from sdg.scene.scene import Scene


class LitByNumpy:
    """Lights the garment at its vertices, the backdrop at its pixels, and puts one over the other."""

    def __init__(self, scene: bpy.types.Scene, quality: Quality) -> None:
        self.size = quality.size
        scene.world = _black_world()
        scene.eevee.use_shadows = scene.eevee.use_raytracing = False
        scene.eevee.shadow_pool_size = "16"  # megabytes, allocated even if unused
        self.viewport = Viewport(scene, scene.camera, quality.drawn)
        self.silhouettes = Silhouettes(self.viewport.opengl)

    def picture(self, scene: Scene, mesh: Mesh, garment: bpy.types.Object) -> Image.Image:
        """Return the RGB picture of `garment`, the object that shows `mesh`, in `scene`."""
        _light(garment.data, mesh, scene)
        (cover,) = self.silhouettes.draw(mesh, [through(scene.camera)], self.size, FINE)
        image = backdrop(scene, mesh, self.size, self.silhouettes)
        if box := cover.getbbox():
            low, high = ((2 * np.array(corner) / self.size - 1) * (1, -1) for corner in (box[:2], box[2:]))
            drawing = self.viewport.draw((low[0], high[1]), (high[0], low[1]))
            image.paste(over(image.crop(box), drawing, cover.crop(box)), box)
        return image


def _black_world() -> bpy.types.World:
    """Blender would bake its own world, at a high resolution, for a scene without any."""
    world = bpy.data.worlds.new("World")
    world.use_nodes = True
    world.probe_resolution = "128"
    world.node_tree.nodes["Background"].inputs["Strength"].default_value = 0.0
    return world


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
        layer = data.attributes.get(name) or data.attributes.new(name, kind, "CORNER")
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
