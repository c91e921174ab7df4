"""Light worked out in numpy: OpenGL draws the garment in it, and the backdrop is put behind the drawing."""

from typing import Any

import numpy as np
from PIL import Image

from assets.common.blender import bpy
from assets.library import Mesh, Slot
from assets.mesh import to_object
from materials import hems
from materials.fabric import MIRROR, Fabric
from materials.glsl.program import Program, translate
from materials.shader import Appearance, make_material
from sdg.params import Quality
from sdg.picture.backdrop_light import backdrop
from sdg.picture.composite import over
from sdg.picture.drawing import PLAIN, Corners, Drawing
from sdg.picture.garment_light import Finish, Places, open_to_light, shade
from sdg.picture.opengl import OpenGL
from sdg.picture.silhouette import FINE, Silhouettes, through
from sdg.scene.scene import Scene


class LitByNumpy:
    """Lights the garment at its vertices, the backdrop at its pixels, and puts one over the other.

    Made like `LitByBlender`, it needs no Blender scene.
    """

    def __init__(self, _scene: bpy.types.Scene, camera: bpy.types.Object, quality: Quality) -> None:
        self.size = quality.size
        opengl = OpenGL(camera)
        self.silhouettes = Silhouettes(opengl)
        self.drawing = Drawing(opengl, quality.drawn)
        self.programs: dict[str, Program] = {}

    def picture(self, name: str, scene: Scene, mesh: Mesh, shown: Appearance) -> Image.Image:
        """Return the RGB picture of `mesh` in `scene`, in the material of class `name` as `shown`."""
        if name not in self.programs:
            self.programs[name] = translate(make_material(name).node_tree)
        projection = through(scene.camera)
        (cover,) = self.silhouettes.draw(mesh, [projection], self.size, FINE)
        image = backdrop(scene, mesh, self.size, self.silhouettes)
        if box := cover.getbbox():
            low, high = ((2 * np.array(corner) / self.size - 1) * (1, -1) for corner in (box[:2], box[2:]))
            parts = [
                (faces, self.programs[name], shown) if slot.fabric else (faces, PLAIN, _plain(slot))
                for i, slot in enumerate(scene.garment.slots)
                if len(faces := np.flatnonzero(mesh.material_index == i))
            ]
            seen = _part(projection, mesh, (low[0], high[1]), (high[0], low[1]))
            room = np.stack([mesh.vertices.min(axis=0), np.ptp(mesh.vertices, axis=0)])
            drawing = self.drawing.draw(_corners(scene, mesh), room, seen, parts)
            image.paste(over(image.crop(box), drawing, cover.crop(box)), box)
        return image


def _part(
    projection: np.ndarray, mesh: Mesh, low: tuple[float, float], high: tuple[float, float]
) -> np.ndarray:
    """Return the projection of the part from `low` to `high` of a picture, which is -1 to 1 wide and high.

    Its depth tells the nearest of the mesh (-1) from the farthest (1).
    """
    part = projection.copy()
    for axis in (0, 1):
        middle, half = (low[axis] + high[axis]) / 2, (high[axis] - low[axis]) / 2
        part[axis] = (projection[axis] - middle * projection[3]) / half
    away = mesh.vertices @ projection[3, :3] + projection[3, 3]
    near, far = max(0.99 * away.min(), 0.01), 1.01 * max(away.max(), 0.02)
    part[2] = projection[3] * (far + near) / (far - near)
    part[2, 3] -= 2 * far * near / (far - near)
    return part


def _corners(scene: Scene, mesh: Mesh) -> Corners:
    """Return every corner of every face, in the scene's light.

    Corners share what they can: each vertex is lit once on either side of the cloth, and once more for each
    corner at a sharp edge, which has its own normal.
    """
    thing = to_object(scene.garment.id, mesh, slots=0)
    data = thing.data
    try:
        smooth, own, faces = (
            _vectors(normals) for normals in (data.vertex_normals, data.corner_normals, data.polygon_normals)
        )
        hem = hems.near(data)
    finally:
        bpy.data.meshes.remove(data)
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
    light, bend, shine = (values[place] for values in shading)
    return Corners(
        position=vertices[vertex],
        normal=own,
        light=light,
        bend=bend,
        shine=shine,
        cloth=mesh.uv.reshape(-1, 2),
        ao=open_to_light(mesh.ao)[vertex],
        hem=hem[vertex],
    )


def _plain(slot: Slot) -> Appearance:
    return Appearance({"": {"Color": [channel * (1 - slot.metallic) for channel in slot.color]}}, {})


def _finish(slot: Slot, fabric: Fabric) -> tuple[float, float, float]:
    """Return roughness, sheen and mirror of a slot's surface."""
    if slot.fabric:
        return fabric.roughness, fabric.sheen, MIRROR
    return slot.roughness, 0.0, 0.04 + (sum(slot.color) / 3 - 0.04) * slot.metallic


def _vectors(collection: Any) -> np.ndarray:
    values = np.empty(3 * len(collection), np.float32)
    collection.foreach_get("vector", values)
    return values.reshape(-1, 3)
