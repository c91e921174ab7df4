"""What a few labels buy: accuracy and mean recall against the number of labelled photos.

`python -m pipeline.experiments.few --out reports/experiments/few`

The labelled photos of `target.val` that show a class of the model are cut in two halves. Labels are drawn
from one half and the other is read, by turns, so that every photo is read by a model that never saw its
label. Such models are measured and thrown away.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor, nn

from assets.common.code import code_hash
from assets.common.command import Command, path_option
from assets.common.files import atomic_path, require_writable, write_bytes
from assets.common.progress import progress
from assets.common.rng import rng_for
from pipeline.experiments.results import Resampled, Seeds, bounded, resample, with_bounds, write_lines
from pipeline.finetune import REPLAYED_VIEWS, augment_of, read_photos, read_renders, trained_size
from pipeline.inference import default_device
from pipeline.labels import class_of, read_labelled
from pipeline.params import Params, load_params
from pipeline.photos import find_photos
from pipeline.target import at_home
from train.data.images import open_prepared
from train.data.photo import square
from train.features import VIEWS, Examples, look
from train.finetune import finetune, shuffled_by_class
from train.model_folder import TrainedClassifier, load_classifier
from train.networks.classifier import Classifier
from train.useful import most_useful_first

LABELS = (20, 50, 100, 178)
ARMS = ("renders only", "labels only", "renders + labels", "renders + labels + unlabelled")
WAYS = ("random", "most useful first")
UNLABELLED = 300
"""Photos without labels that the last arm looks at."""
SURE = 0.9
"""Least probability of the label that it gives one of them."""
METRICS = ("accuracy", "common_recall")


@dataclass(frozen=True)
class Features:
    """What the networks see of all images, calculated once for all runs."""

    head: nn.Linear
    """The model's linear layer."""
    own: Examples
    """The labelled photos as the model sees them."""
    imagenet: Examples
    """The same as its backbone saw them before it learnt from renders."""
    renders: Examples
    unlabelled: Tensor
    """float32 (1, U, F)."""


def look_at_all(
    classifier: TrainedClassifier, params: Params, synthetic: Path, size: int, cache: Path
) -> Features:
    """Return the features of all images; each set of them is kept in `cache`."""
    source, augment = at_home(params.target.source), augment_of(classifier.description)
    network, classes = classifier.network, classifier.classes
    files = [source / at_home(entry) for entry in params.target.files("val")]
    if not files:
        raise click.ClickException("params.yaml: target.val is null; name a CSV of labelled photos")

    def seen(name: str, model: Classifier, pixels: np.ndarray, views: int) -> Tensor:
        weights = b"".join(tensor.numpy(force=True).tobytes() for tensor in model.state_dict().values())
        content = [name, code_hash("train.features"), augment.model_dump_json(), views]
        key = hashlib.sha256(repr(content).encode() + weights + pixels.tobytes()).hexdigest()[:16]
        path = cache / f"features-{key}.npy"
        if not path.exists():
            features = look(model, pixels, augment, rng_for("few", name), views)
            with atomic_path(path) as temporary:
                np.save(temporary, features.numpy())
        return torch.from_numpy(np.load(path))

    listed = [one for path in files for one in read_labelled(path, classes, measured=True)]
    labelled = [one._replace(label=label) for one in listed if (label := class_of(one.label, classes))]
    pixels, names = read_photos(labelled, files[0], classes, size)
    labels = torch.tensor([classes.index(name) for name in names])
    own = Examples(seen("photos", network, pixels, VIEWS), labels)
    rendered, of_class = read_renders(synthetic, classes, min(size, trained_size(classifier.description)))
    renders = Examples(seen("renders", network, rendered, REPLAYED_VIEWS), torch.from_numpy(of_class))
    blank = Classifier(classifier.description.backbone, len(classes), pretrained=True).to(classifier.device)
    imagenet = Examples(seen("photos", blank, pixels, VIEWS), labels)
    paths = find_photos(source / params.target.unlabelled)
    chosen = rng_for("few", "unlabelled").permutation(len(paths))[:UNLABELLED]
    others = np.stack([square(open_prepared(paths[i]), size) for i in sorted(chosen.tolist())])
    return Features(network.head.cpu(), own, imagenet, renders, seen("unlabelled", network, others, 1))


def halves(labels: Tensor, seed: int) -> list[Tensor]:
    """Return two sets of positions, each with half of every class, an odd one more or less."""
    order = shuffled_by_class(labels, rng_for(seed, "few", "halves"))
    return [order[0::2], order[1::2]]


