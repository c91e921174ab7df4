"""CUT's weight initialisation."""

from torch import nn


def init_weights(network: nn.Module, gain: float = 0.02) -> None:
    """Draw the weights of convolutions and linear layers from Xavier's normal distribution; biases are 0."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.xavier_normal_(module.weight, gain=gain)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
