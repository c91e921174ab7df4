"""What table 1 compares: how each row differs from what all share, and what the paper reports.

A rival's settings are its recipe; see `pipeline.experiments.recipe`.
"""

from dataclasses import dataclass, field
from typing import Any

from pipeline.experiments.recipe import recipe
from train.methods import METHODS


@dataclass(frozen=True)
class Row:
    """A row of table 1."""

    title: str
    changes: dict[str, Any] = field(default_factory=dict)
    """Keys of `train:` that this row sets, before its recipe."""
    published: float | None = None
    """Accuracy in Moreu et al. 2023, table 1: on other photos and other renders."""


_PAPERS_FORM: dict[str, Any] = {
    "generator": {"kind": "resnet", "residual": False},
    "lr_gan": 2.0e-4,
    "lambda_kernel": 0.0,
    "mix": {"translated": 0.5, "rendered": 0.0, "photos": 0.5},
    "aligned": 0.0,
    "warm_up_epochs": 0,
    "pseudo_labels": "step",
    "pseudo_label_keep": 1.0,
    "pseudo_label_prior": 0.0,
}
"""CUT's generator at CUT's rate, and nothing that the paper's classifier does not learn from."""

_SPECIAL = {
    "source_only": Row("No adaptation", published=0.441),
    "source_only_sgd": Row("No adaptation, as the rivals train"),
    "self_training": Row("Self-training"),
    "bsp": Row("BSP", published=0.499),
    "mdd": Row("MDD", published=0.540),
    "afn": Row("AFN (stepwise)", published=0.578),
    "afn_hard": Row("AFN (hard)"),
    "cut_then_classify": Row("CUT, then a classifier"),
    "cut_paper": Row(
        "CUT, then a classifier, the paper's form", {"method": "cut_then_classify"} | _PAPERS_FORM
    ),
    "fashion_cut_paper": Row(
        "Fashion CUT, the paper's form",
        {"method": "fashion_cut", "pseudo_label_epoch": None} | _PAPERS_FORM,
        0.613,
    ),
    "fashion_cut_pseudo_paper": Row(
        "Fashion CUT with pseudo-labels, the paper's form", {"method": "fashion_cut"} | _PAPERS_FORM, 0.628
    ),
    "fashion_cut": Row("Fashion CUT", {"pseudo_label_epoch": None}),
    "fashion_cut_pseudo": Row("Fashion CUT with pseudo-labels", {"method": "fashion_cut"}),
}

ROWS: dict[str, Row] = {name: Row(name.upper()) for name in METHODS} | _SPECIAL
"""Name -> row; a method without an entry above is a row of its own."""


def changes_of(name: str) -> dict[str, Any]:
    """Return the keys of `train:` that row `name` sets: its own, and its recipe's."""
    own = recipe(name)
    return ROWS[name].changes | (own.train if own else {})


def base_of(name: str) -> str:
    """Return the row without adaptation that the gain of row `name` is over: one that is trained alike."""
    return "source_only_sgd" if recipe(name) else "source_only"
