"""How well a classifier tells photos that show none of its patterns from those that show one."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import rankdata

from assets.common.rng import rng_for
from pipeline.answer import Answered, Choice
from pipeline.metrics import accuracy, bootstrap, confusion_matrix, interval, wilson
from train.data.domains import spread

POINTS = 200
"""A curve has at most this many points."""
CURVE = ("answered", "accuracy", "stream_accuracy", "unsureness")
"""Columns of a risk-coverage curve."""


def unsureness(choice: Choice, scores: np.ndarray, logits: np.ndarray) -> dict[str, np.ndarray]:
    """Return scores (N,) that are higher for photos which show none of the patterns.

    `none_probability`: P(none of the patterns), nothing but 0 if the model has no other class. Its baselines
    (Hendrycks and Gimpel 2017; Hendrycks et al. 2022), of the chosen patterns: `max_probability` and
    `max_logit`, with their sign turned.
    """
    return {
        "none_probability": choice.none(scores),
        "max_probability": -scores[:, choice.inside].max(axis=1),
        "max_logit": -logits[:, choice.inside].max(axis=1),
    }


def ranking(choice: Choice, scores: np.ndarray) -> np.ndarray:
    """Return by what photos are turned away, (N,): P(none), or 1 - max P if the model has no other class."""
    none: np.ndarray = choice.none(scores)
    return none if len(choice.names) > len(choice.patterns) else 1 - scores.max(axis=1)


def auroc(others: np.ndarray, known: np.ndarray) -> float:
    """Return how often one of `others` (M,) has the higher score than one of `known` (N,), a tie half."""
    ranks = rankdata(np.concatenate([others, known]))[: len(others)]
    return float(ranks.mean() - (len(others) + 1) / 2) / len(known)


def measure_open_set(answered: Answered, resamples: int, seed: int, name: str) -> dict[str, Any]:
    """Return what metrics.json says of photos of both kinds.

    A label that is none of the chosen patterns makes a photo one of the others. Shares of the others and the
    AUROCs are left out where there are none, the AUROCs also where there is nothing else. `stream_accuracy`
    is over all photos: the right pattern, or rightly none.
    """
    choice, patterns = answered.choice, len(answered.choice.patterns)
    others = answered.actual == patterns
    away = answered.predicted == patterns
    matrix = confusion_matrix(answered.actual, answered.predicted, patterns + 1)
    resampled = bootstrap(matrix, resamples, rng_for(seed, "open set", name))
    found: dict[str, Any] = {
        "known": int((~others).sum()),
        "others": int(others.sum()),
        "stream_accuracy": round(float(accuracy(matrix)), 4),
        "stream_accuracy_95": interval(accuracy(resampled)),
    }
    if found["known"]:
        found["known_turned_away"] = round(float(away[~others].mean()), 4)
    if not found["others"]:
        return found
    found["turned_away"] = round(float(away[others].mean()), 4)
    found["turned_away_95"] = wilson(away[others].sum(), found["others"])
    found["given_a_pattern"] = round(1 - float(away[others].mean()), 4)
    answers = matrix[patterns, :patterns]
    found["given"] = {
        choice.patterns[i]: int(answers[i]) for i in np.argsort(-answers, kind="stable") if answers[i]
    }
    named = np.array(answered.labels)
    of_each = {label: away[named == label] for label in sorted(set(named[others].tolist()))}
    found["turned_away_by_label"] = {label: round(float(of.mean()), 4) for label, of in of_each.items()}
    found["others_by_label"] = {label: len(of) for label, of in of_each.items()}
    if found["known"]:
        found["auroc"] = {
            way: round(auroc(values[others], values[~others]), 4)
            for way, values in unsureness(choice, answered.scores, answered.logits).items()
        }
    return found


def risk_coverage(answered: Answered) -> list[tuple[float, ...]]:
    """Return a line of CURVE for each share of the photos that is answered with a pattern, the surest first.

    All others are turned away. `accuracy`: of those answered, whose risk is 1 less that; `stream_accuracy`:
    of all photos, rightly turned away or rightly answered; `unsureness`: the highest `ranking` of those
    answered. Photos of one ranking are in or out together.
    """
    choice, scores = answered.choice, answered.scores
    unsure = ranking(choice, scores)
    order = np.argsort(unsure, kind="stable")
    actual = answered.actual[order]
    right = np.cumsum(scores[order][:, choice.inside].argmax(axis=1) == actual)
    others = actual == len(choice.patterns)
    left = others.sum() - np.cumsum(others)
    ends = np.flatnonzero(np.append(np.diff(unsure[order]) > 0, len(order) > 0))
    lines = []
    for end in ends[spread(len(ends), POINTS)].tolist() if len(ends) else []:
        given, count = end + 1, len(order)
        figures = (given / count, right[end] / given, (right[end] + left[end]) / count)
        lines.append((*(round(float(value), 4) for value in figures), round(float(unsure[order][end]), 6)))
    return lines


def read_curve(folder: Path, split: str) -> list[dict[str, float]]:
    """Return the lines of risk_coverage_<split>.csv, by the names of CURVE."""
    with (folder / f"risk_coverage_{split}.csv").open(newline="", encoding="utf-8") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


def in_sentences(found: dict[str, Any], noun: str = "photos") -> str:
    """Return what `measure_open_set` found of other photos, for people; nothing if there are none."""
    if not found.get("others"):
        return ""
    low, high = found["turned_away_95"]
    sentences = [
        f"Of {found['others']:,} {noun} that show none of the patterns, {_percent(found['turned_away'])} are "
        f"turned away (95 % interval {_percent(low)} to {_percent(high)})"
    ]
    if found["given"]:
        (most, count), *_ = found["given"].items()
        given = _percent(found["given_a_pattern"])
        sentences[0] += f"; {given} are given a pattern, most often {most} ({count})"
    if len(found["others_by_label"]) > 1:
        counts = sorted(found["others_by_label"].items(), key=lambda item: -item[1])
        shares = found["turned_away_by_label"]
        each = (f"{label} {_percent(shares[label])} of {count}" for label, count in counts)
        sentences.append(f"Turned away by their own labels: {', '.join(each)}")
    if found["known"]:
        low, high = found["stream_accuracy_95"]
        none, probability, logit = found["auroc"].values()
        sentences += [
            f"Of the {found['known']:,} that show a pattern, "
            f"{_percent(found['known_turned_away'])} are turned away too",
            f"Of both kinds together {_percent(found['stream_accuracy'])} are read right ({_percent(low)} to "
            f"{_percent(high)})",
            f"The probability of none of the patterns tells the two kinds apart with an AUROC of {none:.2f}, "
            f"the maximum probability with {probability:.2f}, the maximum logit with {logit:.2f}",
        ]
    return ". ".join(sentences) + "."


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
