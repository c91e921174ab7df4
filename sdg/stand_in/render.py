"""One picture of the stand-in domain: a crumpled garment of an own fabric, in a room, seen by a phone."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from assets.common.blender import CYCLES, bpy, silence
from assets.common.rng import rng_for
from assets.library import Garment, Mesh
from assets.mesh import UV_LAYER, to_object
from sdg.stand_in.camera import photograph, sample_camera, to_jpeg
from sdg.stand_in.fabrics import paint
from sdg.stand_in.plan import Shot
from sdg.stand_in.props import SWELL_M, Waves, aim, coated, textured
from sdg.stand_in.rooms import hang_up, lay_out
from sdg.stand_in.swatch import Rng, Swatch

LEGIBLE = 128
"""A pattern must be legible when the picture is this many pixels wide."""
BOTTOMS = ("trousers", "shorts", "skirt", "pencil-skirt")
"""Types of garment without a chest, which carry no graphic."""


def render(shot: Shot, library: Path, garments: list[Garment], comment: str) -> bytes:
    """Render `shot` and return its JPEG: a pure function of the shot and the garments.

    `comment` goes into the JPEG's header. Clears Blender's scene.
    """
    rng = rng_for(shot.seed, "stand_in", shot.split, shot.index)
    wearers = garments_for(shot.label, garments)
    garment = wearers[int(rng.integers(len(wearers)))]
    mesh = Mesh.load(library / garment.file)
    scene = _cleared_scene()
    upright = garment.presentation != "flat" and rng.random() < 0.5
    vertices, swell, target = _place(garment, mesh, upright, rng)
    size = np.ptp(vertices, axis=0)
    # phones take upright photos, of which this is the middle square
    tall = 4 / 3 if rng.random() < 0.75 else 1.0
    frame = max(size[0], size[2 if upright else 1] / tall) / rng.uniform(0.7, 1.0)
    cloth = paint(shot.label, rng, 100 * frame / min(shot.size, LEGIBLE))
    _dress(garment, mesh, vertices, cloth, swell, upright)
    _look(scene, rng, target, frame, upright)
    radiance = _cycles(scene, shot, seed=int(rng.integers(2**31)))
    camera = sample_camera(rng)
    return to_jpeg(photograph(radiance, camera, rng), camera, comment)


def garments_for(label: str, garments: list[Garment]) -> list[Garment]:
    """Return the garments that can show a class: those with a chest for a graphic, if there are any."""
    tops = [garment for garment in garments if garment.type not in BOTTOMS]
    return tops if label == "graphic" and tops else garments


def once(points: np.ndarray, within: np.ndarray, placed: bool) -> np.ndarray:
    """Return the UV (N, 2) of points (N, 2) under a texture that lies once over the box of points `within`.

    It is stretched to the box or, if `placed`, a square as wide as the box's shorter side, at the middle of
    its top.
    """
    low, size = within.min(axis=0), np.ptp(within, axis=0)
    if placed:
        low, size = low + (size - size.min()) * [0.5, 1], size.min()
    return (points - low) / size


def _place(
    garment: Garment, mesh: Mesh, upright: bool, rng: Rng
) -> tuple[np.ndarray, Waves | None, np.ndarray]:
    """Furnish the room; return the crumpled vertices, the ground's swell, and the garment's middle."""
    vertices = mesh.vertices.astype(float)
    if garment.presentation != "flat" and not upright:
        vertices = np.stack([vertices[:, 0], vertices[:, 2], -vertices[:, 1]], axis=1)
        vertices -= (vertices.min(axis=0) + vertices.max(axis=0)) / 2
        vertices[:, 2] = 0.35 * (vertices[:, 2] - vertices[:, 2].min())
    vertices = crumple(vertices, rng, depth=1 if upright else 2)
    if upright:
        vertices[:, :2] -= (vertices[:, :2].min(axis=0) + vertices[:, :2].max(axis=0)) / 2
        foot = rng.uniform(0.5, 0.8)
        vertices[:, 2] += foot - vertices[:, 2].min()
        size = np.ptp(vertices, axis=0)
        hang_up(rng, size, foot)
        return vertices, None, np.array([0, 0, foot + size[2] / 2])
    vertices[:, :2] -= (vertices[:, :2].min(axis=0) + vertices[:, :2].max(axis=0)) / 2
    return vertices, lay_out(rng, np.ptp(vertices, axis=0)), np.zeros(3)


def crumple(vertices: np.ndarray, rng: Rng, depth: int) -> np.ndarray:
    """Return (V, 3) vertices with a bent outline and creases raised along axis `depth`; metres."""
    bent = vertices.copy()
    for axis in range(3):
        if axis != depth:
            bent[:, axis] += rng.uniform(0.005, 0.02) * Waves.draw(rng, 0.7)(vertices)
    thin = vertices * np.where(np.arange(3) == depth, 0.0, 1.0)  # front and back layers crease together
    ridges = (1 - np.abs(np.tanh(Waves.draw(rng, rng.uniform(0.2, 0.5))(thin)))) ** 3
    folds = Waves.draw(rng, rng.uniform(0.08, 0.2))(thin)
    rise = rng.uniform(0.004, 0.018) * ridges + rng.uniform(0.0005, 0.0025) * (folds + 2)
    bent[:, depth] += rise if depth == 2 else -rise
    return bent


def _dress(
    garment: Garment, mesh: Mesh, vertices: np.ndarray, cloth: Swatch, swell: Waves | None, upright: bool
) -> None:
    """Link the garment into the scene with `cloth` on its fabric slots."""
    thing = to_object(garment.id, mesh, slots=len(garment.slots))
    if cloth.cm is None:
        fabric_faces = np.array([slot.fabric for slot in garment.slots])[mesh.material_index]
        across, up = vertices[:, 0], vertices[:, 2 if upright else 1]
        extent = np.stack([across, up], axis=1)
        cloth_only = extent[mesh.faces[fabric_faces]].reshape(-1, 2)
        uv = once(extent, cloth_only, cloth.placed)[mesh.faces]
    else:
        uv = mesh.uv * 100 / np.array(cloth.cm)
    if swell:
        vertices = vertices + [0, 0, 0.004] + SWELL_M * swell(vertices)[:, None] * [0, 0, 1]
    thing.data.vertices.foreach_set("co", vertices.astype(np.float32).ravel())
    thing.data.uv_layers[UV_LAYER].uv.foreach_set("vector", uv.astype(np.float32).ravel())
    thing.data.update()
    fabric = textured("cloth", cloth)
    for i, slot in enumerate(garment.slots):
        thing.data.materials[i] = (
            fabric if slot.fabric else coated(slot.name, np.array(slot.color), slot.roughness)
        )
    bpy.context.collection.objects.link(thing)


def _look(scene: bpy.types.Scene, rng: Rng, target: np.ndarray, frame: float, upright: bool) -> None:
    """Hold a phone `frame` metres of view away from the garment, never quite straight."""
    lens = bpy.data.cameras.new("phone")
    lens.angle = np.radians(rng.uniform(40, 62))
    lens.clip_start = 0.02
    facing, up = (
        np.array(v, dtype=float) for v in (((0, -1, 0), (0, 0, 1)) if upright else ((0, 0, 1), (0, 1, 0)))
    )
    aside = np.cross(up, facing)
    tilt, turn = rng.normal(-0.12 if not upright else 0.08, 0.12), rng.normal(0, 0.1)
    direction = facing + tilt * up + turn * aside
    distance = frame / 2 / np.tan(lens.angle / 2)
    roll = rng.normal(0, 0.07) if upright or rng.random() < 0.85 else rng.normal(0, 0.4)
    at = target + frame * (rng.normal(0, 0.03) * aside + rng.normal(0, 0.03) * up)
    phone = bpy.data.objects.new("phone", lens)
    place = at + distance * direction / np.linalg.norm(direction)
    aim(phone, place, at, np.cos(roll) * up + np.sin(roll) * aside)
    bpy.context.collection.objects.link(phone)
    scene.camera = phone


def _cleared_scene() -> bpy.types.Scene:
    """Return the scene with nothing in it; far quicker than Blender's own reset."""
    data = bpy.data
    kinds = (
        data.objects,
        data.meshes,
        data.curves,
        data.lights,
        data.cameras,
        data.materials,
        data.images,
        data.worlds,
    )
    data.batch_remove([block for kind in kinds for block in kind])
    return bpy.context.scene


