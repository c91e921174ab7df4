"""Switch params.yaml between the scales, and between the paper's patterns and all of them.

`python -m pipeline.scale smoke|laptop|release|paper [--classes all]`
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq

from assets.common.command import Command, path_option
from assets.common.files import write_bytes
from materials.patterns import PAPER
from pipeline.classes import classes_option
from pipeline.params import Params, load_params

SCALES = Path(__file__).parent / "scales"
NAMES = ("smoke", "laptop", "release", "paper")


def apply_scale(name: str, path: Path, classes: Sequence[str] = PAPER) -> list[str]:
    """Set `classes` and the values of `scales/<name>.yaml` in the params file `path`, and nothing else.

    Comments and the order of keys stay.

    Returns one line per changed value, e.g. "render.n: 100 -> 10". Raises click.ClickException if the
    outcome would not be valid params; the file is then as it was.
    """
    load_params(path)
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 200
    yaml.representer.add_representer(
        type(None), lambda representer, _: representer.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    document = yaml.load(path)
    changes = []
    in_a_row = CommentedSeq(classes)
    in_a_row.fa.set_flow_style()
    for keys, value in [(("classes",), in_a_row), *_leaves(yaml.load(SCALES / f"{name}.yaml"))]:
        section = document
        for key in keys[:-1]:
            section = section.setdefault(key, {})
        old = section.get(keys[-1])
        if old != value:
            section[keys[-1]] = value
            if isinstance(old, CommentedSeq) and (below := old.ca.items.get(len(old) - 1)):
                section.ca.items[keys[-1]] = [
                    None,
                    None,
                    below[0],
                    None,
                ]  # a list by lines holds what follows
            changes.append(f"{'.'.join(keys)}: {old} -> {value}")
    Params.parse(document, str(path))
    if changes:
        text = io.BytesIO()
        yaml.dump(document, text)
        write_bytes(path, text.getvalue())
    return changes


def _leaves(tree: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, (*above, key))
        else:
            yield (*above, key), value


@click.command(
    cls=Command,
    epilog="""Examples:

    \b
    python -m pipeline.scale smoke && dvc repro
    python -m pipeline.scale laptop --classes all
    """,
)
@click.argument("name", type=click.Choice(NAMES))
@classes_option
@path_option("--params", "params.yaml", "File to change.")
def main(name: str, classes: tuple[str, ...], params: Path) -> None:
    """Set every scale-dependent number in params.yaml, and the patterns to tell apart.

    smoke is for CI, laptop the default, release made models/release, paper is the published one, for a GPU.
    With --classes all the classifier learns every pattern there is, not only the paper's seven.

    All other values, and your comments, stay.
    """
    changes = apply_scale(name, params, classes)
    click.echo("\n".join([*changes, f"{params}: {name} scale, {len(changes)} values changed"]))


if __name__ == "__main__":
    main()
