"""Figure 5: the same renders through vanilla CUT and through Fashion CUT, and what is left of the pattern.

`python -m pipeline.experiments.figure5 --out reports/experiments/figure5`
"""

from pathlib import Path
from typing import Any

import click
import numpy as np
from PIL import Image, ImageDraw
from torch import nn

from assets.common.command import Command, path_option
from assets.common.files import atomic_path, write_json
from assets.common.progress import progress
from assets.common.rng import rng_for
from pipeline.experiments.run import RUNS, settings_of, shared_settings
from pipeline.inference import default_device
from pipeline.metrics import tails
from pipeline.params import Params, load_params
from train.data.batch import in_batches
from train.data.domains import Domains, Images, load_domains, load_images
from train.data.images import to_uint8
from train.model_folder import load_generator
from train.networks.classifier import Classifier
from train.networks.evaluating import evaluating
from train.networks.installed_weights import LITE2
from train.translation.judge import Judge

WAYS = {
    "CUT, the paper's form": "cut_paper",
    "Fashion CUT, the paper's form": "fashion_cut_paper",
    "CUT": "cut_then_classify",
    "Fashion CUT": "fashion_cut",
}
"""Row of the picture -> row of table 1 whose generators make it."""
RENDERED, OURS = "Rendered", "Fashion CUT"
PER_CLASS = 2
TILE, CAPTION, LABELS = 128, 18, 180
"""Pixels: side of a picture, height of the line below it, width of the column left of the rows."""


def interval(values: np.ndarray, resamples: int, rng: np.random.Generator) -> list[float]:
    """Return the mean of float (S, N), and its 95 % bootstrap interval over S seeds and N renders at once."""
    seeds, renders = values.shape
    drawn = [
        values[rng.integers(seeds, size=seeds)][:, rng.integers(renders, size=renders)].mean()
        for _ in range(resamples)
    ]
    return [round(float(value), 4) for value in (values.mean(), *tails(np.array(drawn)))]


def compared(right: np.ndarray, kept: dict[str, np.ndarray], resamples: int, seed: int) -> dict[str, Any]:
    """Return by way how much of what is read right as rendered, bool (N,), its translations bool (S, N) keep.

    `kept`: of the renders that are read right; `gain`: of `OURS` over this way, paired. Each is mean, low,
    high.
    """
    found: dict[str, Any] = {}
    for way, of_seeds in kept.items():
        chosen = of_seeds[:, right].astype(float)
        found[way] = {"kept": interval(chosen, resamples, rng_for(seed, "figure5"))}
        if way != OURS:
            gained = kept[OURS][:, right] - chosen
            found[way]["gain"] = interval(gained, resamples, rng_for(seed, "figure5"))
    return found


