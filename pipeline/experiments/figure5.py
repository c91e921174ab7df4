"""Figure 5: the same renders through vanilla CUT and through Fashion CUT, and what is left of the pattern.

`python -m pipeline.experiments.figure5 --out reports/experiments/figure5`
"""

from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from PIL import Image, ImageDraw
from scipy.stats import binomtest

from assets.common.command import Command, path_option
from assets.common.files import atomic_path, write_json
from pipeline.inference import default_device
from pipeline.metrics import LEVEL
from pipeline.params import load_params
from train.data.images import open_prepared, to_uint8
from train.data.manifest import read_manifest
from train.model_folder import TrainedClassifier, load_classifier, load_generator

TRANSLATIONS = {"CUT": "cut_then_classify", "Fashion CUT": "fashion_cut"}
"""Row of the picture -> run whose generator makes it."""
JUDGE = "source_only"
"""The run whose classifier reads the pictures: it has never seen a translation."""
PER_CLASS = 2
TILE, CAPTION, LABELS = 128, 18, 110
"""Pixels: side of a picture, height of the line below it, width of the column left of the rows."""


def preserved(judge: TrainedClassifier, images: torch.Tensor, labels: np.ndarray) -> dict[str, Any]:
    """Return how many images (N, 3, S, S) in [0, 1] the judge reads as their labels (N,), and what it reads.

    `rate_95` is Wilson's interval.
    """
    read = np.concatenate([judge.probabilities(batch).argmax(dim=1).numpy() for batch in images.split(64)])
    right = read == labels
    bounds = binomtest(int(right.sum()), len(right)).proportion_ci(LEVEL, method="wilson")
    return {
        "rate": round(float(right.mean()), 4),
        "rate_95": [round(bounds.low, 4), round(bounds.high, 4)],
        "by_class": {
            judge.classes[c]: round(float(right[labels == c].mean()), 4) for c in np.unique(labels).tolist()
        },
        "read": [judge.classes[c] for c in read],
    }


def draw(path: Path, rows: dict[str, tuple[torch.Tensor, list[str]]], labels: list[str]) -> None:
    """Write a PNG: one row per way of translation, below each picture what the judge reads, red if wrong.

    Args: rows: title -> (images (N, 3, S, S) in [0, 1], what is read); labels: the N true names.
    """
    picture = Image.new("RGB", (LABELS + len(labels) * TILE, len(rows) * (TILE + CAPTION)), "white")
    pen = ImageDraw.Draw(picture)
    for row, (title, (images, read)) in enumerate(rows.items()):
        top = row * (TILE + CAPTION)
        pen.text((6, top + TILE // 2), title, fill="black", anchor="lm")
        for column, pixels in enumerate(to_uint8(images)):
            left = LABELS + column * TILE
            tile = Image.fromarray(pixels).resize((TILE, TILE), Image.Resampling.BICUBIC)
            picture.paste(tile, (left, top))
            colour = "darkgreen" if read[column] == labels[column] else "crimson"
            pen.text((left + TILE // 2, top + TILE + CAPTION // 2), read[column], fill=colour, anchor="mm")
    with atomic_path(path) as temporary:
        picture.save(temporary)


@click.command(cls=Command, epilog="Example: dvc repro pipeline/experiments/dvc.yaml:figure5")
@path_option("--runs", "reports/experiments/runs", "Folder of the finished runs, <method>-<seed>.")
@path_option("--out", "reports/experiments/figure5", "Folder for figure5.png and figure5.json.")
@path_option("--synthetic", "data/manifest.parquet", "Manifest of the rendered images.")
@path_option("--params", "params.yaml", "Its first of `experiments.seeds` is used.")
def main(runs: Path, out: Path, synthetic: Path, params: Path) -> None:
    """Translate the renders that were kept out of training, and have an independent classifier read them.

    The share that it reads as rendered is the label preservation rate.
    """
    seed = load_params(params).experiments.seeds[0]
    judge = load_classifier(runs / f"{JUDGE}-{seed}" / "models" / "classifier", default_device())
    rows = [row for row in read_manifest(synthetic, "python -m pipeline.manifest") if row["split"] == "val"]
    if not rows:
        raise click.ClickException(f"{synthetic}: no render was kept out of training; render more (render.n)")
    rows.sort(key=lambda row: (judge.classes.index(row["label"]), row["path"]))
    paths = [synthetic.parent / row["path"] for row in rows]
    images = torch.stack([judge.preprocess(open_prepared(p)) for p in paths])
    labels = np.array([judge.classes.index(row["label"]) for row in rows])

    ways = {"Rendered": images}
    for title, method in TRANSLATIONS.items():
        generator = load_generator(runs / f"{method}-{seed}" / "models" / "generator", default_device())
        ways[title] = torch.cat([generator.translate(batch) for batch in images.split(64)])
    found = {title: preserved(judge, translated, labels) for title, translated in ways.items()}
    shown = np.concatenate([np.flatnonzero(labels == c)[:PER_CLASS] for c in np.unique(labels)])
    draw(
        out / "figure5.png",
        {title: (ways[title][shown], [found[title]["read"][i] for i in shown]) for title in ways},
        [judge.classes[c] for c in labels[shown]],
    )
    for title, figures in found.items():
        figures.pop("read")
        low, high = figures["rate_95"]
        click.echo(f"{title}: label preserved in {figures['rate']:.3f} ({low:.3f} to {high:.3f})")
    write_json(out / "figure5.json", {"images": len(labels), "seed": seed, "ways": found})


if __name__ == "__main__":
    main()
