"""Make a trained classifier call fewer photos, or more, `other`."""

import math

import click

from pipeline.answer import OTHER
from pipeline.release.copied import copied
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
    changed = copied(classifier, other_weight=weight)
    changed.network.head.bias.data[classifier.classes.index(OTHER)] += math.log(weight)
    return changed
