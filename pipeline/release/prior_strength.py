"""Change the `train.prior_strength` of a trained classifier without training it again."""

import copy

import click
import torch

from train.model_folder import TrainedClassifier
from train.prior import shift_prior


def with_prior_strength(classifier: TrainedClassifier, strength: float) -> TrainedClassifier:
    """Return `classifier` as if it had been trained with `train.prior_strength: strength`; see `train.prior`.

    Raises click.ClickException if training did not look at the class frequencies of the photos.
    """
    trained = classifier.description.trained_with
    if not trained["predicted_prior"]:
        raise click.ClickException(
            "--prior-strength: this model was trained with train.prior_strength 0 and never looked at how "
            "frequent the classes are in the photos; train it with more than 0"
        )
    network = copy.deepcopy(classifier.network)
    change = strength - trained["params"]["prior_strength"]
    shift_prior(network, torch.tensor(trained["predicted_prior"]), change)
    params = trained["params"] | {"prior_strength": strength}
    description = classifier.description.model_copy(update={"trained_with": trained | {"params": params}})
    return TrainedClassifier(network, description, classifier.device)
