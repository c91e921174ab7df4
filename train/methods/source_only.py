"""No adaptation: the classifier sees synthetic images only (paper, table 1, first row)."""

from collections.abc import Iterator

from train.data.batch import Batch
from train.methods import base as method
from train.methods.base import Update
from train.methods.losses import classification
from train.params import TrainParams


class Method(method.Method):
    """min_C  cross-entropy(C(x), label)."""

    replayable = True

    def __init__(self, params: TrainParams, classes: int) -> None:
        super().__init__(params, classes)
        self.optimizers = {"classifier": self.classifier_optimizer()}

    def step(self, batch: Batch) -> Iterator[Update]:
        loss = classification(self.classifier(batch.x), batch.labels)
        yield Update(loss, ("classifier",), {"classifier": loss})
