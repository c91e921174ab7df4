"""The numbers behind the page's drawings: training curves, histograms of what was sampled."""

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assets.common.settings import Settings

POINTS = 150
"""A curve is drawn with at most this many points; each is the mean of its stretch of steps."""
WIDTH, HEIGHT = 320, 110
"""Of a curve's drawing, SVG units."""
BINS = 14


@dataclass(frozen=True)
class Curve:
    """One metric over the steps of the training, ready to draw."""

    name: str
    points: str  # of an SVG polyline in WIDTH x HEIGHT
    steps: tuple[int, int]
    low: float
    high: float
    last: float


def read_curves(folder: Path) -> dict[str, list[Curve]]:
    """Return the curves in dvclive's TSV files (step, ..., value) below `folder`, by subfolder.

    The epoch over the steps is no curve worth drawing.
    """
    groups: dict[str, list[Curve]] = {}
    for path in sorted(set(folder.rglob("*.tsv")) - {folder / "epoch.tsv"}):
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        pairs = [(int(row["step"]), float(list(row.values())[-1])) for row in rows]
        pairs = [(step, value) for step, value in pairs if math.isfinite(value)]
        if pairs:
            group = path.parent.relative_to(folder).as_posix().strip(".")
            groups.setdefault(group, []).append(draw_curve(path.stem.replace("_", " "), pairs))
    return groups


def draw_curve(name: str, pairs: Sequence[tuple[int, float]]) -> Curve:
    """Scale (step, value) pairs, at least one, to the drawing; long curves are averaged to POINTS points."""
    stretches = np.array_split(np.array(pairs, dtype=np.float64), min(POINTS, len(pairs)))
    steps, values = np.array([stretch.mean(axis=0) for stretch in stretches]).T
    low, high = float(values.min()), float(values.max())
    across = (steps - steps[0]) / max(steps[-1] - steps[0], 1) * WIDTH
    up = (values - low) / (high - low) if high > low else np.full_like(values, 0.5)
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, HEIGHT - 4 - up * (HEIGHT - 8), strict=True))
    if len(pairs) == 1:
        points = f"0,{HEIGHT / 2} {WIDTH},{HEIGHT / 2}"
    return Curve(name, points, (pairs[0][0], pairs[-1][0]), low, high, pairs[-1][1])


def draw_risk_coverage(lines: Sequence[dict[str, float]]) -> dict[str, str]:
    """Return points of SVG polylines in WIDTH x HEIGHT: each accuracy over the share answered, 0 to 1."""
    return {
        name: " ".join(f"{line['answered'] * WIDTH:.1f},{(1 - line[name]) * HEIGHT:.1f}" for line in lines)
        for name in ("accuracy", "stream_accuracy")
    }


@dataclass(frozen=True)
class Histogram:
    """How often values fell where in a parameter's documented range."""

    title: str
    unit: str
    description: str
    low: float
    high: float
    bars: list[float]  # heights, the tallest is 1
    median: float


def parameter_histograms(kind: type[Settings], drawn: Sequence[dict[str, Any]]) -> list[Histogram]:
    """Return a histogram per number of `kind` that has a documented range and varies in `drawn`."""
    histograms = []
    for field, info in kind.model_json_schema()["properties"].items():
        values = [record[field] for record in drawn if isinstance(record.get(field), int | float)]
        if field == "seed" or not {"minimum", "maximum"} <= info.keys() or len(set(values)) < 2:
            continue
        low, high = float(info["minimum"]), float(info["maximum"])
        counts = np.histogram(values, BINS, (low, high))[0]
        words, unit = _unit(field)
        bars = (counts / max(counts.max(), 1)).round(3).tolist()
        histograms.append(
            Histogram(words, unit, info.get("description", ""), low, high, bars, float(np.median(values)))
        )
    return histograms


def colors_in(drawn: Sequence[dict[str, Any]], most: int = 80) -> list[str]:
    """Return up to `most` of the `#rrggbb` colours in the records, in the order of their lightness."""
    colors = sorted(
        {
            value
            for record in drawn
            for value in record.values()
            if isinstance(value, str) and value[:1] == "#"
        },
        key=_lightness,
    )
    return colors[:: max(1, math.ceil(len(colors) / most))]


def _lightness(color: str) -> float:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return 0.3 * red + 0.59 * green + 0.11 * blue


def _unit(field: str) -> tuple[str, str]:
    for suffix, unit in (("_cm", "cm"), ("_deg", "°")):
        if field.endswith(suffix):
            return field.removesuffix(suffix).replace("_", " "), unit
    return field.replace("_", " "), ""
