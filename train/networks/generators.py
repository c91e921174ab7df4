"""The kinds of generators by their names in params.yaml."""

from train.networks.bilateral_generator import BilateralGenerator
from train.networks.generator import Generator
from train.networks.resnet_generator import ResnetGenerator
from train.params import GeneratorParams

KINDS: dict[str, type[Generator]] = {"resnet": ResnetGenerator, "bilateral": BilateralGenerator}


def make_generator(params: GeneratorParams) -> Generator:
    """Return an untrained generator.

    >>> type(make_generator(GeneratorParams(kind="bilateral", width=8))).__name__
    'BilateralGenerator'
    """
    return KINDS[params.kind](params)
