"""Fashion CUT: generator and classifier trained together (Moreu et al. 2023, equation (1) and figure 2).

    min over G, F, C:  lambda_gan        L_GAN(G, D)      LSGAN on G(x)
                     + lambda_classifier L_classifier(C)  cross-entropy of C(G(x)); it trains G too
                     + lambda_nce_x      L_NCE_x(G, F)    PatchNCE of x and G(x): keep the content
                     + lambda_nce_y      L_NCE_y(G, F)    PatchNCE of y and G(y): leave real images alone
    min over D:        LSGAN on real y and detached G(x)

x are synthetic images, y target images, F is the patch sampler. Once `pseudo_label_epoch` epochs have ended,
half of the classifier's mini-batch is target images with labels from the classifier itself; with null, never.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from train.data.batch import Batch
from train.methods.base import Update
from train.methods.cut import CUT
from train.methods.losses import classification
from train.methods.pseudo_labels import PseudoLabels
from train.params import TrainParams


class Method(CUT):
    """CUT whose translations a classifier reads, and whose generator learns from the classifier's loss.

    >>> from train.params import TrainParams
    >>> params = TrainParams(size=32, backbone="test_resnet", pretrained=False)
    >>> sorted(Method(params, classes=7).optimizers)
    ['classifier', 'discriminator', 'translation']
    """

    def __init__(self, params: TrainParams, classes: int) -> None:
        super().__init__(params, classes)
        self.classifier_weight = params.lambda_classifier
        self.pseudo_labels = PseudoLabels(classes, params.pseudo_label_threshold, params.pseudo_label_balance)

    def step(self, batch: Batch) -> Iterator[Update]:
        translated, features = self.translate(batch)
        fake = translated[: len(batch.x)]
        yield self.discriminator_update(fake, batch)

        classifier = classification(*self.classifier_batch(fake, batch))
        translation, metrics = self.translation_loss(translated, features, batch)
        loss = translation + self.params.lambda_classifier * classifier
        yield Update(loss, ("translation", "classifier"), metrics | {"classifier": classifier})

    def classifier_batch(self, fake: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return logits (N, K) and labels (N,): translated images, later half of them replaced by photos."""
        start, n = self.params.pseudo_label_epoch, len(fake)
        if start is None or batch.epoch < start:
            return self.classifier(fake), batch.labels
        photos = batch.y[: n // 2]
        labels = self.pseudo_labels(self.classifier, photos)
        kept = n - len(photos)
        return self.classifier(torch.cat([fake[:kept], photos])), torch.cat([batch.labels[:kept], labels])
