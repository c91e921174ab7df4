"""Promises of the passes: the mask is what the image was composed with, the others show the mesh."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assets.library import Mesh, Slot, entry_for, read_library, write_index
from assets.parts import PARTS
from sdg.params import PASSES, PassName, Preset, Quality, pass_names
from sdg.picture import lit_by_numpy
from sdg.picture.passes import DEPTH_M, Passes
from sdg.picture.renderer import Renderer
from sdg.scene.scene import Scene, sample_scene
from tests.helpers.tiny_garments import cloth

SIZE = 64


def seen(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A flat and a hung square whose left half is the body and whose right half is a sleeve."""
    folder = tmp_path_factory.mktemp("library")
    entries = []
    for presentation in ("flat", "hung"):
        mesh = cloth(presentation)
        right = mesh.vertices[mesh.faces].mean(axis=1)[:, 0] > 0
        ids = np.where(right, PARTS.index("sleeve"), PARTS.index("body")).astype(np.uint8)
        mesh = replace(mesh, part=ids)
        path = folder / f"{presentation}.npz"
        mesh.save(path)
        slots = [Slot(name="fabric", fabric=True)]
        entries.append(entry_for(path, mesh, type="t-shirt", presentation=presentation, seed=0, slots=slots))
    write_index(folder, entries)
    return folder


def scenes(library: Path) -> Iterator[Scene]:
    """Both garments, twice."""
    for index in range(4):
        yield sample_scene(read_library(library)[index % 2], 0, "plain", index, SIZE)


def draw(library: Path, scene: Scene, preset: Preset = "cpu", samples: int = 2) -> dict[PassName, np.ndarray]:
    quality = Quality(size=SIZE, preset=preset, samples=samples)
    Renderer(quality, library)  # which clears Blender's memory
    return {name: seen(png) for name, png in Passes(quality, library).draw(scene, PASSES).items()}


@pytest.mark.parametrize("samples", [2, 5])
def test_the_mask_is_the_share_of_each_pixel_with_which_the_image_was_composed(
    samples: int, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    covers: list[Image.Image] = []
    compose = lit_by_numpy.over
    monkeypatch.setattr(lit_by_numpy, "over", lambda *parts: covers.append(parts[2]) or compose(*parts))
    quality = Quality(size=SIZE, samples=samples)
    renderer = Renderer(quality, library)
    passes = Passes(quality, library)
    for scene in scenes(library):
        renderer.render("plain", scene)
        mask = Image.open(io.BytesIO(passes.draw(scene, ["mask"])["mask"]))
        assert np.array_equal(np.asarray(mask.crop(mask.getbbox())), np.asarray(covers[-1]))
        assert 0.05 < (np.asarray(mask) == 255).mean() < 1
        assert len(np.unique(np.asarray(mask))) > 8


def test_passes_leave_the_images_as_they_are_and_nothing_behind(library: Path) -> None:
    from assets.common.blender import bpy

    def render(with_passes: bool) -> tuple[list[bytes], list[int]]:
        quality = Quality(size=SIZE, format="png")
        renderer, passes = Renderer(quality, library), None
        images, counts = [], []
        for scene in scenes(library):
            if with_passes:
                passes = passes or Passes(quality, library)
                passes.draw(scene, PASSES)
            images.append(renderer.render("striped", _striped(scene)))
            counts.append(len(bpy.data.objects) + len(bpy.data.meshes) + len(bpy.data.scenes))
        return images, counts

    images, counts = render(with_passes=True)
    assert images == render(with_passes=False)[0]
    assert len(set(counts)) == 1


def _striped(scene: Scene) -> Scene:
    return sample_scene(scene.garment, 0, "striped", 3, SIZE)


def test_depth_normal_and_parts_are_those_of_the_face_at_the_pixels_middle(library: Path) -> None:
    for scene in scenes(library):
        drawn, mesh = draw(library, scene), Mesh.load(library / scene.garment.file)
        camera, corners = scene.camera, mesh.vertices[mesh.faces].astype(float)
        middle = corners.mean(axis=1)
        normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) @ camera.axes.T
        normal *= np.sign(((camera.position - middle) @ camera.axes.T * normal).sum(axis=1))[:, None]
        normal /= np.linalg.norm(normal, axis=1)[:, None]
        column, row = np.floor((camera.project(middle) * (1, -1) + 0.5) * SIZE).astype(int).T
        shown = (np.minimum(row, column) >= 1) & (np.maximum(row, column) < SIZE - 1)
        at = row[shown], column[shown]
        assert shown.sum() > 20

        expected = (camera.position - middle[shown]) @ camera.axes[2]
        assert np.median(np.abs(drawn["depth"][at] * DEPTH_M - expected)) < 0.002
        turned = drawn["normal"][at] / 127.5 - 1
        assert np.allclose(np.linalg.norm(turned, axis=1), 1, atol=0.02)
        assert np.median((turned * normal[shown]).sum(axis=1)) > 0.99
        assert (drawn["parts"][at] == mesh.part[shown]).mean() > 0.95


def test_normals_are_those_of_the_side_that_is_seen(library: Path, tmp_path: Path) -> None:
    scene = next(scenes(library))
    mesh = Mesh.load(library / scene.garment.file)
    replace(mesh, faces=mesh.faces[:, ::-1], uv=mesh.uv[:, ::-1]).save(tmp_path / scene.garment.file)
    outside, inside = (draw(folder, scene)["normal"].astype(int) for folder in (library, tmp_path))
    assert (outside[..., 2][outside.any(axis=2)] > 127).all()
    assert np.abs(outside - inside).max() <= 1


def test_where_there_is_no_garment_every_pass_is_0_and_alike(library: Path) -> None:
    for scene in scenes(library):
        drawn = draw(library, scene, "gpu")
        there = drawn["parts"] > 0
        assert np.array_equal(there, drawn["depth"] > 0)
        assert np.array_equal(there, drawn["normal"].any(axis=2))
        assert there[drawn["mask"] == 255].all()
        assert not there[drawn["mask"] == 0].any()


def test_passes_are_encoded_as_documented(library: Path) -> None:
    quality = Quality(size=SIZE)
    Renderer(quality, library)
    drawn = Passes(quality, library).draw(next(scenes(library)), PASSES)
    modes = {name: Image.open(io.BytesIO(png)).mode for name, png in drawn.items()}
    assert modes == {"mask": "L", "depth": "I;16", "normal": "RGB", "parts": "L"}


@pytest.mark.parametrize("preset", ["gpu", "cycles"])
def test_passes_are_the_same_for_every_preset(preset: Preset, library: Path) -> None:
    scene = next(scenes(library))
    ours, blenders = draw(library, scene), draw(library, scene, preset, samples=1)
    for name in PASSES:
        assert np.array_equal(ours[name], blenders[name])


def test_names_of_passes_are_read_in_any_order_and_a_wrong_one_is_told() -> None:
    assert pass_names("parts, mask") == ("mask", "parts")
    assert pass_names("") == ()
    with pytest.raises(ValueError, match="there is no pass 'masks', only mask, depth, normal, parts"):
        pass_names("masks")
