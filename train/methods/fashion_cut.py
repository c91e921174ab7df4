"""Fashion CUT: generator and classifier trained together (Moreu et al. 2023, equation (1) and figure 2).

    min over G, F, C:  lambda_gan        L_GAN(G, D)      LSGAN on G(x)
                     + lambda_classifier L_classifier(C)  cross-entropy of C(G(x)); it trains G too
                     + lambda_nce_x      L_NCE_x(G, F)    PatchNCE of x and G(x): keep the content
                     + lambda_nce_y      L_NCE_y(G, F)    PatchNCE of y and G(y): leave real images alone
                     + lambda_kernel     L_kernel(G)      distance of G(x) from y in features; ours
    min over D:        LSGAN on real y and detached G(x)

x are synthetic images, y target images, F is the patch sampler. Once `pseudo_label_epoch` epochs have ended,
a part of the classifier's mini-batch is target images with labels from the classifier itself; with null,
never.

The paper's classifier sees G(x) only, so that the two may agree on new meanings: a generator that turns dots
into blotches teaches C that blotches are dots. `mix` anchors it with renders as they are. Matching renders of
which 14 % are plain with photos of which 75 % are means erasing patterns: so what is compared with photos is
drawn in their classes' proportions (`aligned`), while C learns from all classes alike.
The paper's form: lambda_kernel 0, mix 0.5 / 0 / 0.5, aligned 0, pseudo_labels step, warm_up_epochs 0.
"""

from collections.abc import Iterator

from torch import Tensor

from train.data.batch import Batch
from train.methods.base import Epoch, Update
from train.methods.cut import CUT, pairs_of
from train.methods.losses import classification
from train.methods.pseudo_labels import Labeller, label_batch
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
        self.labeller = Labeller(params, classes)
        self.translating = (params.warm_up_epochs / params.epochs, 1.0)

    def before_epoch(self, epoch: Epoch) -> None:
        """Label the photos if the translation or the classifier will be shown them by their labels."""
        params = self.params
        aligned = params.aligned > 0 and epoch.ended >= max(1, params.warm_up_epochs)
        taught = params.pseudo_labels == "epoch" and self.labels_photos(epoch.ended)
        if aligned or taught:
            self.photo_labels = self.labeller(epoch, hold=taught)
        super().before_epoch(epoch)

    def translates(self, ended: int) -> bool:
        return ended >= self.params.warm_up_epochs

    def labels_photos(self, ended: int) -> bool:
        """Whether pseudo-labelled photos train the classifier once `ended` epochs have ended."""
        params, start = self.params, self.params.pseudo_label_epoch
        return bool(params.mix.photos) and start is not None and ended >= max(start, params.warm_up_epochs)

    def step(self, batch: Batch) -> Iterator[Update]:
        if not self.translates(batch.epoch):
            loss = classification(self.classifier(batch.x), batch.labels)
            yield Update(self.classifier_weight * loss, ("classifier",), {"classifier": loss})
            return
        pairs = pairs_of(batch)
        translated, features = self.translate(pairs)
        fake = translated[: len(pairs.y)]
        yield self.discriminator_update(fake, pairs.y)

        photos = self.photos(batch)
        count = min(len(pairs.y), self.params.mix.counts(len(batch.x), photos is not None)[0])
        shown = self.generator(pairs.x[:count]) if pairs.aligned and count else fake
        classifier = self.classified(batch, shown, photos)
        translation, metrics = self.translation_loss(translated, features, batch)
        loss = translation + self.params.lambda_classifier * classifier
        yield Update(loss, ("translation", "classifier"), metrics | {"classifier": classifier})

    def photos(self, batch: Batch) -> tuple[Tensor, Tensor] | None:
        """Return target images and their pseudo-labels, once it is time."""
        if not self.labels_photos(batch.epoch):
            return None
        if self.params.pseudo_labels == "epoch" and batch.y_labels is not None:
            return batch.y, batch.y_labels
        photos = batch.y[: self.params.mix.counts(len(batch.x), labelled=True)[2]]
        return photos, label_batch(self.classifier, photos, self.params.pseudo_label_threshold)
