"""Write the reference of every param from the typed params, so that it cannot drift.

`python -m pipeline.reference --out docs/params.md`
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import yaml

from assets.common.command import Command, path_option
from assets.common.files import write_bytes
from assets.common.settings import read_yaml
from pipeline.params import Params

HEAD = """# Params

<!-- Written by `python -m pipeline.reference`; edit the descriptions in the code. -->

Every number of the pipeline is in `params.yaml`. `python -m pipeline.scale paper` (`release`, `laptop`,
`smoke`) switches between four sets of values (`pipeline/scales/`), `dvc exp run -S train.epochs=5` tries one
value. An unknown key, a wrong type or a value out of range is an error that names the key. *Value* is what
is checked in.
"""


TABLE = ["| key | type | value | meaning |", "|---|---|---|---|"]


def reference(values: dict[str, Any]) -> str:
    """Return the page; `values` is the content of params.yaml."""
    schema = Params.model_json_schema()
    sections = {name: _resolve(part, schema) for name, part in schema["properties"].items()}
    plain = {name: part for name, part in sections.items() if "properties" not in part}
    lines = [HEAD, *TABLE, *_rows({"properties": plain}, schema, values, "")]
    for name, part in sections.items():
        if name not in plain:
            lines += ["", f"## {name}", "", *TABLE, *_rows(part, schema, values[name], f"{name}.")]
    return "\n".join(lines) + "\n"


def _rows(part: dict[str, Any], schema: dict[str, Any], values: dict[str, Any], above: str) -> Iterator[str]:
    for name, field in part["properties"].items():
        inner = _resolve(field, schema)
        value = values.get(name, field.get("default"))
        if "properties" in inner:
            yield from _rows(inner, schema, value, f"{above}{name}.")
        else:
            cells = (f"`{above}{name}`", _kind(inner), f"`{_yaml(value)}`", field.get("description", ""))
            yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _resolve(field: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return the definition that a field refers to, or the field itself."""
    target = field.get("$ref") or (field["allOf"][0].get("$ref") if "allOf" in field else None)
    return schema["$defs"][target.rpartition("/")[2]] if target else field


def _kind(field: dict[str, Any]) -> str:
    """Return a field's type and range in words, e.g. "integer, at least 1"."""
    if "anyOf" in field:
        return " or ".join(_kind(option) for option in field["anyOf"])
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if field.get("type") == "array":
        return f"list of {_kind(field['items'])}"
    limits = {
        "minimum": "at least",
        "exclusiveMinimum": "above",
        "maximum": "at most",
        "exclusiveMaximum": "below",
    }
    words = [f"{word} {field[key]:g}" for key, word in limits.items() if key in field]
    if "multipleOf" in field:
        words.append(f"a multiple of {field['multipleOf']}")
    return ", ".join([field.get("type", "any"), *words])


def _yaml(value: Any) -> str:
    return yaml.safe_dump(value, default_flow_style=True, width=200).removesuffix("...\n").strip()


@click.command(cls=Command, epilog="Example: python -m pipeline.reference --out docs/params.md")
@path_option("--out", "docs/params.md", "Page to write.")
@path_option("--params", "params.yaml", "Its values are shown.")
def main(out: Path, params: Path) -> None:
    """Write the reference of every param: type, range, value and meaning."""
    write_bytes(out, reference(read_yaml(params)).encode())
    click.echo(f"{out}: written")


if __name__ == "__main__":
    main()
