"""Promises of the light worked out beforehand: it is Blender's, and satin still looks like satin."""

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assets.library import read_library
from sdg.picture.garment_light import Finish, Places, shade
from sdg.scene.lights import Environment, Light
from tests.helpers.tiny_garments import write_garments

DARK = Environment(sky="#ffffff", ground="#ffffff", brightness=0.0)


def lamp(position: tuple[float, float, float], kind: str = "area", size: float = 0.3) -> Light:
    return Light(
        kind=kind, position=position, target=(0, 0, 0), color="#ffffff", power=40, size_m=size, brightness=0.5
    )  # type: ignore[arg-type]


def place(normal: tuple[float, float, float], view: tuple[float, float, float] = (0, 0, 1)) -> Places:
    unit = np.array([normal, view], np.float32) / np.linalg.norm([normal, view], axis=1)[:, None]
    return Places(np.zeros((1, 3), np.float32), unit[:1], unit[1:])


def finish(roughness: float = 0.8, sheen: float = 0.0, mirror: float = 0.024) -> Finish:
    return Finish(*(np.array([value], np.float32) for value in (roughness, sheen, mirror)))


@pytest.mark.parametrize("kind", ["area", "spot", "sun"])
def test_cloth_receives_what_the_lamp_sends(kind: str) -> None:
    light = lamp((0.3, 0.2, 1.5), kind)
    normal = np.array([0.1, 0.0, 1.0]) / np.hypot(0.1, 1.0)
    shading = shade(place((0.1, 0, 1)), finish(mirror=0.0), DARK, [light])
    assert shading.light[0] == pytest.approx(light.on(np.zeros((1, 3)), normal)[0], rel=0.06)


def test_a_bump_changes_the_light_as_turning_the_cloth_would() -> None:
    lights = [lamp((1.0, 0.4, 1.0)), lamp((-0.8, 0.2, 1.4), "sun", 0.05)]
    room = Environment(sky="#ffffff", ground="#604020", brightness=0.4)
    flat, turned = (0.0, 0.0, 1.0), (0.08, -0.05, 1.0)
    before, after = (shade(place(normal), finish(), room, lights) for normal in (flat, turned))
    step = np.array(turned) / np.linalg.norm(turned) - flat
    luminance = [0.2126, 0.7152, 0.0722]
    grown = (after.light[0] @ luminance) / (before.light[0] @ luminance)
    assert 1 + before.bend[0] @ step == pytest.approx(grown, abs=0.01)
    assert abs(grown - 1) > 0.03


def test_satin_has_a_brighter_and_narrower_highlight_than_wool() -> None:
    light, mirrored, aside = lamp((1, 0, 1)), (-1.0, 0.0, 1.0), (0.0, 0.0, 1.0)

    def shine(roughness: float, view: tuple[float, float, float]) -> float:
        return float(shade(place((0, 0, 1), view), finish(roughness), DARK, [light]).shine[0])

    assert shine(0.35, mirrored) > 3 * shine(0.9, mirrored)
    assert shine(0.35, aside) < shine(0.9, aside)


def test_sheen_lightens_what_is_seen_at_a_grazing_angle() -> None:
    room = Environment(sky="#ffffff", ground="#ffffff", brightness=1.0)

    def gain(view: tuple[float, float, float]) -> float:
        fuzzy, plain = (shade(place((0, 0, 1), view), finish(sheen=s), room, []).shine[0] for s in (0.6, 0))
        return float(fuzzy - plain)

    assert gain((1, 0, 0.15)) > 0.1
    assert 0 <= gain((0, 0, 1)) < 0.02


def test_a_near_large_lamp_never_gives_more_than_all_its_light() -> None:
    point, up = np.array([[0.0, 0.0, 0.0]]), np.array([0.0, 0.0, 1.0])
    light = lamp((0, 0, 0.05), size=2.0)
    assert light.on(point, up)[0, 0] <= light.power / light.size_m**2 / np.pi * 1.001


def test_both_presets_show_a_scene_equally_bright(tmp_path: Path) -> None:
    from sdg.params import Quality
    from sdg.picture.renderer import Renderer
    from sdg.scene.phone import Phone
    from sdg.scene.scene import sample_scene

    garment = next(one for one in read_library(write_garments(tmp_path)) if one.presentation == "flat")
    scenes = [sample_scene(garment, 0, "plain", index, 64) for index in range(4)]
    scenes = [scene.model_copy(update={"phone": Phone()}) for scene in scenes]
    brightness = []
    for quality in (Quality(size=64), Quality(size=64, preset="gpu", samples=4)):
        renderer = Renderer(quality, tmp_path)
        images = [Image.open(io.BytesIO(renderer.render("plain", scene))) for scene in scenes]
        brightness.append([np.asarray(image, float)[20:44, 20:44].mean() for image in images])
        dim = scenes[0].model_copy(update={"phone": Phone(exposure=-2.0)})
        underexposed = np.asarray(Image.open(io.BytesIO(renderer.render("plain", dim))), float)
        assert underexposed[20:44, 20:44].mean() < 0.65 * brightness[-1][0]
    ours, blenders = np.array(brightness)
    assert ours == pytest.approx(blenders, rel=0.1, abs=8)  # of 255: dark cloth differs by more of itself
    assert ours.mean() == pytest.approx(blenders.mean(), rel=0.08)


COUNT = """
import sys
from pathlib import Path
from assets.library import read_library
from sdg.params import Quality
from sdg.picture.renderer import Renderer
from sdg.scene.scene import sample_scene

garments, cache = map(Path, sys.argv[1:3])
renderer = Renderer(Quality(size=48), garments)
for garment in read_library(garments) * 2:
    for index in range(3):
        renderer.render("floral", sample_scene(garment, 0, "floral", index, 48))
        print("compiled", sum(path.is_file() for path in cache.rglob("*")))
"""


def test_only_the_first_images_of_a_class_compile_shaders(tmp_path: Path) -> None:
    garments, cache = tmp_path / "garments", tmp_path / "cache"
    garments.mkdir()
    finished = subprocess.run(
        [sys.executable, "-c", COUNT, str(write_garments(garments)), str(cache)],
        env={**os.environ, "MESA_SHADER_CACHE_DIR": str(cache), "MESA_GLSL_CACHE_DIR": str(cache)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    counts = [int(line.split()[1]) for line in finished.stdout.splitlines() if line.startswith("compiled")]
    assert counts[0] > 3
    assert counts == counts[:1] * 12
