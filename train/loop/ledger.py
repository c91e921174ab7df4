"""What the steps since the last point of the curves measured, on the device until somebody asks."""

import math
from typing import NamedTuple

import torch
from torch import Tensor

LOSS = ""
"""Names what an update stepped down: it has to be finite, and is no curve of its own."""


class Values(NamedTuple):
    """Scalars of one step: `row` float32 (M,), without gradient, and their M `names`."""

    names: tuple[str, ...]
    row: Tensor


class NotFinite(Exception):
    """A loss is no number any more: its first such value, and how many steps ago that was."""

    def __init__(self, value: float, ago: int) -> None:
        super().__init__(value, ago)
        self.value, self.ago = value, ago


class Ledger:
    """Keeps the values of steps. To read them the host waits for the device: once in many steps.

    >>> ledger = Ledger()
    >>> ledger.add(Values((LOSS, "gan"), torch.tensor([1.5, 0.5])))
    >>> ledger.read()
    [{'gan': 0.5}]
    >>> ledger.read()
    []
    """

    def __init__(self) -> None:
        self.steps: list[Values] = []

    def add(self, values: Values) -> None:
        self.steps.append(values)

    def read(self) -> list[dict[str, float]]:
        """Return the values of each step and forget them.

        Raises NotFinite for the first step with such a loss.
        """
        names = [values.names for values in self.steps]
        rows = torch.stack([values.row for values in self.steps]).tolist() if self.steps else []
        self.steps = []
        for i, (of, row) in enumerate(zip(names, rows, strict=True)):
            for name, value in zip(of, row, strict=True):
                if name == LOSS and not math.isfinite(value):
                    raise NotFinite(value, len(rows) - 1 - i)
        return [
            {name: value for name, value in zip(of, row, strict=True) if name != LOSS}
            for of, row in zip(names, rows, strict=True)
        ]
