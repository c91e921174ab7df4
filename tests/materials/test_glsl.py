"""Materials as GLSL show what Blender shows of their nodes."""

import numpy as np
import pytest

from assets.common.blender import EEVEE, bpy, empty_scene, silence
from assets.common.rng import rng_for
from materials.fabric import sample_fabric
from materials.glsl.program import Program, translate
from materials.nodes import Graph, atan2, fract, normalize, smoothstep, vector
from materials.patterns import CLASSES, pattern
from materials.shader import Appearance, appearance, apply, make_material
from materials.sheet import SWATCH, size_of, swatch_maker
from materials.trims import sample_trims
from sdg.picture.drawing import DARKEST, PLAIN, Corners, Drawing
from sdg.picture.opengl import OpenGL
from tests.helpers.swatches import VIEW

SIDE = 96
SPAN, NEAR = 0.68, 0.12
"""Metres that a picture shows: less than a swatch, so all of it is cloth."""


def draw_of(name: str, seed: int = 0) -> Appearance:
    rng = rng_for(seed, "glsl", name)
    params = pattern(name).sample(rng, VIEW)
    return appearance(params, sample_trims(rng, VIEW), sample_fabric(rng, VIEW), (SWATCH, 0.03, SWATCH))


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
    program: Program, given: Appearance, swatch: bpy.types.Object, camera: bpy.types.Object
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
    points = np.array([point.co for point in data.vertices], np.float32)
    box = np.stack([points.min(axis=0), np.ptp(points, axis=0)])
    faces = np.arange(len(corner) // 3)
    return Drawing(OpenGL(camera), SIDE).draw(corners, box, projection, [(faces, program, given)])[..., :3]


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
    given = appearance(params, sample_trims(rng, VIEW), sample_fabric(rng, VIEW), (SWATCH, 0.03, SWATCH))
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


def test_flowers_that_nodes_draw_need_no_image(tmp_path):
    empty_scene()
    swatch, material = swatch_maker()(0), make_material("floral")
    rng = rng_for("nodes")
    params = pattern("floral").sample(rng, VIEW).model_copy(update={"source": "nodes"})
    given = appearance(params, sample_trims(rng, VIEW), sample_fabric(rng, VIEW), (SWATCH, 0.03, SWATCH))
    assert ("Pattern", "Tile") not in given.images
    swatch.data.materials.append(material)
    camera = camera_for(swatch)
    apply(material, given, swatch)
    drawn = by_opengl(translate(material.node_tree), given, swatch, camera)
    assert np.median(np.abs(drawn - by_eevee(material, "Color", tmp_path))) < 0.002


def test_a_point_of_no_face_counts_in_the_box_as_in_blender(tmp_path):
    empty_scene()
    swatch, material = swatch_maker()(0), make_material("gradient")
    swatch.data.vertices.add(1)
    swatch.data.vertices[-1].co = (1.5, 0, -0.8)
    swatch.data.materials.append(material)
    camera = camera_for(swatch)
    rng = rng_for("loose")
    params = pattern("gradient").sample(rng, VIEW)
    given = appearance(params, sample_trims(rng, VIEW), sample_fabric(rng, VIEW), size_of(swatch))
    apply(material, given, swatch)
    drawn = by_opengl(translate(material.node_tree), given, swatch, camera)
    assert np.median(np.abs(drawn - by_eevee(material, "Color", tmp_path))) < 0.002


EDGES = {
    "a negative base": lambda x: (x - 0.5) ** 2.0,
    "a negative base, odd": lambda x: (x - 0.5) ** 3.0 + 0.5,
    "a negative base, no root": lambda x: (x - 0.5) ** 0.5,
    "to the power of 0": lambda x: (x - x) ** 0.0 * x,
    "division by 0": lambda x: x / (x - x) + x,
    "a fall": lambda x: smoothstep(0.8, 0.2, x),
    "a cliff": lambda x: smoothstep(0.5, 0.5, x) + x * 0.1,
    "the rest of a negative number": lambda x: fract(x - 0.7),
    "no angle": lambda x: atan2(x - x, x - x) + x,
    "the length of nothing": lambda x: normalize(vector(x - x, x - x)).x + x,
}


@pytest.mark.parametrize("edge", EDGES)
def test_arithmetic_at_the_edges_is_blenders(edge, tmp_path):
    empty_scene()
    swatch, material = swatch_maker()(0), make_material("plain")
    tree = material.node_tree.nodes["Fabric"].node_tree
    source, sink = (
        next(node for node in tree.nodes if node.bl_idname == kind)
        for kind in ("NodeGroupInput", "NodeGroupOutput")
    )
    graph = Graph(tree)
    x = graph.value(source.outputs["Place"]).x
    value = EDGES[edge](x)
    graph.link(vector(value, x, x), sink.inputs["Color"])
    swatch.data.materials.append(material)
    camera, given = camera_for(swatch), draw_of("plain")
    apply(material, given, swatch)
    drawn = by_opengl(translate(material.node_tree), given, swatch, camera).clip(0)
    assert np.abs(drawn - by_eevee(material, "Color", tmp_path)).max(axis=2).mean() < 0.003


@pytest.mark.parametrize(
    ("kind", "settings", "complaint"),
    [
        ("ShaderNodeTexMagic", {}, "ShaderNodeTexMagic"),
        ("ShaderNodeMix", {"data_type": "RGBA", "blend_type": "MULTIPLY"}, "blend_type is MULTIPLY"),
        ("ShaderNodeMath", {"operation": "TANGENT"}, "operation TANGENT"),
        ("ShaderNodeTexNoise", {"noise_dimensions": "3D"}, "noise_dimensions is 3D"),
        ("ShaderNodeTexImage", {"interpolation": "Closest", "extension": "EXTEND"}, "extension is EXTEND"),
        ("ShaderNodeAttribute", {"attribute_name": "Wear"}, "attribute Wear"),
    ],
)
def test_what_glsl_lacks_is_named(kind, settings, complaint):
    empty_scene()
    material = make_material("plain")
    Graph(material.node_tree.nodes["Pattern"].node_tree).node(kind, **settings)
    with pytest.raises(NotImplementedError, match=complaint):
        translate(material.node_tree)


def flat(bend, shine, program):
    """Return what a square that faces the camera shows of a program, in light 1."""
    place = np.array([[-1, 0, -1], [1, 0, -1], [1, 0, 1], [-1, 0, -1], [1, 0, 1], [-1, 0, 1]], np.float32)
    same = np.ones((6, 3), np.float32)
    corners = Corners(
        place, same * (0, -1, 0), same, same * bend, same[:, 0] * shine, same[:, :2], same[:, 0], same[:, 0]
    )
    projection = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]], np.float32)
    empty_scene()
    drawing = Drawing(OpenGL(bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))), 8)
    given = Appearance({"": {"Color": (0.5, 0.25, 0.0)}}, {})
    return drawing.draw(corners, np.ones((2, 3)), projection, [(np.arange(2), program, given)])[4, 4]


def test_what_is_plain_shows_its_colour_and_its_shine():
    assert flat((3, 3, 3), 0.125, PLAIN) == pytest.approx([0.625, 0.375, 0.125, 1], abs=1e-3)


def test_cloth_that_is_bent_toward_the_light_is_lighter_and_satin_glints():
    bent = PLAIN._replace(normal="normalize(vec3(0.2, -1.0, 0.0))", roughness="0.9")
    turned = 0.2 / 1.04**0.5
    lighter = flat((2, 0, 0), 0.1, bent)
    assert lighter[0] == pytest.approx(0.5 * (1 + 2 * turned) + 0.1 * (1 + 2 * turned), abs=2e-3)
    assert flat((-9, 0, 0), 0.0, bent)[0] == pytest.approx(0.5 * DARKEST, abs=1e-3)
    satin = flat((2, 0, 0), 0.1, bent._replace(roughness="0.3"))
    assert satin[2] > lighter[2] + 0.3
    assert satin[0] - satin[2] == pytest.approx(0.5 * (1 + 1.6 * 2 * turned), abs=2e-3)
