"""From trained networks to the model folders that everything else reads."""

import click
import timm
import torch
from torch import Tensor

from train.data.batch import in_batches
from train.loop.run import Run
from train.model_folder import save_classifier, save_generator
from train.networks.classifier import Classifier
from train.networks.generator import Generator
from train.prior import logits_of, predicted_prior, shift_prior

LOOKED_AT = 256
"""At least so many photos (if there are) decide on the warning, if no prior has to be measured on all."""

ONE_SIDED = 0.95
"""A share of one class among the photos that deserves a warning."""


def export(
    run: Run,
    weights: dict[str, Tensor],
    generator: Generator | None,
    device: torch.device,
    epoch: int | None = None,
) -> None:
    """Write `run.out`/classifier and `run.out`/generator; a generator that is None is the identity.

    Args: weights: the classifier's; epoch: after how many epochs, if that was chosen.

    The classifier is moved toward the classes it sees in the photos by `prior_strength`. Warns on stderr if
    that is one class only.
    """
    params = run.params
    classifier = Classifier(params.backbone, len(run.classes), False, params.bottleneck).to(device)
    classifier.load_state_dict(weights)
    pixels = run.domains.photos.pixels
    if not params.prior_strength:
        pixels = pixels[:: max(1, len(pixels) // LOOKED_AT)]
    prior = predicted_prior(logits_of(classifier, in_batches(pixels, device)))
    warn_if_one_sided(prior.tolist(), run.classes)
    if params.prior_strength:
        shift_prior(classifier, prior, params.prior_strength)
    trained_with = {
        "method": params.method,
        "seed": run.seed,
        "params": params.model_dump(mode="json"),
        "synthetic_images": len(run.domains.synthetic),
        "target_images": len(run.domains.target),
        "chosen_epoch": epoch,
        "labelled_images": len(run.domains.labelled or ()),
        "predicted_prior": [round(p, 4) for p in prior.tolist()] if params.prior_strength else None,
        "torch": torch.__version__,
        "timm": timm.__version__,
    }
    folder = run.out / "classifier"
    save_classifier(folder, classifier, params.backbone, run.classes, params.photo_size, trained_with)
    save_generator(run.out / "generator", generator, params.generator, params.size, trained_with)
    click.echo(f"trained model: {folder}", err=True)


def warn_if_one_sided(prior: list[float], classes: tuple[str, ...]) -> None:
    """Say so on stderr if the classifier sees hardly more than one class in the photos."""
    share, name = max(zip(prior, classes, strict=True))
    if share > ONE_SIDED:
        click.echo(
            f"warning: the classifier takes {share:.1%} of the target photos for {name}; if they show other "
            "patterns too, it has not learned to see them",
            err=True,
        )
