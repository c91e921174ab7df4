"""CUT: contrastive unpaired translation of synthetic images toward the target (Park et al. 2020)."""

from abc import abstractmethod
from dataclasses import replace

import torch
from torch import Tensor
from torch.optim import Adam

from train.data.augmentation import transform
from train.data.batch import Batch, Pairs
from train.methods.base import GAN_BETAS, Epoch, Method, Update
from train.methods.kernel_loss import KernelLoss
from train.methods.losses import classification, lsgan, patch_nce
from train.networks.discriminator import Discriminator
from train.networks.generator import Generator
from train.networks.generators import make_generator
from train.networks.patch_sampler import PatchSampler, draw_patches
from train.params import TrainParams


class CUT(Method):
    """What the methods that translate share: generator G, discriminator D, patch sampler F, their losses.

    One pass of G over source and y together gives the translations and, for nothing, the keys of PatchNCE.
    """

    generator: Generator
    paired = True
    replayable = True

    def __init__(self, params: TrainParams, classes: int) -> None:
        super().__init__(params, classes)
        self.generator = make_generator(params.generator)
        self.discriminator = Discriminator(params.discriminator, params.size)
        self.patch_sampler = PatchSampler(self.generator.feature_channels, params.nce.width)
        self.kernel = (
            KernelLoss(params.backbone, params.pretrained, params.size) if params.lambda_kernel else None
        )
        translation = [*self.generator.parameters(), *self.patch_sampler.parameters()]
        self.optimizers = {
            "translation": Adam(translation, lr=params.lr_gan, betas=GAN_BETAS),
            "discriminator": Adam(self.discriminator.parameters(), lr=params.lr_gan, betas=GAN_BETAS),
            "classifier": self.classifier_optimizer(),
        }

    def before_epoch(self, epoch: Epoch) -> None:
        """Show the photos to the kernel loss, if there is one, before the first epoch that translates."""
        if self.kernel and self.translates(epoch.ended) and not self.kernel.looked:
            self.kernel.look(epoch.some_photos(), epoch.some_renders())

    @abstractmethod
    def translates(self, ended: int) -> bool:
        """Whether the generator learns in the epoch after `ended` ones."""

    def draw(self, batch: Batch) -> Batch:
        """Draw the patches of PatchNCE."""
        positions = self.generator.feature_positions(*batch.x.shape[2:])
        drawn = draw_patches(positions, self.params.nce.patches, batch.rng)
        return replace(batch, patches=tuple(ids.to(batch.x.device, non_blocking=True) for ids in drawn))

    def translate(self, pairs: Pairs) -> tuple[Tensor, list[Tensor]]:
        """Return G of the M renders that have a photo, then of the M photos if NCE_y needs it, and the
        encoder's features."""
        images = torch.cat([pairs.source, pairs.y]) if self.params.lambda_nce_y else pairs.source
        return self.generator.forward_with_features(images)

    def discriminator_update(self, fake: Tensor, real: Tensor) -> Update:
        """min over D: LSGAN on real y and detached G(x)."""
        n = len(fake)
        self.discriminator.requires_grad_(True)
        scores = self.discriminator(torch.cat([fake.detach(), real]))
        loss = 0.5 * (lsgan(scores[:n], real=False) + lsgan(scores[n:], real=True))
        return Update(loss, ("discriminator",), {"discriminator": loss})

    def translation_loss(
        self, translated: Tensor, features: list[Tensor], batch: Batch
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """min over G, F: lambda_gan L_GAN + lambda_nce_x L_NCE_x + lambda_nce_y L_NCE_y, and their values.

        And lambda_kernel L_kernel, if there is one. Args: what `translate` returned. Leaves D with no
        gradient.
        """
        weights, n = self.params, len(pairs_of(batch).y)
        self.discriminator.requires_grad_(False)
        gan = lsgan(self.discriminator(translated[:n]), real=True)
        nce_x, nce_y = self.nce(translated, features, batch)
        loss = weights.lambda_gan * gan + weights.lambda_nce_x * nce_x + weights.lambda_nce_y * nce_y
        terms = {"gan": gan, "nce_x": nce_x, "nce_y": nce_y}
        if self.kernel:
            terms["kernel"] = self.kernel(translated[:n])
            loss = loss + weights.lambda_kernel * terms["kernel"]
        return loss, terms

    def nce(self, translated: Tensor, features: list[Tensor], batch: Batch) -> tuple[Tensor, Tensor]:
        """Return the x and the y term; a term whose weight is 0 is 0 and costs nothing."""
        weights, n = self.params, len(pairs_of(batch).y)
        zero = translated.new_zeros(())
        if not (weights.lambda_nce_x or weights.lambda_nce_y):
            return zero, zero
        first = 0 if weights.lambda_nce_x else n
        ids = batch.patches or self.draw(batch).patches
        with torch.no_grad():
            keys = self.patch_sampler([f[first:] for f in features], ids)
        queries = self.patch_sampler(self.generator.encode(translated[first:]), ids)
        losses = patch_nce(queries, keys, weights.nce.temperature)
        x, y = losses[: n - first], losses[n - first :]
        return x.mean() if len(x) else zero, y.mean() if len(y) else zero

    def classified(self, batch: Batch, fake: Tensor, photos: tuple[Tensor, Tensor] | None) -> Tensor:
        """Return the cross-entropy of a mini-batch mixed as `mix` says.

        Args: fake: translations of the first of the batch's pairs, perhaps with gradient; photos: images and
        pseudo-labels to take the share of photos from, if there are any.
        """
        pairs = pairs_of(batch)
        translated, rendered, labelled = self.params.mix.counts(len(batch.x), photos is not None)
        if translated > len(fake):
            with torch.no_grad():
                more = self.generator(pairs.x[len(fake) : translated])
            fake = torch.cat([fake, more])
        images = [transform(fake[:translated], pairs.maps[:translated])] if translated else []
        labels = [pairs.labels[:translated]]
        images.append(batch.x[translated : translated + rendered])
        labels.append(batch.labels[translated : translated + rendered])
        if photos is not None:
            images.append(photos[0][:labelled])
            labels.append(photos[1][:labelled])
        return classification(self.classifier(torch.cat(images)), torch.cat(labels))


def pairs_of(batch: Batch) -> Pairs:
    """Return the pairs of a batch that was drawn for a method that translates."""
    assert batch.pairs is not None
    return batch.pairs