def draw(path: Path, rows: dict[str, tuple[np.ndarray, list[str]]], labels: list[str]) -> None:
    """Write a PNG: one row per way of translation, below each picture what the reader names, red if wrong.

    Args: rows: title -> (images uint8 (N, S, S, 3), what is read); labels: the N true names.
    """
    picture = Image.new("RGB", (LABELS + len(labels) * TILE, len(rows) * (TILE + CAPTION)), "white")
    pen = ImageDraw.Draw(picture)
    for row, (title, (images, read)) in enumerate(rows.items()):
        top = row * (TILE + CAPTION)
        pen.text((6, top + TILE // 2), title, fill="black", anchor="lm")
        for column, pixels in enumerate(images):
            left = LABELS + column * TILE
            tile = Image.fromarray(pixels).resize((TILE, TILE), Image.Resampling.BICUBIC)
            picture.paste(tile, (left, top))
            colour = "darkgreen" if read[column] == labels[column] else "crimson"
            pen.text((left + TILE // 2, top + TILE + CAPTION // 2), read[column], fill=colour, anchor="mm")
    with atomic_path(path) as temporary:
        picture.save(temporary)


def load_judged(settings: Params, synthetic: Path, target: Path, held_out: Path | None) -> Domains:
    """Return what a judge needs; its `validation`, the renders to translate, are all of `held_out` if given.

    Raises click.ClickException if there are fewer than two.
    """
    params, classes, cache = shared_settings(settings), settings.classes, RUNS / "cache"
    domains = load_domains(synthetic, target, classes, settings_of("fashion_cut", params), cache)
    if held_out:
        both = [load_images(held_out, split, classes, params.size, cache) for split in ("train", "val")]
        pixels, labels = np.concatenate([i.pixels for i in both]), np.concatenate([i.labels for i in both])
        domains = domains._replace(validation=Images(pixels, labels, ""))
    if len(domains.validation) < 2:
        raise click.ClickException(f"{synthetic}: no render was kept out of training; render more (render.n)")
    return domains


def translate(generator: nn.Module, pixels: np.ndarray) -> np.ndarray:
    """Return uint8 (N, S, S, 3) translated."""
    with evaluating(generator):
        return np.concatenate(
            [to_uint8(generator(x) * 0.5 + 0.5) for x in in_batches(pixels, default_device())]
        )


@click.command(cls=Command, epilog="Example: dvc repro pipeline/experiments/dvc.yaml:figure5")
@path_option("--runs", "reports/experiments/runs", "Folder of the finished runs, <method>-<seed>.")
@path_option("--out", "reports/experiments/figure5", "Folder for figure5.png and figure5.json.")
@path_option("--synthetic", "data/manifest.parquet", "Manifest of the rendered images.")
@path_option("--target", "data/target/manifest.parquet", "Manifest of the target photos.")
@click.option(
    "--held-out",
    type=click.Path(path_type=Path),
    help="Manifest of renders to translate, such as of other garments.  [default: those of --synthetic that "
    "were kept out of training]",
)
@click.option("--reader", default=LITE2, show_default=True, help="timm name of the reader's backbone.")
@path_option("--params", "params.yaml", "Its `experiments` says which seeds and size.")
def main(
    runs: Path, out: Path, synthetic: Path, target: Path, held_out: Path | None, reader: str, params: Path
) -> None:
    """Translate renders that were kept out of training, and have an independent reader name their patterns.

    The reader is a linear layer on the features of an ImageNet backbone that no run trains. It learns from
    renders alone. The share of what it reads right as rendered that it still reads right is what a
    translation keeps.
    """
    settings = load_params(params)
    classes, seeds = tuple(settings.classes), settings.experiments.seeds
    domains = load_judged(settings, synthetic, target, held_out)
    device = default_device()
    judge = Judge(domains, Classifier(reader, len(classes), pretrained=True).to(device), device)
    labels = judge.renders.labels
    shown = np.concatenate([np.flatnonzero(labels == c)[:PER_CLASS] for c in np.unique(labels)])
    pixels = judge.renders.pixels[shown]
    rows = {RENDERED: (pixels, [classes[c] for c in judge.named[shown]])}
    kept, figures = {}, {}
    with progress("runs") as bar:
        task = bar.add_task("read translations", total=len(WAYS) * len(seeds))
        for title, method in WAYS.items():
            found = []
            for seed in seeds:
                folder = runs / f"{method}-{seed}" / "models" / "generator"
                generator = load_generator(folder, device).network or nn.Identity()
                found.append(judge.translated(generator))
                if seed == seeds[0]:
                    named = [classes[c] for c in found[0].named[shown]]
                    rows[title] = translate(generator, pixels), named
                bar.advance(task)
            kept[title] = np.array([f.named == labels for f in found])
            figures[title] = {"moved": [f.moved for f in found], "distance": [f.distance for f in found]}
    for title, more in compared(judge.right, kept, settings.evaluate.bootstrap, settings.seed).items():
        figures[title] |= more
    draw(out / "figure5.png", rows, [classes[c] for c in labels[shown]])
    write_json(
        out / "figure5.json",
        {
            "images": len(labels),
            "seeds": seeds,
            "reader": reader,
            "read": float(judge.right.mean()),
            "renders_distance": judge.renders_distance,
            "ways": figures,
        },
    )
    click.echo(markdown(figures, float(judge.right.mean()), judge.renders_distance))


def markdown(figures: dict[str, Any], read: float, renders_distance: float) -> str:
    """Return a table of what each way keeps, how far it moves a pixel, and where it arrives."""
    lines = [
        f"The reader names {read:.3f} of the renders right. Kept: of these; mean over the seeds.",
        "",
        "| translator | kept | Fashion CUT keeps more by | a pixel moves | distance from the photos |",
        "|---|---|---|---|---|",
        f"| as rendered | 1 | | 0 | {renders_distance:.3f} |",
    ]
    for title, way in figures.items():
        kept = "{:.3f} ({:.3f} to {:.3f})".format(*way["kept"])
        gain = "{:+.3f} ({:+.3f} to {:+.3f})".format(*way["gain"]) if "gain" in way else ""
        moved, distance = np.mean(way["moved"]), np.mean(way["distance"])
        lines.append(f"| {title} | {kept} | {gain} | {moved:.1%} | {distance:.3f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
