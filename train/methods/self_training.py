"""Self-training: the photos' labels come from the classifier itself, and half of each batch is photos.

Until `pseudo_label_epoch` epochs have ended it is `source_only`. Then, before each epoch, every photo is
labelled by the classifier that would be saved if training ended there (averaged weights, moved toward the
class frequencies it sees), and those it is unsure of are left out. Half of the mini-batch becomes labelled
photos, as in the paper (section 3), but with the classes evened out by `photo_balance`, since most photos are
plain, and changed as strongly as the renders: the student has to read what its teacher read off the clean
photo (Noisy Student, Xie et al. 2020).
"""

from collections.abc import Iterator

import click
import torch

from train.data.batch import IGNORE, Batch
from train.methods import source_only
from train.methods.base import Epoch, Update
from train.methods.losses import classification
from train.methods.pseudo_labels import label_photos


class Method(source_only.Method):
    """min_C  cross-entropy(C(half of x, half of y), labels of the renders, pseudo-labels of the photos).

    >>> from train.params import TrainParams
    >>> params = TrainParams(method="self_training", size=32, backbone="test_resnet", pretrained=False)
    >>> sorted(Method(params, classes=7).optimizers)
    ['classifier']
    """

    def before_epoch(self, epoch: Epoch) -> None:
        """Label the photos.

        Raises click.ClickException if the classifier is sure enough of none.
        """
        params, start = self.params, self.params.pseudo_label_epoch
        if start is None or epoch.ended < start:
            return
        labels = label_photos(
            epoch.classifier, epoch.photos(), params.prior_strength, params.pseudo_label_threshold
        )
        counts = labels[labels != IGNORE].bincount(minlength=len(epoch.classes)).tolist()
        if not any(counts):
            raise click.ClickException(
                "params.yaml: train.pseudo_label_threshold: the classifier is that sure of no photo; lower it"
            )
        named = ", ".join(f"{name} {n}" for name, n in zip(epoch.classes, counts, strict=True))
        epoch.say(f"labelled {sum(counts)} of {len(labels)} photos: {named}")
        self.photo_labels = labels

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
