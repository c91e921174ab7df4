"""`python -m materials.export`: the patterns as node groups in a .blend file, for Blender artists."""

from pathlib import Path

import click

from assets.common.blender import bpy, empty_scene, silence
from assets.common.command import Command
from assets.common.files import atomic_path
from materials import CLASSES
from materials.shader import make_material


@click.command(cls=Command, epilog="Example:\n\n  python -m materials.export materials.blend")
@click.argument("path", type=click.Path(path_type=Path))
def main(path: Path) -> None:
    """Write one material per class and its node groups to PATH (.blend), marked as assets.

    Open PATH in Blender, or put it into a folder listed under Preferences, File Paths, Asset Libraries.
    """
    if path.suffix != ".blend":
        raise click.ClickException(f"{path}: not a .blend file; name it e.g. {path.with_suffix('.blend')}")
    with silence():
        empty_scene()
    for name in CLASSES:
        material = make_material(name)
        layers = [material.node_tree.nodes[layer].node_tree for layer in ("Pattern", "Trims", "Fabric")]
        for asset, description in [(material, layers[0].description), *((g, g.description) for g in layers)]:
            asset.asset_mark()
            asset.asset_data.tags.new("Fashion CUT")
            asset.asset_data.description = description
    with atomic_path(path) as temporary, silence():
        bpy.ops.wm.save_as_mainfile(filepath=str(temporary), copy=True, compress=True)
    click.echo(path)


if __name__ == "__main__":
    main()
