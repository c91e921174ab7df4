"""What all commands share: exit statuses, one line when the disk refuses, options that name a path."""

import errno
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


class Command(click.Command):
    """A click command whose exit status says how it ended, with one line for whatever a user can cause.

    0: done; 1: something is wrong with files, settings or the disk; 2: wrong options; 130: Ctrl-C. SIGTERM
    ends it as it ends any program, which a shell calls 143. Nothing is lost then, because all files are
    written atomically.
    """

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("\nStopped.", err=True)
            ctx.exit(128 + signal.SIGINT)
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
