"""Materials as GLSL show what Blender shows of their nodes."""

import numpy as np
import pytest

from assets.common.blender import EEVEE, bpy, empty_scene, silence
from assets.common.rng import rng_for
from materials.fabric import sample_fabric
from materials.glsl.program import Program, translate
from materials.nodes import Graph
from materials.patterns import CLASSES, pattern
from materials.shader import Look, apply, look, make_material
from materials.sheet import SWATCH, swatch_maker
from materials.trims import sample_trims
from sdg.picture.drawing import Corners, Drawing
from sdg.picture.opengl import OpenGL
from tests.helpers.swatches import VIEW

SIDE = 96
SPAN, NEAR = 0.68, 0.12
"""Metres that a picture shows: less than a swatch, so all of it is cloth."""


def draw_of(name: str, seed: int = 0) -> Look:
    rng = rng_for(seed, "glsl", name)
    params = pattern(name).sample(rng, VIEW)
    return look(params, sample_trims(rng, VIEW), sample_fabric(rng, VIEW), (SWATCH, 0.03, SWATCH))


def camera_for(swatch: bpy.types.Object, span: float = SPAN) -> bpy.types.Object:
    scene = bpy.context.scene
    for thing in list(scene.collection.objects):
        if thing != swatch:
            bpy.data.objects.remove(thing)
    scene.collection.objects.link(swatch)
    data = bpy.data.cameras.new("Camera")
    data.type, data.ortho_scale = "ORTHO", span
    camera = bpy.data.objects.new("Camera", data)
    camera.location, camera.rotation_euler = (0, -2, SWATCH / 2), (np.pi / 2, 0, 0)
    scene.collection.objects.link(camera)
    scene.camera = camera
    return camera


def by_eevee(material: bpy.types.Material, output: str, folder) -> np.ndarray:
    """Return what EEVEE shows of an output of the layer "Fabric", (SIDE, SIDE, 3), linear, top row first."""
    scene, tree = bpy.context.scene, material.node_tree
    emission = tree.nodes.new("ShaderNodeEmission")
    tree.links.new(tree.nodes["Fabric"].outputs[output], emission.inputs["Color"])
    shown = next(node for node in tree.nodes if node.bl_idname == "ShaderNodeOutputMaterial")
    tree.links.new(emission.outputs[0], shown.inputs["Surface"])
    scene.render.engine = EEVEE
    scene.render.resolution_x = scene.render.resolution_y = SIDE
    scene.render.filter_size = 0.0
    scene.render.film_transparent = True
    scene.eevee.taa_render_samples = 1
    scene.eevee.use_shadows = scene.eevee.use_raytracing = False
    scene.world = bpy.data.worlds.new("World")
    scene.world.probe_resolution = "128"
    scene.view_settings.view_transform = "Raw"
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.image_settings.color_depth = "32"
    scene.render.filepath = str(folder / f"{output}.exr")
    with silence():
        bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(scene.render.filepath)
    image.colorspace_settings.name = "Non-Color"
    pixels = np.empty(4 * SIDE * SIDE, np.float32)
    image.pixels.foreach_get(pixels)
    return pixels.reshape(SIDE, SIDE, 4)[::-1, :, :3]


