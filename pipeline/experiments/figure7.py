"""Figure 7: accuracy of Fashion CUT against the number of synthetic images.

`python -m pipeline.experiments.figure7 --out reports/experiments/figure7`
"""

from pathlib import Path
from typing import Any

import click
from matplotlib.figure import Figure

from assets.common.command import Command, path_option
from assets.common.files import atomic_path
from pipeline.experiments.results import SPLITS, bounded, read_seeds, resample, with_bounds, write_lines
from pipeline.params import Params, load_params

METRICS = ("accuracy", "balanced_accuracy")


def points(runs: Path, params: Params) -> list[dict[str, Any]]:
    """Return one line per split and number of images: the mean over seeds with its bootstrap interval."""
    settings = params.experiments
    lines = []
    for split in SPLITS:
        for images in sorted(settings.images):
            found = read_seeds([runs / f"{images}-{seed}" for seed in settings.seeds], split)
            if found is None:
                continue
            line: dict[str, Any] = {"split": split, "images": images * len(params.classes)}
            resampled = resample(found, params.evaluate.bootstrap, params.seed)
            for metric in METRICS:
                line |= bounded(metric, found.values(metric).mean(), getattr(resampled, metric))
            lines.append(line)
    return lines


def draw(path: Path, lines: list[dict[str, Any]]) -> None:
    """Write a PNG: one curve per metric, with its interval as a band, on the first split in `lines`."""
    shown = [line for line in lines if line["split"] == lines[0]["split"]]
    sizes = [line["images"] for line in shown]
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot(
        xscale="log",
        xticks=sizes,
        xticklabels=[str(size) for size in sizes],
        ylim=(0, 1),
        xlabel="synthetic images",
        ylabel=f"on the target's {shown[0]['split']} photos",
        title="Fashion CUT, equally many updates each",
    )
    axes.minorticks_off()
    axes.grid(alpha=0.3)
    for metric in METRICS:
        axes.plot(sizes, [line[metric] for line in shown], marker="o", label=metric.replace("_", " "))
        low, high = ([line[f"{metric}_{end}"] for line in shown] for end in ("low", "high"))
        axes.fill_between(sizes, low, high, alpha=0.2)
    axes.legend()
    with atomic_path(path) as temporary:
        figure.savefig(temporary, dpi=150)


@click.command(cls=Command, epilog="Example: dvc repro pipeline/experiments/dvc.yaml:figure7")
@path_option("--runs", "reports/experiments/sizes", "Folder of the finished runs, <images>-<seed>.")
@path_option("--out", "reports/experiments/figure7", "Folder for figure7.csv and figure7.png.")
@path_option("--params", "params.yaml", "Its `experiments` says which sizes and seeds.")
def main(runs: Path, out: Path, params: Path) -> None:
    """Put the finished runs into one curve."""
    lines = points(runs, load_params(params))
    write_lines(out / "figure7.csv", lines, runs)
    draw(out / "figure7.png", lines)
    for line in lines:
        click.echo(
            f"{line['split']}: {line['images']} synthetic images: accuracy {with_bounds(line, 'accuracy')}"
        )


if __name__ == "__main__":
    main()
