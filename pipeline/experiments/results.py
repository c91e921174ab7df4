"""Read finished runs, with the intervals of their figures."""

import csv
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np

from assets.common.files import write_csv
from assets.common.rng import rng_for
from pipeline.answer import OTHER
from pipeline.metrics import COMMON, tails

SPLITS = ("test", "val")
"""Labelled photos of the target; nothing is chosen by `test`."""


@dataclass(frozen=True)
class Seeds:
    """The runs of one method (or of one size) on one split.

    Attributes: `actual` (N,): class names; `right` bool (S, N): which images each of S runs got right;
    `metrics`: what metrics.json says of each run.
    """

    actual: np.ndarray
    right: np.ndarray
    metrics: list[dict[str, Any]]

    def values(self, metric: str) -> np.ndarray:
        """Return a metric of each run, (S,)."""
        return np.array([m[metric] for m in self.metrics])

    @cached_property
    def recalls(self) -> dict[str, tuple[int, float]]:
        """Class -> how many photos it has, and its recall, the mean over the runs."""
        of = {name: self.right[:, self.actual == name] for name in np.unique(self.actual).tolist()}
        return {name: (right.shape[1], float(right.mean())) for name, right in of.items()}

    @property
    def common_recall(self) -> float:
        """Mean recall of the classes with at least COMMON photos; nan if there are none."""
        photos, recalls = zip(*self.recalls.values(), strict=True)
        return float(_mean_of_common(recalls, photos))


def read_seeds(folders: Sequence[Path], split: str) -> Seeds | None:
    """Return the runs in `folders` on the images of a split that show a pattern, or None if there are none.

    Raises click.ClickException if a run is missing, or if they were not measured on the same images.
    """
    metrics, rows = [], []
    for folder in folders:
        try:
            metrics.append(json.loads((folder / "metrics.json").read_text()).get(split))
            with (folder / f"predictions_{split}.csv").open(newline="", encoding="utf-8") as file:
                rows.append([row for row in csv.DictReader(file) if row["actual"] != OTHER])
        except FileNotFoundError as error:
            raise click.ClickException(f"{error.filename}: this run has not finished") from None
    if not rows[0]:
        return None
    actual = np.array([row["actual"] for row in rows[0]])
    if any([r["path"] for r in run] != [r["path"] for r in rows[0]] for run in rows):
        raise click.ClickException(f"{folders[0].parent}: the runs saw different photos; run them again")
    right = np.array([[row["predicted"] == row["actual"] for row in run] for run in rows])
    return Seeds(actual, right, metrics)


def cost(folders: Sequence[Path]) -> tuple[float, float]:
    """Return the mean training time in minutes and the mean peak memory in MB."""
    costs = [json.loads((folder / "cost.json").read_text()) for folder in folders]
    return (
        float(np.mean([c["seconds"] for c in costs])) / 60,
        float(np.mean([c["peak_mb"] for c in costs])),
    )


class Resampled(NamedTuple):
    """Means over the runs, of R resamples of the images: (R,) each."""

    accuracy: np.ndarray
    balanced_accuracy: np.ndarray
    common_recall: np.ndarray
    """Mean recall of the classes with at least COMMON images; nan if there are none."""


def resample(seeds: Seeds, resamples: int, seed: int) -> Resampled:
    """Measure all runs on resampled images.

    Bootstrap over images, stratified by class. Equal images and `seed` draw equal resamples, so that the
    difference of two methods may be taken resample by resample.
    """
    rng = rng_for(seed, "experiments", "bootstrap")
    score = seeds.right.mean(axis=0)
    recalls, counts = [], []
    for name in np.unique(seeds.actual):
        of_class = score[seeds.actual == name]
        drawn = rng.integers(len(of_class), size=(resamples, len(of_class)))
        recalls.append(of_class[drawn].mean(axis=1))
        counts.append(len(of_class))
    return Resampled(
        np.average(recalls, axis=0, weights=counts),
        np.mean(recalls, axis=0),
        _mean_of_common(recalls, counts),
    )


def _mean_of_common(recalls: Sequence[Any], counts: Sequence[int]) -> Any:
    """Return the mean of the recalls (numbers or arrays) of classes with at least COMMON images, or nan."""
    weights = np.array(counts) >= COMMON
    return (
        np.average(recalls, axis=0, weights=weights) if weights.any() else np.nan * np.mean(recalls, axis=0)
    )


def bounded(key: str, value: float, resampled: np.ndarray) -> dict[str, float]:
    """Return `key`: value, with `<key>_low` and `_high`, the `tails` of the resampled values."""
    low, high = tails(resampled)
    return {key: float(value), f"{key}_low": float(low), f"{key}_high": float(high)}


def with_bounds(line: dict[str, Any], key: str, form: str = ".3f") -> str:
    """Return "value (low to high)" of what `bounded` made, nothing if the line has none."""
    if math.isnan(line.get(key, math.nan)):
        return ""
    return f"{line[key]:{form}} {bounds(line, key, form)}"


def bounds(line: dict[str, Any], key: str, form: str = ".3f") -> str:
    """Return "(low to high)"."""
    return f"({line[f'{key}_low']:{form}} to {line[f'{key}_high']:{form}})"


def write_lines(path: Path, lines: list[dict[str, Any]], runs: Path) -> None:
    """Write the figures of `runs` as CSV, rounded to 4 digits; a figure that a line lacks stays empty.

    Raises click.ClickException if there are none.
    """
    if not lines:
        raise click.ClickException(
            f"{runs}: the target has no labelled photos to measure on; name some in target.val or target.test"
        )
    columns = list(dict.fromkeys(key for line in lines for key in line))
    cells = ([line.get(column) for column in columns] for line in lines)
    rows = ([round(cell, 4) if isinstance(cell, float) else cell for cell in row] for row in cells)
    write_csv(path, columns, rows)
