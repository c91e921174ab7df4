"""Self-training: the photos' labels come from the classifier itself, and a part of each batch is photos.

Until `pseudo_label_epoch` epochs have ended it is `source_only`. Then, before each epoch, every photo is
labelled by the classifier that would be saved if training ended there (averaged weights, moved toward the
class frequencies it sees), and those it is unsure of are left out. A share `mix.photos` of the mini-batch
becomes labelled photos, with the classes evened out by `photo_balance`, since most photos are plain, and
changed as strongly as the renders: the student has to read what its teacher read off the clean photo (Noisy
Student, Xie et al. 2020).
"""

from collections.abc import Iterator

import torch

from train.data.batch import Batch
from train.methods import source_only
from train.methods.base import Epoch, Update
from train.methods.losses import classification
from train.methods.pseudo_labels import Labeller
from train.params import TrainParams


class Method(source_only.Method):
    """min_C  cross-entropy(C(renders and photos), labels of the renders, pseudo-labels of the photos).

    >>> from train.params import TrainParams
    >>> params = TrainParams(method="self_training", size=32, backbone="test_resnet", pretrained=False)
    >>> sorted(Method(params, classes=7).optimizers)
    ['classifier']
    """

    def __init__(self, params: TrainParams, classes: int) -> None:
        super().__init__(params, classes)
        self.labeller = Labeller(params, classes)

    def before_epoch(self, epoch: Epoch) -> None:
        start = self.params.pseudo_label_epoch
        if start is not None and epoch.ended >= start:
            self.photo_labels = self.labeller(epoch, hold=True)

    def step(self, batch: Batch) -> Iterator[Update]:
        if batch.y_labels is None:
            yield from super().step(batch)
            return
        photos = self.params.mix.counts(len(batch.x), labelled=True)[2]
        renders = len(batch.x) - photos
        logits = self.classifier(torch.cat([batch.x[:renders], batch.y[:photos]]))
        labels = torch.cat([batch.labels[:renders], batch.y_labels[:photos]])
        loss = classification(logits, labels)
        yield Update(loss, ("classifier",), {"classifier": loss})
