"""CUT first, then a classifier on its frozen translations: the baseline of the paper's figure 5.

The first `epochs` epochs train G, D and F as Fashion CUT does, but without a classifier; as many more train
the classifier on G(x), G frozen, and on renders as they are if `mix` says so. Each half makes as many updates
as Fashion CUT in its run.
"""

from collections.abc import Iterator

from train.data.batch import Batch
from train.methods.base import Update
from train.methods.cut import CUT, pairs_of
from train.params import TrainParams


class Method(CUT):
    """Two phases in one run.

    >>> from train.params import TrainParams
    >>> params = TrainParams(size=32, backbone="test_resnet", pretrained=False, epochs=3)
    >>> Method(params, classes=7).preparation
    3
    """

    def __init__(self, params: TrainParams, classes: int) -> None:
        super().__init__(params, classes)
        self.preparation = params.epochs
        self.translating = (0.0, 0.5)

    def translates(self, ended: int) -> bool:
        return ended < self.preparation

    def step(self, batch: Batch) -> Iterator[Update]:
        return self.translation_step(batch) if self.translates(batch.epoch) else self.classifier_step(batch)

    def translation_step(self, batch: Batch) -> Iterator[Update]:
        pairs = pairs_of(batch)
        translated, features = self.translate(pairs)
        yield self.discriminator_update(translated[: len(pairs.y)], pairs.y)
        loss, metrics = self.translation_loss(translated, features, batch)
        yield Update(loss, ("translation",), metrics)

    def classifier_step(self, batch: Batch) -> Iterator[Update]:
        loss = self.classified(batch, batch.x[:0], None)
        yield Update(loss, ("classifier",), {"classifier": loss})
