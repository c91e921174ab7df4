"""Typed settings whose errors are one line that names the key."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import click
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError


class Settings(BaseModel):
    """Base of every group of settings: immutable, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

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


def read_yaml(path: Path | str) -> dict[str, Any]:
    """Read a YAML file that holds one mapping."""
    path = Path(path)
    try:
        data = yaml.safe_load(path.read_text())
    except FileNotFoundError:
        raise click.ClickException(f"{path}: no such file; run this from the project's root") from None
    except yaml.YAMLError as error:
        raise click.ClickException(f"{path}: not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(data, dict):
        raise click.ClickException(f"{path}: expected `key: value` lines, found {type(data).__name__}")
    return data


def _line(source: str, error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"{source}: {key}: unknown key"
    if error["type"] == "missing":
        return f"{source}: {key}: missing"
    message = error["msg"].removeprefix("Value error, ")
    return f"{source}: {key}: {message} (got {error['input']!r})" if key else f"{source}: {message}"
