"""Which epoch's classifier is saved, chosen without a label of a photo."""

from dataclasses import dataclass, field
from typing import Any

from torch import nn


@dataclass
class Choice:
    """The best classifier so far, by how far it agrees with a reader that translations cannot have fooled.

    The score is the mean of the two figures of `train.translation.judge.Judge.agreement`: one stands for
    accuracy, the other for rare classes. Of equals the later one is taken.
    """

    score: float = -1.0
    epoch: int = 0
    """Epochs that had ended; 0: nothing was offered."""
    weights: dict[str, Any] = field(default_factory=dict)

    def offer(self, classifier: nn.Module, epoch: int, agreement: dict[str, float]) -> None:
        """Take the classifier if it is the best so far."""
        score = sum(agreement.values()) / len(agreement)
        if score >= self.score:
            weights = {
                name: tensor.detach().cpu().clone() for name, tensor in classifier.state_dict().items()
            }
            self.score, self.epoch, self.weights = score, epoch, weights