def _cycles(scene: bpy.types.Scene, shot: Shot, seed: int) -> np.ndarray:
    """Render the scene and return its radiance, (size, size, 3) float32, top row first."""
    scene.render.engine = CYCLES
    scene.render.resolution_x = scene.render.resolution_y = shot.size
    scene.render.resolution_percentage = 100
    scene.render.threads_mode, scene.render.threads = "FIXED", 1
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.image_settings.exr_codec = "NONE"
    cycles = scene.cycles
    cycles.device, cycles.samples, cycles.seed = "CPU", shot.samples, seed
    cycles.use_adaptive_sampling = cycles.use_light_tree = False
    cycles.max_bounces = cycles.diffuse_bounces = 2
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.use_denoising, cycles.denoiser = True, "OPENIMAGEDENOISE"
    cycles.denoising_prefilter, cycles.denoising_quality = "NONE", "FAST"
    pixels = np.empty(shot.size * shot.size * 4, dtype=np.float32)
    with TemporaryDirectory(prefix="stand-in-") as scratch:
        scene.render.filepath = f"{scratch}/shot.exr"
        with silence():
            bpy.ops.render.render(write_still=True)
        bpy.data.images.load(scene.render.filepath).pixels.foreach_get(pixels)
    return pixels.reshape(shot.size, shot.size, 4)[::-1, :, :3]
