"""Teach the released model a shop's few labels.

`python -m pipeline.finetune --model models/release --labels labels.csv --out models/finetuned`
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
import torch
from torch import Tensor

from assets.common.command import Command, path_option
from assets.common.files import require_writable
from assets.common.rng import rng_for
from pipeline.inference import default_device
from pipeline.labels import Labelled, read_labelled, refuse_two_labels, require_two
from pipeline.metrics import COMMON
from pipeline.photos import report_notes, report_unreadable
from train.data.domains import spread
from train.data.images import open_prepared
from train.data.manifest import read_manifest
from train.data.photo import open_photo, square
from train.features import Examples, look
from train.finetune import Outcome, finetune
from train.model_folder import ClassifierDescription, TrainedClassifier, load_classifier, save_classifier
from train.params import AugmentParams

REPLAYED = 30
"""Renders of each class that are looked at again."""
REPLAYED_VIEWS = 2


def augment_of(description: ClassifierDescription) -> AugmentParams:
    """Return how the images that the model learnt from were changed; moderately, if it does not say."""
    params = description.trained_with.get("params", {})
    return AugmentParams.parse(params["augment"], "model.json") if "augment" in params else AugmentParams()


def trained_size(description: ClassifierDescription) -> int:
    """Return the pixels of the images that the model learnt from; of a photo, if it does not say."""
    size: int = description.trained_with.get("params", {}).get("size", description.size)
    return size


def read_photos(
    labelled: Sequence[Labelled], source: Path, classes: Sequence[str], size: int
) -> tuple[np.ndarray, list[str]]:
    """Return the photos that `source` has labelled, uint8 (N, size, size, 3), each once, and their N labels.

    What cannot be read is named on stderr and left out.
    Raises click.ClickException as `require_two` does, for a photo with two labels, or if none can be read.
    """
    first: dict[bytes, Labelled] = {}
    pixels, names = [], []
    notes, problems = [], []
    for one in labelled:
        try:
            photo = open_photo(one.photo)
            seen = square(photo.image, size)
        except Exception as error:  # UnreadablePhoto, or what nobody has thought of
            problems.append((one.photo, str(error) or type(error).__name__))
            continue
        notes += [(one.photo, photo.note)] if photo.note else []
        other = first.setdefault(hashlib.sha256(seen.tobytes()).digest(), one)
        refuse_two_labels(other.label, other.where, one.label, one.where)
        if other is one:
            pixels.append(seen)
            names.append(one.label)
    report_notes(notes)
    report_unreadable(problems)
    if not names:
        raise click.ClickException(f"{source}: none of its photos can be read; see the reasons above")
    require_two(source, names, classes)
    return np.stack(pixels), names


def read_renders(manifest: Path, classes: Sequence[str], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return up to REPLAYED renders of each class, uint8 (N, size, size, 3), and their classes int64 (N,).

    They are spread over all it has. Raises click.ClickException if there is none of a class.
    """
    rows = [row for row in read_manifest(manifest, "python -m pipeline.manifest") if row["split"] == "train"]
    pixels, labels = [], []
    for number, name in enumerate(classes):
        paths = [manifest.parent / row["path"] for row in rows if row["label"] == name]
        if not paths:
            raise click.ClickException(
                f"{manifest}: no render of {name}, which the model knows; render it (python -m sdg.render "
                f"--class {name}) and make the manifest again, or leave --synthetic out"
            )
        for i in spread(len(paths), REPLAYED).tolist():
            pixels.append(square(open_prepared(paths[i]), size))
            labels.append(number)
    return np.stack(pixels), np.array(labels, dtype=np.int64)


def teach(
    classifier: TrainedClassifier, labels: Path, synthetic: Path | None, seed: int
) -> tuple[Outcome, Tensor]:
    """Return what learning `labels` came to, and the labels as positions in the classifier's classes."""
    network, classes = classifier.network, classifier.classes
    augment, rng = augment_of(classifier.description), rng_for(seed, "finetune")
    photos, names = read_photos(read_labelled(labels, classes), labels, classes, classifier.size)
    truth = torch.tensor([classes.index(name) for name in names])
    labelled = Examples(look(network, photos, augment, rng), truth)
    renders = None
    if synthetic:
        pixels, of_class = read_renders(synthetic, classes, trained_size(classifier.description))
        seen = look(network, pixels, augment, rng, REPLAYED_VIEWS)
        renders = Examples(seen, torch.from_numpy(of_class))
    head = network.head.cpu()
    outcome = finetune(head, labelled, renders, rng)
    network.head.to(classifier.device)
    return outcome, truth


