"""The exported .blend opens again with what an artist needs: named inputs, defaults, ranges, catalogues."""

import numpy as np
import pytest
from click.testing import CliRunner

from assets.common.blender import bpy, empty_scene
from materials.export import CATALOG_FILE, CATALOGS, main
from materials.inputs import inputs_of
from materials.patterns import CLASSES, pattern


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Export into a folder that has catalogues already, and open the file."""
    folder = tmp_path_factory.mktemp("library")
    (folder / CATALOG_FILE).write_text("VERSION 1\n\n11111111-1111-1111-1111-111111111111:Mine:Mine\n")
    result = CliRunner().invoke(main, [str(folder / "materials.blend")], catch_exceptions=False)
    assert result.exit_code == 0
    bpy.ops.wm.open_mainfile(filepath=str(folder / "materials.blend"))
    yield folder
    empty_scene()


@pytest.mark.parametrize("name", CLASSES)
def test_a_pattern_has_its_parameters_as_inputs(opened, name):
    sockets = bpy.data.node_groups[f"Fashion CUT {name}"].interface.items_tree
    found = {s.name: s for s in sockets if s.in_out == "INPUT"}
    for parameter in inputs_of(pattern(name).Params):
        socket = found[parameter.name]
        assert socket.description == parameter.description
        if parameter.kind == "color":
            assert tuple(socket.default_value) == pytest.approx(parameter.default)
        else:
            assert socket.default_value == pytest.approx(parameter.default)
            assert (socket.min_value, socket.max_value) == pytest.approx((parameter.low, parameter.high))


def test_everything_is_an_asset_once(opened):
    assert sorted(m.name for m in bpy.data.materials if m.asset_data) == sorted(CLASSES)
    layers = sorted(g.name for g in bpy.data.node_groups if g.asset_data)
    assert layers == sorted(
        f"Fashion CUT {layer}" for layer in (*CLASSES, "place", "folds", "trims", "fabric")
    )


def test_assets_lie_in_catalogues_that_the_folder_defines_beside_those_of_others(opened):
    lines = (opened / CATALOG_FILE).read_text().splitlines()
    defined = {line.split(":")[0]: line.split(":")[1] for line in lines[1:] if line}
    assert defined.pop("11111111-1111-1111-1111-111111111111") == "Mine"
    assert set(defined.values()) == set(CATALOGS)
    for asset in (*bpy.data.materials, *bpy.data.node_groups):
        if asset.asset_data:
            assert asset.asset_data.catalog_id in defined
            assert asset.asset_data.description


def test_images_that_the_layers_show_are_in_the_file(opened):
    folds = bpy.data.node_groups["Fashion CUT folds"].nodes
    assert np.array(folds["Folds"].image.pixels[:2]) == pytest.approx(128 / 255, abs=1e-3)
    yarn = np.array(folds["Yarn"].image.pixels)
    assert 0.1 < yarn[::4].std() < 0.2


def test_a_material_still_leads_to_its_output(opened):
    nodes = bpy.data.materials["floral"].node_tree.nodes
    surface = next(n for n in nodes if n.bl_idname == "ShaderNodeOutputMaterial").inputs["Surface"]
    assert surface.is_linked
    for layer in ("Pattern", "Trims", "Fabric", "Place", "Folds"):
        assert nodes[layer].node_tree.nodes
        assert any(output.is_linked for output in nodes[layer].outputs)
