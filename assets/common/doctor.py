"""`python -m assets.common.doctor`: say in one line whether Blender can render on this machine."""

import click

from assets.common.command import Command


@click.command(cls=Command)
def main() -> None:
    """Check that Blender loads and that OpenGL is there; name the missing system packages if not."""
    from assets.common.blender import bpy, require_opengl

    require_opengl()
    click.echo(f"Blender {bpy.app.version_string} is ready")


if __name__ == "__main__":
    main()
