"""One classifier from several training runs."""

from collections.abc import Sequence
from typing import Any

import click
import numpy as np
import torch

from pipeline.release.copied import copied
from train.model_folder import TrainedClassifier


def average(classifiers: Sequence[TrainedClassifier]) -> TrainedClassifier:
    """Return the classifier whose weights are the mean of all: a model soup (Wortsman et al. 2022).

    Runs that start from the same weights (the same seed and backbone) but differ in settings or data end in
    one basin, where the mean is better than most of them and as fast as one. Size and preprocessing are the
    first one's. `trained_with` is the first one's too, with `averaged_with`, a list of the others', and the
    geometric mean of what they saw as `predicted_prior`, since that is what the mean of their biases holds.

    Raises click.ClickException if backbone, bottleneck, classes or seed differ.
    """
    first, *others = classifiers
    for other in others:
        for what in ("backbone", "bottleneck", "classes"):
            ours, theirs = getattr(first.description, what), getattr(other.description, what)
            if ours != theirs:
                raise click.ClickException(f"models of different {what} have no mean: {ours} and {theirs}")
        if first.description.trained_with["seed"] != other.description.trained_with["seed"]:
            raise click.ClickException(
                "models of different seeds start from different weights, and their mean knows nothing; "
                "train with other settings (epochs, lr, augment, data), but the same seed"
            )
    if not others:
        return first
    states = [classifier.network.state_dict() for classifier in classifiers]
    mean = {name: torch.stack([state[name].double() for state in states]).mean(0) for name in states[0]}
    runs = [classifier.description.trained_with for classifier in classifiers]
    told: dict[str, Any] = {"averaged_with": runs[1:]}
    if all(run["predicted_prior"] for run in runs):
        prior = np.exp(np.log([run["predicted_prior"] for run in runs]).mean(axis=0))
        told["predicted_prior"] = (prior / prior.sum()).round(4).tolist()
    soup = copied(first, **told)
    soup.network.load_state_dict(mean)
    return soup
