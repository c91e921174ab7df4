"""What the commands of this room share: options that name a path, and one line when the disk refuses."""

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


class Command(click.Command):
    """A click command that reports a full, read-only or missing disk as one line and exit status 1.

    Nothing is lost then, because all files are written atomically.
    """

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read our output has left; click ends quietly
                raise
            where = f"{error.filename}: " if error.filename else ""
            raise click.ClickException(
                f"{where}{error.strerror or error}; make room or choose another place, then run the same "
                "command again"
            ) from None


def path_option(name: str, default: str, help: str) -> Callable[[Any], Any]:
    """Return the click option `name`, a path with a default that `--help` shows."""
    return click.option(name, type=click.Path(path_type=Path), default=default, show_default=True, help=help)
