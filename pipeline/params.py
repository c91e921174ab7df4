"""params.yaml as typed, validated objects: each room describes its section, this file puts them together."""

from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from assets.common.settings import Distinct, Settings, read_yaml
from assets.params import GarmentParams
from materials.params import MaterialParams
from materials.patterns import PATTERNS
from pipeline.experiments.params import ExperimentParams
from sdg.params import RenderParams
from train.params import TrainParams


class StandInParams(Settings):
    """The built-in target domain, for those who have no photos yet."""

    unlabelled: int = Field(ge=1, description="images without labels")
    labelled: int = Field(ge=1, description="images per class in each of val and test")
    garments: int = Field(ge=1, description="garments to sew for it; the synthetic set has its own")
    samples: int = Field(ge=1, description="Cycles samples per pixel")


class TargetParams(Settings):
    source: str = Field(
        min_length=1, description="folder of photos; data/stand_in: rendered ones, if you have none yet"
    )
    unlabelled: str = Field(
        min_length=1, description="folder in source that is searched for photos, recursively; . for all of it"
    )
    val: str | list[str] | None = Field(
        description="CSV (path,label) or folder of class folders in source, or a list of them; null: none; "
        "labels outside classes count as other"
    )
    test: str | list[str] | None = Field(description="like val; only ever evaluated on")
    labelled: str | None = Field(
        default=None,
        description="a CSV or folder like val's; the classifier learns from it too, see train.labelled_share",
    )
    size: int = Field(ge=16, description="pixels of a prepared photo's short side")
    stand_in: StandInParams

    @field_validator("val", "test", mode="before")
    @classmethod
    def _paths(cls, entry: Any) -> Any:
        paths = entry if isinstance(entry, list) else [entry or ""]
        if not all(isinstance(path, str) for path in paths) or len({*paths}) < len(paths):
            raise ValueError("should be a path, a list of different paths, or null")
        return entry

    @field_validator("val", "test", "labelled")
    @classmethod
    def _nothing_is_none(cls, entry: str | list[str] | None) -> str | list[str] | None:
        return entry or None

    def files(self, split: str) -> list[str]:
        """Return the CSVs and folders of `val`, `test` or `labelled`: none, one or several."""
        entry = getattr(self, split)
        return entry if isinstance(entry, list) else [entry] if entry else []


class EvaluateParams(Settings):
    bootstrap: int = Field(ge=100, description="resamples behind the 95 % intervals")


class Params(Settings):
    seed: int = Field(ge=0, description="of every random draw: garments, renders, stand-in, training")
    classes: Distinct[str] = Field(
        min_length=2,
        description="patterns to render and to tell apart; every one: `pipeline.scale laptop --classes all`",
    )
    garments: GarmentParams
    materials: MaterialParams = MaterialParams()
    render: RenderParams
    target: TargetParams
    train: TrainParams
    evaluate: EvaluateParams
    experiments: ExperimentParams

    @field_validator("classes")
    @classmethod
    def _patterns(cls, names: list[str]) -> list[str]:
        if unknown := [name for name in names if name not in PATTERNS]:
            raise ValueError(f"there is no pattern {unknown[0]!r}; there are {', '.join(PATTERNS)}")
        return names


def load_params(path: Path | str = "params.yaml") -> Params:
    """Read and validate `path`; raises click.ClickException with one line per wrong key."""
    return Params.parse(read_yaml(path), str(path))
