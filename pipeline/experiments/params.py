"""Settings of the experiments (`experiments:` in params.yaml). Everything else is taken from `train:`."""

from typing import Literal

from pydantic import Field, field_validator

from assets.common.settings import Distinct, Settings
from pipeline.experiments.rows import ROWS


class SharedParams(Settings):
    """What all rows have instead of `train:`'s. A row's recipe may set its own."""

    size: int = Field(ge=32, multiple_of=4, description="as train.size, of all rows")
    batch_size: int = Field(ge=2, multiple_of=2, description="as train.batch_size, unless a recipe differs")
    epochs: int = Field(ge=1, description="as train.epochs, of all rows")
    updates: int = Field(ge=1, description="as train.updates, of all rows: figure 7's too")
    frozen_stages: int = Field(ge=0, description="as train.frozen_stages, of all rows")
    schedule: Literal["constant", "one_cycle", "inverse"] = Field(
        description="as train.schedule, unless a recipe differs"
    )
    average: float = Field(ge=0, lt=1, description="as train.average, of all rows")


class ExperimentParams(Settings):
    train: SharedParams
    methods: Distinct[str] = Field(
        min_length=1, description="rows of table 1: names in pipeline.experiments.rows"
    )
    seeds: Distinct[int] = Field(min_length=1, description="each method is trained once with each")
    images: Distinct[int] = Field(
        min_length=1, description="figure 7: synthetic images per class to train on"
    )

    @field_validator("methods")
    @classmethod
    def _known(cls, names: list[str]) -> list[str]:
        if unknown := [name for name in names if name not in ROWS]:
            raise ValueError(f"unknown method {unknown[0]}; there are {', '.join(ROWS)}")
        return names