def drawn(features: Features, half: Tensor, way: str, rng: np.random.Generator) -> Tensor:
    """Return the half in the order in which it is labelled."""
    if way == "random":
        return half[torch.from_numpy(rng.permutation(len(half)))]
    seen = features.own.features[0, half]
    with torch.no_grad():
        scores = features.head(seen).softmax(dim=1)
    return half[torch.from_numpy(most_useful_first(seen.numpy(), scores.numpy(), rng))]


def without_singles(chosen: Tensor, labels: Tensor) -> Tensor:
    """Return `chosen` without photos that are the only one of their class: one cannot be learnt from."""
    counts = labels[chosen].bincount(minlength=int(labels.max()) + 1)
    return chosen[counts[labels[chosen]] > 1]


def read(arm: str, features: Features, chosen: Tensor, rest: Tensor, rng: np.random.Generator) -> Tensor:
    """Return int64: what an arm that learnt the labels of `chosen` says of the photos `rest`."""
    own, head = features.own, features.head
    if arm == "renders only" or not len(chosen):
        learnt = head
    elif arm == "labels only":
        own = features.imagenet
        blank = nn.Linear(own.features.shape[2], head.out_features)
        nn.init.zeros_(blank.weight)
        nn.init.zeros_(blank.bias)
        learnt = finetune(blank, own[chosen], None, rng, pull=0.0).head
    else:
        learnt = finetune(head, own[chosen], features.renders, rng).head
        if arm == "renders + labels + unlabelled":
            learnt = finetune(head, own[chosen], _with_pseudo_labels(features, learnt), rng).head
    with torch.no_grad():
        return learnt(own.features[0, rest]).argmax(dim=1)


@torch.no_grad()
def _with_pseudo_labels(features: Features, head: nn.Linear) -> Examples:
    """Return the renders, and the unlabelled photos that `head` is sure of with the labels it gives."""
    confidence, labels = head(features.unlabelled[0]).softmax(dim=1).max(dim=1)
    sure = confidence >= SURE
    renders = features.renders
    more = features.unlabelled[:, sure].expand(len(renders.features), -1, -1)
    return Examples(torch.cat([renders.features, more], dim=1), torch.cat([renders.labels, labels[sure]]))


