"""What one training is asked to do."""

from dataclasses import dataclass
from pathlib import Path

from train.data.domains import Domains
from train.params import TrainParams


@dataclass(frozen=True)
class Run:
    """What to train on, with what, and where things go."""

    params: TrainParams
    seed: int
    classes: tuple[str, ...]
    domains: Domains
    out: Path
    """Gets classifier/ and generator/."""
    folder: Path
    """Gets checkpoint.pt and translations/."""
    report: Path
    """Gets the curves."""