def in_words(outcome: Outcome, truth: Tensor, classes: Sequence[str]) -> list[str]:
    """Return what cross-validation says about the gain, a line each."""
    before, after = (int((said == truth).sum()) for said in (outcome.before, outcome.after))
    lines = [
        f"Of your {len(truth)} labelled photos the model read {before} right. Taught with the others, it "
        f"reads {after} right (cross-validated: each photo by a model that has not learnt from it)."
    ]
    recalls = []
    for number, name in enumerate(classes):
        of_class = truth == number
        if count := int(of_class.sum()):
            right = [int((said[of_class] == number).sum()) for said in (outcome.before, outcome.after)]
            lines.append(f"  {name}: {right[0]} of {count}, now {right[1]}")
            if count >= COMMON:
                recalls.append([value / count for value in right])
    if recalls:
        one, two = np.mean(recalls, axis=0)
        lines.append(f"Mean recall of patterns with at least {COMMON} labels: {one:.3f}, now {two:.3f}.")
    if after < before:
        lines.append(
            f"Note: {before - after} photos fewer are right in all; frequent patterns pay for rare ones."
        )
    elif after == before:
        lines.append(
            "Note: not one photo more is right in all; what changed is which, and how sure it is of them."
        )
    return lines


@click.command(
    cls=Command,
    epilog="""Examples:

    \b
    python -m pipeline.demo --label photos --out labels.csv
    python -m pipeline.finetune --labels labels.csv
    python -m pipeline.finetune --labels labels.csv --synthetic data/manifest.parquet
    python -m pipeline.predict --model models/finetuned --images photos

    Measure it on other labelled photos than these: python -m pipeline.evaluate --images
    """,
)
@path_option("--model", "models/release", "Folder of the trained classifier.")
@click.option(
    "--labels",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="CSV path,label, paths relative to itself, or a folder of class folders.",
)
@click.option(
    "--synthetic",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Manifest of renders to replay, so that patterns with few labels are not forgotten.",
)
@path_option("--out", "models/finetuned", "Folder of the new classifier.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of augmentation and folds."
)
def main(model: Path, labels: Path, synthetic: Path | None, out: Path, seed: int) -> None:
    """Teach a trained classifier your labels, in about a minute without a GPU.

    Its last layer learns for as long as cross-validation on the labels finds best; what that gained is said.
    Where it gains nothing, nothing is written.
    """
    if out.exists() and model.exists() and out.samefile(model):
        raise click.UsageError(f"--out {out} is --model too; write to another folder")
    require_writable(out)
    classifier = load_classifier(model, default_device())
    outcome, truth = teach(classifier, labels, synthetic, seed)
    if not outcome.steps:
        raise click.ClickException(
            f"{labels}: cross-validation finds that learning from these {len(truth)} labels makes the model "
            f"no better; nothing was written. Keep {model}, or label more (python -m pipeline.demo --label)"
        )
    for line in in_words(outcome, truth, classifier.classes):
        click.echo(line)
    network, before = classifier.network, classifier.description
    network.head.load_state_dict(outcome.head.state_dict())
    counts = Counter(classifier.classes[i] for i in truth.tolist())
    seen = before.trained_with.get("labelled_images", 0) + len(truth)
    taught = {"labels": dict(counts), "steps": outcome.steps, "seed": seed, "renders": bool(synthetic)}
    save_classifier(
        out,
        network,
        before.backbone,
        before.classes,
        before.size,
        before.trained_with | {"labelled_images": seen, "finetuned": taught},
        temperature=before.temperature,
    )
    click.echo(f"{out}: the model, taught")


if __name__ == "__main__":
    main()
