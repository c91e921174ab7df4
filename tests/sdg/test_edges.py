"""Promises of outlines, stripes and shadows: smooth, without dark rims, not cut where the picture ends."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assets.common.blender import empty_scene
from assets.library import Mesh, read_library
from materials.color import encoded, linear
from materials.fabric import Fabric
from materials.trims import NO_TRIMS
from sdg.params import Quality
from sdg.picture.backdrop_light import light_on
from sdg.picture.camera import new_camera
from sdg.picture.composite import over
from sdg.picture.garment_light import open_to_light
from sdg.picture.opengl import OpenGL
from sdg.picture.renderer import Renderer
from sdg.picture.silhouette import Silhouettes
from sdg.scene.backdrop import plane_for
from sdg.scene.phone import Phone
from sdg.scene.scene import Scene, sample_scene

SIZE = 96


def drawing_of(color: float, covered: np.ndarray) -> np.ndarray:
    """A drawing in one linear grey where `covered`, transparent black elsewhere."""
    return np.where(covered[..., None], [color, color, color, 1.0], 0.0).astype(np.float32)


@pytest.mark.parametrize("samples", [1, 2, 3])
def test_an_outline_has_no_rim_darker_or_lighter_than_cloth_and_floor(samples: int) -> None:
    share = np.clip(np.arange(20) - 8.3, 0, 1)
    cover = Image.fromarray(np.round(255 * share).astype(np.uint8)[None].repeat(8, 0))
    below = Image.new("RGB", cover.size, (200, 200, 200))
    sampled = ((np.arange(20 * samples) + 0.5) / samples > 8.7)[None].repeat(8 * samples, 0)
    for color in (0.02, float(linear(np.array(200 / 255))), 0.9):
        image = np.asarray(over(below, drawing_of(color, sampled), cover))[4, :, 0].astype(float)
        steps = np.diff(image) * np.sign(image[-1] - image[0])
        assert image[0] == 200
        assert image[-1] == pytest.approx(255 * encoded(np.array(color)), abs=1)
        assert (steps >= 0).all() or np.ptp(image) <= 1
        light = linear(np.array([200 / 255])) * (1 - share[8:10]) + color * share[8:10]
        assert image[8:10] == pytest.approx(255 * encoded(light), abs=2)


def test_a_thread_that_no_sample_hit_has_the_colour_of_the_nearest_cloth() -> None:
    cover = Image.new("L", (12, 12), 0)
    cover.paste(255, (0, 0, 6, 12))
    cover.paste(90, (6, 5, 12, 6))
    sampled = np.zeros((12, 12), bool)
    sampled[:, :6] = True
    image = over(Image.new("RGB", cover.size, (0, 0, 0)), drawing_of(0.5, sampled), cover)
    assert image.getpixel((11, 5)) == pytest.approx(
        (round(255 * float(encoded(np.array(0.5 * 90 / 255)))),) * 3
    )
    assert image.getpixel((11, 8)) == (0, 0, 0)


def scene_of(garments: Path, name: str, index: int, **updates: object) -> Scene:
    garment = next(one for one in read_library(garments) if one.presentation == "flat")
    return sample_scene(garment, 0, name, index, SIZE).model_copy(update=updates)


def drawn(renderer: Renderer, name: str, scene: Scene) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(renderer.render(name, scene))).convert("RGB"), float)


def test_stripes_look_as_if_drawn_with_many_samples(garments: Path) -> None:
    """On these scenes the mean difference is 3.3 of 255; with `sdg.params.BOX` 1, more samples, 2.3."""
    plain = {"fabric": Fabric(), "trims": NO_TRIMS, "phone": Phone()}
    scenes = [scene_of(garments, "striped", index, **plain) for index in range(6)]
    few, many = (
        np.array([drawn(renderer, "striped", scene) for scene in scenes])
        for renderer in (
            Renderer(Quality(size=SIZE, samples=samples, format="png"), garments) for samples in (2, 36)
        )
    )
    assert np.abs(few - many).mean() < 3.6


@pytest.fixture
def silhouettes() -> Silhouettes:
    empty_scene()
    return Silhouettes(OpenGL(new_camera()))


def test_shadows_of_what_lies_outside_of_the_picture_reach_into_it(
    garments: Path, silhouettes: Silhouettes
) -> None:
    scene = scene_of(garments, "plain", 0)
    plane = plane_for(scene.backdrop, scene.garment, scene.camera)
    width = plane.high - plane.low
    beside = replace(
        plane, low=plane.low + 0.45 * width, high=plane.high + 0.45 * width
    )  # half of the garment
    around = replace(beside, low=beside.low - 0.5 * width, high=beside.high + 0.5 * width)
    mesh = Mesh.load(garments / scene.garment.file)
    mesh = replace(mesh, vertices=mesh.vertices + np.array([0, 0, 0.03], np.float32))
    part, whole = (
        light_on(one, mesh, scene.environment, scene.lights, pixels, silhouettes)
        for one, pixels in ((beside, 64), (around, 128))
    )
    assert np.ptp(part) > 0.2
    assert np.abs(part - whole[32:96, 32:96]).max() < 0.05


def test_a_contact_shadow_is_narrow_and_never_black(garments: Path, silhouettes: Silhouettes) -> None:
    for index in range(4):
        scene = scene_of(garments, "plain", index, lights=())
        plane = plane_for(scene.backdrop, scene.garment, scene.camera)
        mesh = Mesh.load(garments / scene.garment.file)
        light = light_on(plane, mesh, scene.environment, [], 256, silhouettes)[..., 1]
        open_, row = light.max(), light[128]
        x = plane.grid(256)[0][128]
        edge = 0.3
        assert 0.5 * open_ < np.interp(edge, x, row) < 0.9 * open_
        assert np.interp(edge + 0.1, x, row) > 0.97 * open_


def test_occlusion_leaves_no_rim_but_keeps_what_is_closed_dark() -> None:
    closed, outline, free = open_to_light(np.array([0.02, 0.45, 1.0]))
    assert closed < 0.25
    assert outline > 0.7
    assert free == pytest.approx(1)
