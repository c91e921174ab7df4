"""How well a classifier tells photos that show none of its patterns from those that show one."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import rankdata

from assets.common.rng import rng_for
from pipeline.answer import Choice
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


def measure_open_set(
    choice: Choice,
    scores: np.ndarray,
    logits: np.ndarray,
    labels: Sequence[str],
    resamples: int,
    seed: int,
    name: str,
) -> dict[str, Any]:
    """Return what metrics.json says of photos of both kinds, from the model's scores and logits (N, K).

    A label that is none of the chosen patterns makes a photo one of the others. Shares of the others and the
    AUROCs are left out where there are none, the AUROCs also where there is nothing else. `stream_accuracy`
    is over all photos: the right pattern, or rightly none.
    """
    patterns = len(choice.patterns)
    actual, predicted = choice.positions(labels), choice.probabilities(scores).argmax(axis=1)
    others = actual == patterns
    away = predicted == patterns
    matrix = confusion_matrix(actual, predicted, patterns + 1)
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
    named = np.array(labels)
    of_each = {label: away[named == label] for label in sorted(set(named[others].tolist()))}
    found["turned_away_by_label"] = {label: round(float(of.mean()), 4) for label, of in of_each.items()}
    found["others_by_label"] = {label: len(of) for label, of in of_each.items()}
    if found["known"]:
        found["auroc"] = {
            way: round(auroc(values[others], values[~others]), 4)
            for way, values in unsureness(choice, scores, logits).items()
        }
    return found


def risk_coverage(choice: Choice, scores: np.ndarray, labels: Sequence[str]) -> list[tuple[float, ...]]:
    """Return a line of CURVE for each share of the photos that is answered with a pattern, the surest first.

    All others are turned away. `accuracy`: of those answered, whose risk is 1 less that; `stream_accuracy`:
    of all photos, rightly turned away or rightly answered; `unsureness`: the highest `ranking` of those
    answered. Photos of one ranking are in or out together.
    """
    unsure = ranking(choice, scores)
    order = np.argsort(unsure, kind="stable")
    actual = choice.positions(labels)[order]
    right = np.cumsum(scores[order][:, choice.inside].argmax(axis=1) == actual)
    others = actual == len(choice.patterns)
    left = others.sum() - np.cumsum(others)
    ends = np.flatnonzero(np.append(np.diff(unsure[order]) > 0, len(order) > 0))
    lines = []
    for end in ends[spread(len(ends), POINTS)].tolist() if len(ends) else []:
        answered, count = end + 1, len(order)
        figures = (answered / count, right[end] / answered, (right[end] + left[end]) / count)
        lines.append((*(round(float(value), 4) for value in figures), round(float(unsure[order][end]), 6)))
    return lines
