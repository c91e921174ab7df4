"""Change the `train.prior_strength` of a trained classifier without training it again."""

import click
import torch

from pipeline.release.copied import copied
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
    changed = copied(classifier, params=trained["params"] | {"prior_strength": strength})
    change = strength - trained["params"]["prior_strength"]
    shift_prior(changed.network, torch.tensor(trained["predicted_prior"]), change)
    return changed
