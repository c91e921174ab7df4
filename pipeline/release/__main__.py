"""`python -m pipeline.release`: make a trained classifier ready for others."""

import tempfile
from pathlib import Path

import click
import numpy as np
import torch

from assets.common.command import Command, path_option
from pipeline.evaluate import evaluate, in_words
from pipeline.examples import Example, examples_of, list_prepared
from pipeline.inference import default_device
from pipeline.labels import Labelled
from pipeline.params import load_params
from pipeline.release.calibration import calibrate
from pipeline.release.card import write_card
from pipeline.release.other_weight import with_other_weight
from pipeline.release.prior_strength import with_prior_strength
from pipeline.release.soup import average
from pipeline.target import at_home, list_photos
from train.data.domains import load_images
from train.model_folder import load_classifier, save_classifier
from train.params import AugmentParams


@click.command(
    cls=Command,
    epilog="""Example, after `dvc repro`:

    \b
    python -m pipeline.release --photos "Photos of our shop, used with its consent."
    python -m pipeline.predict --images photos
    """,
)
@click.option(
    "--model",
    "models",
    type=click.Path(path_type=Path),
    multiple=True,
    default=(Path("models/classifier"),),
    show_default=True,
    help="Folder of a trained classifier. Repeatable: the weights of several runs of one seed are averaged.",
)
@path_option("--synthetic", "data/manifest.parquet", "Manifest of the rendered images.")
@path_option("--target", "data/target/manifest.parquet", "Manifest of the target photos.")
@path_option("--out", "models/release", "Folder for the released model and its card.")
@path_option("--params", "params.yaml", "Its `target`, `evaluate` and `seed` are used.")
@path_option("--cache", "runs/cache", "Folder of decoded images, shared with training.")
@click.option("--size", type=click.IntRange(min=32), help="Pixels of a photo.  [default: the model's own]")
@click.option(
    "--prior-strength",
    type=click.FloatRange(0, 1),
    help="Move the class frequencies this far instead of as far as in training (`train.prior_strength`).",
)
@click.option(
    "--other-weight",
    type=click.FloatRange(0, min_open=True),
    help="Multiply the odds that a photo shows none of the patterns (class `other`): below 1 fewer are "
    "turned away.  [default: 1]",
)
@click.option("--photos", required=True, help="A sentence for the card: what the target photos are, whose.")
@click.option(
    "--command",
    "commands",
    multiple=True,
    default=("dvc repro", "python -m pipeline.release"),
    show_default=True,
    help="For the card: how to make it again. Repeatable.",
)
def main(
    models: tuple[Path, ...],
    synthetic: Path,
    target: Path,
    out: Path,
    params: Path,
    cache: Path,
    size: int | None,
    prior_strength: float | None,
    other_weight: float | None,
    photos: str,
    commands: tuple[str, ...],
) -> None:
    """Calibrate a trained classifier, halve its size, measure what came out, and write its model card.

    Calibration needs no label of a photo: it takes the rendered images that were kept out of training. The
    figures on the card are those of the halved weights, read back from the folder, on rendered images that
    were kept out of training and on the labelled photos as they are (`target.val` and `.test`): what
    `predict` gives a user.
    """
    settings = load_params(params)
    classifier = average([load_classifier(model, default_device()) for model in models])
    if prior_strength is not None:
        classifier = with_prior_strength(classifier, prior_strength)
    if other_weight is not None:
        classifier = with_other_weight(classifier, other_weight)
    trained = classifier.description.trained_with
    training = trained["params"]  # of a release that may have had other keys
    renders = load_images(synthetic, "val", classifier.classes, size or classifier.size, cache)
    if not len(renders):
        raise click.ClickException(f"{synthetic}: no rendered image was kept out of training; render more")
    source = at_home(settings.target.source)
    images: dict[str, list[Example]] = {"synthetic": list_prepared(synthetic, target)["synthetic"]}
    jobs = list_photos(source, settings.target, classifier.classes)
    for split in ("test", "val"):
        images[split] = examples_of(
            [Labelled(job.photo, job.label or "", job.where) for job in jobs if job.split == split]
        )
    augment = AugmentParams.parse(training["augment"], f"{models[0]}: train.augment")
    prior = np.array(trained["predicted_prior"] or [1 / len(classifier.classes)] * len(classifier.classes))
    temperature = calibrate(classifier, renders, augment, prior, settings.seed)
    save_classifier(
        out,
        classifier.network,
        classifier.description.backbone,
        classifier.classes,
        size or classifier.size,
        trained,
        temperature=temperature,
        dtype=torch.float16,
    )
    released = load_classifier(out, default_device())
    with tempfile.TemporaryDirectory() as evaluation:
        metrics = evaluate(released, images, Path(evaluation), settings.evaluate.bootstrap, settings.seed)
        files = {split: settings.target.files(split) for split in ("test", "val")}
        write_card(out, released, metrics, Path(evaluation), synthetic.parent, photos, list(commands), files)
    click.echo(f"{out}: temperature {temperature:.2f}")
    for split, found in metrics.items():
        for line in in_words(split, found):
            click.echo(line)
        if found["images"]:
            click.echo(f"{split}: calibration error {found['calibration_error']:.3f}")


if __name__ == "__main__":
    main()
