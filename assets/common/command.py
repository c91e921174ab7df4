"""What all commands share: exit statuses, one line for what a user can cause, options that name a path."""

import errno
import math
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from assets.common.text import printable

OUTPUTS = ("--out", "--onnx", "--sheet")
"""Options whose path is written."""
CURES = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "make room or "),
    **dict.fromkeys((errno.EACCES, errno.EPERM), "give yourself the right to it or "),
}
"""What helps against an OSError, besides another place."""


class Command(click.Command):
    """A click command whose exit status says how it ended, with one line for whatever a user can cause.

    0: done; 1: something is wrong with files, settings or the disk; 2: wrong options, among them an empty
    path and an output that would replace an input; 130: Ctrl-C. SIGTERM ends it as it ends any program, which
    a shell calls 143. Nothing is lost then, because all files are written atomically.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given, _, _ = self.make_parser(ctx).parse_args(list(args))
        for param, path in self._paths(given):
            if path == "":
                raise click.BadParameter("the path is empty; name a file or folder (. is this)", ctx, param)
        rest = super().parse_args(ctx, args)
        for param in self.params:
            value = ctx.params.get(param.name or "")
            if isinstance(value, float) and not math.isfinite(value):
                raise click.BadParameter(f"{value} is no number to work with", ctx, param)
        return rest

    def invoke(self, ctx: click.Context) -> Any:
        try:
            self._keep_inputs(ctx)
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("\nStopped.", err=True)
            ctx.exit(128 + signal.SIGINT)
        except click.UsageError:
            raise
        except click.ClickException as error:
            raise click.ClickException("\n".join(map(printable, error.message.split("\n")))) from None
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read our output has left; click ends quietly
                raise
            where = f"{printable(error.filename)}: " if error.filename else ""
            reason, cure = error.strerror or error, CURES.get(error.errno or 0, "")
            raise click.ClickException(
                f"{where}{reason}; {cure}choose another place, then run the same command again"
            ) from None

    def _keep_inputs(self, ctx: click.Context) -> None:
        """Raise click.UsageError if a file that is to be written is one that is read."""
        paths = [(param.opts[0], Path(path)) for param, path in self._paths(ctx.params)]
        for option, out in paths:
            if option in OUTPUTS and out.is_file():
                for other, path in paths:
                    if other not in OUTPUTS and path.exists() and out.samefile(path):
                        raise click.UsageError(f"{option} {out} is {other} too; write to another file", ctx)

    def _paths(self, values: Mapping[str, Any]) -> Iterator[tuple[click.Parameter, Any]]:
        """Yield (parameter, path) for every path among the values of parameters, by name."""
        for param in self.params:
            value = values.get(param.name or "")
            if isinstance(param.type, click.Path) and value is not None:
                yield from ((param, path) for path in (value if isinstance(value, tuple | list) else [value]))


def path_option(name: str, default: str, help: str) -> Callable[[Any], Any]:
    """Return the click option `name`, a path with a default that `--help` shows."""
    return click.option(name, type=click.Path(path_type=Path), default=default, show_default=True, help=help)
