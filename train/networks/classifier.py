"""C: the pattern classifier, a timm backbone and one linear layer, with room for others between them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import click
import timm
import torch
from huggingface_hub import constants
from timm.models import group_parameters
from torch import Tensor, nn

from train.networks.installed_weights import LITE0, LITE2, WHEELS, installed_weights
from train.params import BottleneckParams

NO_BOTTLENECK = BottleneckParams()

HUB_TIMEOUT_S = 5.0
"""How long the hub of weights may take to answer at all."""


class Classifier(nn.Module):
    """Images (N, 3, H, W) in [-1, 1] -> logits (N, K).

    `backbone` is a timm name. The images are brought to the backbone's own mean and standard deviation here,
    so that generator and classifier both speak [-1, 1]. What `bottleneck` asks for stands between the
    backbone and `head`, the last layer, which is linear.

    Raises click.ClickException for an unknown backbone, or if its ImageNet weights cannot be fetched.

    >>> classifier = Classifier("resnet10t", classes=7, pretrained=False)
    >>> classifier(torch.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 7])
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        backbone: str,
        classes: int,
        pretrained: bool,
        bottleneck: BottleneckParams = NO_BOTTLENECK,
    ) -> None:
        super().__init__()
        self.form = bottleneck
        self.backbone = _backbone(backbone, pretrained)
        inputs, width = self.backbone.num_features, bottleneck.width
        self.bottleneck: nn.Module = nn.Identity()
        if width:
            layers = [nn.Linear(inputs, width), nn.BatchNorm1d(width), nn.ReLU()]
            self.bottleneck = nn.Sequential(*layers, nn.Dropout(bottleneck.dropout))
        self.num_features = width or inputs
        self.hidden: nn.Module = nn.Identity()
        if bottleneck.hidden:
            self.hidden = hidden_layer(self.num_features, bottleneck.hidden, bottleneck.dropout)
        self.head = nn.Linear(bottleneck.hidden or self.num_features, classes)
        self.frozen: list[nn.Module] = []
        config = self.backbone.pretrained_cfg
        self.register_buffer("mean", torch.tensor(config["mean"]).view(3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(config["std"]).view(3, 1, 1), persistent=False)

    def freeze(self, stages: int) -> None:
        """Let all learn but the first `stages` stages of the backbone, as timm counts them; the stem is one.

        Frozen batch norms keep their statistics.
        """
        groups = group_parameters(self.backbone, self.backbone.group_matcher(coarse=True))
        still = {name for stage, names in groups.items() if stage < stages for name in names}
        for name, parameter in self.backbone.named_parameters():
            parameter.requires_grad_(name not in still)
        self.frozen = [
            module
            for module in self.backbone.modules()
            if not any(parameter.requires_grad for parameter in module.parameters())
        ]
        self.train(self.training)

    def train(self, mode: bool = True) -> Self:
        super().train(mode)
        for module in self.frozen:
            module.eval()
        return self

    def features(self, images: Tensor) -> Tensor:
        """Return the features (N, num_features) of images (N, 3, H, W) in [-1, 1]: the bottleneck's."""
        return self.bottleneck(self.backbone(self.normalised(images)))

    def maps(self, images: Tensor) -> list[Tensor]:
        """Return the backbone's feature maps (N, C_l, H_l, W_l), the finest first."""
        return self.backbone.forward_intermediates(self.normalised(images), intermediates_only=True)

    def normalised(self, images: Tensor) -> Tensor:
        """Bring images in [-1, 1] to the backbone's own mean and standard deviation."""
        return (images * 0.5 + 0.5 - self.mean) / self.std

    def classify(self, features: Tensor) -> Tensor:
        """Return the logits (N, K) of `features`."""
        return self.head(self.hidden(features))

    def forward(self, images: Tensor) -> Tensor:
        return self.classify(self.features(images))


def hidden_layer(inputs: int, width: int, dropout: float) -> nn.Sequential:
    """A linear layer, ReLU and dropout: (N, inputs) -> (N, width)."""
    return nn.Sequential(nn.Linear(inputs, width), nn.ReLU(), nn.Dropout(dropout))


def _backbone(name: str, pretrained: bool) -> Any:
    if not timm.is_model(name):
        near = ", ".join(timm.list_models(f"*{name[:6]}*")[:5])
        raise click.ClickException(
            f"train.backbone: timm has no {name!r}{f'; similar: {near}' if near else ''}; "
            "timm.list_models() lists them all"
        )
    if not pretrained or name in WHEELS:
        network = timm.create_model(name, num_classes=0)
        if pretrained:
            network.load_state_dict(installed_weights(name, list(network.state_dict())))
        return network
    try:
        with _hub_or_its_cache():
            return timm.create_model(name, num_classes=0, pretrained=True)
    except Exception as error:  # timm passes on whatever its many download libraries raise
        raise click.ClickException(
            f"train.backbone: the ImageNet weights of {name} cannot be fetched ({_first_line(error)}); "
            f"connect to the internet once (they are kept), or set train.backbone: {LITE0} or {LITE2}, "
            "whose weights are installed, or train.pretrained: false"
        ) from None


@contextmanager
def _hub_or_its_cache() -> Iterator[None]:
    """If the hub does not answer, let its client take what it has kept; it would try for over a minute."""
    before = constants.HF_HUB_OFFLINE
    try:
        if not before:
            urlopen(Request(constants.ENDPOINT, method="HEAD"), timeout=HUB_TIMEOUT_S).close()
    except HTTPError:
        pass  # an answer
    except OSError:
        constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"[:160]
