"""Settings of training (`train:` in params.yaml). Symbols are those of the paper's equation (1)."""

from typing import Literal

from pydantic import Field, field_validator

from assets.common.settings import Settings
from train.methods import METHODS


class GeneratorParams(Settings):
    width: int = Field(default=64, ge=4, description="channels after the first convolution (CUT: ngf)")
    blocks: int = Field(default=9, ge=1, description="residual blocks at a quarter of the resolution")
    residual: bool = Field(
        default=False,
        description="learn a change to the image, starting from none, instead of the image (not in CUT): for "
        "schedules too short to learn copying first",
    )


class DiscriminatorParams(Settings):
    width: int = Field(default=64, ge=4, description="channels after the first convolution (CUT: ndf)")
    layers: int = Field(default=3, ge=1, description="strided convolutions; 3 gives 70 px patches")


class NCEParams(Settings):
    temperature: float = Field(default=0.07, gt=0, description="tau of the InfoNCE loss")
    patches: int = Field(default=256, ge=2, description="patches sampled per image and layer")
    width: int = Field(default=256, ge=1, description="output features of the patch sampler's MLP")


class TrainParams(Settings):
    method: str = Field(default="fashion_cut", description="a name in train.methods.METHODS")
    size: int = Field(default=128, ge=32, multiple_of=4, description="pixels of a training image")
    backbone: str = Field(default="resnet50", description="timm name of the classifier's backbone")
    pretrained: bool = Field(default=True, description="start the backbone from ImageNet weights")
    epochs: int = Field(default=5, ge=1)
    batch_size: int = Field(default=16, ge=2, multiple_of=2, description="images of each domain in a step")
    lr: float = Field(default=1e-5, gt=0, description="Adam's learning rate, classifier")
    lr_gan: float = Field(
        default=1e-5, gt=0, description="Adam's learning rate, generator, discriminator and patch sampler"
    )
    lambda_gan: float = Field(default=0.1, ge=0)
    lambda_classifier: float = Field(default=0.1, ge=0)
    lambda_nce_x: float = Field(default=1.0, ge=0)
    lambda_nce_y: float = Field(default=1.0, ge=0)
    pseudo_label_epoch: int | None = Field(
        default=2,
        ge=1,
        description="epochs before pseudo-labelled photos fill half of the classifier's batch; null: never",
    )
    pseudo_label_threshold: float = Field(
        default=0.0, ge=0, lt=1, description="least confidence of a pseudo-label"
    )
    adapt_batch_norm: bool = Field(
        default=False,
        description="take the saved classifier's batch-norm statistics from the unlabelled photos (AdaBN)",
    )
    precision: Literal["fp32", "bf16", "fp16"] = Field(
        default="fp32", description="bf16 and fp16 are mixed precision"
    )
    generator: GeneratorParams = GeneratorParams()
    discriminator: DiscriminatorParams = DiscriminatorParams()
    nce: NCEParams = NCEParams()

    @field_validator("method")
    @classmethod
    def _registered(cls, name: str) -> str:
        if name not in METHODS:
            raise ValueError(f"unknown method; there are {', '.join(METHODS)}")
        return name
