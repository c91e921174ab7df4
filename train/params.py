"""Settings of training (`train:` in params.yaml). Symbols are those of the paper's equation (1)."""

import math
from typing import Literal, Self

from pydantic import Field, model_validator

from assets.common.settings import Settings

MethodName = Literal[
    "source_only",
    "self_training",
    "dann",
    "cdan",
    "bsp",
    "mdd",
    "afn",
    "mcc",
    "mic",
    "cut_then_classify",
    "fashion_cut",
]
"""The methods: each is a file of this name in train/methods/."""


class BottleneckParams(Settings):
    """Layers between the backbone and the last one; the references of dann, bsp, mdd, ... have them."""

    width: int | None = Field(
        default=None,
        ge=1,
        le=2**14,
        description="features after a linear layer, batch norm and ReLU behind the backbone; null: its own",
    )
    hidden: int | None = Field(
        default=None,
        ge=1,
        le=2**14,
        description="width of one more layer with ReLU before the last one; null: none",
    )
    dropout: float = Field(default=0.0, ge=0, lt=1, description="share of outputs of both that are dropped")


class GeneratorParams(Settings):
    kind: Literal["resnet", "bilateral"] = Field(
        default="resnet",
        description="resnet: CUT's, free to redraw what it sees; bilateral: changes colours place by place "
        "and adds fine texture, but cannot redraw a pattern",
    )
    width: int = Field(default=64, ge=4, description="channels after the first convolution (CUT: ngf)")
    blocks: int = Field(default=9, ge=1, description="resnet: residual blocks at a quarter of the resolution")
    residual: bool = Field(
        default=False,
        description="learn a change to the image, starting from none, instead of the image (not in CUT): for "
        "schedules too short to learn copying first",
    )
    checkpoint: bool = Field(
        default=False,
        description="gradient checkpointing: keep only what passes between its stages and calculate the rest "
        "again; less memory, more time, the same gradients",
    )


class DiscriminatorParams(Settings):
    width: int = Field(default=64, ge=4, description="channels after the first convolution (CUT: ndf)")
    patch: float = Field(
        default=0.3,
        gt=0,
        le=1,
        description="side of the patches that it judges, as a share of the picture's: more strided "
        "convolutions see more. Patches nearly as large as the picture would judge what it shows",
    )


class MixParams(Settings):
    """What the classifier of a method that translates learns from in a step. The paper: 0.5, 0, 0.5."""

    translated: float = Field(default=0.5, ge=0, le=1, description="share of translated renders")
    rendered: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="share of renders as they are: they keep the classifier from agreeing with the generator "
        "on new meanings",
    )
    photos: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="share of photos with pseudo-labels; before there are any, the others grow in proportion",
    )

    @model_validator(mode="after")
    def _sum_to_one(self) -> Self:
        if not math.isclose(total := self.translated + self.rendered + self.photos, 1, abs_tol=0.011):
            raise ValueError(f"translated, rendered and photos must add up to 1, not {total:g}")
        if not self.translated + self.rendered:
            raise ValueError("photos cannot be all: their labels come from a classifier of renders")
        return self

    def counts(self, batch: int, labelled: bool) -> tuple[int, int, int]:
        """Return how many of `batch` images are translated, rendered and photos, if those are `labelled` yet.

        >>> MixParams().counts(8, labelled=False), MixParams().counts(8, labelled=True)
        ((8, 0, 0), (4, 0, 4))
        """
        photos = round(batch * self.photos) if labelled else 0
        share = self.translated / (self.translated + self.rendered)
        translated = round((batch - photos) * share)
        return translated, batch - photos - translated, photos


class NCEParams(Settings):
    temperature: float = Field(default=0.07, gt=0, description="tau of the InfoNCE loss")
    patches: int = Field(default=256, ge=2, description="patches sampled per image and layer")
    width: int = Field(default=256, ge=1, description="output features of the patch sampler's MLP")


