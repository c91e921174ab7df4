"""Trained networks as self-describing folders: `model.safetensors` and `model.json`, nothing executable.

>>> from train.data.photo import open_photo                                            # doctest: +SKIP
>>> classifier = load_classifier("models/classifier")                                  # doctest: +SKIP
>>> classifier.predict([open_photo("photo.jpg").image])                                # doctest: +SKIP
['striped']
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import click
import torch
from PIL import Image
from pydantic import Field
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from assets.common.files import write_bytes, write_json
from assets.common.settings import Settings
from train.data.images import to_tensor
from train.data.photo import square
from train.networks.classifier import Classifier
from train.networks.generator import Generator
from train.networks.generators import make_generator
from train.params import BottleneckParams, GeneratorParams

FORMAT_VERSION = 1
WEIGHTS, DESCRIPTION = "model.safetensors", "model.json"


class Resize(Settings):
    """How a photo becomes the network's input; see train.data.photo.square."""

    short_side: int
    crop: Literal["centre"] = "centre"
    interpolation: Literal["bicubic"] = "bicubic"


class ClassifierDescription(Settings):
    """`models/classifier/model.json`."""

    format_version: Literal[1] = 1
    kind: Literal["classifier"] = "classifier"
    backbone: str
    bottleneck: BottleneckParams = BottleneckParams()
    classes: list[str] = Field(min_length=1)
    size: int = Field(ge=1, le=4096)
    mean: list[float] = Field(min_length=3, max_length=3)
    std: list[Annotated[float, Field(gt=0)]] = Field(min_length=3, max_length=3)
    resize: Resize
    temperature: float = Field(
        default=1, gt=0, description="logits are divided by it, to calibrate confidence"
    )
    trained_with: dict[str, Any]


class GeneratorDescription(Settings):
    """`models/generator/model.json`; `generator` is null for a method that does not translate."""

    format_version: Literal[1] = 1
    kind: Literal["generator"] = "generator"
    generator: GeneratorParams | None
    size: int
    trained_with: dict[str, Any]


class TrainedClassifier:
    """A classifier ready for any photo; owns its preprocessing. Made by `load_classifier`.

    Attributes: `classes` (tuple of K names), `size` (pixels of the square input), `description` (model.json).
    """

    def __init__(self, network: Classifier, description: ClassifierDescription, device: torch.device) -> None:
        self.network = network.to(device).eval()
        self.description = description
        self.device = device
        self.classes = tuple(description.classes)
        self.size = description.size

    def preprocess(self, image: Image.Image) -> Tensor:
        """Any PIL image, any mode and shape -> float32 (3, size, size) in [0, 1]."""
        return to_tensor(square(image, self.size))

    @torch.inference_mode()
    def logits(self, batch: Tensor) -> Tensor:
        """Preprocessed images (N, 3, size, size) -> the network's output, float32 (N, K) on the CPU."""
        logits: Tensor = self.network(batch.to(self.device) * 2 - 1)
        return logits.float().cpu()

    def calibrated(self, logits: Tensor) -> Tensor:
        """Logits (N, K) -> probabilities (N, K); each row sums to 1."""
        return (logits / self.description.temperature).softmax(dim=1)

    def probabilities(self, batch: Tensor) -> Tensor:
        """Preprocessed images (N, 3, size, size) -> float32 (N, K) on the CPU; each row sums to 1."""
        return self.calibrated(self.logits(batch))

    def predict(self, images: Sequence[Image.Image]) -> list[str]:
        """Return the most probable class of each PIL image."""
        if not images:
            return []
        batch = torch.stack([self.preprocess(image) for image in images])
        return [self.classes[i] for i in self.probabilities(batch).argmax(dim=1).tolist()]


class TrainedGenerator:
    """Translates synthetic images toward the target domain. Made by `load_generator`.

    Attributes: `size` (pixels it was trained at; any multiple of 4 works), `identity` (True for a method that
    does not translate: images come back as they are), `description` (model.json).
    """

    def __init__(
        self, network: Generator | None, description: GeneratorDescription, device: torch.device
    ) -> None:
        self.network = network.to(device).eval() if network else None
        self.description = description
        self.device = device
        self.size = description.size
        self.identity = network is None

    @torch.inference_mode()
    def translate(self, batch: Tensor) -> Tensor:
        """Images (N, 3, H, W) in [0, 1] -> their translations, same shape and range, on the CPU."""
        if self.network is None:
            return batch
        return (self.network(batch.to(self.device) * 2 - 1) * 0.5 + 0.5).float().cpu()


