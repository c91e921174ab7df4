"""Fashion CUT: generator and classifier trained together (Moreu et al. 2023, equation (1) and figure 2).

    min over G, F, C:  lambda_gan        L_GAN(G, D)      LSGAN on G(x)
                     + lambda_classifier L_classifier(C)  cross-entropy of C(G(x)); it trains G too
                     + lambda_nce_x      L_NCE_x(G, F)    PatchNCE of x and G(x): keep the content
                     + lambda_nce_y      L_NCE_y(G, F)    PatchNCE of y and G(y): leave real images alone
    min over D:        LSGAN on real y and detached G(x)

x are synthetic images, y target images, F is the patch sampler. Once `pseudo_label_epoch` epochs have ended,
half of the classifier's mini-batch is target images with labels from the classifier itself.
"""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.optim import Adam

from train import method
from train.discriminator import Discriminator
from train.generator import Generator
from train.losses import classification, lsgan, patch_nce
from train.method import GAN_BETAS, Batch, Update
from train.params import TrainParams
from train.patch_sampler import PatchSampler, draw_patches
from train.pseudo_labels import pseudo_labels


class Method(method.Method):
    """One pass of G over x and y together gives the translations and, for nothing, the keys of PatchNCE."""

    generator: Generator

    def __init__(self, params: TrainParams, classes: int) -> None:
        super().__init__(params, classes)
        self.generator = Generator(params.generator)
        self.discriminator = Discriminator(params.discriminator)
        self.patch_sampler = PatchSampler(self.generator.feature_channels, params.nce.width)
        translation = [*self.generator.parameters(), *self.patch_sampler.parameters()]
        self.optimizers = {
            "translation": Adam(translation, lr=params.lr_gan, betas=GAN_BETAS),
            "discriminator": Adam(self.discriminator.parameters(), lr=params.lr_gan, betas=GAN_BETAS),
            "classifier": self.classifier_optimizer(),
        }

    def step(self, batch: Batch) -> Iterator[Update]:
        weights, n = self.params, len(batch.x)
        images = torch.cat([batch.x, batch.y]) if weights.lambda_nce_y else batch.x
        translated, features = self.generator.forward_with_features(images)
        fake = translated[:n]

        self.discriminator.requires_grad_(True)
        scores = self.discriminator(torch.cat([fake.detach(), batch.y]))
        loss = 0.5 * (lsgan(scores[:n], real=False) + lsgan(scores[n:], real=True))
        yield Update(loss, ("discriminator",), {"discriminator": loss})

        self.discriminator.requires_grad_(False)
        gan = lsgan(self.discriminator(fake), real=True)
        classifier = classification(*self.classifier_batch(fake, batch))
        nce_x, nce_y = self.nce(translated, features, batch)
        loss = (
            weights.lambda_gan * gan
            + weights.lambda_classifier * classifier
            + weights.lambda_nce_x * nce_x
            + weights.lambda_nce_y * nce_y
        )
        yield Update(
            loss,
            ("translation", "classifier"),
            {"gan": gan, "classifier": classifier, "nce_x": nce_x, "nce_y": nce_y},
        )

    def classifier_batch(self, fake: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return logits (N, K) and labels (N,): translated images, later half of them replaced by photos."""
        start, n = self.params.pseudo_label_epoch, len(fake)
        if start is None or batch.epoch < start:
            return self.classifier(fake), batch.labels
        photos = batch.y[: n // 2]
        labels = pseudo_labels(self.classifier, photos, self.params.pseudo_label_threshold)
        kept = n - len(photos)
        return self.classifier(torch.cat([fake[:kept], photos])), torch.cat([batch.labels[:kept], labels])

    def nce(self, translated: Tensor, features: list[Tensor], batch: Batch) -> tuple[Tensor, Tensor]:
        """Return the x and the y term; a term whose weight is 0 is 0 and costs nothing.

        Args: translated: G of x, or of x and y one after the other; features: the encoder's view of the same
        inputs, the keys.
        """
        weights, n = self.params, len(batch.x)
        zero = translated.new_zeros(())
        if not (weights.lambda_nce_x or weights.lambda_nce_y):
            return zero, zero
        first = 0 if weights.lambda_nce_x else n
        ids = draw_patches(features, weights.nce.patches, batch.rng)
        with torch.no_grad():
            keys = self.patch_sampler([f[first:] for f in features], ids)
        queries = self.patch_sampler(self.generator.encode(translated[first:]), ids)
        losses = patch_nce(queries, keys, weights.nce.temperature)
        x, y = losses[: n - first], losses[n - first :]
        return x.mean() if len(x) else zero, y.mean() if len(y) else zero
