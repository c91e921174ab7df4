"""What every command of this room does when the disk refuses: one line instead of a traceback."""

import errno
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