def save_classifier(
    folder: Path | str,
    network: Classifier,
    backbone: str,
    classes: Sequence[str],
    size: int,
    trained_with: dict[str, Any],
    *,
    temperature: float = 1,
    dtype: torch.dtype = torch.float32,
) -> None:
    """Write a folder that `load_classifier` reads; `dtype` torch.float16 halves it (it is run in float32)."""
    description = ClassifierDescription(
        backbone=backbone,
        bottleneck=network.form,
        classes=list(classes),
        size=size,
        mean=[round(v, 6) for v in network.mean.flatten().tolist()],
        std=[round(v, 6) for v in network.std.flatten().tolist()],
        resize=Resize(short_side=size),
        temperature=temperature,
        trained_with=trained_with,
    )
    _save(Path(folder), network, description, dtype)


def save_generator(
    folder: Path | str,
    network: Generator | None,
    params: GeneratorParams,
    size: int,
    trained_with: dict[str, Any],
) -> None:
    """Write a folder that `load_generator` reads; `network` None stands for the identity."""
    description = GeneratorDescription(
        generator=params if network else None, size=size, trained_with=trained_with
    )
    _save(Path(folder), network or nn.Identity(), description)


def load_classifier(folder: Path | str, device: torch.device | str = "cpu") -> TrainedClassifier:
    """Read `models/classifier`, or whatever folder `save_classifier` wrote.

    Raises click.ClickException: one line if the folder is missing, incomplete, damaged or of another kind.
    """
    folder = Path(folder)
    description = _describe(folder, ClassifierDescription)
    classes = len(description.classes)
    network = Classifier(description.backbone, classes, pretrained=False, bottleneck=description.bottleneck)
    shape = (3, 1, 1)
    network.mean.copy_(torch.tensor(description.mean).view(shape))
    network.std.copy_(torch.tensor(description.std).view(shape))
    _load_weights(folder, network)
    return TrainedClassifier(network, description, torch.device(device))


def load_generator(folder: Path | str, device: torch.device | str = "cpu") -> TrainedGenerator:
    """Read `models/generator`, or whatever folder `save_generator` wrote. Errors as in `load_classifier`."""
    folder = Path(folder)
    description = _describe(folder, GeneratorDescription)
    network = make_generator(description.generator) if description.generator else None
    if network:
        _load_weights(folder, network)
    return TrainedGenerator(network, description, torch.device(device))


def _save(
    folder: Path, network: nn.Module, description: Settings, dtype: torch.dtype = torch.float32
) -> None:
    tensors = {
        name: tensor.detach().to("cpu", dtype if tensor.is_floating_point() else tensor.dtype).contiguous()
        for name, tensor in network.state_dict().items()
    }
    write_bytes(folder / WEIGHTS, save(tensors))
    write_json(folder / DESCRIPTION, description.model_dump(mode="json"))


D = TypeVar("D", bound=Settings)


def _describe(folder: Path, kind: type[D]) -> D:
    path = folder / DESCRIPTION
    try:
        data = json.loads(path.read_text())
    except (FileNotFoundError, NotADirectoryError):
        raise click.ClickException(
            f"{folder}: no trained model here ({DESCRIPTION} is missing); name the folder of another one, or "
            "train one: `dvc repro` or `python -m train` write models/classifier"
        ) from None
    except ValueError:
        raise click.ClickException(f"{path}: not valid JSON; train again") from None
    if not isinstance(data, dict):
        raise click.ClickException(f"{path}: not the description of a model; train again")
    if data.get("format_version", FORMAT_VERSION) != FORMAT_VERSION:
        raise click.ClickException(
            f"{path}: written in format {data['format_version']}, but this version reads format "
            f"{FORMAT_VERSION}; update or train again"
        )
    return kind.parse(data, str(path))


def _load_weights(folder: Path, network: nn.Module) -> None:
    path = folder / WEIGHTS
    try:
        network.load_state_dict(load_file(path))
    except FileNotFoundError:
        raise click.ClickException(
            f"{folder}: the weights ({WEIGHTS}) are missing; copy the whole folder"
        ) from None
    except (SafetensorError, RuntimeError, OSError) as error:
        reason = str(error).strip().splitlines()[0][:120]
        raise click.ClickException(
            f"{path}: damaged, or not the weights that {DESCRIPTION} describes ({reason}); copy it again or "
            "train again"
        ) from None
