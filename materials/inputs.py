"""The kinds of value a pattern parameter may have, and how each becomes the input of a node group."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

from assets.common.settings import Settings
from materials.color import linear

FILE = "names a file"
File = Annotated[str, FILE]
"""What the pixels of an image node come from: recorded, but no input of the node group."""

PARAMETER_TYPES = "a pattern parameter is a float, an int, a Color, a File or a Literal of words"


@dataclass(frozen=True)
class Input:
    """One input of a node group."""

    field: str
    name: str
    description: str
    kind: Literal["float", "color"]
    default: Any
    low: float
    high: float


def choices_of(params: type[Settings], field: str) -> tuple[str, ...]:
    """Return the words a field may hold; its socket holds their index. Empty for numbers and colours."""
    annotation = params.model_fields[field].annotation
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def inputs_of(params: type[Settings]) -> Iterator[Input]:
    """Yield one input per field that is not a File: its range from `ge`/`le`, default and description."""
    defaults = params()
    for field, info in params.model_fields.items():
        if FILE in info.metadata:
            continue
        choices = choices_of(params, field)
        kind: Literal["float", "color"] = "color" if info.annotation is str else "float"
        if not choices and info.annotation not in (str, float, int):
            raise TypeError(f"{params.__module__}.{field}: {PARAMETER_TYPES}")
        limits = {name: getattr(m, name) for m in info.metadata for name in ("ge", "le") if hasattr(m, name)}
        description = info.description or ""
        if choices:
            description += " (" + ", ".join(f"{i} = {word}" for i, word in enumerate(choices)) + ")"
        yield Input(
            field=field,
            name=title(field),
            description=description,
            kind=kind,
            default=_socket_value(defaults, field),
            low=float(limits.get("ge", 0)),
            high=float(limits.get("le", max(len(choices) - 1, 1))),
        )


def values_of(params: Settings) -> dict[str, Any]:
    """Return socket name -> socket value (a float, or linear RGBA) for every input of `params`."""
    return {parameter.name: _socket_value(params, parameter.field) for parameter in inputs_of(type(params))}


def title(field: str) -> str:
    """Return the socket name of a field: `period_cm` -> "Period (cm)"."""
    for unit in ("cm", "deg"):
        if field.endswith(f"_{unit}"):
            return f"{field.removesuffix(f'_{unit}').replace('_', ' ').capitalize()} ({unit})"
    return field.replace("_", " ").capitalize()


def _socket_value(params: Settings, field: str) -> Any:
    value = getattr(params, field)
    if type(params).model_fields[field].annotation is str:
        return (*map(float, linear(value)), 1.0)
    choices = choices_of(type(params), field)
    return float(choices.index(value) if choices else value)
