"""Make a trained classifier call fewer photos, or more, `other`."""

import copy
import math

import click

from pipeline.answer import OTHER
from train.model_folder import TrainedClassifier


def with_other_weight(classifier: TrainedClassifier, weight: float) -> TrainedClassifier:
    """Return `classifier` with the odds of the class `other` multiplied by `weight` > 0.

    Renders of `other` are of many kinds, so that the class claims whatever is unusual about a photo: a
    jacket's lining, panels of another colour. Which weight is right, labelled photos of both kinds tell.
    Raises click.ClickException if the model has no such class.
    """
    if OTHER not in classifier.classes:
        raise click.ClickException(
            f"--other-weight: this model knows no class {OTHER!r}, but {', '.join(classifier.classes)}; "
            "leave the option out"
        )
    network = copy.deepcopy(classifier.network)
    network.head.bias.data[classifier.classes.index(OTHER)] += math.log(weight)
    trained = classifier.description.trained_with | {"other_weight": weight}
    description = classifier.description.model_copy(update={"trained_with": trained})
    return TrainedClassifier(network, description, classifier.device)
