"""Typed settings whose errors are one line that names the key."""

import reprlib
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

import click
import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from assets.common.text import printable

MERGE = "tag:yaml.org,2002:merge"
MOST = 300  # characters of a reason
LARGEST = 2**31 - 1  # what every library takes for a seed, a size or a count


T = TypeVar("T")


def _all_different(values: list[T]) -> list[T]:
    for value in values:
        if values.count(value) > 1:
            raise ValueError(f"{value} is there twice; every one once")
    return values


Distinct = Annotated[list[T], AfterValidator(_all_different)]
"""A list whose values are all different."""


class Settings(BaseModel):
    """Base of every group of settings: immutable; an unknown key, nan and inf are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True, allow_inf_nan=False)

    @classmethod
    def parse(cls, data: Mapping[str, Any], source: str) -> Self:
        """Validate `data`.

        Raises click.ClickException with one line per wrong key, e.g.
        `params.yaml: train.epochs: Input should be greater than 0 (got 0)`.
        """
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            raise click.ClickException("\n".join(_line(source, e) for e in error.errors())) from None


class _UniqueKeys(yaml.SafeLoader):
    """PyYAML takes the last of two values of one key; the others are then lost without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value} is there twice", problem_mark=key.start_mark)
            if isinstance(key, yaml.ScalarNode) and key.tag != MERGE:
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path | str) -> dict[str, Any]:
    """Read a YAML file that holds one mapping.

    Raises click.ClickException, one line, for what is no YAML in UTF-8, a key that is there twice, and an
    integer beyond LARGEST.
    """
    path = Path(path)
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), _UniqueKeys)
        large = [key for key, number in _integers(data) if abs(number) > LARGEST]
    except FileNotFoundError:
        raise click.ClickException(f"{path}: no such file; run this from the project's root") from None
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{path}: not in UTF-8 ({error}); save it as UTF-8") from None
    except OSError:
        raise
    except Exception as error:  # PyYAML lets errors of int(), date() and endless nesting through
        reason = " ".join(str(error).replace('in "<unicode string>", ', "").split())[:MOST]
        raise click.ClickException(f"{path}: not valid YAML: {reason}") from None
    if not isinstance(data, dict):
        found = "none" if data is None else type(data).__name__
        raise click.ClickException(f"{path}: expected `key: value` lines, found {found}")
    if large:
        raise click.ClickException(f"{path}: {large[0]}: a number should be at most {LARGEST}")
    return data


def _integers(value: Any, above: str = "") -> Iterator[tuple[str, int]]:
    """Yield (key, integer) for every integer in a YAML document."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _integers(inner, f"{above}.{printable(key)}" if above else printable(key))
    elif isinstance(value, int):
        yield above, value


def _line(source: str, error: Any) -> str:
    key = ".".join(printable(part) for part in error["loc"])[:MOST]
    if error["type"] == "extra_forbidden":
        return f"{source}: {key}: unknown key"
    if error["type"] == "missing":
        return f"{source}: {key}: missing"
    message = printable(error["msg"].removeprefix("Value error, "))[:MOST]
    return f"{source}: {key}: {message} (got {_shown(error['input'])})" if key else f"{source}: {message}"


def _shown(value: Any) -> str:
    try:
        return reprlib.repr(value)
    except ValueError:  # Python writes no integer of more than 4300 digits
        return "a huge number"
