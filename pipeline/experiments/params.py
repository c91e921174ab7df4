"""Settings of the experiments (`experiments:` in params.yaml). Everything else is taken from `train:`."""

from pydantic import Field, field_validator

from assets.common.settings import Distinct, Settings
from pipeline.experiments.rows import ROWS


class ExperimentParams(Settings):
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
