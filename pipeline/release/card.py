"""The model card: what the model is, how good it is, where it fails, and how it was made."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
from PIL import Image, ImageDraw

from assets.common.files import atomic_path, write_bytes
from pipeline.answer import Choice
from pipeline.evaluate import SPLITS, read_predictions
from pipeline.metrics import COMMON, COVERAGES
from pipeline.open_set import in_sentences, read_curve
from train.data.images import open_prepared
from train.data.photo import square
from train.model_folder import WEIGHTS, TrainedClassifier

CARD, PICTURE = "README.md", "failures.jpg"
TITLES = SPLITS | {"val": f"{SPLITS['val']} (settings were chosen on them)"}
MISTAKES, ACROSS, SIDE, LINE = 12, 6, 128, 14
"""Wrong images in the picture, and its layout in pixels."""
CONFUSIONS = 6
"""The most frequent confusions that are named."""

Prediction = dict[str, str]


def write_card(
    folder: Path,
    classifier: TrainedClassifier,
    metrics: dict[str, Any],
    evaluation: Path,
    synthetic: Path,
    photos: str,
    commands: list[str],
    files: dict[str, list[str]],
) -> None:
    """Write README.md and failures.jpg next to the weights in `folder`.

    `evaluation` is the folder of predictions_<split>.csv and risk_coverage_<split>.csv, `synthetic` the
    folder that their paths of rendered images start in, `photos` a sentence about the target's photos,
    `files` by split what its labels are read from.
    """
    predictions = {split: read_predictions(evaluation, split) for split in metrics}
    mistakes = wrong(predictions.get("synthetic", []))[:MISTAKES]
    if mistakes:
        draw_mistakes(folder / PICTURE, mistakes, synthetic)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline", "release"),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    trained = classifier.description.trained_with
    runs = [trained, *trained.get("averaged_with", ())]
    text = environment.get_template("card.md.j2").render(
        classes=classifier.classes,
        size=classifier.size,
        backbone=classifier.description.backbone,
        temperature=classifier.description.temperature,
        trained=trained,
        renders=[run["synthetic_images"] for run in runs],
        labelled=max(run.get("labelled_images", 0) for run in runs),
        prior=dict(zip(classifier.classes, trained["predicted_prior"] or [], strict=False)),
        strength=trained["params"]["prior_strength"],
        megabytes=(folder / WEIGHTS).stat().st_size / 1e6,
        date=datetime.now(UTC).date(),
        metrics=metrics,
        titles=TITLES,
        common=COMMON,
        patterns=Choice.of(classifier.classes).patterns,
        files={split: [Path(file).name for file in files[split]] for split in files},
        others={split: in_sentences(found.get("open_set", {})) for split, found in metrics.items()},
        curves={split: thinned(read_curve(evaluation, split)) for split in metrics},
        confusions={split: confusions(rows) for split, rows in predictions.items()},
        picture=PICTURE if mistakes else None,
        photos=photos,
        commands=commands,
    )
    write_bytes(folder / CARD, text.encode())


def thinned(curve: list[dict[str, float]]) -> list[dict[str, float]]:
    """Return the lines of a risk-coverage curve that first answer as many as each of COVERAGES."""
    return [next(line for line in curve if line["answered"] >= share) for share in COVERAGES]


def wrong(predictions: list[Prediction]) -> list[Prediction]:
    """Return the predictions that miss."""
    return [row for row in predictions if row["actual"] != row["predicted"]]


def confusions(predictions: list[Prediction]) -> list[tuple[str, str, int, int]]:
    """Return the most frequent (actual, predicted, count, images of that class)."""
    support = Counter(row["actual"] for row in predictions)
    pairs = Counter((row["actual"], row["predicted"]) for row in wrong(predictions))
    return [(a, p, count, support[a]) for (a, p), count in pairs.most_common(CONFUSIONS)]


def draw_mistakes(path: Path, mistakes: list[Prediction], folder: Path) -> None:
    """Write the images side by side, each under its class and what it was taken for."""
    rows = -(-len(mistakes) // ACROSS)
    sheet = Image.new("RGB", (ACROSS * SIDE, rows * (SIDE + LINE)), "white")
    pen = ImageDraw.Draw(sheet)
    for number, row in enumerate(mistakes):
        x, y = number % ACROSS * SIDE, number // ACROSS * (SIDE + LINE)
        pen.text((x + 2, y), f"{row['actual']} > {row['predicted']}", fill="black")
        pixels = square(open_prepared(folder / row["path"]), SIDE)
        sheet.paste(Image.fromarray(pixels), (x, y + LINE))
    with atomic_path(path) as temporary:
        sheet.save(temporary, "JPEG", quality=85)