class OptimizerParams(Settings):
    """How the classifier, and what works against it, learns. Generator and its helpers have CUT's Adam."""

    kind: Literal["adam", "sgd"] = Field(default="adam", description="of the classifier and its adversary")
    momentum: float = Field(default=0.9, ge=0, lt=1, description="sgd")
    nesterov: bool = Field(default=True, description="sgd: Nesterov's momentum")
    weight_decay: float = Field(default=0.0, ge=0, description="of all weights")
    backbone: float = Field(
        default=1.0,
        gt=0,
        description="the backbone's learning rate, as a share of that of the layers after it",
    )


class DecayParams(Settings):
    """Schedule `inverse`: learning rates are multiplied by (1 + gamma i)^-power in step i = 0, 1, ..."""

    gamma: float = Field(default=1e-3, ge=0, description="1 / steps until the fall is felt")
    power: float = Field(default=0.75, ge=0, description="how steep the fall is")


class AdversaryParams(Settings):
    """dann, cdan, bsp, mic: the domain discriminator; mdd: the second head."""

    weight: float = Field(default=1.0, ge=0, description="weight of the adversarial loss")
    width: int = Field(default=1024, ge=1, description="features of its hidden layers")
    lr: float = Field(default=1e-3, gt=0, description="its learning rate")
    batch_norm: bool = Field(default=False, description="of the domain discriminator's hidden layers")
    entropy: bool = Field(
        default=True, description="cdan, mic: images that the classifier is sure about count more (CDAN+E)"
    )
    warm_up: int | None = Field(
        default=None,
        ge=1,
        description="steps in which the reversed gradient reaches its strength (0.46 of it after a tenth of "
        "them); null: those of the run",
    )


class BSPParams(Settings):
    weight: float = Field(
        default=1e-4, ge=0, description="weight of the spectral penalty (beta) of 32 images of each domain"
    )
    k: int = Field(default=1, ge=1, description="largest singular values that are penalised")


class MDDParams(Settings):
    gamma: float = Field(default=4.0, gt=0, description="exponential of the margin; the paper tries 1 to 4")
    strength: float = Field(default=0.1, ge=0, description="what the reversed gradient warms up to")


class AFNParams(Settings):
    form: Literal["stepwise", "hard"] = Field(default="stepwise", description="SAFN or HAFN")
    weight: float = Field(default=0.05, ge=0, description="weight of each domain's norm loss (lambda)")
    step: float = Field(default=1.0, gt=0, description="stepwise: what a norm shall grow by (delta r)")
    radius: float = Field(default=25.0, gt=0, description="hard: the norm to reach (R)")
    dropout: float = Field(default=0.5, ge=0, lt=1, description="share of features that are dropped")


class MCCParams(Settings):
    weight: float = Field(default=1.0, ge=0, description="weight of the class confusion (mu)")
    temperature: float = Field(
        default=2.5, gt=0, description="of the probabilities; above 1 makes them softer"
    )


class MICParams(Settings):
    weight: float = Field(default=1.0, ge=0, description="weight of the masked consistency")
    ratio: float = Field(default=0.7, ge=0, lt=1, description="share of the blocks that are hidden")
    grid: int = Field(default=4, ge=1, description="blocks along a side; the paper: 64 px of 224 px")
    decay: float = Field(default=0.9, ge=0, lt=1, description="of the teacher's moving average (alpha)")
    quality: bool = Field(default=True, description="images that the teacher is sure about count more")
    confusion: float = Field(
        default=0.0, ge=0, description="weight of mcc's class confusion, at mcc's temperature; 1 in SDAT"
    )
    sharpness: float = Field(
        default=0.0,
        ge=0,
        description="radius of sharpness-aware steps (rho; sgd only); 0.02 in SDAT; 0: none",
    )