def counts_for(photos: int) -> list[int]:
    """Return those of LABELS that half of so many photos has; raises click.ClickException if none."""
    if not (counts := [count for count in LABELS if count <= photos // 2]):
        raise click.ClickException(
            f"params.yaml: target.val: {photos} photos; at least {2 * min(LABELS)} are needed, of which half "
            "are labelled"
        )
    return counts


def runs(features: Features, seeds: list[int]) -> Iterator[tuple[tuple[str, str, int], int, Tensor]]:
    """Yield ((arm, way, labels), draw, bool (N,)): which of all photos were read right."""
    labels = features.own.labels
    for seed in seeds:
        for way in WAYS:
            right = {
                (arm, count): torch.zeros(len(labels), dtype=torch.bool)
                for arm in ARMS
                for count in counts_for(len(labels))
            }
            for turn, (half, rest) in enumerate(zip(cut := halves(labels, seed), cut[::-1], strict=True)):
                order = drawn(features, half, way, rng_for(seed, "few", way, turn))
                for arm, count in right:
                    chosen = without_singles(order[:count], labels)
                    said = read(arm, features, chosen, rest, rng_for(seed, "few", "fit", turn, count))
                    right[arm, count][rest] = said == labels[rest]
            for (arm, count), of_all in right.items():
                yield (arm, way, count), seed, of_all


def lines(features: Features, classes: tuple[str, ...], params: Params) -> list[dict[str, Any]]:
    """Return one line per arm, way and number of labels: means over the draws, with bootstrap intervals.

    `<metric>_gain` is the lead of "renders + labels" over this arm with the same labels.
    """
    seeds, counts = params.experiments.seeds, counts_for(len(features.own.labels))
    found: dict[tuple[str, str, int], list[Tensor]] = {}
    with progress("run") as bar:
        task = bar.add_task("few", total=len(ARMS) * len(WAYS) * len(counts) * len(seeds))
        for key, _, right in runs(features, seeds):
            found.setdefault(key, []).append(right)
            bar.advance(task)
    actual = np.array([classes[i] for i in features.own.labels.tolist()])
    measured = {key: Seeds(actual, torch.stack(right).numpy(), []) for key, right in found.items()}
    resampled = {key: resample(one, params.evaluate.bootstrap, params.seed) for key, one in measured.items()}
    table = []
    for (arm, way, count), one in measured.items():
        key, best = (arm, way, count), (ARMS[2], way, count)
        line: dict[str, Any] = {"arm": arm, "way": way, "labels": count}
        for metric in METRICS:
            line |= bounded(metric, _value(one, metric), getattr(resampled[key], metric))
            if arm != ARMS[2]:
                lead = _of(resampled[best], metric) - _of(resampled[key], metric)
                value = _value(measured[best], metric) - _value(one, metric)
                line |= bounded(f"{metric}_gain", value, lead)
        table.append(line)
    return table


def _value(seeds: Seeds, metric: str) -> float:
    return seeds.common_recall if metric == "common_recall" else float(seeds.right.mean())


def _of(resampled: Resampled, metric: str) -> np.ndarray:
    values: np.ndarray = getattr(resampled, metric)
    return values


def markdown(table: list[dict[str, Any]]) -> str:
    """Return the table as Markdown, with the leads of renders + labels."""
    rows = [
        "| labels | drawn | arm | accuracy | mean recall of five | lead in accuracy | lead in mean recall |",
        "|---|---|---|---|---|---|---|",
    ]
    for line in sorted(
        table, key=lambda line: (line["labels"], WAYS.index(line["way"]), ARMS.index(line["arm"]))
    ):
        cells = [str(line["labels"]), line["way"], line["arm"]]
        cells += [with_bounds(line, metric) for metric in METRICS]
        cells += [with_bounds(line, f"{metric}_gain", "+.3f") for metric in METRICS]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def draw(path: Path, table: list[dict[str, Any]]) -> None:
    """Write a PNG: a panel per metric, a curve per arm with its interval, dashed: most useful first."""
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    for axes, metric in zip(figure.subplots(1, 2), METRICS, strict=True):
        axes.set(xlabel="labelled photos", title={"common_recall": "mean recall of five"}.get(metric, metric))
        axes.set_xticks([0, *sorted({line["labels"] for line in table})])
        axes.grid(alpha=0.3)
        start = next(line[metric] for line in table if line["arm"] == ARMS[0])
        for colour, arm in enumerate(ARMS):
            for way, style in zip(WAYS, ("-", "--"), strict=True):
                chosen = [line for line in table if (line["arm"], line["way"]) == (arm, way)]
                if arm == ARMS[0] and way != WAYS[0]:
                    continue
                zero = [] if arm == "labels only" else [start]
                x = [0] * len(zero) + [line["labels"] for line in chosen]
                label = arm if way == WAYS[0] else None
                axes.plot(x, zero + [line[metric] for line in chosen], style, color=f"C{colour}", label=label)
                if way == WAYS[0]:
                    low, high = ([line[f"{metric}_{end}"] for line in chosen] for end in ("low", "high"))
                    axes.fill_between(
                        [line["labels"] for line in chosen], low, high, alpha=0.12, color=f"C{colour}"
                    )
    axes.legend(fontsize="small")
    with atomic_path(path) as temporary:
        figure.savefig(temporary, dpi=130)


@click.command(cls=Command, epilog="Example: dvc repro pipeline/experiments/dvc.yaml:few")
@path_option("--model", "models/release", "Folder of the classifier that learnt from renders only.")
@path_option("--synthetic", "data/manifest.parquet", "Manifest of the rendered images.")
@path_option("--params", "params.yaml", "Its `target` has the photos, its `experiments.seeds` the draws.")
@path_option("--out", "reports/experiments/few", "Folder for few.csv, few.md and few.png.")
@click.option(
    "--size", type=click.IntRange(min=32), help="Pixels of a photo.  [default: what the model is made for]"
)
def main(model: Path, synthetic: Path, params: Path, out: Path, size: int | None) -> None:
    """Measure what 20, 50, 100 and 178 labels buy, with and without renders, drawn at random or by use.

    Trains on one half of the labelled val photos and measures on the other, by turns: no model of it is kept.
    """
    require_writable(out)
    settings, classifier = load_params(params), load_classifier(model, default_device())
    if classifier.description.trained_with.get("labelled_images"):
        raise click.ClickException(
            f"{model}: has learnt from labels of photos; name a model that saw renders only"
        )
    features = look_at_all(classifier, settings, synthetic, size or classifier.size, Path("runs/cache"))
    table = lines(features, classifier.classes, settings)
    write_lines(out / "few.csv", table, model)
    write_bytes(out / "few.md", markdown(table).encode())
    draw(out / "few.png", table)
    click.echo(markdown(table))


if __name__ == "__main__":
    main()
