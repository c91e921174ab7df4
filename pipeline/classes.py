"""Which patterns a command is about: its option `--classes`."""

from typing import Any

import click

from materials.patterns import GROUPS, PATTERNS


class Classes(click.ParamType):
    """`all`, `paper`, or names of patterns with commas between them, as a tuple of names."""

    name = "classes"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        names = GROUPS.get(value) or tuple(name.strip() for name in value.split(","))
        if unknown := [name for name in names if name not in PATTERNS]:
            self.fail(f"there is no pattern {unknown[0]!r}; there are {', '.join(PATTERNS)}", param, ctx)
        return names


classes_option = click.option(
    "--classes",
    type=Classes(),
    metavar="all|paper|NAME,NAME,...",
    default="paper",
    show_default=True,
    help="Patterns: every one, the paper's seven, or those named.",
)
