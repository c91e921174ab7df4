"""A trained classifier to change."""

import copy
from typing import Any

from train.model_folder import TrainedClassifier


def copied(classifier: TrainedClassifier, **trained_with: Any) -> TrainedClassifier:
    """Return a copy whose weights may be changed; `trained_with` is added to what its description says."""
    told = classifier.description.trained_with | trained_with
    description = classifier.description.model_copy(update={"trained_with": told})
    return TrainedClassifier(copy.deepcopy(classifier.network), description, classifier.device)
