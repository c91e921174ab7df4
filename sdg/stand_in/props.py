"""Blender objects of a room: materials from painted images, wavy sheets, rods, blocks; aiming a camera."""

from dataclasses import dataclass

import numpy as np

from assets.common.blender import bpy
from materials.color import linear
from sdg.stand_in.swatch import Rng, Swatch, any_dye

MATTE = 0.6
"""Roughness from which a surface counts as matte."""
SWELL_M = 0.006
"""How far a made bed swells, metres."""


@dataclass(frozen=True)
class Waves:
    """A smooth random field over space: a sum of plane waves, about -1..1; wavelength in metres."""

    k: np.ndarray
    phase: np.ndarray

    @classmethod
    def draw(cls, rng: Rng, wavelength: float, n: int = 12) -> "Waves":
        """Draw `n` waves of about `wavelength` in all directions."""
        direction = rng.standard_normal((n, 3))
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        k = direction * 2 * np.pi / (wavelength * rng.uniform(0.6, 1.7, (n, 1)))
        return cls(k, rng.uniform(0, 2 * np.pi, n))

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Return the field at points (N, 3) metres as (N,)."""
        return np.cos(points @ self.k.T + self.phase).sum(axis=1) / np.sqrt(len(self.k))


def textured(name: str, surface: Swatch) -> bpy.types.Material:
    """Return a material that shows `surface` through the active UV map (one texture = one unit).

    Matte surfaces are rough diffuse ones, which Cycles shades at half the price of the principled shader.
    """
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    shader = nodes["Principled BSDF"]
    if surface.roughness >= MATTE:
        shader = nodes.new("ShaderNodeBsdfDiffuse")
        links.new(shader.outputs["BSDF"], nodes["Material Output"].inputs["Surface"])
    shader.inputs["Roughness"].default_value = surface.roughness
    color = nodes.new("ShaderNodeTexImage")
    color.image = _image(f"{name} color", linear(surface.color))
    if surface.placed:
        color.extension = "EXTEND"
    links.new(color.outputs["Color"], shader.inputs[0])
    if surface.height.any():
        relief, bump = nodes.new("ShaderNodeTexImage"), nodes.new("ShaderNodeBump")
        relief.image = _image(f"{name} relief", surface.height[..., None].repeat(3, axis=2))
        bump.inputs["Distance"].default_value = 0.001
        links.new(relief.outputs["Color"], bump.inputs["Height"])
        links.new(bump.outputs["Normal"], shader.inputs["Normal"])
    return material


def coated(name: str, linear: np.ndarray, roughness: float, metallic: float = 0.0) -> bpy.types.Material:
    """Return a material of one colour, linear RGB."""
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    inputs = material.node_tree.nodes["Principled BSDF"].inputs
    inputs["Base Color"].default_value = (*linear, 1.0)
    inputs["Roughness"].default_value = roughness
    inputs["Metallic"].default_value = metallic
    return material


def dyed(name: str, rng: Rng, roughness: float) -> bpy.types.Material:
    """Return a material of any dye's colour."""
    return coated(name, linear(any_dye(rng)), roughness)


def sheet(
    name: str,
    surface: Swatch,
    middle: np.ndarray,
    across: np.ndarray,
    up: np.ndarray,
    swell: Waves | None = None,
) -> None:
    """Add a rectangle round `middle` with half sides `across` and `up` (metres); `swell` makes it wavy."""
    steps = 70 if swell else 1
    b, a = (2 * grid.ravel() / steps - 1 for grid in np.mgrid[: steps + 1, : steps + 1])
    points = middle + a[:, None] * across + b[:, None] * up
    if swell:
        points[:, 2] += SWELL_M * swell(points)
    i = (np.arange(steps)[:, None] * (steps + 1) + np.arange(steps)).ravel()
    faces = np.stack([i, i + 1, i + steps + 2, i + steps + 1], axis=1)
    half = np.array([np.linalg.norm(across), np.linalg.norm(up)])
    uv = 0.5 + np.stack([a, b], axis=1) * 100 * half / (surface.cm or 200 * half)
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(points.tolist(), [], faces.tolist())
    mesh.uv_layers.new(name="UVMap").uv.foreach_set("vector", uv[faces].astype(np.float32).ravel())
    mesh.shade_smooth()
    add(mesh, textured(name, surface))


def block(middle: np.ndarray, half: np.ndarray, material: bpy.types.Material, turn: float = 0.0) -> None:
    """Add a box round `middle` with half sides `half` (metres), turned about z by `turn` radians."""
    corners = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * half
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    c, s = np.cos(turn), np.sin(turn)
    mesh = bpy.data.meshes.new("block")
    mesh.from_pydata((corners @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]]) + middle).tolist(), [], faces)
    add(mesh, material)


def rod(points: list[tuple[float, ...]], radius: float, material: bpy.types.Material) -> None:
    """Add a round bar through `points` (metres)."""
    curve = bpy.data.curves.new("rod", "CURVE")
    curve.dimensions, curve.bevel_depth = "3D", radius
    spline = curve.splines.new("POLY")
    spline.points.add(len(points) - 1)
    for point, place in zip(spline.points, points, strict=True):
        point.co = (*place, 1.0)
    add(curve, material)


def add(data: bpy.types.ID, material: bpy.types.Material) -> None:
    """Link `data` into the scene as an object of one material."""
    data.materials.append(material)
    bpy.context.collection.objects.link(bpy.data.objects.new(data.name, data))


def aim(thing: bpy.types.Object, place: np.ndarray, target: np.ndarray, up: np.ndarray) -> None:
    """Put a light or a camera at `place`, looking at `target`, with `up` upward."""
    back = (place - target) / np.linalg.norm(place - target)
    right = np.cross(up, back)
    right /= np.linalg.norm(right)
    columns = np.stack([right, np.cross(back, right), back, place], axis=1)
    thing.matrix_world = np.vstack([columns, [0, 0, 0, 1]]).T.tolist()


def _image(name: str, pixels: np.ndarray) -> bpy.types.Image:
    """Return a float image of linear pixels (H, W, 3), bottom row first."""
    height, width = pixels.shape[:2]
    image = bpy.data.images.new(name, width, height, float_buffer=True)
    rgba = np.ones((height, width, 4), dtype=np.float32)
    rgba[..., :3] = pixels
    image.pixels.foreach_set(rgba.ravel())
    image.update()
    return image
