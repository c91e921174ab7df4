"""What a classifier may answer: one of some patterns, or that a photo shows none of them.

The one rule by which `predict`, the demo, `evaluate` and a program with the ONNX file answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import click
import numpy as np

OTHER = "other"
"""The answer that a photo shows none of the patterns, and the class of renders that teaches it."""


@dataclass(frozen=True)
class Choice:
    """The patterns that may be answered, and OTHER if the model knows a class beside them.

    Attributes: `classes` (K names): the model's; `patterns` (S names): those of them that may be answered, in
    the model's order.
    """

    classes: tuple[str, ...]
    patterns: tuple[str, ...]

    @classmethod
    def of(cls, classes: Sequence[str], only: str | None = None) -> Self:
        """Return the choice of the patterns `only` names, separated by commas; of all without it.

        Raises click.ClickException for a name that is none of `classes`, or if there is no pattern.
        """
        chosen = list(classes) if only is None else [name.strip() for name in only.split(",") if name.strip()]
        if unknown := [name for name in chosen if name not in classes and name != OTHER]:
            raise click.ClickException(
                f"--only: the model knows no pattern {unknown[0]!r}; it knows {', '.join(classes)}"
            )
        patterns = tuple(name for name in classes if name in chosen and name != OTHER)
        if not patterns:
            raise click.ClickException(f"--only: names no pattern; choose some of {', '.join(classes)}")
        return cls(tuple(classes), patterns)

    @property
    def names(self) -> tuple[str, ...]:
        """All possible answers: the patterns, and OTHER if a class of the model is none of them."""
        return (*self.patterns, OTHER) if len(self.patterns) < len(self.classes) else self.patterns

    @property
    def inside(self) -> np.ndarray:
        """Which classes are chosen patterns, bool (K,)."""
        return np.isin(self.classes, self.patterns)

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        """Return how probable each answer is, float64 (N, len(names)), from those of the classes (N, K).

        That of OTHER is the sum over all classes that are not chosen: P(none of the patterns).
        The answer is the most probable one: OTHER if it is more probable than every single pattern.
        """
        answers = np.column_stack([scores[:, self.inside], self.none(scores)])
        return answers[:, : len(self.names)]

    def none(self, scores: np.ndarray) -> np.ndarray:
        """Return P(none of the patterns), float64 (N,), from the probabilities of the classes (N, K)."""
        return scores[:, ~self.inside].sum(axis=1, dtype=np.float64)

    def positions(self, labels: Sequence[str]) -> np.ndarray:
        """Return where the labels are in `patterns`, int64 (N,); S for whatever is none of them."""
        where = {name: position for position, name in enumerate(self.patterns)}
        return np.array([where.get(label, len(self.patterns)) for label in labels], dtype=np.int64)


@dataclass(frozen=True)
class Answered:
    """What a model said of N photos whose labels are known.

    Attributes: `scores`, the probabilities, and `logits`, float64 (N, K), of the model's classes.
    """

    choice: Choice
    scores: np.ndarray
    logits: np.ndarray
    labels: Sequence[str]

    @cached_property
    def actual(self) -> np.ndarray:
        """What they show, int64 (N,); see `Choice.positions`."""
        return self.choice.positions(self.labels)

    @cached_property
    def probabilities(self) -> np.ndarray:
        """Those of the possible answers; see `Choice.probabilities`."""
        return self.choice.probabilities(self.scores)

    @cached_property
    def predicted(self) -> np.ndarray:
        """The answers, int64 (N,): positions in `choice.names`."""
        answers: np.ndarray = self.probabilities.argmax(axis=1)
        return answers
