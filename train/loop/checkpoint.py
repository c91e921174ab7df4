"""The state of a run in one file, whole or absent; resuming from it changes nothing about the result."""

import hashlib
import io
import json
import pickle
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import torch

from assets.common.code import code_hash
from assets.common.files import write_bytes
from train.methods import METHODS


@dataclass
class Position:
    """How far a run is, with the sums behind the next point of its curves."""

    epoch: int = 0
    step: int = 0
    """Next step of that epoch."""
    translated: int = 0
    """Updates of the generator."""
    sums: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    history: list[dict[str, float]] = field(default_factory=list)
    seconds: float = 0.0
    """Spent in steps, their batches included."""
    peak_mb: float = 0.0
    """Most memory that a process of it held: on the device, or of the process on a CPU."""


def training_code(method: str) -> str:
    """Return the hash of the code that decides how `method`, a name of METHODS, trains."""
    return code_hash("train.loop.loop", METHODS[method])


def fingerprint(settings: Any, method: str) -> str:
    """Return a hash of `settings` (JSON-able) and of the method's code: what decides the trained weights."""
    everything = json.dumps([settings, training_code(method)], sort_keys=True)
    return hashlib.sha256(everything.encode()).hexdigest()


def save_checkpoint(path: Path | str, state: dict[str, Any]) -> None:
    """Write `state` (tensors and plain values) atomically: on a full disk the last checkpoint survives."""
    content = io.BytesIO()  # writing a file itself, torch reports a full disk as a RuntimeError
    torch.save(state, content)
    write_bytes(path, content.getbuffer())


def load_checkpoint(path: Path | str) -> dict[str, Any] | None:
    """Return what `save_checkpoint` wrote, on the CPU, or None without a file. Runs no code from the file.

    Raises click.ClickException if the file is damaged.
    """
    path = Path(path)
    if not path.exists():
        return None
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError) as error:
        reason = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:100]
        raise click.ClickException(
            f"{path}: damaged checkpoint ({reason}); delete it to start over"
        ) from None
