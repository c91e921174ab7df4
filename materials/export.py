"""`python -m materials.export`: the patterns as node groups in a .blend file, for Blender artists."""

from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import click

from assets.common.blender import bpy, empty_scene, silence
from assets.common.command import Command
from assets.common.files import atomic_path
from materials.patterns import CLASSES
from materials.shader import make_material

CATALOGS = {name: str(uuid5(NAMESPACE_URL, name)) for name in ("Fashion CUT/Materials", "Fashion CUT/Layers")}
"""Asset catalogue -> its id."""
CATALOG_FILE = "blender_assets.cats.txt"
"""Where Blender looks for the catalogues of a folder's assets."""


@click.command(cls=Command, epilog="Example:\n\n  python -m materials.export materials.blend")
@click.argument("path", type=click.Path(path_type=Path))
def main(path: Path) -> None:
    """Write one material per class and its node groups to PATH (.blend), marked as assets.

    Open PATH in Blender, or put it into a folder listed under Preferences, File Paths, Asset Libraries.
    The catalogues they appear under are added to blender_assets.cats.txt beside PATH.
    """
    if path.suffix != ".blend":
        raise click.ClickException(f"{path}: not a .blend file; name it e.g. {path.with_suffix('.blend')}")
    with silence():
        empty_scene()
    for name in CLASSES:
        material = make_material(name)
        pattern = material.node_tree.nodes["Pattern"].node_tree
        _mark(material, "Fashion CUT/Materials", pattern.description)
    for group in bpy.data.node_groups:
        _mark(group, "Fashion CUT/Layers", group.description)
    for image in bpy.data.images:
        if image.users:
            image.pack()  # or the file would hold it black
    with atomic_path(path) as temporary, silence():
        bpy.ops.wm.save_as_mainfile(filepath=str(temporary), copy=True, compress=True)
    write_catalogs(path.parent / CATALOG_FILE)
    click.echo(path)


def write_catalogs(path: Path) -> None:
    """Add our catalogues to the catalogue file `path`; those of others stay."""
    text = path.read_text() if path.exists() else "VERSION 1\n"
    for name, identity in CATALOGS.items():
        if identity not in text:
            text = f"{text.rstrip()}\n{identity}:{name}:{name.replace('/', '-')}\n"
    with atomic_path(path) as temporary:
        temporary.write_text(text)


def _mark(asset: Any, catalog: str, description: str) -> None:
    asset.asset_mark()
    asset.asset_data.catalog_id = CATALOGS[catalog]
    asset.asset_data.tags.new("Fashion CUT")
    asset.asset_data.description = description


if __name__ == "__main__":
    main()