def by_opengl(
    program: Program, given: Look, swatch: bpy.types.Object, camera: bpy.types.Object
) -> np.ndarray:
    """Return what a program shows in even light, as `by_eevee` does."""
    data = swatch.data
    data.calc_loop_triangles()
    corner = np.array([triangle.loops for triangle in data.loop_triangles]).reshape(-1)
    vertex = np.array([loop.vertex_index for loop in data.loops])[corner]
    position = np.array([point.co for point in data.vertices], np.float32)[vertex]
    normal = np.array([normal.vector for normal in data.corner_normals], np.float32)[corner]
    cloth = np.array([place.vector for place in data.uv_layers[0].uv], np.float32)[corner]
    near = np.empty(len(data.vertices), np.float32)
    data.attributes["Hem"].data.foreach_get("value", near)
    one, none = np.ones_like(position), np.zeros_like(position)
    corners = Corners(position, normal, one, none, none[:, 0], cloth, one[:, 0], near[vertex])
    zoom = 2 / camera.data.ortho_scale
    projection = np.array(
        [[zoom, 0, 0, 0], [0, 0, zoom, -zoom * SWATCH / 2], [0, 1, 0, 0], [0, 0, 0, 1]], np.float32
    )
    faces = np.arange(len(corner) // 3)
    return Drawing(OpenGL(camera), SIDE).draw(corners, projection, [(faces, program, given)])[..., :3]


@pytest.mark.parametrize("name", CLASSES)
def test_a_pattern_is_drawn_as_blender_renders_it(name, tmp_path):
    empty_scene()
    swatch, material, given = swatch_maker()(0), make_material(name), draw_of(name)
    swatch.data.materials.append(material)
    camera = camera_for(swatch)
    apply(material, given, swatch)
    drawn = by_opengl(translate(material.node_tree), given, swatch, camera)
    rendered = by_eevee(material, "Color", tmp_path)
    apart = np.abs(drawn - rendered).max(axis=2)
    assert rendered.std() > 0.001
    assert np.median(apart) < 0.002
    assert (apart > 0.02).mean() < 0.01  # edges that cross a pixel's middle


def test_relief_bends_light_as_blender_bends_it(tmp_path):
    empty_scene()
    swatch, material = swatch_maker()(0), make_material("plain")
    rng = rng_for("relief")
    params = pattern("plain").Params(quilt=1, quilt_cm=9, pucker=1)
    given = look(params, sample_trims(rng, VIEW), sample_fabric(rng, VIEW), (SWATCH, 0.03, SWATCH))
    swatch.data.materials.append(material)
    camera = camera_for(swatch, NEAR)
    apply(material, given, swatch)
    program = translate(material.node_tree)
    drawn = by_opengl(program._replace(color=program.normal), given, swatch, camera)
    rendered = by_eevee(material, "Normal", tmp_path)
    assert rendered.std(axis=(0, 1)).max() > 0.02
    apart = np.abs(drawn.clip(0) - rendered).max(axis=2)  # EEVEE emits no negative light
    assert np.median(apart) < 0.003
    for axis in (0, 2):  # Blender compares with a tenth of a pixel beside it, OpenGL with a whole one
        assert np.corrcoef(drawn[..., axis].clip(0).ravel(), rendered[..., axis].ravel())[0, 1] > 0.93


def test_a_class_has_one_program_whatever_is_drawn():
    empty_scene()
    material = make_material("floral")
    first = translate(material.node_tree)
    swatch = swatch_maker()(0)
    apply(material, draw_of("floral", 1), swatch)
    assert translate(material.node_tree) == first
    for seed in range(3):
        given = draw_of("floral", seed)
        assert all(name in given.values[layer] for layer, name in first.numbers)


def test_a_node_that_glsl_lacks_is_named():
    empty_scene()
    material = make_material("plain")
    group = material.node_tree.nodes["Pattern"].node_tree
    graph = Graph(group)
    graph.node("ShaderNodeTexMagic")
    with pytest.raises(NotImplementedError, match="ShaderNodeTexMagic"):
        translate(material.node_tree)


def test_flowers_that_nodes_draw_need_no_image(tmp_path):
    empty_scene()
    swatch, material = swatch_maker()(0), make_material("floral")
    rng = rng_for("nodes")
    params = pattern("floral").sample(rng, VIEW).model_copy(update={"source": "nodes"})
    given = look(params, sample_trims(rng, VIEW), sample_fabric(rng, VIEW), (SWATCH, 0.03, SWATCH))
    assert ("Pattern", "Tile") not in given.images
    swatch.data.materials.append(material)
    camera = camera_for(swatch)
    apply(material, given, swatch)
    drawn = by_opengl(translate(material.node_tree), given, swatch, camera)
    assert np.median(np.abs(drawn - by_eevee(material, "Color", tmp_path))) < 0.002