class AugmentParams(Settings):
    """How synthetic images are changed more than target images. The defaults do not.

    Translations are cropped and turned only: their looks are the photos'.
    """

    crop: float = Field(default=0.8, gt=0, le=1, description="smallest random crop, as a share of the side")
    jitter: float = Field(
        default=0.0, ge=0, le=1, description="brightness, contrast and saturation: factors within 1 +- jitter"
    )
    hue: float = Field(default=0.0, ge=0, le=180, description="largest turn of all hues, degrees")
    grey: float = Field(default=0.0, ge=0, le=1, description="share of images that lose their colours")
    blur: float = Field(default=0.0, ge=0, le=5, description="largest sigma of a Gaussian blur, pixels")
    jpeg: int | None = Field(default=None, ge=5, le=95, description="lowest JPEG quality; null: no JPEG")
    swap_backdrop: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="share of renders whose garment, cut out by its mask, is pasted on the backdrop of "
        "another render, whatever the classes; needs render.passes: mask. A generator sees renders as they "
        "are",
    )


class TrainParams(Settings):
    method: MethodName = Field(default="fashion_cut", description="how to train: a file in train/methods/")
    size: int = Field(default=128, ge=32, multiple_of=4, description="pixels of a training image")
    test_size: int | None = Field(
        default=None,
        ge=32,
        multiple_of=4,
        description="pixels of a photo for the saved classifier; null: size. Random crops enlarge what they "
        "show, so a photo fits better if it is larger than a training image (FixRes, Touvron et al. 2019)",
    )
    backbone: str = Field(
        default="resnet50",
        description="timm name of the classifier's backbone; the weights of tf_efficientnet_lite0 and "
        "tf_efficientnet_lite2 are installed, those of others are fetched",
    )
    pretrained: bool = Field(default=True, description="start the backbone from ImageNet weights")
    epochs: int = Field(default=5, ge=1, description="passes over the synthetic images")
    updates: int | None = Field(
        default=None,
        ge=1,
        description="updates of a run, in equal parts over its epochs (rounded), whatever the images; "
        "null: an epoch is one pass",
    )
    warm_up_epochs: int = Field(
        default=0,
        ge=0,
        description="fashion_cut: first epochs, in which the classifier learns from renders as they are and "
        "nothing is translated; then it knows what the generator must keep",
    )
    batch_size: int = Field(default=16, ge=2, multiple_of=2, description="images of each domain in a step")
    lr: float = Field(default=1e-5, gt=0, description="Adam's learning rate, classifier")
    translation_batch: int | None = Field(
        default=None,
        ge=1,
        description="pairs of render and photo that generator and discriminator learn from in a step; "
        "CUT: 1; null: batch_size",
    )
    lr_gan: float = Field(
        default=1e-5, gt=0, description="Adam's learning rate, generator, discriminator and patch sampler"
    )
    lambda_gan: float = Field(default=0.1, ge=0, description="weight of L_GAN: G(x) shall look like a photo")
    lambda_classifier: float = Field(
        default=0.1, ge=0, description="weight of L_classifier, which trains G too"
    )
    lambda_nce_x: float = Field(
        default=1.0, ge=0, description="weight of PatchNCE of x and G(x): keep the content"
    )
    lambda_nce_y: float = Field(
        default=1.0, ge=0, description="weight of PatchNCE of y and G(y): leave photos alone"
    )
    lambda_kernel: float = Field(
        default=0.0,
        ge=0,
        description="weight of the kernel distance between translations and photos in the features of the "
        "backbone as ImageNet taught it; not in the paper",
    )
    pseudo_label_epoch: int | None = Field(
        default=2,
        ge=1,
        description="epochs before pseudo-labelled photos fill their share of the classifier's batch "
        "(mix.photos); null: never",
    )
    pseudo_label_threshold: float = Field(
        default=0.0, ge=0, lt=1, description="least confidence of a pseudo-label"
    )
    pseudo_labels: Literal["step", "epoch"] = Field(
        default="step",
        description="fashion_cut: step: those that the classifier gives to the photos of a mini-batch, as in "
        "the paper; epoch: all photos are labelled before an epoch, as in self_training, by averaged weights",
    )
    pseudo_label_keep: float = Field(
        default=1.0,
        gt=0,
        le=1,
        description="of each class, the share of its photos that keep their pseudo-label: the surest ones, "
        "and no more than of the photos that the class is estimated to have (Zou et al. 2018)",
    )
    pseudo_label_prior: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="how far pseudo-labels are moved from even classes to the frequencies that the "
        "classifier sees in the photos, as with prior_strength",
    )
    photo_balance: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="how evenly the classes of pseudo-labelled photos are drawn, n photos of a class in "
        "proportion to n^(1 - this); 0: as frequent as they are, 1: equally frequent",
    )
    photo_repeats: float = Field(
        default=6.0,
        ge=1,
        description="how much oftener than on average a pseudo-labelled photo may be drawn at most",
    )
    aligned: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="share of the renders compared with photos that are drawn as often of each class as "
        "photos have it, by their pseudo-labels; the others, and 0: classes in equal numbers",
    )
    labelled_share: float = Field(
        default=0.25,
        gt=0,
        le=0.9,
        description="share of the classifier's mini-batch, and of its loss, that labelled photos make up "
        "(target.labelled); classes in equal numbers, at least two photos",
    )
    frozen_stages: int = Field(
        default=0,
        ge=0,
        description="first stages of the backbone, the stem being one, that keep ImageNet weights: those "
        "saw photos, not renders (Hinterstoisser et al. 2018); they cost no backward pass",
    )
    schedule: Literal["constant", "one_cycle", "inverse"] = Field(
        default="constant",
        description="of all learning rates: one_cycle over the run, inverse by the step; see "
        "train.loop.schedule",
    )
    schedule_gan: Literal["constant", "linear"] = Field(
        default="constant",
        description="of lr_gan; constant: as `schedule`; linear: constant for half of its steps, then down "
        "to 0, as in CUT",
    )
    average_gan: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="decay of the moving average of the generator that is saved; 0: the last weights",
    )
    average: float = Field(
        default=0.0,
        ge=0,
        lt=1,
        description="decay of the moving average of weights that is saved; 0: the last weights",
    )
    choose: Literal["last", "best"] = Field(
        default="last",
        description="which epoch's classifier is saved; best: the one that agrees most with a reader of "
        "renders on the photos, so that a translation that does harm is left out; needs no label",
    )
    prior_strength: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="how far the saved classifier is moved from even classes to those it sees in the "
        "unlabelled photos; 1: all the way",
    )
    precision: Literal["fp32", "bf16", "fp16"] = Field(
        default="fp32", description="bf16 and fp16 are mixed precision"
    )
    mix: MixParams = MixParams()
    optimizer: OptimizerParams = OptimizerParams()
    decay: DecayParams = DecayParams()
    bottleneck: BottleneckParams = BottleneckParams()
    generator: GeneratorParams = GeneratorParams()
    discriminator: DiscriminatorParams = DiscriminatorParams()
    nce: NCEParams = NCEParams()
    augment: AugmentParams = AugmentParams()
    adversary: AdversaryParams = AdversaryParams()
    bsp: BSPParams = BSPParams()
    mdd: MDDParams = MDDParams()
    afn: AFNParams = AFNParams()
    mcc: MCCParams = MCCParams()
    mic: MICParams = MICParams()

    @model_validator(mode="after")
    def _time_to_translate(self) -> Self:
        if self.method == "fashion_cut" and self.warm_up_epochs >= self.epochs:
            raise ValueError(
                f"warm_up_epochs: {self.warm_up_epochs} leaves none of the {self.epochs} epochs to translate"
            )
        return self

    @property
    def pairs(self) -> int:
        """Pairs of render and photo in a step of a method that translates."""
        return min(self.translation_batch or self.batch_size, self.batch_size)

    @property
    def warm_up(self) -> int:
        """Epochs that train the classifier before anything is translated."""
        return self.warm_up_epochs if self.method == "fashion_cut" else 0

    @property
    def photo_size(self) -> int:
        """Pixels of a photo for the saved classifier."""
        return self.test_size or self.size
