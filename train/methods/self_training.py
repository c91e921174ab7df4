"""Self-training: the photos' labels come from the classifier itself, and half of each batch is photos.

Until `pseudo_label_epoch` epochs have ended it is `source_only`. Then, at the start of each epoch, the loop
labels every photo with the classifier that would be saved if training ended there (averaged weights, moved
toward the class frequencies it sees), and drops those it is unsure of. Half of the mini-batch becomes
labelled photos, as in the paper (section 3), but with the classes evened out by `pseudo_label_balance`, since
most photos are plain, and changed as strongly as the renders: the student has to read what its teacher read
off the clean photo (Noisy Student, Xie et al. 2020).
"""

from collections.abc import Iterator

import torch

from train.methods import source_only
from train.methods.base import Batch, Update
from train.methods.losses import classification


class Method(source_only.Method):
    """min_C  cross-entropy(C(half of x, half of y), labels of the renders, pseudo-labels of the photos).

    >>> from train.params import TrainParams
    >>> params = TrainParams(method="self_training", size=32, backbone="test_resnet", pretrained=False)
    >>> sorted(Method(params, classes=7).optimizers)
    ['classifier']
    """

    labels_photos = True

    def step(self, batch: Batch) -> Iterator[Update]:
        if batch.y_labels is None:
            yield from super().step(batch)
            return
        half = len(batch.x) // 2
        logits = self.classifier(torch.cat([batch.x[:half], batch.y[:half]]))
        renders = classification(logits[:half], batch.labels[:half])
        photos = classification(logits[half:], batch.y_labels[:half])
        loss = (renders + photos) / 2
        yield Update(loss, ("classifier",), {"classifier": renders, "photos": photos})
