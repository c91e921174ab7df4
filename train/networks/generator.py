"""G: translates synthetic images toward real ones. Its kinds: `train.networks.generators`."""

from abc import ABC, abstractmethod

from torch import Tensor, nn

from train.params import GeneratorParams


class Generator(nn.Module, ABC):
    """(N, 3, H, W) in [-1, 1] -> (N, 3, H, W) in [-1, 1].

    Attributes: `feature_channels`: C_l of each feature map of `encode`, on which PatchNCE compares patches;
    `feature_strides`: pixels of the image per place of it, along a side.
    """

    feature_channels: list[int]
    feature_strides: list[int]

    def __init__(self, _params: GeneratorParams) -> None:
        super().__init__()

    def feature_positions(self, height: int, width: int) -> list[int]:
        """Return H_l W_l of what `encode` returns for images of height x width."""
        return [-(-height // n) * -(-width // n) for n in self.feature_strides]

    @abstractmethod
    def encode(self, x: Tensor) -> list[Tensor]:
        """Return feature maps of `x`, each (N, C_l, H_l, W_l)."""

    @abstractmethod
    def forward_with_features(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Return (G(x), encode(x)) for the price of G(x)."""

    def forward(self, x: Tensor) -> Tensor:
        return self.forward_with_features(x)[0]
